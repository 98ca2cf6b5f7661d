"""The training loop: the best epoch is kept, an interruption changes nothing."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from inference.analysis import Emotion
from inference.text_emotion import Language
from models.train import text_fitting
from models.train.text_classes import Sentences
from models.train.text_fitting import Epoch, Learner, Plan, calibration_of, fit
from models.train.texts import Example

CLASSES = (Emotion.JOY, Emotion.ANGER)


def example(i: int) -> Example:
    emotion = CLASSES[i % 2]
    return Example(f"{'ab'[i % 2]}{'cdef'[i % 4 // 2]}", Language.KOREAN, emotion, frozenset())


SENTENCES = Sentences([example(i) for i in range(64)], [example(i) for i in range(16)])


def learner(seed: int = 0) -> Learner:
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Embedding(128, 8), nn.Flatten(), nn.Dropout(0.2), nn.Linear(16, 2))

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = net

        def forward(self, letters: Tensor) -> Tensor:
            logits: Tensor = self.layers(letters)
            return logits

    def inputs(texts: Sequence[str], cuts: Random | None) -> Mapping[str, Tensor]:
        return {"letters": torch.tensor([list(text.encode()) for text in texts])}

    whole = Net()
    return Learner(whole, inputs, CLASSES, [{"params": list(whole.parameters()), "lr": 1e-2}])


def test_it_learns_and_keeps_the_best_epoch(tmp_path: Path) -> None:
    taught = learner()
    history = fit(taught, SENTENCES, Plan(n_epochs=8, patience=3, seed=0, rows=8), tmp_path)
    best = max(epoch.kept_macro_f1 for epoch in history)
    assert best == 1.0
    said = taught.scores([e.text for e in SENTENCES.kept]).argmax(1)
    assert said.tolist() == taught.labels(SENTENCES.kept)
    first = next(i for i, epoch in enumerate(history) if epoch.kept_macro_f1 == best)
    assert len(history) == min(8, first + 4)


def test_an_interrupted_training_ends_where_one_without_a_break_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Plan(n_epochs=4, patience=9, seed=3, rows=8)
    whole = learner()
    straight = fit(whole, SENTENCES, plan, tmp_path / "whole")
    epoch, n_done = text_fitting._epoch, 0

    def breaking(*arguments: object) -> Epoch:
        nonlocal n_done
        n_done += 1
        if n_done == 3:
            raise KeyboardInterrupt
        return epoch(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(text_fitting, "_epoch", breaking)
        with pytest.raises(KeyboardInterrupt):
            fit(learner(), SENTENCES, plan, tmp_path / "broken")
    resumed = learner(seed=99)
    assert fit(resumed, SENTENCES, plan, tmp_path / "broken") == straight
    for name, tensor in whole.net.state_dict().items():
        torch.testing.assert_close(resumed.net.state_dict()[name], tensor)


def test_what_another_training_left_is_not_gone_on_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fit(learner(), SENTENCES, Plan(n_epochs=1, patience=1, seed=0), tmp_path)
    history = fit(learner(), SENTENCES, Plan(n_epochs=2, patience=2, seed=1), tmp_path)
    assert len(history) == 2
    assert "another training" in capsys.readouterr().err


def test_a_model_that_is_never_right_often_enough_is_never_sure() -> None:
    guessing = learner()
    kept = [
        Example(text, Language.KOREAN, CLASSES[i % 2], frozenset({CLASSES[i % 2]}))
        for i, text in enumerate(["ac", "ac", "bd", "bd"] * 20)
    ]
    scores = guessing.scores([e.text for e in kept])
    found = calibration_of(scores, kept, CLASSES)
    assert found.sure > 1.0
    assert 0.2 <= found.temperature <= 5.0 and 0.15 <= found.present <= 0.5
    assert np.isfinite(found.temperature)
