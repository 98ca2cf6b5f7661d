"""One bot measured from outside: start, memory, texts, voice notes, how much it sustains, stop."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import Answers, Send, run_load
from benchmarks.material import TEXTS
from benchmarks.people import Person, people_at
from benchmarks.service import Service, free_port, running

RATES_PER_S = (1.0, 5.0, 20.0)
SUSTAINED_TRIED_PER_S = (30.0, 40.0, 50.0, 65.0, 80.0, 100.0)


@dataclass(frozen=True, slots=True)
class Bot:
    """A program to measure; `onboards` when people must answer its questions first."""

    name: str
    arguments: tuple[str, ...]
    onboards: bool
    hears: bool


@dataclass(frozen=True, slots=True)
class BotMeasured:
    """Start and stop in seconds, resident memory in MB of 10^6 bytes, answers a rate.

    `started_again_s` is a start on the data that the first run left. `cpu_ms` is the processor
    time the whole process took a text at the highest of the fixed rates. `sustained_per_s` is
    the highest rate of texts tried at which all were answered and nothing piled up; 0 for none.
    """

    ready_s: float
    healthy_s: float | None
    started_again_s: float
    stop_s: float | None
    idle_mb: float
    highest_mb: float
    cpu_ms: float
    text: tuple[Answers, ...]
    voice: tuple[Answers, ...]
    sustained_per_s: float
    sustained_tried: tuple[Answers, ...]


def todak() -> Bot:
    """Todak as `todak run` starts it, its local chat in the same process."""
    return Bot("todak", (sys.executable, "-m", "bot", "run"), onboards=True, hears=True)


def echo() -> Bot:
    """A bot that sends back what it was sent."""
    command = (sys.executable, "-m", "benchmarks.plain_bot", "echo", "")
    return Bot("echo", command, onboards=False, hears=False)


def models(weights: Path) -> Bot:
    """A bot that reads with a BERT pipeline and hears with ffmpeg and librosa."""
    voice = weights / "speech_mlp.safetensors"
    command = (sys.executable, "-m", "benchmarks.plain_bot", "models", str(voice))
    return Bot("models", command, onboards=False, hears=True)


async def measure(
    bot: Bot, folder: Path, weights: Path, seconds: float, notes: Sequence[bytes]
) -> BotMeasured:
    """Run a bot in `folder` with the `weights` of that folder; each rate lasts `seconds`.

    Raises:
        ServiceFailed: it does not start.
    """
    environment = {
        "TODAK_DATA_FOLDER": "data",
        "TODAK_LOCAL_CHAT_PORT": "0",
        "TODAK_WEIGHTS_FOLDER": str(weights),
    }
    if bot.onboards:
        environment["TODAK_OPERATIONS_PORT"] = str(free_port())
    async with running(bot.arguments, folder, environment) as service:
        idle_mb = service.resident_mb()
        async with people_at(service.address) as people:
            if bot.onboards:
                for person in people:
                    await person.introduce_oneself()
            await run_load(people, 5.0, 1.0, _write)
            text, voice, cpu_ms = await _at_fixed_rates(bot, service, people, seconds, notes)
            settled = text[-1].sustained and not any(one.lost for one in voice)
            tried = await _faster(bot, people, seconds) if settled else []
        highest_mb = service.highest_mb
    async with running(bot.arguments, folder, environment) as again:
        started_again_s = again.ready_s
    return BotMeasured(
        ready_s=round(service.ready_s, 2),
        healthy_s=None if service.healthy_s is None else round(service.healthy_s, 2),
        started_again_s=round(started_again_s, 2),
        stop_s=None if service.stop_s is None else round(service.stop_s, 2),
        idle_mb=round(idle_mb),
        highest_mb=round(highest_mb),
        cpu_ms=round(cpu_ms, 1),
        text=tuple(text),
        voice=tuple(voice),
        sustained_per_s=max((one.per_s for one in (*text, *tried) if one.sustained), default=0.0),
        sustained_tried=tuple(tried),
    )


async def _at_fixed_rates(
    bot: Bot, service: Service, people: Sequence[Person], seconds: float, notes: Sequence[bytes]
) -> tuple[list[Answers], list[Answers], float]:
    """Texts, then voice notes, at each rate upwards; processor ms a text at the last of them.

    It ends with the first run that leaves messages unanswered: they would spoil the next.
    """

    async def speak(person: Person, number: int) -> int:
        return await person.speak(notes[number % len(notes)])

    text: list[Answers] = []
    voice: list[Answers] = []
    cpu_ms = 0.0
    for per_s in RATES_PER_S:
        used_s = service.cpu_s()
        text.append(await _run(bot, "texts", people, per_s, seconds, _write))
        cpu_ms = 1000 * (service.cpu_s() - used_s) / text[-1].sent
        if text[-1].lost:
            break
        if bot.hears and notes:
            voice.append(await _run(bot, "voice notes", people, per_s, seconds, speak))
            if voice[-1].lost:
                break
    return text, voice, cpu_ms


async def _faster(bot: Bot, people: Sequence[Person], seconds: float) -> list[Answers]:
    """Texts at rates upwards until one is not sustained.

    There are as many chats as seats, and a chat's messages are answered one after the other.
    """
    tried: list[Answers] = []
    for per_s in SUSTAINED_TRIED_PER_S:
        tried.append(await _run(bot, "texts", people, per_s, seconds, _write))
        if not tried[-1].sustained:
            break
    return tried


async def _run(
    bot: Bot, what: str, people: Sequence[Person], per_s: float, seconds: float, send: Send
) -> Answers:
    answers = await run_load(people, per_s, seconds, send)
    say(
        f"{bot.name}: {what} at {per_s:g}/s: {answers.sent} sent, {answers.lost} lost, "
        f"p50 {answers.p50_ms} ms, p95 {answers.p95_ms} ms, {answers.behind_s} s behind"
    )
    return answers


async def _write(person: Person, number: int) -> int:
    return await person.write(TEXTS[number % len(TEXTS)])


def say(line: str) -> None:
    """Progress, beside the result."""
    print(line, file=sys.stderr, flush=True)
