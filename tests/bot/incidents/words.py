"""Every sentence of an emergency, for the tests of wording."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import product

from bot.incidents.acts import Line, Message, News, Say, Sent
from bot.incidents.alarms import Alarm, Source
from bot.incidents.consent import _TOPICS
from bot.incidents.replies import IncidentReplies
from bot.incidents.state import Incident, Phase, Word
from bot.incidents.told_replies import ToldReplies
from bot.reply import Reply
from storage.care_records import ENCLOSURES, Guarded, Home, Position
from storage.records import AgeBand, Language
from tests.bot.incidents.world import NOW, alarm, guarded, guardian, telling

KINDS = (*_TOPICS, "help")
LARGEST_ID = 10**18 - 1
NAMES = {1: "<어머니>", 2: "언니"}
QUIET = (
    "again", "once-more", "ask-code", "wrong-code", "code-locked", "cancelled", "reopened",
    "ended-safe",
)  # fmt: skip
KEYS = {
    *(f"incident-{line}" for line in Line if line not in ("counting", "sent", "check-sent")),
    *(f"incident-{line}-quiet" for line in QUIET),
    *(f"incident-{line}-line" for line in ("sent", "unsure", "refused", "check")),
    *(f"incident-report-{state}" for state in ("answered", "reached", "refused", "waiting")),
    *("incident-" + key for key in ("safe", "fine", "well", "send", "need-help", "misread")),
    *("incident-" + key for key in ("please", "details-button")),
    *(f"told-kind-{kind}" for kind in KINDS),
    *(f"told-news-{news}" for news in News),
    "told-place",
    *(f"told-thanks-{word}" for word in Word),
    *(f"told-{word}" for word in Word),
    *(f"enclosed-{choice}" for choice in ENCLOSURES),
} - {"incident-details"}


SOURCES = (
    Source.SOUND_ALARM,
    Source.CRY,
    Source.SELFHARM,
    Source.OLD_SOUND,
    Source.ASKED,
)
VOTES = {AgeBand.YOUTH: ("cnn",), AgeBand.ADULT: ("cnn", "encoder")}


def alarms(kinds: Iterable[str], sources: Iterable[Source]) -> Iterator[Alarm]:
    for kind, band in product(kinds, (AgeBand.YOUTH, AgeBand.ADULT)):
        for source in sources:
            heard = (("emergency", 7.0), ("ordinary", 9.0), ("emergency", 71.5))
            words = "<살려>" * 2000
            age = timedelta(0 if band is AgeBand.YOUTH else 3)
            yield alarm(
                source, kind, age_band=band, heard=heard, words=words, chat_id=LARGEST_ID,
                message_id=LARGEST_ID, sent_at=NOW - age, votes=VOTES[band],
            )  # fmt: skip


def incidents(raised: Alarm) -> Iterator[Incident]:
    first = Incident(raised.source, raised.kind, raised.age_band, Phase.TELLING, round=1)
    told = replace(
        first, round=2, attempted=frozenset({1, 2}), reached=frozenset({1}), told=frozenset({1})
    )
    yield from (first, told, replace(told, acknowledged_by=frozenset({1})))
    yield from (replace(told, quiet=True), replace(told, duress=True))


def said_to_persons(language: Language) -> Iterator[Reply]:
    replies = IncidentReplies(language)
    tellings = (
        telling(1, 2, Sent.ACCEPTED, what=tuple(ENCLOSURES)),
        telling(2, 2, Sent.UNCERTAIN),
        telling(3, 2, Sent.REFUSED),
    )
    for raised in alarms(("violence", "fire"), SOURCES):
        for incident, line in product(incidents(raised), Line):
            say = Say(line, True, 600.0, (1, 2), 2, shown=True)
            yield replies.line(say, raised, incident, NAMES, tellings, NOW)
    yield replies.over()


def said_to_guardians(language: Language) -> Iterator[Reply]:
    replies = ToldReplies(language)
    places = [None] + [
        Position(-37.56651, 126.97801, NOW - timedelta(minutes=minutes)) for minutes in (0, 40, 90)
    ]
    world = guarded(guardian(1))
    for raised, place in product(alarms(KINDS, (Source.CRY,)), places):
        home = Home(address="<가나>" * 40, shown_name="<지은>" if place else None)
        there = Guarded(world.person, world.guardians, home, place)
        for incident, message in product(incidents(raised), Message):
            yield replies.message(message, raised, incident, there)
        enclosed = replies.enclosed(raised, there, frozenset(ENCLOSURES), NOW)
        assert enclosed is not None
        yield enclosed
    yield from (replies.news(news, raised) for news in News)
    yield from (replies.thanks(word, LARGEST_ID, LARGEST_ID) for word in Word)


@cache
def every_incident_reply(language: Language) -> tuple[Reply, ...]:
    return (*said_to_persons(language), *said_to_guardians(language))
