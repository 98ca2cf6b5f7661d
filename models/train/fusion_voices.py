"""The voice side of the pairs: clips by the Todak class they are heard as, and who is held out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from inference.analysis import Emotion
from inference.joint_features import JOINT_MEL
from inference.speech_emotion import HEARD_AS, hearing
from models.train.recordings import load_features, read_clips
from models.train.voice_corpus import NOT_PLAYED_IN, PLAYED, Corpus, Indices, split, warped

N_VARIANTS = 0  # damaged copies of each clip: warped and masked spectrograms vary enough
N_FRAMES = 128  # 2 s, about the median clip once trimmed
TEST_FOLDS = (1, 5)  # of RAVDESS and of EmoDB alike: eight actors and two German speakers
STATEMENTS = {"01": "Kids are talking by the door.", "02": "Dogs are sitting by the door."}


@dataclass(frozen=True, slots=True, eq=False)
class Voices:
    """Clips with their spectrograms of 128 bands.

    `heard_as` (n_clips, 7) is what each is to be called: the class of its emotion, or evenly all
    that a voice can tell where the emotion has none. `of_class` are clips by class; under None
    those of disgust and surprise. `statements` are the sentences of RAVDESS, "" for other clips.
    """

    corpus: Corpus
    heard_as: Tensor
    of_class: Mapping[Emotion | None, Indices]
    statements: Sequence[str]

    @classmethod
    def read(cls, data: Path, work: Path, seed: int) -> "Voices":
        """Read both corpora; their spectrograms are made once and kept in `work`.

        Raises:
            FileNotFoundError: a corpus is not in `data`.
        """
        clips = [clip for name in NOT_PLAYED_IN for clip in read_clips(data, name)]
        cache = work / f"voices-seed{seed}.safetensors"
        corpus = Corpus(clips, load_features(clips, N_VARIANTS, JOINT_MEL, seed, cache))
        statements = statements_of([clip.path.stem for clip in clips])
        return cls(corpus, hearing(PLAYED)[corpus.played], classes_of(corpus), statements)

    def among(self, drawn: NDArray[np.bool_]) -> "Voices":
        """The same clips, of which only those marked in (n_clips,) are drawn."""
        kept = {emotion: clips[drawn[clips]] for emotion, clips in self.of_class.items()}
        return replace(self, of_class=kept)

    @property
    def test(self) -> "Voices":
        """The voices that everything is measured on."""
        return self.among(np.isin(self.corpus.fold, TEST_FOLDS))

    @property
    def not_test(self) -> "Voices":
        """All others."""
        return self.among(~np.isin(self.corpus.fold, TEST_FOLDS))

    @property
    def choosing(self) -> "Voices":
        """Three further speakers, for what is chosen after training."""
        return self.among(self._choosing)

    @property
    def learnt(self) -> "Voices":
        """The voices that networks learn from."""
        return self.among(~np.isin(self.corpus.fold, TEST_FOLDS) & ~self._choosing)

    @property
    def _choosing(self) -> NDArray[np.bool_]:
        _, choosing, _ = split(self.corpus, TEST_FOLDS[0])
        return np.isin(np.arange(len(self.corpus.fold)), choosing)

    @property
    def all(self) -> Indices:
        """Every clip that may be drawn."""
        return np.concatenate(list(self.of_class.values()))

    def draw(self, chosen: Indices, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Variants of clips, warped and masked: (B, 128, N_FRAMES) and how many are sound (B,)."""
        pieces, lengths = [], []
        for i in chosen:
            variants = self.corpus.variants[i]
            variant = variants[rng.integers(len(variants))].float()
            onset = int(rng.integers(max(1, variant.shape[1] - N_FRAMES + 1)))
            piece = variant[:, onset : onset + N_FRAMES]
            lengths.append(piece.shape[1])
            pieces.append(functional.pad(piece, (0, N_FRAMES - piece.shape[1])))
        features, n_frames = warped(torch.stack(pieces), torch.tensor(lengths), rng)
        longest = int(n_frames.max())
        return features[:, :, :longest], n_frames


def statements_of(names: Sequence[str]) -> list[str]:
    """The sentence in each RAVDESS clip by its file's name, "" for other clips."""
    parts = [name.split("-") for name in names]
    return [STATEMENTS[part[4]] if len(part) == 7 else "" for part in parts]


def classes_of(corpus: Corpus) -> dict[Emotion | None, Indices]:
    """Indices of clips by the class they are heard as."""
    heard = [HEARD_AS.get(PLAYED[played]) for played in corpus.played.tolist()]
    found: dict[Emotion | None, Indices] = {}
    for emotion in (*dict.fromkeys(HEARD_AS.values()), None):
        found[emotion] = np.array([i for i, e in enumerate(heard) if e == emotion], np.intp)
    return found
