"""The benchmark's arithmetic, and one short run of it."""

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

pytest.importorskip("psutil", reason="psutil is not installed, of the extra bench")

from benchmarks.bots import RATES_PER_S, BotMeasured
from benchmarks.load import Answers, run_load, summary
from benchmarks.people import Person, answered_message
from benchmarks.report import ratios, table, targets

ROOT = Path(__file__).parents[2]
SHIPPED_WEIGHTS = ("distress", "speech_emotion", "text_emotion")


def measured(text: Answers, voice: Answers, sustained_per_s: float = 30.0) -> BotMeasured:
    return BotMeasured(
        ready_s=2.0,
        healthy_s=2.1,
        started_again_s=1.9,
        stop_s=1.0,
        idle_mb=400,
        highest_mb=500,
        cpu_ms=20.0,
        text=(text,),
        voice=(voice,),
        sustained_per_s=sustained_per_s,
        sustained_tried=(),
    )


def answered(*waits_s: float) -> Answers:
    return summary(5.0, [(number / 5, [number / 5 + wait]) for number, wait in enumerate(waits_s)])


def test_summary_counts_from_when_a_message_was_due() -> None:
    messages = [(number * 0.1, [number * 0.1 + 0.001 * (number + 1)]) for number in range(100)]
    found = summary(10.0, messages)
    assert (found.sent, found.lost, found.answered_twice) == (100, 0, 0)
    assert found.p50_ms == pytest.approx(50.5, abs=0.1)
    assert found.p95_ms == pytest.approx(95.0, abs=0.1)
    assert found.p99_ms == pytest.approx(99.0, abs=0.1)
    assert found.highest_ms == 100.0
    assert found.behind_s == pytest.approx(0.1)
    assert found.sustained


def test_lost_and_repeated_answers_are_counted() -> None:
    found = summary(1.0, [(0.0, [0.2]), (1.0, []), (2.0, [2.4, 2.5])])
    assert (found.sent, found.lost, found.answered_twice) == (3, 1, 1)
    assert found.p50_ms == pytest.approx(300.0)
    assert not found.sustained


def test_nothing_answered_is_all_lost() -> None:
    found = summary(1.0, [(0.0, []), (1.0, [])])
    assert (found.lost, found.p95_ms, found.behind_s) == (2, None, None)
    assert not found.sustained


def test_a_growing_queue_is_not_sustained() -> None:
    assert not summary(30.0, [(0.0, [0.1]), (1.0, [3.5])]).sustained


def test_an_answer_is_known_by_its_buttons_or_by_what_it_replies_to() -> None:
    button = {"text": "…", "callback_data": "right:42:joy"}
    assert answered_message({"reply_markup": {"inline_keyboard": [[button]]}}) == 42
    assert answered_message({"reply_to_message": {"message_id": 7}}) == 7
    assert answered_message({"text": "…"}) is None


async def test_load_keeps_its_schedule_and_counts_waiting() -> None:
    async def send(person: Person, number: int) -> int:
        await asyncio.sleep(0.1)
        person.answered_at_s[number] = [time.perf_counter()]
        return number

    async with httpx.AsyncClient() as client:
        people = [Person(client, number) for number in (1, 2)]
        began_at_s = time.perf_counter()
        found = await run_load(people, per_s=40.0, seconds=0.25, send=send)
    assert (found.sent, found.lost) == (10, 0)
    assert found.p50_ms is not None and found.p50_ms >= 100.0
    # One after the other they would take a second; the schedule does not wait for answers.
    assert time.perf_counter() - began_at_s < 0.9
    assert sorted(people[0].answered_at_s) == [0, 2, 4, 6, 8]


def test_targets_and_ratios() -> None:
    ours = measured(answered(0.1, 0.2), answered(0.5, 2.0))
    met = {target.name: target.met for target in targets(ours)}
    assert met["text p95 at 5/s, ms"]
    assert not met["voice p95 at 5/s, ms"]
    assert met["texts a second sustained"]
    assert met["messages lost"]
    slower = replace(ours, text=(answered(0.2, 0.4),), highest_mb=1000)
    costs = {
        "todak": {"text_p50_ms": 5.0, "texts_per_s": 300.0},
        "plain": {"text_p50_ms": 50.0, "texts_per_s": 30.0},
    }
    compared = ratios({"todak": ours, "echo": slower}, costs)
    assert compared["echo text p95 at 5/s"] == pytest.approx(2.0)
    assert compared["echo memory"] == 2.0
    assert compared["models alone: text_p50_ms"] == 10.0
    assert compared["models alone: texts_per_s"] == 10.0
    shown = table({"todak": ours, "echo": slower}, costs, targets(ours), compared)
    assert "FAIL" in shown and "| todak | text | 5 | 2 | 0 |" in shown


@pytest.mark.slow
def test_two_seconds_a_rate_give_sane_json() -> None:
    weights = ROOT / "models" / "weights"
    absent = [name for name in SHIPPED_WEIGHTS if not (weights / f"{name}.safetensors").exists()]
    if absent:
        pytest.skip(f"no weights for {', '.join(absent)}")
    command = [sys.executable, "-m", "benchmarks.latency"]
    command += ["--json", "--only-todak", "--seconds", "2"]
    run = subprocess.run(  # noqa: S603  the command is the two lines above
        command, cwd=ROOT, capture_output=True, text=True, timeout=280
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    todak = found["bots"]["todak"]
    assert [answers["per_s"] for answers in todak["text"]] == list(RATES_PER_S)
    for answers in todak["text"]:
        assert answers["sent"] == 2 * answers["per_s"]
        assert answers["lost"] == 0
        assert 0 < answers["p50_ms"] <= answers["p95_ms"] <= answers["p99_ms"]
    assert 100 < todak["idle_mb"] <= todak["highest_mb"]
    assert 0 < todak["ready_s"] < 60
    assert {target["name"] for target in found["targets"]} >= {"messages lost"}
