"""The words of a recording, written down by a Whisper model (Radford et al., ICML 2023).

The encoder runs once over the whole recording and its states can be given to whoever else listens.
It is given as many frames as there is sound, not thirty seconds: its position embeddings are cut.
Whisper writes invented sentences over silence and music, so what it writes is doubted in four
ways, tried again at higher temperatures, and marked as not trusted where the doubts remain.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from inference.analysis import Segment, Transcript
from inference.audio import SAMPLE_RATE, Waveform
from inference.speech_activity import SpeechActivity
from inference.whisper_vocabulary import Vocabulary

if TYPE_CHECKING:
    from whisper.model import Whisper  # type: ignore[import-untyped]

WINDOW_S: Final = 30.0  # what Whisper was trained on, and as long as its positions reach
SEARCH_S: Final = 5.0  # a longer recording is cut at the quietest moment of the window's last 5 s
SHORTEST_S: Final = 0.1  # a shorter rest holds no word
STATE_SAMPLES: Final = 320  # of sound in each state: 10 ms a frame, two frames a state

# OpenAI's limits, from whisper/transcribe.py; its six temperatures are three here, for speed.
TEMPERATURES: Final = (0.0, 0.4, 0.8)
LEAST_LOG_PROBABILITY: Final = -1.0
MOST_COMPRESSION: Final = 2.4
NO_SPEECH_PROBABILITY: Final = 0.6
# Four times the same two characters or more, one after another, as long as the rest together.
LOOP: Final = re.compile(r"(.{2,40}?)\1{3,}")


@dataclass(frozen=True, slots=True, eq=False)
class EncodedWindow:
    """Up to 30 s of sound, encoded: `states` (1, n, n_state), 20 ms each, from `onset_s` on."""

    states: Tensor
    onset_s: float
    offset_s: float


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the decoder wrote of one window; the log-probability is the mean over tokens."""

    text: str
    log_probability: float
    no_speech: float

    @property
    def doubtful(self) -> bool:
        """Whether OpenAI's limits or a loop speak against it."""
        return (
            self.log_probability < LEAST_LOG_PROBABILITY
            or compression_ratio(self.text) > MOST_COMPRESSION
            or loops(self.text)
        )

    @property
    def silent(self) -> bool:
        """Whether the model itself hears no speech and is not sure of what it wrote."""
        return (
            self.no_speech > NO_SPEECH_PROBABILITY and self.log_probability < LEAST_LOG_PROBABILITY
        )


class Transcriber:
    """One Whisper model with its vocabulary; safe to call from several threads.

    `name` says which weights these are; `synthetic` that they learned from a synthesiser alone
    and do not understand people.
    """

    def __init__(
        self,
        model: "Whisper",
        vocabulary: Vocabulary,
        speech_activity: SpeechActivity,
        name: str,
        *,
        synthetic: bool,
    ) -> None:
        self._model = model.eval()
        self._vocabulary = vocabulary
        self._speech_activity = speech_activity
        self.name = name
        self.synthetic = synthetic
        self._writing = threading.Lock()  # the decoder's cache hangs on the model

    @torch.inference_mode()
    def encode(self, waveform: Waveform, *, padded: bool = False) -> list[EncodedWindow]:
        """The encoder's one pass over a 16 kHz recording.

        Args:
            waveform: what was recorded.
            padded: fill each window with silence to 30 s, as Whisper was trained; slower.
        """
        return [
            EncodedWindow(
                self._states(waveform.samples[start:end], padded=padded),
                start / SAMPLE_RATE,
                end / SAMPLE_RATE,
            )
            for start, end in windows(waveform)
        ]

    def transcribe(
        self,
        waveform: Waveform,
        language: str | None = None,
        encoded: Sequence[EncodedWindow] | None = None,
    ) -> Transcript | None:
        """What is said in a 16 kHz recording; None where nothing is.

        Args:
            waveform: what was recorded.
            language: a code such as "ko"; None to detect it.
            encoded: what `encode` made of the same waveform; None to encode it here.
        """
        with self._writing:
            spans = self._speech_activity.spans(waveform)
            if not spans:
                return None
            segments: list[Segment] = []
            attempts: list[Attempt] = []
            for window in self.encode(waveform) if encoded is None else encoded:
                inside = [span for span in spans if overlap_s(span, window) >= SHORTEST_S]
                if not inside:
                    continue
                language = language or self._language(window.states)
                attempt = self._written(window.states, language)
                if attempt.silent or not attempt.text:
                    continue
                attempts.append(attempt)
                segments.append(
                    Segment(
                        attempt.text,
                        max(window.onset_s, inside[0][0]),
                        min(window.offset_s, inside[-1][1]),
                    )
                )
        if not attempts or language is None:
            return None
        return Transcript(
            text=" ".join(segment.text for segment in segments),
            language=language,
            segments=tuple(segments),
            mean_log_probability=float(np.mean([one.log_probability for one in attempts])),
            no_speech=max(one.no_speech for one in attempts),
            trusted=not any(attempt.doubtful for attempt in attempts),
        )

    def _states(self, samples: NDArray[np.float32], *, padded: bool) -> Tensor:
        from whisper.audio import log_mel_spectrogram  # type: ignore[import-untyped]

        encoder, dims = self._model.encoder, self._model.dims
        most = dims.n_audio_ctx * STATE_SAMPLES
        wanted = most if padded else min(most, -(-len(samples) // STATE_SAMPLES) * STATE_SAMPLES)
        sound = torch.from_numpy(np.ascontiguousarray(samples[:most]))
        log_mel = log_mel_spectrogram(sound, dims.n_mels, padding=wanted - len(sound))[None]
        states = functional.gelu(encoder.conv1(log_mel))
        states = functional.gelu(encoder.conv2(states)).permute(0, 2, 1)
        states = states + encoder.positional_embedding[: states.shape[1]]
        for block in encoder.blocks:
            states = block(states)
        final: Tensor = encoder.ln_post(states)
        return final

    @torch.inference_mode()
    def _language(self, states: Tensor) -> str:
        """The most probable language of those the model knows."""
        known = self._vocabulary.languages
        if not known:
            return "en"
        logits = self._model.decoder(torch.tensor([[self._vocabulary.start]]), states)[0, 0]
        return max(known, key=lambda code: float(logits[known[code]]))

    def _written(self, states: Tensor, language: str) -> Attempt:
        """The first attempt that is not doubted, else the most probable."""
        if self._vocabulary.languages and language not in self._vocabulary.languages:
            raise ValueError(f"the weights know no language {language!r}")
        tried: list[Attempt] = []
        for temperature in TEMPERATURES:
            attempt = self._decoded(states, language, temperature)
            if attempt.silent or not attempt.doubtful:
                return attempt
            tried.append(attempt)
        return max(tried, key=lambda one: one.log_probability)

    @torch.inference_mode()
    def _decoded(self, states: Tensor, language: str, temperature: float) -> Attempt:
        """Write token after token: the most probable, or drawn at a temperature."""
        vocabulary, dims = self._vocabulary, self._model.dims
        prompt = vocabulary.prompt(language)
        never_said = torch.tensor(vocabulary.never_said)
        drawing = torch.Generator().manual_seed(0)
        written: list[int] = []
        total, no_speech = 0.0, 0.0
        cache, hooks = self._model.install_kv_cache_hooks()
        try:
            given = prompt
            for _ in range(dims.n_text_ctx - len(prompt)):
                logits = self._model.decoder(torch.tensor([given]), states, kv_cache=cache)[0]
                if not written:
                    no_speech = float(logits[0].softmax(-1)[vocabulary.no_speech])
                scores = logits[-1].index_fill(0, never_said, -torch.inf).log_softmax(-1)
                token = _chosen(scores, temperature, drawing)
                total += float(scores[token])
                written.append(token)
                given = [token]
                if token == vocabulary.end:
                    break
        finally:
            for hook in hooks:
                hook.remove()
        text = vocabulary.decode([token for token in written if token != vocabulary.end]).strip()
        return Attempt(text, total / max(1, len(written)), no_speech)


def windows(waveform: Waveform) -> Iterator[tuple[int, int]]:
    """First and last sample of windows of at most 30 s, cut where a recording is quiet."""
    most, search = round(WINDOW_S * SAMPLE_RATE), round(SEARCH_S * SAMPLE_RATE)
    frame = SAMPLE_RATE // 50
    start, n_samples = 0, len(waveform.samples)
    while n_samples - start > most:
        late = waveform.samples[start + most - search : start + most]
        power = np.square(late).reshape(-1, frame).mean(axis=1)
        quietest = int(np.argmin(np.convolve(power, np.ones(10), "same")))
        end = start + most - search + quietest * frame
        yield start, end
        start = end
    if n_samples - start >= SHORTEST_S * SAMPLE_RATE:
        yield start, n_samples


def overlap_s(span: tuple[float, float], window: EncodedWindow) -> float:
    """How many seconds of a span of speech lie in a window; negative where they are apart."""
    return min(span[1], window.offset_s) - max(span[0], window.onset_s)


def compression_ratio(text: str) -> float:
    """Bytes of a text for each byte it can be packed into; high where it repeats itself."""
    from whisper.utils import compression_ratio as ratio  # type: ignore[import-untyped]

    return float(ratio(text)) if text else 1.0


def loops(text: str) -> bool:
    """Whether half of a text or more is one piece four times and more in a row."""
    return any(2 * len(loop.group()) >= len(text) for loop in LOOP.finditer(text))


def _chosen(scores: Tensor, temperature: float, drawing: torch.Generator) -> int:
    if temperature == 0.0:
        return int(scores.argmax())
    return int(torch.multinomial((scores / temperature).softmax(-1), 1, generator=drawing))
