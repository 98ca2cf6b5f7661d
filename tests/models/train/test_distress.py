"""The recipe of the distress screen, run whole on a tiny network and few lines."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from inference import checkpoints
from inference.analysis import DistressKind, DistressLevel
from inference.distress import CLASSES, DistressScreen
from inference.text_emotion import Language, Pieces
from models.distress import DistressNet
from models.text_emotion import TextEmotionConfig, TextEmotionNet
from models.train import distress, distress_encoder
from models.train.distress_lines import SENTENCES, Line, read_danger

PIECES = [
    "[PAD]",
    "[CLS]",
    "[SEP]",
    "[UNK]",
    "i",
    "want",
    "to",
    "die",
    "eat",
    "##ing",
    "오늘",
    "죽고",
    "싶어",
    "밥",
]


def lines(language: Language, danger: list[str], harmless: list[str]) -> list[Line]:
    thoughts = DistressKind.SELFHARM, DistressLevel.THOUGHTS
    help_me = DistressKind.HELP, DistressLevel.CRY
    found = [Line(text, language, *thoughts) for text in danger[:-1]]
    found += [Line(danger[-1], language, *help_me)]
    found += [Line(text, language, look_alike=True) for text in harmless[::2]]
    return found + [Line(text, language) for text in harmless[1::2]]


EVERY_KIND = [
    Line(f"{kind} {level} 큰일", Language.KOREAN, kind, level) for kind, level in CLASSES
]
TRAINING = (
    EVERY_KIND
    + lines(
        Language.KOREAN,
        ["죽고 싶어", "오늘 죽고 싶어", "정말 죽고 싶어 오늘", "살려줘"] * 6,
        ["오늘 밥 먹고 싶어", "밥 먹자", "배고파 죽겠어", "오늘 뭐 먹지"] * 6,
    )
    + lines(
        Language.ENGLISH,
        ["i want to die", "want to die", "today i want to die", "save me"] * 6,
        ["i want to eat", "eating today", "dying of laughter", "i want food"] * 6,
    )
)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    config = TextEmotionConfig(len(PIECES), 10, 8, 24, 2, 16, 1, 128)
    path = tmp_path / "text_emotion.safetensors"
    checkpoints.save(path, TextEmotionNet(config), config, {"pieces": PIECES})
    return tmp_path


def test_it_trains_calibrates_and_the_screen_reads_what_it_wrote(
    weights: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(distress, "training_lines", lambda data: TRAINING)
    monkeypatch.setattr(distress, "development_lines", lambda data: TRAINING)
    assert distress.main(["--weights", str(weights), "--data", str(weights)]) == 0
    assert "look-alikes taken" in capsys.readouterr().out
    screen = DistressScreen.load(weights / "distress.safetensors")
    assert screen.screen("오늘 정말 죽고 싶어").level is DistressLevel.THOUGHTS
    assert screen.screen("i want to die today").level is DistressLevel.THOUGHTS
    assert screen.screen("오늘 밥 먹자").level is DistressLevel.NONE
    probability = screen.screen("i want food").probability
    assert probability < screen.screen("i want to die").probability


@pytest.mark.slow
def test_it_goes_on_from_earlier_weights_with_lines_written_since(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = [replace(line, text=f"{line.text} zqx") for line in TRAINING]
    monkeypatch.setattr(distress, "training_lines", lambda data: TRAINING)
    monkeypatch.setattr(distress, "development_lines", lambda data: TRAINING)
    given = ["--weights", str(weights), "--data", str(weights)]
    assert distress.main(given) == 0
    earlier = weights / "distress.safetensors"
    before = DistressScreen.load(earlier).screen("i want to die zqx").probability
    monkeypatch.setattr(distress, "training_lines", lambda data: [*TRAINING, *since])
    assert distress.main([*given, "--start-from", str(earlier)]) == 0
    screen = DistressScreen.load(earlier)
    assert screen.screen("i want to die zqx").level is DistressLevel.THOUGHTS
    assert screen.screen("i want to die zqx").probability != before


def test_a_training_that_was_stopped_goes_on_as_if_it_had_not(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = np.ones(len(TRAINING), dtype=np.int64)
    unfinished = weights / "unfinished.pt"
    monkeypatch.setattr(distress_encoder, "PROGRESS_STEPS", 1)

    def tuned(stop_after: int | None) -> DistressNet:
        begun = distress.start(weights / "text_emotion.safetensors")
        steps = iter(range(stop_after if stop_after is not None else 1_000))

        def kept(*given: Any) -> None:
            keep(*given)
            if next(steps, None) is None:
                raise KeyboardInterrupt

        keep = distress_encoder._keep
        with monkeypatch.context() as patched:
            patched.setattr(distress_encoder, "_keep", kept)
            given = begun.net, Pieces(begun.pieces), TRAINING, turns, 4, 0, unfinished
            if stop_after is None:
                distress_encoder.tune(*given)
            else:
                with pytest.raises(KeyboardInterrupt):
                    distress_encoder.tune(*given)
        return begun.net

    torch.manual_seed(0)
    whole = tuned(None)
    assert not unfinished.exists()
    torch.manual_seed(0)
    tuned(1)
    assert unfinished.exists()
    torch.manual_seed(0)
    gone_on = tuned(None)
    for name, parameter in whole.state_dict().items():
        torch.testing.assert_close(gone_on.state_dict()[name], parameter)


def test_thresholds_find_what_they_can_within_what_they_may_take() -> None:
    rng = np.random.default_rng(0)
    cry = DistressKind.FIRE, DistressLevel.CRY
    thoughts = DistressKind.SELFHARM, DistressLevel.THOUGHTS
    marked = [Line("", Language.KOREAN, *thoughts)] * 100 + [Line("", Language.KOREAN, *cry)] * 100
    harmless = [Line("", Language.KOREAN, look_alike=True), Line("", Language.KOREAN)] * 100
    self_harm = np.concatenate(
        [rng.uniform(0.3, 1, 100), np.zeros(100), rng.uniform(0, 0.35, 200)]
    )
    cries = np.concatenate([np.zeros(100), rng.uniform(0.2, 1, 100), rng.uniform(0, 0.22, 200)])
    chosen = distress.choose_thresholds([*marked, *harmless], distress.Judged(self_harm, cries))
    taken = (self_harm >= chosen.self_harm) | (cries >= chosen.cry)
    assert taken[200::2].mean() <= distress.LOOK_ALIKES_TAKEN
    assert taken[201::2].mean() <= distress.ORDINARY_TAKEN
    assert taken[:100].mean() > 0.9 and taken[100:200].mean() > 0.9


def test_a_tuning_goes_half_the_way(weights: Path) -> None:
    net = distress.start(weights / "text_emotion.safetensors").net
    before = {name: weight.clone() for name, weight in net.state_dict().items()}
    net.head.weight.data += 2.0
    distress.go_halfway(net, before)
    torch.testing.assert_close(net.head.weight.data, before["head.weight"] + 1.0)
    torch.testing.assert_close(net.bias.data, before["bias"])


def test_lines_that_the_weights_know_come_in_turns() -> None:
    new = read_danger(SENTENCES / "distress_en_8.tsv")[:3]
    turns = distress.turns_of([*TRAINING[:2], *new], ["distress_en_8.tsv"])
    assert turns.tolist() == [distress.TURNS_OF_KNOWN] * 2 + [1] * 3
    assert distress.turns_of(TRAINING, []).tolist() == [1] * len(TRAINING)


def test_without_text_emotion_weights_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        distress.main(["--weights", str(tmp_path), "--data", str(tmp_path)])
