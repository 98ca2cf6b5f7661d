"""AI Hub's 위급상황 음성/음향 and 소음 환경 음성인식: the nineteen kinds in real recordings.

Both need a registration in Korea and may not be passed on; this reads an operator's copy, whose
folders are as public readers of the corpora describe them. The first has one folder of WAV files
for each part of a kind and one of labels for each kind:

    Training/[원천]5.화재_1/5.화재_1400_label.wav
    Training/[라벨]5.화재/5.화재_1400.json          {"audio": {"fileName": "5.화재_1400", …}, …}

The second has folders whose names hold the noise (가전소음, 세탁기, 청소기). Of each sentence
there is a noisy recording and a clean one, whose name ends in `_SD`.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from errno import ENOENT
from pathlib import Path
from types import MappingProxyType
from typing import Final

from inference.analysis import SoundKind
from inference.emergency import EMERGENCIES
from models.train.emergency_recordings import Recording

COLLECTION: Final = "aihub"
MOST_OF_A_KIND: Final = 3_000  # as many as the source document took of each
CLEAN_SUFFIX: Final = "_SD"
LABEL_SUFFIX: Final = "_label"

KIND_OF: Final[Mapping[str, SoundKind]] = MappingProxyType(
    {
        "강제추행": SoundKind.ASSAULT_SEXUAL,
        "강도범죄": SoundKind.ROBBERY,
        "절도범죄": SoundKind.THEFT,
        "폭력범죄": SoundKind.VIOLENCE,
        "화재": SoundKind.FIRE,
        "갇힘": SoundKind.TRAPPED,
        "응급의료": SoundKind.MEDICAL,
        "전기사고": SoundKind.ELECTRICAL,
        "가스사고": SoundKind.GAS,
        "낙상": SoundKind.FALL,
        "붕괴사고": SoundKind.COLLAPSE,
        "태풍": SoundKind.STORM,
        "지진": SoundKind.EARTHQUAKE,
        "도움요청": SoundKind.HELP,
        "실내": SoundKind.INDOOR,
        "실외": SoundKind.OUTDOOR,
        "세탁기": SoundKind.WASHER,
        "청소기": SoundKind.VACUUM,
        "가전소음": SoundKind.APPLIANCE,  # after those two: their folders are of it as well
    }
)


def read_aihub(folder: Path, most: int = MOST_OF_A_KIND) -> list[Recording]:
    """Recordings of an unpacked copy of either corpus or both, at most `most` of a kind.

    The labels do not name who speaks, so every recording is its own group.

    Raises:
        FileNotFoundError: there is no such folder, or none in it is named after a kind.
    """
    taken: Counter[SoundKind] = Counter()
    found = []
    for path, kind in _recordings(folder):
        if taken[kind] < most:
            taken[kind] += 1
            found.append(_recording(path, kind))
    if not found:
        raise FileNotFoundError(ENOENT, "no folder of a kind", str(folder))
    return found


def kind_of(names: Sequence[str]) -> SoundKind | None:
    """The kind that folder names tell, the innermost first; None where none does."""
    for name in reversed(names):
        for word, kind in KIND_OF.items():
            if word in name:
                return kind
    return None


def labelled_names(folder: Path) -> set[str]:
    """Names of the recordings that label files speak of; a damaged label names none."""
    names = set()
    for path in sorted(folder.rglob("*.json")):
        try:
            told = json.loads(path.read_text("utf-8-sig"))
            names.add(str(told["audio"]["fileName"]).removesuffix(".wav"))
        except (ValueError, KeyError, TypeError):
            continue
    return names


def _recordings(folder: Path) -> Iterator[tuple[Path, SoundKind]]:
    labelled = labelled_names(folder)
    for path in sorted(folder.rglob("*.wav")):
        inside = path.relative_to(folder).parts[:-1]
        kind = kind_of(inside)
        if kind is None or path.stem.endswith(CLEAN_SUFFIX):
            continue
        # Emergencies are taken only with their label, which says that a person listened to them.
        if kind in EMERGENCIES and labelled and _name(path) not in labelled:
            continue
        yield path, kind


def _name(path: Path) -> str:
    return path.stem.removesuffix(LABEL_SUFFIX)


def _recording(path: Path, kind: SoundKind) -> Recording:
    return Recording(
        path=path,
        collection=COLLECTION,
        label=f"{COLLECTION} {kind.value}",
        emotion="",
        kind=kind,
        emergency=kind in EMERGENCIES,
        spoken_cry=False,
        contradicted=False,
        group=f"{COLLECTION}:{_name(path)}",
    )
