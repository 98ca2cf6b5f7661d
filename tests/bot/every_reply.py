"""Everything that Todak may say to a person, with the largest numbers and the longest texts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

from bot import (
    finder_replies,
    home_replies,
    place_replies,
    sleep_replies,
)
from bot.finder_buttons import Heard
from bot.handlers.drill import explanation
from bot.home_replies import CODES, AtHome, Step
from bot.incidents import listing
from bot.policy import AskFeeling, FeelingAct, NameFeeling, OfferChoice, PointOutDisagreement
from bot.replies import Replies
from bot.reply import Reply
from bot.sleep_buttons import KINDS, NIGHT_MINUTES, menu_recipe, weighted_recipe
from bot.sleep_taste import Reason
from inference.analysis import Distress, DistressKind, DistressLevel, Emotion
from inference.sound_pairs import Comparison
from inference.sound_recipe import Strength
from storage.care_records import (
    ENCLOSURES,
    Disclosure,
    Guardian,
    Home,
    IncidentRecord,
    Outcome,
    Position,
)
from storage.records import ASKED_FIRST, FEELINGS, AgeBand, Language

LEVELS = (DistressLevel.THOUGHTS, DistressLevel.IN_PROGRESS, DistressLevel.CRY)
BANDS = (None, *AgeBand)
ANSWERS = (
    "safe", "call-hard", "called", "misread", "stop", "not-safe", "need-help", "fine", "tell"
)  # fmt: skip
OFFERS = (
    "choose-yourself", "words-refused", "voice-refused", "no-words", "too-short",
    "unknown-language", "empty-recording", "unreadable-recording", "silent-recording", "no-speech",
    "too-long-recording",
)  # fmt: skip
LARGEST_MESSAGE_ID = 10**18 - 1


def acts() -> Iterator[FeelingAct]:
    for feeling, clear, voice in product(Emotion, (True, False), (True, False)):
        yield NameFeeling(feeling, clear, (), voice)
        yield NameFeeling(feeling, clear, (Emotion.ANGER, Emotion.HURT), voice)
    feelings = [emotion for emotion in Emotion if emotion is not Emotion.NEUTRAL]
    for first, second in product(feelings, feelings):
        yield AskFeeling((first, second), False)
    yield from (AskFeeling((feeling,), voice) for feeling in feelings for voice in (True, False))
    yield from (AskFeeling((), voice) for voice in (True, False))
    yield from (PointOutDisagreement(words, voice) for words, voice in product(Emotion, Emotion))
    yield from (OfferChoice(reason) for reason in OFFERS)


def crises(replies: Replies) -> Iterator[Reply]:
    for level, band in product(LEVELS, BANDS):
        for kind in DistressKind:
            yield replies.crisis(Distress(kind, level, 0.9), LARGEST_MESSAGE_ID, band)
        thoughts = Distress(DistressKind.SELFHARM, level, 0.9)
        yield replies.crisis(thoughts, LARGEST_MESSAGE_ID, band, may_tell=True)
        yield replies.look_back(level, LARGEST_MESSAGE_ID, band)
    for level, answer in product(LEVELS, ANSWERS):
        yield replies.crisis_answered(level, LARGEST_MESSAGE_ID, answer, AgeBand.YOUTH)


def homes() -> Iterator[AtHome]:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    position = Position(37.5, 127.0, now - timedelta(minutes=90))
    whole = Home("<b>서울" * 40, "<지은>", "scrypt$", "scrypt$", quiet=True)
    for band in (AgeBand.YOUTH, AgeBand.ADULT):
        yield AtHome(Home(), band, False, None, now)
        yield AtHome(whole, band, True, position, now)


def home_pages(replies: Replies) -> Iterator[Reply]:
    for at_home in homes():
        yield home_replies.page(replies.say, at_home)
        for step in Step:
            yield home_replies.view(replies.say, step, at_home)
            for in_flow in (True, False):
                yield home_replies.question(replies.say, step, at_home, in_flow=in_flow)
        yield from (home_replies.code_set(replies.say, step, at_home) for step in CODES)
        yield place_replies.consent_question(replies.say, at_home.age_band)
    for anyone, live in product((True, False), (True, False)):
        yield place_replies.kept(replies.say, anyone=anyone, live=live)


def incident_pages(replies: Replies) -> Iterator[Reply]:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    ids = [f"incident:1:7:{number}" for number in range(20)]
    records = [IncidentRecord(each, 7, at, None, "telling", {"kind": "gas"}) for each in ids]
    told = Disclosure(ids[0], 7, 1, 8, "<엄마>" * 3, 1, ENCLOSURES, at, Outcome.ACCEPTED)
    disclosures = {each: [replace(told, acknowledged_at=at)] * 30 for each in ids}
    for page in (0, 1, 9_999):
        yield listing.incident_list(replies.say, records, disclosures, page)


def drilled() -> Iterator[list[Guardian]]:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    mother = Guardian(1, 7, 8, "<엄마>", Language.KOREAN, 0, False, frozenset(), at, at)
    yield from ([], [replace(mother, paused=True)], [mother])


def sleep_pages(replies: Replies) -> Iterator[Reply]:
    say = replies.say
    weights = {"crickets": 7, "fireplace": 9, "thunder": 8}
    longest = weighted_recipe(weights, Strength.FOCUS, 60, 2**31 - 1)
    for recipe in (longest, menu_recipe(("rain",), Strength.SOFT, 15, 0)):
        for reason in Reason:
            why = say(f"sleep-why-{reason}")
            yield sleep_replies.menu(say, recipe, [longest] * 5, KINDS, why)
        for percent in (None, 0, 100):
            yield sleep_replies.making(say, recipe, LARGEST_MESSAGE_ID, percent)
        yield sleep_replies.making(say, recipe, LARGEST_MESSAGE_ID, waits=True)
        for starred in (True, False):
            buttons = sleep_replies.below(say, recipe, starred=starred)
            yield Reply(sleep_replies.under_part(say, recipe, 0), buttons)
        yield Reply(sleep_replies.under_opening(say, recipe))
    night = replace(longest, minutes=float(NIGHT_MINUTES))
    yield Reply(sleep_replies.under_opening(say, night))
    yield from (Reply(sleep_replies.under_part(say, night, number)) for number in range(4))
    yield from (sleep_replies.stopped(say), sleep_replies.failed(say))
    yield Reply(say("sleep-unavailable"))
    yield Reply(say("sleep-not-read", word="<lava>"))


def finder_pages(replies: Replies) -> Iterator[Reply]:
    say = replies.say
    tap = Comparison("crickets", "fireplace", True, True)
    for heard in (Heard(), Heard((tap,) * 9, LARGEST_MESSAGE_ID - 999, LARGEST_MESSAGE_ID)):
        yield finder_replies.preparing(say, heard)
        yield finder_replies.question(say, heard, "wind", "thunder")
    for kinds, kept in product(((), ("rain",), ("rain", "birds")), (True, False)):
        yield Reply(finder_replies.found(say, kinds, kept=kept))


def every_reply(replies: Replies) -> Iterator[Reply]:
    yield from finder_pages(replies)
    yield from sleep_pages(replies)
    yield from home_pages(replies)
    yield from incident_pages(replies)
    yield from (explanation(replies.say, guardians) for guardians in drilled())
    yield from (
        replies.feelings.to_act(act, LARGEST_MESSAGE_ID - i) for act in acts() for i in range(3)
    )
    yield from (replies.feelings.to_act(act, LARGEST_MESSAGE_ID, together=True) for act in acts())
    heard = NameFeeling(Emotion.HURT, True, (Emotion.ANGER, Emotion.ANXIETY), False)
    yield replies.feelings.to_act(heard, LARGEST_MESSAGE_ID, "<&>" * 2_000)
    yield replies.feelings.put_right(heard, LARGEST_MESSAGE_ID)
    yield from (replies.ready(again=again) for again in (True, False))
    yield from crises(replies)
    for how, feeling in product(("confirmed", "confirmed-unstored", "corrected"), FEELINGS):
        yield replies.feelings.chosen(how, LARGEST_MESSAGE_ID, feeling)
    yield from (replies.feelings.more(message_id) for message_id in range(3))
    for purpose in ASKED_FIRST:
        yield replies.consent_question(purpose, also_say=replies.say("consent-pending"))
        yield from (replies.consent_decided(purpose, granted) for granted in (True, False))
    yield replies.greeting(wrote_first=True)
    yield from (replies.age_question(), replies.child_welcome(), replies.help("…"))
    yield replies.fallback()
    yield from (replies.erasure_question(known=known) for known in (True, False))
    yield from (replies.privacy(), Reply(replies.say("erased")), Reply(replies.say("erasing")))
    yield from (replies.deletion_question(), *(replies.record_deleted(n) for n in (0, 1, 2000)))
