"""Recipe of encoders from the hub: `todak train text-encoder --encoder NAME_OR_FOLDER`.

Fine-tunes any encoder that transformers' AutoModel loads, such as skt/kobert-base-v1,
beomi/KcELECTRA-base-v2022, monologg/koelectra-base-v3-discriminator or klue/roberta-base, with
dropout and one linear layer: the rows A2 (six or seven feelings) and A4 (`--classes four`) of the
source documents. Finished epochs are kept in `--work`, so that a run that was stopped goes on from
there.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import torch
from torch import Tensor

from inference.analysis import Emotion
from inference.checkpoints import CheckpointMismatch
from inference.encoder_folders import (
    MissingHubPackage,
    hub_package,
    positions,
    read_model,
    read_tokenizer,
    tokenizing,
)
from inference.text_emotion import Language, TextEmotionRecognizer
from inference.text_encoder import load_encoder, save_encoder, write_calibrations
from models.text_encoder import EncoderHeadConfig, TextEncoderNet
from models.train.text_classes import CLASS_SETS, Sentences, gather
from models.train.text_figures import card, on_unseen
from models.train.text_fitting import Epoch, Learner, Plan, calibrated, fit, say
from models.train.texts import expect_tests

RATE, HEAD_RATE = 5e-5, 1e-3
NEEDED = ("*.json", "*.txt", "*.model", "model.safetensors", "pytorch_model.bin")
OUT, WORK = Path("data/weights/text-encoder"), Path(".cache/text_encoder")


def folder_of(encoder: str) -> Path:
    """The encoder's folder: the one named, else that of the hub's repository of this name.

    Raises:
        FileNotFoundError: there is neither, or the hub cannot be reached.
        MissingHubPackage: transformers is not installed.
    """
    if Path(encoder).is_dir():
        return Path(encoder)
    hub = hub_package("huggingface_hub")
    try:
        return Path(hub.snapshot_download(encoder, allow_patterns=NEEDED))
    except (OSError, ValueError) as error:
        why = str(error).partition("\n")[0]
        raise FileNotFoundError(
            f"{encoder} is no folder here and cannot be fetched from the hub ({why})"
        ) from error


def train(
    encoder: Path,
    sentences: Sentences,
    classes: Sequence[Emotion],
    plan: Plan,
    out: Path,
    work: Path,
) -> list[Epoch]:
    """Fine-tune and write the folder; the course of training.

    Raises:
        CheckpointMismatch: transformers cannot load the encoder.
    """
    torch.manual_seed(plan.seed)
    body, tokenizer = read_model(encoder, "AutoModel"), read_tokenizer(encoder)
    net = TextEncoderNet(body, EncoderHeadConfig(body.config.hidden_size, len(classes)))
    groups: list[dict[str, Any]] = [
        {"params": list(body.parameters()), "lr": RATE},
        {"params": list(net.head.parameters()), "lr": HEAD_RATE},
    ]
    tokens = tokenizing(tokenizer, positions(body.config))

    def inputs(texts: Sequence[str], _: Random | None) -> Mapping[str, Tensor]:
        return tokens(texts)

    learner = Learner(net, inputs, classes, groups)
    history = fit(learner, sentences, plan, work)
    save_encoder(out, net, tokenizer, classes)
    write_calibrations(out, calibrated(learner, sentences.kept))
    return history


def main(argv: Sequence[str] | None = None) -> int:
    """Train, or with `--evaluate` measure; the exit status."""
    parser = argparse.ArgumentParser(prog="todak train text-encoder", description=__doc__)
    parser.add_argument("--encoder", help="a folder, or a name on the hub")
    parser.add_argument("--language", choices=list(Language), nargs="+", default=[Language.KOREAN])
    parser.add_argument("--classes", choices=sorted(CLASS_SETS), default="seven")
    parser.add_argument("--aihub", type=Path, help="a table of AI Hub's corpus to learn from too")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--work", type=Path, default=WORK, help="where finished epochs are kept")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--evaluate", action="store_true", help="measure --out, train nothing")
    parser.add_argument("--json", action="store_true", help="the figures as one line of JSON")
    given = parser.parse_args(argv)
    if given.encoder is None and not given.evaluate:
        parser.error("--encoder is needed to train")
    torch.set_num_threads(1)
    languages = [Language(name) for name in given.language]
    classes = CLASS_SETS[given.classes]
    history: list[Epoch] = []
    try:
        expect_tests()
        if not given.evaluate:
            encoder = folder_of(given.encoder)
            sentences = gather(languages, classes, given.seed, given.aihub)
            say(f"{len(sentences.learnt)} sentences, {len(sentences.kept)} held out")
            plan = Plan(given.epochs, patience=2, seed=given.seed, bfloat16=True)
            work = given.work / f"{Path(given.encoder).name}_{'_'.join(languages)}_{given.classes}"
            history = train(encoder, sentences, classes, plan, given.out, work)
        recognizer = load_encoder(given.out, TextEmotionRecognizer().reads)
    except (CheckpointMismatch, MissingHubPackage, OSError, ValueError) as error:
        say(f"todak train text-encoder: {error}")
        return 1
    measured = on_unseen(recognizer, languages, classes)
    if history:
        command = (
            f"todak train text-encoder --encoder {given.encoder} --language "
            f"{' '.join(languages)} --classes {given.classes} --seed {given.seed}"
        )
        text = card("Fine-tuned encoder", command, history, measured)
        (given.out / "card.md").write_text(text, "utf-8")
    print(json.dumps(measured, ensure_ascii=False, indent=None if given.json else 1))
    return 0
