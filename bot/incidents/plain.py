"""Incidents as plain values and back: what is stored must be read by a later version too."""

from collections.abc import Iterable
from functools import cache
from typing import Any, cast, get_args

from pydantic import TypeAdapter

from bot.incidents.acts import Act
from bot.incidents.alarms import Alarm
from bot.incidents.state import Event, Incident

Plain = Any
_TAGGED = {form.__name__: form for form in (*get_args(Act), *get_args(Event))}


@cache
def _adapter(form: Any) -> TypeAdapter[Any]:
    return TypeAdapter(form)


def plain(value: Alarm | Incident) -> Plain:
    """What JSON can hold; a field that a later version adds takes its default when read."""
    return _adapter(cast(Any, type(value))).dump_python(value, mode="json")


def tagged(value: Act | Event) -> Plain:
    """Likewise, with the name of what it is."""
    return {
        "is": type(value).__name__,
        "value": _adapter(cast(Any, type(value))).dump_python(value, mode="json"),
    }


def alarm_from(stored: Plain) -> Alarm:
    """The alarm stored earlier."""
    alarm: Alarm = _adapter(Alarm).validate_python(stored)
    return alarm


def incident_from(stored: Plain) -> Incident:
    """The incident stored earlier."""
    incident: Incident = _adapter(Incident).validate_python(stored)
    return incident


def acts_from(stored: Iterable[Plain]) -> tuple[Act, ...]:
    """The acts stored earlier, in order."""
    return tuple(_untagged(each) for each in stored)


def event_from(stored: Plain) -> Event:
    """The event stored earlier."""
    event: Event = _untagged(stored)
    return event


def _untagged(stored: Plain) -> Any:
    return _adapter(_TAGGED[stored["is"]]).validate_python(stored["value"])
