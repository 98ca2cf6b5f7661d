"""Incidents as they begin, for the rows of the safety table."""

from typing import Any

from bot.incidents.acts import Act, Say
from bot.incidents.alarms import Source
from bot.incidents.rules import opened
from bot.incidents.state import (
    Moment,
    Times,
)
from storage.care_records import Guarded, Guardian
from tests.bot.incidents.world import Play, alarm, guarded, guardian

THREE = (guardian(1), guardian(2), guardian(3))


def begun(
    source: Source = Source.SOUND_ALARM,
    kind: str = "violence",
    *guardians: Guardian,
    times: Times = Times(),  # noqa: B008  a frozen value
    **home: Any,
) -> Play:
    world = guarded(*(guardians or THREE), **home)
    raised = alarm(source, kind)
    return Play(opened(raised, Moment(0.0, world, times)), world, times)


def says(acts: list[Act]) -> list[Say]:
    return [act for act in acts if isinstance(act, Say)]


def nobody_there(source: Source, world: Guarded | None) -> Play:
    return Play(opened(alarm(source), Moment(0.0, world)), world, Times())
