"""Whether and where a recording holds speech: silero-vad, whose package carries its weights."""

import warnings
from collections.abc import Iterator
from typing import Any, Final

import torch

from inference.audio import SAMPLE_RATE, Waveform, trim

FRAME_SAMPLES: Final = 512  # 32 ms at 16 kHz, the only frame the model takes
FRAME_S: Final = FRAME_SAMPLES / SAMPLE_RATE
SPEECH_PROBABILITY: Final = 0.5  # the threshold its authors use
ENOUGH_S: Final = 0.25  # shorter than a word: a knock can look like speech for a frame or two
MARGIN_S: Final = 0.2  # soft beginnings and ends of words are heard late
PAUSE_S: Final = 0.6  # shorter ones lie within what is said


class SpeechActivity:
    """Finds speech frame by frame; calls must not overlap, as the model carries its state."""

    def __init__(self) -> None:
        # Here, because importing it sets torch's number of threads.
        import silero_vad  # type: ignore[import-untyped]

        with warnings.catch_warnings():
            # It loads a TorchScript file, which newer torch calls deprecated.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._model: Any = silero_vad.load_silero_vad()

    def has_speech(self, waveform: Waveform) -> bool:
        """Whether `ENOUGH_S` seconds of a 16 kHz waveform sound like speech; stops there.

        It looks first where the recording gets loud: people press the button before they speak.
        """
        return self._speaks(trim(waveform)) or self._speaks(waveform)

    def _speaks(self, waveform: Waveform) -> bool:
        needed = round(ENOUGH_S / FRAME_S)
        heard = 0
        for probability in self._probabilities(waveform):
            heard += probability >= SPEECH_PROBABILITY
            if heard >= needed:
                return True
        return False

    def spans(self, waveform: Waveform) -> list[tuple[float, float]]:
        """Where speech begins and ends, in seconds, with a margin; short pauses are bridged."""
        spans: list[tuple[float, float]] = []
        for i, probability in enumerate(self._probabilities(waveform)):
            if probability < SPEECH_PROBABILITY:
                continue
            onset_s = max(0.0, i * FRAME_S - MARGIN_S)
            offset_s = min(waveform.duration_s, (i + 1) * FRAME_S + MARGIN_S)
            if spans and onset_s - spans[-1][1] < PAUSE_S - 2 * MARGIN_S:
                spans[-1] = (spans[-1][0], offset_s)
            else:
                spans.append((onset_s, offset_s))
        return [span for span in spans if span[1] - span[0] >= ENOUGH_S + 2 * MARGIN_S - FRAME_S]

    @torch.inference_mode()
    def _probabilities(self, waveform: Waveform) -> Iterator[float]:
        if waveform.sample_rate != SAMPLE_RATE:
            raise ValueError(f"speech is looked for at {SAMPLE_RATE} Hz")
        self._model.reset_states()
        for frame in torch.split(torch.from_numpy(waveform.samples), FRAME_SAMPLES):
            if len(frame) == FRAME_SAMPLES:
                yield float(self._model(frame, SAMPLE_RATE))
