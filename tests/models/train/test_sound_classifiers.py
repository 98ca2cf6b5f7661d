"""The six are trained, stopped, gone on with and compared; what is made is marked."""

import csv
import itertools
import json
import os
import time
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from models.sound_classifiers import CLASSIFIERS
from models.train import classifier_fitting
from models.train.classifier_fitting import (
    Lesson,
    augmented,
    fit,
    new_net,
    take_in,
)
from models.train.classifier_report import balanced, figures, measures, table_of
from models.train.sound_classifiers import main
from models.train.sound_recordings import KINDS, SETS
from models.train.speech_emotion import OutOfTime, Plan

DATA = Path(os.environ.get("TODAK_DATA", "../shared/data"))
COLUMNS = ("file", "label", "sleep", "licence", "fold", "group", "dur_s")
FOREVER = Plan(n_epochs=4, seed=1, deadline_s=float("inf"))


def lesson(n_recordings: int, seed: int) -> Lesson:
    """Low hums, whistles and noise."""
    rng = np.random.default_rng(seed)
    t = np.arange(32_000) / 16_000
    heard, kinds, groups = [], [], []
    for i, kind in itertools.product(range(n_recordings), range(3)):
        noise = rng.standard_normal(32_000)
        hz = (150.0, 3000.0, 0.0)[kind] * rng.uniform(0.8, 1.2)
        samples = np.sin(6.2832 * hz * t) + 0.1 * noise if kind < 2 else noise
        heard.append(take_in(np.asarray(samples, np.float32)))
        kinds.append(kind)
        groups.append(f"{kind}-{i}")
    return Lesson(heard, np.array(kinds), groups)


@pytest.fixture
def few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """An epoch of 64 seconds of sound."""
    monkeypatch.setattr(classifier_fitting, "SECONDS_AN_EPOCH", 64)


@pytest.mark.usefixtures("few_seconds")
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_each_classifier_learns(name: str, tmp_path: Path) -> None:
    net = new_net(name, 3, 1)
    net, epoch, curve = fit(net, lesson(4, 0), lesson(1, 9), FOREVER, tmp_path / "kept.pt")
    # Two sounds at once keep the loss of `wide` high, whatever it has learned.
    told = 1 if name == "wide" else 0
    assert curve[-1][told] < 0.95 * curve[0][told]
    assert curve[epoch - 1][1] == min(missed for _, missed in curve)
    assert classifier_fitting.loss_on(net, lesson(1, 9)) == pytest.approx(
        curve[epoch - 1][1], abs=1e-3
    )


@pytest.mark.usefixtures("few_seconds")
@pytest.mark.parametrize("name", ["a", "f", "wide"])
def test_a_stopped_training_goes_on_to_the_same_weights(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned, choosing = lesson(2, 0), lesson(1, 9)
    whole, _, curve = fit(new_net(name, 3, 1), learned, choosing, FOREVER, tmp_path / "whole.pt")
    ticks = itertools.count()
    with monkeypatch.context() as clock, pytest.raises(OutOfTime):
        clock.setattr(time, "monotonic", lambda: float(next(ticks)))
        stopped = Plan(n_epochs=4, seed=1, deadline_s=1.5)
        fit(new_net(name, 3, 1), learned, choosing, stopped, tmp_path / "stopped.pt")
    assert torch.load(tmp_path / "stopped.pt", weights_only=True)["epoch"] == 2
    torch.manual_seed(77)
    gone_on, _, curve_2 = fit(
        new_net(name, 3, 1), learned, choosing, FOREVER, tmp_path / "stopped.pt"
    )
    assert curve_2 == curve
    for key, tensor in whole.state_dict().items():
        assert torch.equal(tensor, gone_on.state_dict()[key]), key


def test_silence_has_no_seconds_and_a_short_sound_has_one() -> None:
    rng = np.random.default_rng(0)
    padded = np.zeros(80_000, np.float32)
    padded[:16_000] = rng.standard_normal(16_000)
    assert take_in(padded).onsets.max() <= 62, "after the first second there is silence"
    short = take_in(rng.standard_normal(3_000).astype(np.float32))
    assert len(short.onsets) == 1 and short.power.shape[1] >= 63


def test_mixed_seconds_keep_whole_shares_of_kinds() -> None:
    power, targets = torch.rand(32, 64, 63), torch.eye(32)
    mixed, shares = augmented(power, targets, np.random.default_rng(0))
    assert torch.allclose(shares.sum(dim=1), torch.ones(32), atol=1e-5) and (shares >= 0).all()
    assert 8 < int((shares.max(dim=1).values < 0.999).sum()) < 24
    assert mixed.shape == power.shape and (mixed >= 0).all() and (mixed == 0).any()


def row(kind: str, heard: str, group: str, right: int, *, made: bool = False) -> dict[str, Any]:
    return {
        "group": group, "collection": "made" if made else "cc_misc", "kind": kind, "made": made,
        "heard": heard, "seconds": 4, "seconds_right": right,
    }  # fmt: skip


def test_kinds_and_their_recordings_count_alike() -> None:
    rows = [row("rain", "rain", "a", 4)] * 3
    rows += [row("rain", "wind", "b", 1), row("wind", "wind", "c", 2)]
    found = measures(rows)
    assert found["five_s"]["value"] == pytest.approx(((1.0 + 0.0) / 2 + 1.0) / 2)
    assert found["second"]["value"] == pytest.approx(((1.0 + 0.25) / 2 + 0.5) / 2)
    assert found["five_s_plain"]["value"] == pytest.approx(0.8)
    low, high = found["five_s_plain"]["interval_95"]
    assert 0.3 < low < 0.8 < high < 1.0
    assert found["kinds"] == {"rain": 0.75, "wind": 1.0} and found["recordings"] == 3
    interval = balanced(rows, lambda one: float(one["heard"] == one["kind"]))["interval_95"]
    assert interval == [0.5, 1.0]


def test_made_kinds_are_marked_in_every_table_and_stand_apart() -> None:
    rows = [
        row("slime", "slime", "a", 4),
        row("sand", "slime", "b", 0, made=True),
        row("eating", "eating", "c", 4, made=True),
    ]
    found = figures({("document", "f"): rows, ("document", "a"): rows})
    document = found["document"]["f"]
    assert document["all"]["made_kinds"] == ["eating", "sand"]
    assert document["recorded"]["second"]["value"] == 1.0
    assert document["made"]["second"]["value"] == 0.5
    table = table_of(found)
    assert "sand (MADE)" in table and "eating (MADE)" in table and "slime (MADE)" not in table
    assert "its MADE kinds" in table and "six of them MADE" in table
    assert "0.954" in table, "the document's own figure stands beside it"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three made recordings of each kind of nature, in the folders of the four sets."""
    rng = np.random.default_rng(0)
    for k, name in enumerate(SETS):
        folder = tmp_path / "data" / "audio" / name
        (folder / "clips").mkdir(parents=True)
        rows = []
        for i, label in enumerate(KINDS if k < 3 else ()):
            sound = np.convolve(rng.standard_normal(48_000), np.ones(1 + 3 * i) / 8, "same")
            with wave.open(str(folder / "clips" / f"{label}.wav"), "wb") as file:
                file.setparams((1, 2, 16_000, 0, "NONE", ""))
                file.writeframes((sound * 3000).astype("<i2").tobytes())
            rows.append((f"clips/{label}.wav", label, label, "CC0", "", f"{name}:{label}", "3.0"))
        with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *rows])
    return tmp_path / "data"


@pytest.mark.usefixtures("few_seconds")
def test_the_command_goes_on_and_its_table_is_evaluated_again(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--data", str(data), "--work", str(tmp_path / "work"), "--sets", "nature"]
    asked += ["--classifiers", "a", "f", "--epochs", "2"]
    assert main([*asked, "--evaluate"]) == 2
    assert "nothing is trained yet" in capsys.readouterr().err
    assert main([*asked, "--limit-minutes", "0"]) == 1
    assert "goes on" in capsys.readouterr().err
    assert main([*asked, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found["nature"]) == {"a", "f"}
    assert found["nature"]["f"]["all"]["stretches"] == 24
    assert found["nature"]["f"]["all"]["recordings"] == 24
    assert main(asked) == 0
    told = capsys.readouterr()
    assert "epoch" not in told.err, "what is there is not trained again"
    assert "| f | 99,720 |" in told.out
    assert main([*asked, "--evaluate", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == found


@pytest.mark.usefixtures("few_seconds")
def test_the_ear_is_kept_with_its_kinds_and_what_it_hears(data: Path, tmp_path: Path) -> None:
    from inference import checkpoints
    from models.sound_classifiers import SoundClassifier, SoundClassifierConfig
    from models.train import sound_recordings

    known = frozenset(f"{name}:{label}" for name in SETS[:2] for label in KINDS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sound_recordings, "FOR_EAR", known)
        work = str(tmp_path / "work")
        asked = ["--data", str(data), "--work", work, "--out", work, "--epochs", "1"]
        assert main([*asked, "--sets", "ear"]) == 0
    path = tmp_path / "work" / "sound_ear_f.safetensors"
    ear = checkpoints.load(path, SoundClassifierConfig, SoundClassifier)
    assert ear.config == SoundClassifierConfig("f", 8)
    assert list(ear.extra["kinds"]) == list(KINDS.values())
    assert ear.extra["measured"]["recordings"] == 8, "the third collection is the generator's"


def test_without_recordings_it_says_where_it_looked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work = str(tmp_path / "work")
    assert main(["--data", str(tmp_path), "--work", work, "--sets", "nature"]) == 2
    assert "labels.csv" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(not (DATA / "audio" / "esc10").exists(), reason="no recordings here")
def test_on_a_few_real_recordings_it_is_far_better_than_chance(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    real = (DATA / "audio" / "esc10").resolve()
    folder = tmp_path / "audio" / "esc10"
    folder.mkdir(parents=True)
    (folder / "clips").symlink_to(real / "clips")
    with (real / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["label"] in ("rain", "rooster", "clock_tick")]
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    asked = ["--data", str(tmp_path), "--work", str(tmp_path / "work"), "--sets", "esc10"]
    assert main([*asked, "--classifiers", "f", "--epochs", "3", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["esc10"]["f"]["all"]
    assert found["stretches"] == 120 and set(found["kinds"]) == {"rain", "rooster", "clock_tick"}
    assert found["five_s_plain"]["value"] > 0.6
    hits = sum(40 * share for share in found["kinds"].values())
    assert found["five_s_plain"]["value"] == pytest.approx(hits / 120, abs=1e-3)
