"""One run of the emotion benchmark against the plain way."""

import json

import pytest

pytest.importorskip("transformers", reason="not installed, of the extra bench")
pytest.importorskip("librosa", reason="not installed, of the extra bench")

from benchmarks.emotion import main
from benchmarks.material import NoVoice, voice_notes


@pytest.mark.slow
def test_both_ways_are_measured_in_one_run(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        voice_notes()
    except NoVoice as reason:
        pytest.skip(str(reason))
    assert main(["--json"]) == 0
    measured = json.loads(capsys.readouterr().out)
    for cost in measured["costs"].values():
        assert cost["texts_per_s"] > 0 and cost["notes_per_s"] > 0
    ours, plain = measured["costs"]["todak"], measured["costs"]["plain"]
    times = round(ours["texts_per_s"] / plain["texts_per_s"], 2)
    assert measured["ratios"]["models alone: texts_per_s"] == times
