"""What was measured, as one table for people, with the targets and whether they were met."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.bots import BotMeasured

TEXT_P95_MS = 250.0
VOICE_P95_MS = 1200.0
RESIDENT_MB = 700.0
SUSTAINED_PER_S = 30.0
READY_S = 5.0


@dataclass(frozen=True, slots=True)
class Target:
    """A figure to reach; `measured` is None where it could not be measured."""

    name: str
    wanted: str
    measured: float | None
    met: bool


def targets(todak: BotMeasured) -> list[Target]:
    """The targets of the project, against what was measured."""
    runs = (*todak.text, *todak.voice, *(one for one in todak.sustained_tried if one.sustained))
    lost = float(sum(one.lost for one in runs))
    return [
        *(
            _at_most(f"{what} p95 at {one.per_s:g}/s, ms", one.p95_ms, limit_ms)
            for what, answers, limit_ms in (
                ("text", todak.text, TEXT_P95_MS),
                ("voice", todak.voice, VOICE_P95_MS),
            )
            for one in answers
        ),
        _at_most("resident memory at its highest, MB", todak.highest_mb, RESIDENT_MB),
        Target(
            "texts a second sustained",
            f">= {SUSTAINED_PER_S:g}",
            todak.sustained_per_s,
            todak.sustained_per_s >= SUSTAINED_PER_S,
        ),
        _at_most("messages lost", lost, 0.0),
        _at_most("start to ready, s", todak.ready_s, READY_S),
    ]


def _at_most(name: str, measured: float | None, limit: float) -> Target:
    return Target(name, f"<= {limit:g}", measured, measured is not None and measured <= limit)


def ratios(
    bots: Mapping[str, BotMeasured], costs: Mapping[str, Mapping[str, float]]
) -> dict[str, float]:
    """How many times Todak's figure each plain way's is; above 1 Todak is better."""
    found: dict[str, float | None] = {}
    ours = bots["todak"]
    for name, bot in bots.items():
        if name == "todak":
            continue
        found[f"{name} memory"] = _ratio(bot.highest_mb, ours.highest_mb)
        for kind, theirs, own in (("text", bot.text, ours.text), ("voice", bot.voice, ours.voice)):
            for a, b in zip(theirs, own, strict=False):
                found[f"{name} {kind} p50 at {a.per_s:g}/s"] = _ratio(a.p50_ms, b.p50_ms)
                found[f"{name} {kind} p95 at {a.per_s:g}/s"] = _ratio(a.p95_ms, b.p95_ms)
    told = {name: ratio for name, ratio in found.items() if ratio is not None}
    return told | cost_ratios(costs)


def cost_ratios(costs: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """The same for the models alone; of what is done in a second, more is better."""
    found: dict[str, float | None] = {}
    for figure, theirs in costs.get("plain", {}).items():
        ours = costs["todak"][figure]
        better = (ours, theirs) if figure.endswith("_per_s") else (theirs, ours)
        found[f"models alone: {figure}"] = _ratio(*better)
    return {name: ratio for name, ratio in found.items() if ratio is not None}


def _ratio(theirs: float | None, ours: float | None) -> float | None:
    return round(theirs / ours, 2) if theirs and ours else None


def table(
    bots: Mapping[str, BotMeasured],
    costs: Mapping[str, Mapping[str, float]],
    reached: Sequence[Target],
    compared: Mapping[str, float],
) -> str:
    """Everything as Markdown tables."""
    parts = [
        _rows(
            ("bot", *_FIGURES),
            [
                (name, *(_shown(get(bot)) for get in _FIGURES.values()))
                for name, bot in bots.items()
            ],
        ),
        _rows(
            ("bot", "what", *_OF_ANSWERS),
            [
                (name, what, *(_shown(getattr(one, field)) for field in _OF_ANSWERS.values()))
                for name, bot in bots.items()
                for what, runs in (
                    ("text", bot.text),
                    ("voice", bot.voice),
                    ("text, how many", bot.sustained_tried),
                )
                for one in runs
            ],
        ),
        costs_table(costs),
        _rows(
            ("plain way against Todak (above 1 Todak is better)", "times"),
            [(name, _shown(ratio)) for name, ratio in compared.items()],
        ),
        _rows(
            ("target", "wanted", "measured", ""),
            [
                (one.name, one.wanted, _shown(one.measured), "pass" if one.met else "FAIL")
                for one in reached
            ],
        ),
    ]
    return "\n\n".join(parts)


def costs_table(costs: Mapping[str, Mapping[str, float]]) -> str:
    """What the models cost without a bot around them, as a Markdown table."""
    return _rows(
        ("models alone", *next(iter(costs.values()))),
        [(way, *(_shown(value) for value in cost.values())) for way, cost in costs.items()],
    )


_FIGURES: Mapping[str, Callable[[BotMeasured], float | None]] = {
    "ready s": lambda bot: bot.ready_s,
    "/healthz s": lambda bot: bot.healthy_s,
    "started again s": lambda bot: bot.started_again_s,
    "stop s": lambda bot: bot.stop_s,
    "idle MB": lambda bot: bot.idle_mb,
    "highest MB": lambda bot: bot.highest_mb,
    "CPU ms a text": lambda bot: bot.cpu_ms,
    "texts/s sustained": lambda bot: bot.sustained_per_s,
}


_OF_ANSWERS: Mapping[str, str] = {
    "a second": "per_s",
    "sent": "sent",
    "lost": "lost",
    "twice": "answered_twice",
    "p50 ms": "p50_ms",
    "p95 ms": "p95_ms",
    "p99 ms": "p99_ms",
    "behind s": "behind_s",
}


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"
