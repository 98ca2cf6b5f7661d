"""The project's sentences spoken by espeak-ng, damaged like recordings, as spectrograms."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from inference.audio import SAMPLE_RATE
from models.train.recordings import with_noise, with_opus, with_room
from models.train.synthetic_speech import (
    VARIANTS,
    Manner,
    Spoken,
    Synthesizer,
    manner,
)

SENTENCES: Final = Path(__file__).parent / "sentences"
TEST_SENTENCES: Final = Path(__file__).parents[2] / "tests" / "sentences"

LONGEST_S: Final = 4.0
KOREAN_SHARE: Final = 0.6
PHRASE_SHARE: Final = 0.4  # of the clips are a few words out of a sentence: short, many different
WORDLESS_SHARE: Final = 0.03  # are noise alone
FAST_SAMPLES: Final = 3_200  # transforms of multiples of it are quick; 0.2 s
FRAMES_PER_S: Final = 100  # of Whisper's spectrogram

_NOT_SPOKEN = re.compile(r"[.,!?~…\"“”‘·()\[\]\-:;ㅋㅎㅠㅜ]+")
_SPEAKABLE = {"ko": re.compile("[가-힣 ]+"), "en": re.compile("[a-z' ]+")}


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence as it is spoken and spelt by the model: no digits, no punctuation, lower case."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """What is known of a clip: `text` is empty where nothing is said.

    `phonemes` are espeak-ng's with their onsets in seconds from the clip's beginning.
    """

    text: str
    language: str
    voice: str
    n_frames: int
    phonemes: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """Facts and the log-mel spectrogram, half precision, shape (80, n_frames)."""

    facts: ClipFacts
    log_mel: Tensor


def normalized(text: str, language: str) -> str | None:
    """A sentence as it is spoken, or None where it holds digits or another script."""
    bare = unicodedata.normalize("NFC", text).replace("’", "'").lower()
    spoken = " ".join(_NOT_SPOKEN.sub(" ", bare).split())
    return spoken if _SPEAKABLE[language].fullmatch(spoken) else None


def read_lines(folder: Path) -> list[Line]:
    """The speakable sentences of a folder of `*_ko*.tsv` and `*_en*.tsv`, sorted, each once."""
    found: set[tuple[str, str]] = set()
    for path in sorted(folder.glob("*.tsv")):
        language = next((code for code in ("ko", "en") if f"_{code}" in path.stem), None)
        if language is None:
            continue
        for row in path.read_text("utf-8").splitlines():
            fields = row.split("\t")
            text = normalized(fields[2], language) if len(fields) > 2 else None
            if text:
                found.add((text, language))
    return [Line(text, language) for text, language in sorted(found)]


def drawn_lines(lines: Sequence[Line], rng: np.random.Generator) -> Iterator[Line]:
    """Endless sentences and phrases out of them, in the shares of the corpus."""
    of = {code: [line for line in lines if line.language == code] for code in ("ko", "en")}
    while True:
        candidates = of["ko" if rng.random() < KOREAN_SHARE else "en"]
        line = candidates[rng.integers(len(candidates))]
        if rng.random() < PHRASE_SHARE:
            words = line.text.split()
            n_words = min(len(words), int(rng.integers(1, 5)))
            start = int(rng.integers(0, len(words) - n_words + 1))
            line = Line(" ".join(words[start : start + n_words]), line.language)
        yield line


def spoken_clip(
    synthesizer: Synthesizer, line: Line, how: Manner, rng: np.random.Generator
) -> Spoken | None:
    """A sentence with up to half a second of silence around; None where it is too long."""
    spoken = synthesizer.speak(line.text, how)
    before, after = rng.integers(0, SAMPLE_RATE // 2, 2)
    after += -(len(spoken.samples) + before + after) % FAST_SAMPLES
    samples = np.pad(spoken.samples, (before, after))
    if not len(spoken.samples) or len(samples) > LONGEST_S * SAMPLE_RATE:
        return None
    moved = tuple((onset_s + before / SAMPLE_RATE, name) for onset_s, name in spoken.phonemes)
    return Spoken(np.asarray(samples, np.float32), moved)


def worn(samples: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Seven in ten go through a room, noise or the codec; all get another level."""
    if rng.random() < 0.7:
        if rng.random() < 0.5:
            samples = with_room(samples, rng)
        if rng.random() < 0.7:
            samples = with_noise(samples, rng)
    samples = at_level(samples, rng.uniform(-18.0, 0.0))
    if rng.random() < 0.4:
        samples = with_opus(samples, int(rng.integers(10_000, 32_000)))
    return samples


def at_level(samples: NDArray[np.float32], peak_dbfs: float) -> NDArray[np.float32]:
    """The sound with its peak at `peak_dbfs`."""
    peak = float(np.max(np.abs(samples))) + 1e-9
    return np.asarray(samples * (10.0 ** (peak_dbfs / 20.0) / peak), np.float32)


def write_shard(path: Path, lines: Sequence[Line], n_clips: int, seed: tuple[int, ...]) -> None:
    """Speak and damage `n_clips` drawn sentences in training voices."""
    rng = np.random.default_rng(seed)
    synthesizer = Synthesizer()
    clips: list[Clip] = []
    for line in drawn_lines(lines, rng):
        if rng.random() < WORDLESS_SHARE:
            clips.append(_clip(_wordless(rng), Line("", line.language), "", ()))
        else:
            how = manner(line.language, VARIANTS, rng)
            spoken = spoken_clip(synthesizer, line, how, rng)
            if spoken is None:
                continue
            samples = worn(spoken.samples, rng)
            clips.append(_clip(samples, line, how.voice, spoken.phonemes))
        if len(clips) == n_clips:
            break
    save_clips(path, clips)


def held_out(
    lines: Sequence[Line], variants: Sequence[str], n_each: int, seed: tuple[int, ...]
) -> list[tuple[Line, Manner, NDArray[np.float32]]]:
    """`n_each` sentences a language that training never saw, undamaged, at a peak of -3 dBFS."""
    rng = np.random.default_rng(seed)
    synthesizer = Synthesizer()
    made = []
    for language in ("ko", "en"):
        candidates = [line for line in lines if line.language == language]
        n_made = 0
        for i in rng.permutation(len(candidates)):
            how = manner(language, variants, rng)
            spoken = spoken_clip(synthesizer, candidates[i], how, rng)
            if spoken is not None:
                made.append((candidates[i], how, at_level(spoken.samples, -3.0)))
                n_made += 1
            if n_made == n_each:
                break
    return made


def _wordless(rng: np.random.Generator) -> NDArray[np.float32]:
    """One to four seconds of noise of a random slope and level, sometimes nearly silent."""
    n_samples = FAST_SAMPLES * int(rng.integers(5, 20))
    click = np.zeros(n_samples, np.float32)
    click[n_samples // 2] = 1e-3
    return at_level(with_noise(click, rng), rng.uniform(-60.0, -6.0))


def _clip(
    samples: NDArray[np.float32], line: Line, voice: str, phonemes: Sequence[tuple[float, str]]
) -> Clip:
    log_mel = spectrogram(samples)
    facts = ClipFacts(line.text, line.language, voice, log_mel.shape[1], tuple(phonemes))
    return Clip(facts, log_mel.half())


def spectrogram(samples: NDArray[np.float32]) -> Tensor:
    """Whisper's log-mel spectrogram, float32, shape (80, n_frames), n_frames even."""
    from whisper.audio import log_mel_spectrogram  # type: ignore[import-untyped]

    even = len(samples) // 320 * 320
    log_mel: Tensor = log_mel_spectrogram(torch.from_numpy(samples[:even]))
    return log_mel


def save_clips(path: Path, clips: Sequence[Clip]) -> None:
    """Write clips to one safetensors file, whole or not at all."""
    facts = json.dumps([asdict(clip.facts) for clip in clips], ensure_ascii=False)
    unfinished = path.with_name(path.name + ".part")
    tensors = {str(i): clip.log_mel.contiguous() for i, clip in enumerate(clips)}
    save_file(tensors, unfinished, {"facts": facts})
    unfinished.replace(path)


def load_clips(path: Path) -> list[Clip]:
    """Read what `save_clips` wrote."""
    with safe_open(path, framework="pt") as file:
        facts = json.loads(file.metadata()["facts"])
        return [
            Clip(
                ClipFacts(**{**known, "phonemes": tuple(map(tuple, known["phonemes"]))}),
                file.get_tensor(str(i)),
            )
            for i, known in enumerate(facts)
        ]


def splits(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Sentences to learn from, and one in fifty to choose weights by.

    The digest of a sentence decides, so that sentences written later move none across.
    """
    chosen = [line for line in lines if _digest(line) % 50 == 0]
    return [line for line in lines if _digest(line) % 50 != 0], chosen


def _digest(line: Line) -> int:
    return int.from_bytes(hashlib.blake2b(line.text.encode(), digest_size=8).digest())
