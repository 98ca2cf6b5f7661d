"""One run of the ear's benchmark against Whisper's smallest encoder."""

import json
import sys

import pytest

from benchmarks.emergency import main


@pytest.mark.slow
def test_both_ways_are_measured_in_one_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["emergency", "--json"])
    main()
    measured = json.loads(capsys.readouterr().out)
    ours = measured["decode_ms"] + measured["ear_ms"]
    assert 0 < ours < 700, "sounds decide within 0.7 s"
    assert measured["whisper_over_ear"] == pytest.approx(
        measured["whisper_tiny_encoder_30s_ms"] / ours, abs=0.1
    )
