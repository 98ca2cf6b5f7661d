import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

from bot import guardian_replies, home_replies
from bot.guardian_snapshot import GuardianSnapshot
from bot.home_replies import AtHome, Step
from bot.local_chat.serve import LocalChat
from bot.replies import Replies
from bot.taken_back import after_tap, takes_back
from bot.wording import Wording
from storage.care_records import ENCLOSURES, Choice, Duty, Guarded, Guardian, Home, Position
from storage.database import Database
from storage.records import AgeBand, Language, Person
from tests.bot.conftest import StartBot
from tests.bot.seats import Seat
from tests.reliability.databases import locked
from tests.storage.caring import add_guardian

NOW = datetime(2026, 3, 1, 21, 3, tzinfo=UTC)
ME, MOTHER, FRIEND = 11, 21, 22
CHOICES = frozenset({Choice.CRIME, Choice.WORDS})


def guardian(number: int, chat_id: int) -> Guardian:
    korean = Language.KOREAN
    return Guardian(number, ME, chat_id, "이름", korean, number, False, CHOICES, NOW, NOW)


KNOWN = Guarded(
    Person(ME, Language.KOREAN, AgeBand.ADULT, NOW),
    (guardian(1, MOTHER), guardian(2, FRIEND)),
    Home(address="서울"),
    Position(37.5, 126.9, NOW),
)
WITHOUT_MOTHER = replace(KNOWN, guardians=(guardian(2, FRIEND),))
LESS = replace(guardian(1, MOTHER), choices=frozenset({Choice.CRIME}))


@pytest.mark.parametrize(
    "tapped_in, action, holds",
    [
        (ME, "guardian:1:remove-yes", WITHOUT_MOTHER),
        (ME, "guardian:1:pause", WITHOUT_MOTHER),
        (ME, "choice:1:words:off", replace(KNOWN, guardians=(LESS, guardian(2, FRIEND)))),
        (ME, "guardians:harm", replace(KNOWN, guardians=())),
        (ME, "home:delete:address", replace(KNOWN, home=Home())),
        (ME, "home:delete:location", replace(KNOWN, position=None)),
        (ME, "home:location:off", replace(KNOWN, position=None)),
        (ME, "home:flow:location:off", replace(KNOWN, position=None)),
        (ME, "home:quiet:on", replace(KNOWN, home=replace(KNOWN.home, quiet=True))),
        (ME, "erase:yes", None),
        (MOTHER, "erase:yes", WITHOUT_MOTHER),
        (MOTHER, "leave:1:yes", WITHOUT_MOTHER),
    ],
)
def test_a_tap_takes_back_what_it_names(
    tapped_in: int, action: str, holds: Guarded | None
) -> None:
    assert takes_back(action)
    assert after_tap(KNOWN, tapped_in, action) == holds


@pytest.mark.parametrize(
    "tapped_in, action",
    [
        (MOTHER, "guardian:1:remove-yes"),
        (MOTHER, "guardians:harm"),
        (MOTHER, "leave:2:yes"),
        (ME, "leave:1:yes"),
        (99, "erase:yes"),
        (ME, "guardian:9:pause"),
    ],
)
def test_nobody_takes_back_what_is_not_theirs(tapped_in: int, action: str) -> None:
    assert after_tap(KNOWN, tapped_in, action) == KNOWN


@pytest.mark.parametrize(
    "action",
    [
        "guardian:1:resume",
        "guardian:1:remove",
        "choice:1:words:on",
        "home:location:on",
        "erase:no",
    ],
)
def test_what_gives_or_only_asks_takes_nothing_back(action: str) -> None:
    assert not takes_back(action)
    assert after_tap(KNOWN, ME, action) == KNOWN


def test_the_buttons_that_take_something_back_are_known() -> None:
    say = Wording(Language.KOREAN)
    everything = replace(guardian(1, MOTHER), choices=frozenset(Choice))
    at_home = AtHome(KNOWN.home, AgeBand.ADULT, True, KNOWN.position, NOW)
    pages = (
        guardian_replies.guardians_page(say, (everything,), ()),
        guardian_replies.guardian_page(say, everything, 0, 1),
        guardian_replies.topics_page(say, everything, "none"),
        guardian_replies.enclosures_page(say, everything, AgeBand.ADULT),
        guardian_replies.removal_question(say, everything),
        guardian_replies.leave_question(say, Duty(1, ME, Language.KOREAN, NOW), None),
        *(
            home_replies.view(say, step, at_home)
            for step in (Step.ADDRESS, Step.LOCATION, Step.QUIET)
        ),
        Replies(Language.KOREAN).erasure_question(known=True),
    )
    actions = {
        button.action
        for page in pages
        for row in page.buttons
        for button in row
        if takes_back(button.action)
    }
    offered = {*guardian_replies.OFFERED_TOPICS, *ENCLOSURES}
    assert actions == {
        *(f"choice:1:{choice}:off" for choice in offered),
        "guardian:1:pause", "guardian:1:remove-yes", "guardians:harm", "leave:1:yes",
        "home:delete:address", "home:delete:location", "home:location:off", "home:quiet:on",
        "erase:yes",
    }  # fmt: skip


async def test_a_guardian_removed_while_the_database_is_away_is_told_nothing_from_then_on(
    start_bot: StartBot,
    chat: LocalChat,
    seat: Seat,
    register: Callable[..., None],
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register(seat)
    files = [tmp_path / f"{name}.sqlite" for name in ("todak", "workflows", "keys")]
    mother = add_guardian(database, seat.chat_id)
    snapshot = GuardianSnapshot(database)
    snapshot.refresh()
    monkeypatch.setattr("bot.serving.GuardianSnapshot", lambda database: snapshot)

    def guardians() -> tuple[Guardian, ...]:
        known = snapshot.of(seat.chat_id, datetime.now(UTC))
        assert known is not None
        return known.guardians

    async with start_bot(), Bot(chat.token, chat.base_url) as bot:
        await seat.write("/help")
        await seat.answer("저는 토닥이에요")
        button = InlineKeyboardButton("뺄게요", callback_data=f"guardian:{mother.id}:remove-yes")
        await bot.send_message(
            seat.chat_id, "정말요?", reply_markup=InlineKeyboardMarkup([[button]])
        )
        question = await seat.answer("정말요")
        with locked(*files):
            await seat.tap(question, "뺄게요")
            async with asyncio.timeout(5):
                while guardians():  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
