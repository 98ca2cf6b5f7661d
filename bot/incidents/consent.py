"""Who may be told of an incident, and what: the person's choices, asked anew each time."""

from bot.incidents.alarms import Alarm, Source
from bot.incidents.state import Incident, Phase
from storage.care_records import ENCLOSURES, Choice, Guarded, Guardian

_TOPICS = {
    "assault_sexual": Choice.CRIME,
    "robbery": Choice.CRIME,
    "theft": Choice.CRIME,
    "violence": Choice.CRIME,
    "fire": Choice.DISASTER,
    "electrical": Choice.DISASTER,
    "gas": Choice.DISASTER,
    "collapse": Choice.DISASTER,
    "storm": Choice.DISASTER,
    "earthquake": Choice.DISASTER,
    "medical": Choice.MEDICAL,
    "fall": Choice.MEDICAL,
    "trapped": Choice.MEDICAL,
    "selfharm": Choice.SELFHARM,
}
ALL_AT_ONCE = ("fire", "gas", "medical", "violence", "help")
BY_ANOTHER = ("assault_sexual", "robbery", "theft", "violence")
"""Kinds that come from another person, who may see the screen."""


def topic_of(kind: str) -> Choice:
    """The consent that a kind falls under; what is not known is a cry for help."""
    return _TOPICS.get(kind, Choice.HELP)


def may_be_told(incident: Incident, guarded: Guarded | None) -> tuple[Guardian, ...]:
    """Who may be told now, in the person's order; nobody where a guardian is the danger."""
    if guarded is None or guarded.home.harmed_by_guardian:
        return ()
    guardians = sorted(guarded.guardians, key=lambda guardian: guardian.position)
    return tuple(
        guardian
        for guardian in guardians
        if not guardian.paused
        and (wanted(incident) is None or wanted(incident) in guardian.choices)
    )


def is_told(alarm: Alarm, guarded: Guarded | None) -> bool:
    """Whether somebody may be told of an alarm."""
    return bool(may_be_told(Incident(alarm.source, alarm.kind, None, Phase.ASKING), guarded))


def wanted(incident: Incident) -> Choice | None:
    """The consent without which a guardian is not told; a drill tells nothing and needs none."""
    if incident.source is Source.DRILL:
        return None
    return Choice.UNANSWERED if incident.bare else topic_of(incident.kind)


def may_go_along(incident: Incident, guardian: Guardian) -> frozenset[Choice]:
    """What may be enclosed for one guardian: nothing in a drill or where only a look is asked."""
    if incident.bare or incident.source is Source.DRILL:
        return frozenset()
    return guardian.choices & frozenset(ENCLOSURES)


def is_quiet(guarded: Guarded | None, kind: str) -> bool:
    """Whether nothing is to show on the screen: another person may see it."""
    return guarded is not None and guarded.home.quiet and kind in BY_ANOTHER
