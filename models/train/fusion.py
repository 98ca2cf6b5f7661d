"""Recipe of the fusion of words and voice: `todak train fusion`.

1. Late fusion: its numbers are fitted on held-out sentences and on what the voice model's recipe
   says of clips whose speakers it did not hear; its threshold of contradiction on sentences
   written for that.
2. Both transformers over words and voice are trained on synthetic pairs, without the voices of
   the test and those of three speakers that temperature and threshold are fitted on.
3. What is there is measured on the test sentences and the test voices; the card is written.

What takes long is kept in `--work` and `--voice-work`, so that a run that was stopped goes on.
"""

import argparse
import json
import os
import sys
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from inference.analysis import EmotionEstimate
from inference.checkpoints import save
from inference.emotion_fusion import FUSION_WEIGHTS, LateFusion
from inference.fusions import FUSION_NAMES
from inference.joint_emotion import (
    CROSS_ATTENTION_WEIGHTS,
    MULTIMODAL_WEIGHTS,
    WORD_VECTORS,
    JointReader,
    load_cross_attention,
    load_multimodal,
)
from inference.text_emotion import WEIGHTS as TEXT_WEIGHTS
from models.cross_attention import CrossAttentionConfig
from models.multimodal_transformer import MultimodalConfig
from models.train.fusion_card import card
from models.train.fusion_estimates import (
    Heard,
    find_folds,
    hear_clips,
    read_development,
    read_words,
)
from models.train.fusion_evaluation import (
    Situations,
    alone,
    judged_jointly,
    measure,
    rivals,
    say_contradictions,
)
from models.train.fusion_nets import STEPS, Plan, start_cross_attention, start_multimodal, train
from models.train.fusion_pairs import by_class
from models.train.fusion_situations import (
    DEVELOPMENT_CONTRADICTIONS,
    agreeing,
    carrying_nothing,
    joined,
    read_contradictions,
    same_class,
    told_calmly,
)
from models.train.fusion_voices import Voices
from models.train.fusion_words import Written, save_words
from models.train.late_fusion import HAND_SET, Posteriors, fit, fit_contradiction
from models.train.speech_emotion import OutOfTime
from models.train.text_metrics import best_temperature, softmax, sure_from
from models.train.texts import expect_tests

DATA = Path(__file__).parents[3] / "shared/data"
WEIGHTS = Path(__file__).parents[1] / "weights"
WORK = Path("build/fusion")
VOICE_WORK = Path("build/speech_emotion")


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Sentences and voices, and what the single recognisers say of them.

    `words` are by text: those held out as the text model without them reads them, others as the
    shipped one does. `heard.estimates` are by clip.
    """

    written: Written
    voices: Voices
    heard: Heard
    words: dict[str, EmotionEstimate | None]
    situations: Situations

    @classmethod
    def read(cls, arguments: argparse.Namespace) -> "Material":
        """Read or make them; kept in the working folder.

        Raises:
            FileNotFoundError: data, the voice model's folds or test sentences are not there.
        """
        folds = find_folds(arguments.voice_work)
        expect_tests()
        written = Written.read(arguments.data)
        voices = Voices.read(arguments.data, arguments.work, arguments.seed)
        heard = hear_clips(voices.corpus, folds)
        situations = Situations.of(written.test, voices.test, voices.statements)
        light = [e.text for e in read_contradictions(DEVELOPMENT_CONTRADICTIONS)]
        texts = list(dict.fromkeys([*situations.texts, *(e.text for e in written.test), *light]))
        words = dict(zip(texts, read_words(texts), strict=True))
        held_out = [example.text for example in written.development]
        words |= dict(zip(held_out, read_development(written, arguments.work), strict=True))
        return cls(written, voices, heard, words, situations)


def fit_late(material: Material) -> LateFusion:
    """Fit on held-out sentences, and voices that are not of the test."""
    rng = np.random.default_rng(0)
    voices = material.voices.not_test
    examples = material.written.development

    def of(pairs: Any) -> Posteriors:
        return Posteriors.of(pairs, material.words, material.heard.estimates)

    alike, calm = same_class(examples, voices, rng), told_calmly(examples, voices, rng)
    nothing = carrying_nothing(examples, voices, rng)
    light = agreeing(read_contradictions(DEVELOPMENT_CONTRADICTIONS), voices, rng)
    threshold = fit_contradiction([of(alike), of(calm), of(light)])
    return replace(fit([of(alike), of(calm), of(nothing)]), contradiction=threshold)


def train_joint(name: str, material: Material, plan: Plan, work: Path, out: Path) -> None:
    """Train one transformer, fit its temperature and threshold, and write it in half precision.

    Raises:
        OutOfTime: the deadline has passed; what was learned is in `work`.
    """
    torch.manual_seed(plan.seed)
    written, learnt = material.written, material.voices.learnt
    # Vocabulary and first vectors follow from these: another one must not go on from the file.
    sentences = "\n".join(example.text for example in written.learnt).encode()
    begun_from = zlib.crc32(TEXT_WEIGHTS.read_bytes() + sentences)
    kept = work / f"{name}-{begun_from:08x}-seed{plan.seed}-steps{plan.n_steps}.pt"
    texts = by_class(written.learnt)
    if name == "multimodal-transformer":
        multimodal, names = start_multimodal(written, learnt)
        train(multimodal, texts, learnt, plan, kept)
        read = {"pieces": names, **_calibrated(multimodal, material)}
        save(out / MULTIMODAL_WEIGHTS, multimodal.net.half(), MultimodalConfig(), read)
    else:
        cross = start_cross_attention(written, learnt)
        train(cross, texts, learnt, plan, kept)
        judged = _calibrated(cross, material)
        save(out / CROSS_ATTENTION_WEIGHTS, cross.net.half(), CrossAttentionConfig(), judged)
        save_words(cross.vectors, out / WORD_VECTORS)


def _calibrated(reader: JointReader, material: Material) -> dict[str, float]:
    """Temperature and threshold from held-out sentences with the voices of three speakers."""
    rng = np.random.default_rng(0)
    examples, voices = material.written.development, material.voices.choosing
    pairs = joined(same_class(examples, voices, rng), told_calmly(examples, voices, rng))
    scores = judged_jointly(reader, pairs, material.voices)
    temperature = best_temperature(scores, pairs.truth)
    sure = sure_from(softmax(scores, temperature), pairs.truth)
    return {"temperature": temperature, "sure_probability": sure}


def evaluate(material: Material, folder: Path) -> dict[str, Any]:
    """Everything the card says, of the weights that are in `folder`."""
    late = LateFusion.load(folder / FUSION_WEIGHTS)
    nets: dict[str, JointReader] = {}
    if (folder / MULTIMODAL_WEIGHTS).is_file():
        nets["multimodal-transformer"] = load_multimodal(folder).reader
    if (folder / CROSS_ATTENTION_WEIGHTS).is_file():
        nets["cross-attention"] = load_cross_attention(folder).reader
    words, estimates = material.words, material.heard.estimates
    by_name = {"late, hand-set": HAND_SET, "late": late}
    ways = rivals(words, estimates, by_name, nets, material.voices)
    table = measure(material.situations, ways, words)
    table["text alone, seven classes"] = alone(material.written.test, nets, words, material.voices)
    said = say_contradictions(material.situations, words, estimates, late.contradiction)
    return {"accuracy": table, "says a contradiction": said}


def main(argv: Sequence[str] | None = None) -> int:
    """Train what was asked for and measure everything; the figures go to standard output.

    Exit code 1 if the minutes were over before the end, 2 without data.
    """
    arguments = _parsed(argv)
    torch.set_num_threads(1)
    plan = Plan(STEPS, arguments.seed, time.monotonic() + 60.0 * arguments.limit_minutes)
    arguments.work.mkdir(parents=True, exist_ok=True)
    try:
        material = Material.read(arguments)
        if not arguments.evaluate:
            for name in FUSION_NAMES if arguments.only is None else (arguments.only,):
                if name == "late":
                    fit_late(material).save(arguments.out / FUSION_WEIGHTS)
                else:
                    train_joint(name, material, plan, arguments.work, arguments.out)
    except FileNotFoundError as error:
        print(f"todak train fusion: {error}", file=sys.stderr)
        return 2
    except OutOfTime:
        print("out of time; the same command goes on from here", file=sys.stderr)
        return 1
    measured = evaluate(material, arguments.out)
    print(json.dumps(measured, ensure_ascii=False))
    if not arguments.evaluate:
        late = LateFusion.load(arguments.out / FUSION_WEIGHTS)
        path = arguments.out / "fusion.md"
        path.write_text(card(measured, late, arguments.seed), encoding="utf-8")
    return 0


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="todak train fusion", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("TODAK_DATA", DATA)))
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="the folder of weights")
    parser.add_argument("--work", type=Path, default=WORK, help="where finished stages are kept")
    parser.add_argument("--voice-work", type=Path, default=VOICE_WORK, help="the voice recipe's")
    parser.add_argument("--only", choices=FUSION_NAMES, help="one of the three")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--evaluate", action="store_true", help="measure --out, train nothing")
    parser.add_argument("--limit-minutes", type=float, default=float("inf"))
    return parser.parse_args(argv)
