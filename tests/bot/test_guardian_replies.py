"""Everything about guardians can be said in both languages, and its buttons lead somewhere."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product

import pytest

from bot import guardian_replies as say_to
from bot.handlers.guardian_acceptance import REFUSALS
from bot.handlers.guardian_invitation import LONGEST_NAME
from bot.reply import Reply
from bot.wording import Wording
from storage.care_records import MOST_GUARDIANS, Choice, Duty, Guardian, Invitation, Refusal
from storage.records import AgeBand, Language
from tests.bot.test_replies import assert_html, patterns

NOW = datetime(2026, 12, 28, tzinfo=UTC)
TOKEN = "_-" * 11
LONGEST = "<&>" * (LONGEST_NAME // 3)
LINKS = ("broken", "unknown", "expired", "used", "own", "full", "already")


def guardian(number: int = 1, *choices: Choice, paused: bool = False) -> Guardian:
    return Guardian(
        id=10**9 - 1 - number,
        chat_id=1,
        guardian_chat_id=100 + number,
        name=LONGEST,
        language=Language.KOREAN,
        position=number,
        paused=paused,
        choices=frozenset(choices),
        accepted_at=NOW,
        confirmed_at=NOW,
    )


def persons_replies(say: Wording) -> Iterator[Reply]:
    for chosen, paused in product(((), tuple(Choice)), (True, False)):
        guardians = [guardian(n, *chosen, paused=paused) for n in range(MOST_GUARDIANS)]
        invited = [Invitation("0f" * 32, 1, LONGEST, NOW, False)] * 3
        yield say_to.guardians_page(say, guardians, invited)
        for place in range(MOST_GUARDIANS):
            yield say_to.guardian_page(say, guardians[place], place, MOST_GUARDIANS)
        one = guardians[0]
        yield from (say_to.topics_page(say, one, whisper) for whisper in ("none", "base"))
        yield from (say_to.enclosures_page(say, one, band) for band in AgeBand)
        yield from (say_to.choices_done(say, one, has_code=code) for code in (True, False))
        yield from (say_to.removal_question(say, one), say_to.accepted_by(say, one))
        yield from (say_to.confirm_question(say, one), say_to.confirm_notice(say, one.id))
        yield say_to.left_by(say, LONGEST, guardians)
        yield say_to.blocked_by(say, LONGEST)
    yield say_to.guardians_page(say, (), ())
    yield say_to.name_question(say)
    yield say_to.full(say)
    yield from say_to.invitation_to_forward(say, LONGEST, "https://t.me/x?start=inv_" + TOKEN)
    yield from (say_to.harm_done(say, band) for band in (AgeBand.YOUTH, AgeBand.ADULT))
    yield Reply(say("guardian-declined", name=LONGEST))


def guardians_replies(say: Wording) -> Iterator[Reply]:
    for name, whisper in product((None, LONGEST), ("none", "base")):
        yield say_to.invitation(say, name, TOKEN, whisper)
        yield say_to.taken_on(say, name)
        duties = [(Duty(10**9 - 1 - n, n, Language.ENGLISH, NOW), name) for n in range(3)]
        yield from (say_to.leave_page(say, duties[:n]) for n in range(4))
    yield say_to.adult_question(say, TOKEN)
    yield from (Reply(say(f"link-{problem}")) for problem in LINKS)


@pytest.mark.parametrize("language", Language)
def test_every_reply_is_html_that_telegram_takes_and_its_buttons_lead_somewhere(
    language: Language,
) -> None:
    say, routes = Wording(language), patterns()
    for reply in (*persons_replies(say), *guardians_replies(say)):
        assert_html(reply.html)
        assert 0 < len(reply.html) <= 4096
        assert "!" not in reply.html
        for button in (button for row in reply.buttons for button in row):
            assert button.text and len(button.action.encode()) <= 64
            matching = [pattern for pattern in routes if re.match(pattern, button.action)]
            assert len(matching) == 1, button.action
            assert LONGEST not in button.action


def test_every_refusal_has_a_sentence() -> None:
    assert set(REFUSALS) == set(Refusal)
    assert set(REFUSALS.values()) <= {f"link-{problem}" for problem in LINKS}


@pytest.mark.parametrize("language", Language)
def test_the_question_after_ninety_days_begins_so_that_a_lock_screen_tells_nobody(
    language: Language,
) -> None:
    notice = say_to.confirm_notice(Wording(language), 1)
    shown = notice.html + "".join(button.text for row in notice.buttons for button in row)
    assert not re.search("보호자|위급|guardian|emergency", shown, re.IGNORECASE)


@pytest.mark.parametrize("language", Language)
def test_only_who_may_be_told_something_is_named_as_told(language: Language) -> None:
    say = Wording(language)
    silent = (guardian(1), guardian(2, Choice.CRIME, paused=True), guardian(3, Choice.WORDS))
    assert say_to.told(say, ()) == say("told-none")
    assert say_to.told(say, silent) == say("told-nothing")
    # Nothing notices silence yet, so whoever may be told of it is told nothing.
    assert say_to.told(say, (guardian(4, Choice.SILENCE),)) == say("told-nothing")
    told = say_to.told(say, (*silent, guardian(5, Choice.HELP)))
    assert told == say("told-guardians", names=LONGEST)
