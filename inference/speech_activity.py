"""Whether a recording holds speech: silero-vad, whose package carries its weights."""

import warnings
from typing import Any, Final

import torch

from inference.audio import SAMPLE_RATE, Waveform

FRAME_SAMPLES: Final = 512  # 32 ms at 16 kHz, the only frame the model takes
SPEECH_PROBABILITY: Final = 0.5  # the threshold its authors use
ENOUGH_S: Final = 0.25  # shorter than a word: a knock can look like speech for a frame or two


class SpeechActivity:
    """Finds speech frame by frame and stops as soon as it has heard enough."""

    def __init__(self) -> None:
        # Here, because importing it sets torch's number of threads.
        import silero_vad  # type: ignore[import-untyped]

        with warnings.catch_warnings():
            # It loads a TorchScript file, which newer torch calls deprecated.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._model: Any = silero_vad.load_silero_vad()

    @torch.inference_mode()
    def has_speech(self, waveform: Waveform) -> bool:
        """Whether `ENOUGH_S` seconds of a 16 kHz waveform sound like speech.

        The model carries its state from frame to frame, so calls must not overlap.
        """
        if waveform.sample_rate != SAMPLE_RATE:
            raise ValueError(f"speech is looked for at {SAMPLE_RATE} Hz")
        self._model.reset_states()
        samples = torch.from_numpy(waveform.samples)
        needed = round(ENOUGH_S * SAMPLE_RATE / FRAME_SAMPLES)
        heard = 0
        for frame in torch.split(samples, FRAME_SAMPLES):
            if len(frame) < FRAME_SAMPLES:
                break
            heard += float(self._model(frame, SAMPLE_RATE)) >= SPEECH_PROBABILITY
            if heard >= needed:
                return True
        return False
