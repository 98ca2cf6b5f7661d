"""ESD, the Emotional Speech Dataset (Zhou et al. 2021): five emotions, twenty speakers.

Speakers 0001 to 0010 speak Mandarin, 0011 to 0020 English. Both layouts that circulate are read:
`0011/Angry/0011_000351.wav`, and with a folder train, evaluation or test between. That published
division leaves every speaker on all sides, so `fold` goes by speaker instead.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from models.train.recordings import Clip

CORPUS = "esd"
EMOTIONS: Mapping[str, str] = {
    "angry": "angry",
    "happy": "happy",
    "neutral": "neutral",
    "sad": "sad",
    "surprise": "surprised",
}
PARTS = ("train", "evaluation", "test")
N_FOLDS = 5
SENTENCES = 350  # that each speaker reads in each emotion, numbered through all five
_NAME = re.compile(r"(00(?:0[1-9]|1\d|20))_(\d{6})\.wav")


class SpokenLanguage(StrEnum):
    """The language of a speaker of ESD."""

    MANDARIN = "zh"
    ENGLISH = "en"


def read_esd(folder: Path, language: SpokenLanguage) -> list[Clip]:
    """The clips of one language under `folder`, in the order of their names.

    Two speakers share a fold, 1 to 5.

    Raises:
        FileNotFoundError: no clip of ESD lies there.
    """
    clips = []
    for path in sorted(folder.rglob("*.wav")):
        name = _NAME.fullmatch(path.name)
        place = path.parent.parent if path.parent.name.lower() in PARTS else path.parent
        emotion = EMOTIONS.get(place.name.lower())
        if name is None or emotion is None or place.parent.name != name[1]:
            continue
        speaker = int(name[1])
        if (speaker > 10) is (language is SpokenLanguage.ENGLISH):
            fold = (speaker - 1) % 10 // 2 + 1
            clips.append(Clip(path, CORPUS, emotion, name[1], fold))
    if not clips:
        raise FileNotFoundError(f"no recordings of ESD ({language}) in {folder}")
    return clips


def sentence_of(clip: Clip) -> int:
    """Which of the 350 sentences a clip holds, 1 to 350; the same words in every emotion."""
    return (int(clip.path.stem.partition("_")[2]) - 1) % SENTENCES + 1
