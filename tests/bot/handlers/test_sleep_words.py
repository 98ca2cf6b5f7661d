"""/sleep with words behind it: the sound at once, or one sentence with an example."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.sleep_buttons import recipe_in, text_of
from storage.database import Database
from storage.records import Language
from storage.sleep_choices import SleepMemory
from tests.bot.seats import Seat, action_of, labels
from tests.bot.sleeping import heard, remembered, shown, sounds
from tests.bot.waiting import done

Register = Callable[..., None]
MAKING = "만들고 있어요"


@pytest.fixture(autouse=True)
def short_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two minutes of the menu are a second, fifteen are 7.5."""
    monkeypatch.setattr("bot.sound_work.MINUTE_S", 0.5)


@pytest.mark.slow
async def test_what_is_written_is_made_with_its_weights_and_opens_the_menu_next(
    bot: str, seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await seat.write("/sleep 파도 비:2 15분 깊게")
    progress = await seat.answer(MAKING)
    assert "비 ×2 + 파도 · 깊게 · 15분" in progress["text"] and labels(progress) == ["그만"]
    await seat.write("/sleep rain")
    await seat.answer("앞의 소리를 먼저")
    _, whole = await heard(seat, 2)
    assert whole["audio"]["title"] == "비 ×2 + 파도 · 깊게 · 15분"
    recipe = recipe_in(action_of(whole, "👍").removeprefix("sleep:up:"))
    assert recipe is not None and text_of(recipe).startswith("rain2+waves:deep:15:")
    await done("sleep_sound:")
    assert progress["message_id"] not in [m["message_id"] for m in await seat.messages()]
    assert len(sounds(await seat.messages())) == 2
    assert remembered(database, seat).last == recipe
    await seat.write("/sleep")
    opened = await seat.answer("어떤 소리와 함께")
    assert "비 ×2 + 파도 · 깊게 · 15분" in opened["text"]
    await seat.tap(opened, "모닥불")
    await shown(seat, opened, "비 ×2 + 파도 + 모닥불")


@pytest.mark.slow
async def test_who_is_not_registered_gets_a_sound_and_nothing_is_kept(
    bot: str, seat: Seat, database: Database
) -> None:
    await seat.write("/sleep waves 15")
    progress = await seat.answer(MAKING)
    assert "파도 · 부드럽게 · 15분" in progress["text"]
    await seat.tap(progress, "그만")
    await shown(seat, progress, "멈췄어요")
    assert remembered(database, seat) == SleepMemory()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("/sleep rain <b>lava</b>", "“<b>lava</b>” 부분은"),
        ("/sleep rain 20", "“20” 부분은"),
        ("/sleep 비 파도 바람 새소리", "세 가지까지"),
        (f"/sleep {'가' * 400}", f"“{'가' * 40}…”"),
    ],
)
async def test_what_cannot_be_read_gets_one_sentence_with_an_example(
    bot: str, seat: Seat, written: str, said: str
) -> None:
    await seat.write(written)
    answer = await seat.answer(said)
    assert "/sleep 비:2 파도 부드럽게 30" in answer["text"] or said == "세 가지까지"
    await done("sleep_sound:")
    assert sounds(await seat.messages()) == []


async def test_it_is_said_in_the_persons_language(
    bot: str, seat: Seat, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(seat, language=Language.ENGLISH)
    await seat.write("/sleep lava")
    answer: Any = await seat.answer("I could not read “lava”")
    assert "/sleep rain:2 waves soft 30" in answer["text"]
    monkeypatch.setattr("bot.handlers.sleep_words.sleep_weights_are_there", lambda: False)
    await seat.write("/sleep rain")
    await seat.answer("are not installed here")


async def test_danger_behind_the_command_is_answered_first(bot: str, seat: Seat) -> None:
    await seat.write("/sleep 죽고 싶어")
    answer = await seat.answer("109")
    assert "읽지 못했어요" not in answer["text"]
