"""English key phrases spotted in real recordings by pocketsphinx, which carries its own weights.

`python -m benchmarks.key_phrases [--every 1]`, with pocketsphinx installed. Each recording has
the score of its likeliest phrase. A threshold is set where at most one ordinary recording in a
hundred is above it, on one half of the ordinary recordings, and measured on the other, both ways.
"""

import argparse
import csv
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from inference.audio import SAMPLE_RATE, UnreadableAudio, decode
from models.train.distress_evaluation import share

DATA = Path(os.environ.get("TODAK_DATA", Path(__file__).parents[2] / "shared/data"))
HELP = ("help", "help me", "please help")
OTHERS = ("save me", "call the police", "call an ambulance", "fire")
BACHO = {"bachao": "B AH CH AA OW", "bacho": "B AH CH OW"}  # Hindi, in the sounds of English
SETS: Mapping[str, tuple[str, ...]] = {
    "help": HELP,
    "all English phrases": HELP + OTHERS,
    "help and bacho": (*HELP, *BACHO),
}
LOWEST = "1e-40"  # likelihood ratio from which on a phrase is reported at all
FALSE_ALARMS = 0.01
LEVEL = 0.1  # root mean square that every recording is brought to


@dataclass(frozen=True, slots=True)
class Scored:
    """What is said in a recording, which half it is in, and how likely each phrase is at best."""

    said: str
    half: int
    scores: Mapping[str, float]

    @property
    def ordinary(self) -> bool:
        """Whether nothing in it asks for help."""
        return self.said.startswith("ordinary")


def recordings(data: Path) -> Iterator[tuple[str, Path]]:
    """What is said or heard, and the file; every recording with a voice of the three sets."""
    for corpus in ("iesc", "fsdd", "speech_samples"):
        folder = data / "audio" / corpus
        with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if not row["label"].startswith(("glass", "gunshot")):
                    yield _said(corpus, row), folder / row["file"]


def _said(corpus: str, row: dict[str, str]) -> str:
    if corpus != "iesc":
        return f"ordinary: {corpus}"
    word = row["source"].split("keyword=")[1].split()[0]
    if row["label"] == "scream":
        return f"screamed {word}"
    return f"spoken {word}" if word in ("help", "bacho") else f"ordinary: {word}"


def main() -> None:
    """Score every recording, then print what is found of each word and what is taken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--every", type=int, default=1, help="only one recording in so many")
    arguments = parser.parse_args()
    scored: list[Scored] = []
    heard_s = took_s = 0.0
    with tempfile.TemporaryDirectory() as folder:
        spotter = Spotter(Path(folder))
        for said, path in islice(recordings(arguments.data), 0, None, arguments.every):
            try:
                samples = decode(path.read_bytes()).samples
            except UnreadableAudio:
                continue
            began_s = time.process_time()
            scored.append(Scored(said, crc32(path.name.encode()) % 2, spotter.scores(samples)))
            took_s += time.process_time() - began_s
            heard_s += len(samples) / SAMPLE_RATE
    print(f"{len(scored)} recordings, {heard_s:.0f} s, {took_s / heard_s:.3f} s of work a second")
    for name, phrases in SETS.items():
        print(name)
        _print_found(scored, phrases)


class Spotter:
    """Looks for all phrases at once."""

    def __init__(self, folder: Path) -> None:
        from pocketsphinx import Decoder  # type: ignore[import-not-found, import-untyped, unused-ignore]

        phrases = folder / "phrases"
        wanted = (*HELP, *OTHERS, *BACHO)
        phrases.write_text("".join(f"{phrase} /{LOWEST}/\n" for phrase in wanted))
        self._decoder = Decoder(lm=None, loglevel="FATAL", samprate=SAMPLE_RATE)
        for word, sounds in BACHO.items():
            self._decoder.add_word(word, sounds)
        self._decoder.add_kws("phrases", str(phrases))
        self._decoder.activate_search("phrases")

    def scores(self, samples: NDArray[np.float32]) -> dict[str, float]:
        """How likely each phrase is where it is likeliest; what is not spotted is absent."""
        louder = samples * (LEVEL / max(1e-6, float(np.sqrt(np.mean(samples**2)))))
        padded = np.concatenate([np.clip(louder, -1, 1), np.zeros(SAMPLE_RATE // 2)])
        self._decoder.start_utt()
        self._decoder.process_raw((padded * 32767).astype("<i2").tobytes(), full_utt=True)
        self._decoder.end_utt()
        best: dict[str, float] = {}
        for spotted in self._decoder.seg() or ():
            word = spotted.word.strip()
            best[word] = max(best.get(word, 0.0), spotted.prob)
        return best


def _print_found(scored: Sequence[Scored], phrases: Sequence[str]) -> None:
    def likeliest(one: Scored) -> float:
        return max(one.scores.get(phrase, 0.0) for phrase in phrases)

    hits: dict[str, list[bool]] = defaultdict(list)
    for half in (0, 1):
        others = [likeliest(one) for one in scored if one.half != half and one.ordinary]
        threshold = float(np.quantile(others, 1 - FALSE_ALARMS, method="higher"))
        for one in scored:
            if one.half == half:
                hits[one.said].append(likeliest(one) > threshold)
                if one.ordinary:
                    hits["all ordinary"].append(likeliest(one) > threshold)
    for said, found in sorted(hits.items()):
        rate = share(sum(found), len(found))
        interval = f"[{rate['low']}, {rate['high']}]"
        print(f"  {said}: {rate['hits']}/{rate['of']} {rate['value']} {interval}")


if __name__ == "__main__":
    main()
