"""/sleep: the menu, a sound that is made for real, and what may be done with it."""

import asyncio
import io
from datetime import UTC, datetime
from pathlib import Path

import av
import httpx
import pytest
from sqlalchemy.exc import OperationalError

from bot.local_chat.faults import Fault, FaultKind
from bot.local_chat.serve import LocalChat
from bot.sleep_buttons import first_recipe, menu_recipe, recipe_in
from inference.sound_recipe import Strength
from storage.database import Database
from storage.records import Language
from storage.sleep_choices import SleepMemory
from tests.bot.conftest import StartBot
from tests.bot.seats import Seat, action_of, labels
from tests.bot.sleeping import (
    MAKING_S,
    Register,
    heard,
    makers,
    menu,
    ordered,
    remembered,
    shown,
    sounds,
)
from tests.bot.waiting import done


@pytest.fixture(autouse=True)
def short_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two minutes of the menu are a second, fifteen are 7.5."""
    monkeypatch.setattr("bot.sound_work.MINUTE_S", 0.5)


async def test_the_menu_is_chosen_by_taps_in_one_message(
    bot: str, seat: Seat, register: Register, database: Database
) -> None:
    opened = await menu(seat)
    assert "비 · 부드럽게 · 30분" in opened["text"]
    assert labels(opened) == [
        "✓ 비", "파도", "시냇물", "바람", "새소리", "귀뚜라미", "모닥불", "천둥",
        "은은하게", "✓ 부드럽게", "또렷하게", "깊게", "집중",
        "15분", "✓ 30분", "45분", "60분", "밤새 (8시간)", "▶️ 만들기", "🔎 어떤 소리가 좋은지 찾기",
    ]  # fmt: skip
    await seat.tap(opened, "✓ 비")
    await seat.tap(opened, "모닥불")
    two = await shown(seat, opened, "비 + 모닥불")
    for _ in range(2):
        await seat.tap(two, "파도")
    three = await shown(seat, opened, "비 + 파도 + 모닥불")
    assert action_of(three, "천둥") == "sleep:limit"
    await seat.tap(three, "천둥")
    await seat.tap(three, "깊게")
    deep = await shown(seat, opened, "깊게")
    await seat.tap(deep, "✓ 파도")
    await shown(seat, opened, "비 + 모닥불 · 깊게 · 30분")
    assert len([m for m in await seat.messages() if not m["outgoing"]]) == 1
    assert remembered(database, seat) == SleepMemory()


async def test_the_menu_opens_by_the_ratings_and_says_so_until_something_is_tapped(
    bot: str, seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    assert "아직 몰라서" in (await menu(seat))["text"]
    now = datetime.now(UTC)
    rain = menu_recipe(("rain",), Strength.SOFT, 30, 1)
    blend = menu_recipe(("birds", "fireplace"), Strength.DEEP, 30, 2)
    with database.transaction() as memory:
        memory.sleep.choose(seat.chat_id, rain, now)
        memory.sleep.rate(seat.chat_id, rain, False, now)
        memory.sleep.rate(seat.chat_id, blend, True, now)
    await seat.write("/sleep")
    opened = await seat.answer("새소리 + 모닥불 · 깊게 · 30분")
    assert "가장 좋아하신 소리를 골라 두었어요" in opened["text"]
    assert labels(opened)[:2] == ["✓ 새소리", "✓ 모닥불"] and labels(opened)[7] == "비"
    await seat.tap(opened, "45분")
    chosen = await shown(seat, opened, "45분")
    assert "골라 두었어요" not in chosen["text"] and labels(chosen)[:2] == labels(opened)[:2]


async def test_once_the_consent_is_withdrawn_no_rating_is_used(
    bot: str, seat: Seat, register: Register, database: Database
) -> None:
    register(seat, history=False)
    liked = menu_recipe(("wind",), Strength.DEEP, 30, 2)
    with database.transaction() as memory:
        memory.sleep.rate(seat.chat_id, liked, True, datetime.now(UTC))
        memory.sleep.star(seat.chat_id, liked, datetime.now(UTC))
    opened = await menu(seat)
    assert "비 · 부드럽게 · 30분" in opened["text"] and "아직 몰라서" in opened["text"]
    assert labels(opened)[0] == "✓ 비"


async def test_forged_buttons_make_and_keep_nothing(
    bot: str, seat: Seat, chat: LocalChat, register: Register, database: Database
) -> None:
    register(seat)
    forged = (
        "sleep:make:lava:soft:30:1",
        "sleep:make:rain+rain:soft:30:1",
        "sleep:menu:rain:loud:30:1",
        "sleep:star:rain:soft:31:1",
        "sleep:up:waves+rain:soft:30:1",
    )
    await seat.start()
    async with httpx.AsyncClient() as client:
        rows = [[{"text": data, "callback_data": data}] for data in forged]
        content = {
            "chat_id": seat.chat_id,
            "text": "단추들",
            "reply_markup": {"inline_keyboard": rows},
        }
        await client.post(f"{chat.base_url}{chat.token}/sendMessage", json=content)
    message = await seat.answer("단추들")
    for data in forged:
        await seat.tap(message, data)
    await seat.write("/help")
    await seat.answer("저는 토닥이에요")
    await done("sleep_sound:")
    assert sounds(await seat.messages()) == []
    assert (await seat.answer("단추들"))["text"] == "단추들"
    assert remembered(database, seat) == SleepMemory()


async def test_without_the_networks_it_says_so_plainly(
    bot: str, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = await menu(seat)
    monkeypatch.setattr("bot.handlers.sleep.sleep_weights_are_there", lambda: False)
    await seat.tap(opened, "▶️ 만들기")
    await seat.write("/sleep")
    said = await seat.answer("잠 소리를 만들 수 없어요")
    assert labels(said) == [] and sounds(await seat.messages()) == []


@pytest.mark.slow
async def test_a_sound_is_made_kept_and_sent_again(
    bot: str,
    seat: Seat,
    page: httpx.AsyncClient,
    register: Register,
    database: Database,
    tmp_path: Path,
) -> None:
    register(seat)
    progress = await ordered(seat)
    assert labels(progress) == ["그만"]
    opening, whole = await heard(seat, 2)
    assert (opening["audio"]["title"], opening["audio"]["performer"]) == (
        "비 · 부드럽게 · 15분",
        "토닥",
    )
    assert opening["audio"]["duration"] == 1 and "먼저 2분" in opening["caption"]
    assert whole["audio"]["duration"] == 8 and labels(whole) == [
        "👍", "👎", "⭐ 자주 듣기", "비슷한 소리 하나 더", "다른 소리",
    ]  # fmt: skip
    content = (await page.get(whole["audio"]["file_url"])).content
    with av.open(io.BytesIO(content), "r") as container:
        assert container.duration == pytest.approx(7.5e6, rel=0.02)
    await done("sleep_sound:")
    assert progress["message_id"] not in [m["message_id"] for m in await seat.messages()]
    assert list((tmp_path / "sounds").iterdir()) == [], "nothing is left on disk"
    await seat.tap(whole, "👍")
    await seat.tap(whole, "⭐ 자주 듣기")
    recipe = recipe_in(action_of(whole, "👍").removeprefix("sleep:up:"))
    opened = await menu(seat)
    kept = remembered(database, seat)
    assert (kept.last, kept.favourites) == (recipe, (recipe,))
    assert [(each.recipe, each.liked) for each in kept.ratings] == [(recipe, True)]
    favourite = labels(opened)[0]
    assert favourite == "⭐ 비 · 부드럽게 · 15분" and "15분" in opened["text"]
    await seat.tap(opened, favourite)
    again = (await heard(seat, 3))[-1]
    assert again["audio"]["file_id"] == whole["audio"]["file_id"], "it was not made again"
    assert "⭐ 자주 듣기에서 빼기" in labels(again)
    await seat.tap(again, "⭐ 자주 듣기에서 빼기")
    await seat.until(lambda _: remembered(database, seat).favourites == ())
    await done("sleep_sound:")
    assert len(sounds(await seat.messages())) == 3


@pytest.mark.slow
async def test_a_doubled_tap_makes_one_and_another_like_it_is_another(
    bot: str, seat: Seat, register: Register, database: Database
) -> None:
    register(seat, history=False, language=Language.KOREAN)
    opened = await menu(seat)
    for _ in range(3):
        await seat.tap(opened, "▶️ 만들기")
    _, whole = await heard(seat, 2)
    await seat.tap(whole, "⭐ 자주 듣기")
    await seat.tap(whole, "👎")
    for _ in range(2):
        await seat.tap(whole, "비슷한 소리 하나 더")
    *_, third, fourth = await heard(seat, 4)
    await done("sleep_sound:")
    assert len(sounds(await seat.messages())) == 4
    assert third["audio"]["title"] == fourth["audio"]["title"] == whole["audio"]["title"]
    assert action_of(fourth, "👍") != action_of(whole, "👍")
    assert remembered(database, seat) == SleepMemory(), "nothing is kept without the consent"


@pytest.mark.slow
async def test_a_sound_that_is_stopped_ends_within_two_seconds(
    bot: str, seat: Seat, register: Register
) -> None:
    progress = await ordered(seat, "60분")
    await heard(seat, 1)
    await shown(seat, progress, "% 만들었어요")
    await seat.tap(progress, "그만")
    async with asyncio.timeout(2.0):
        while makers():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    stopped = await shown(seat, progress, "멈췄어요")
    await done("sleep_sound:")
    assert len(sounds(await seat.messages())) == 1
    await seat.tap(stopped, "다른 소리")
    await seat.answer("어떤 소리와 함께")


@pytest.mark.slow
async def test_a_finished_sound_that_waits_for_telegram_is_not_sent_once_it_is_stopped(
    bot: str, chat: LocalChat, seat: Seat
) -> None:
    chat.faults.inject(Fault(FaultKind.FLOOD, "sendAudio", seat.chat_id, count=1, seconds=3))
    progress = await ordered(seat)
    async with asyncio.timeout(MAKING_S):
        while not makers():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        while makers():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    await seat.tap(progress, "그만")
    await shown(seat, progress, "멈췄어요")
    await asyncio.sleep(4.0)
    assert sounds(await seat.messages()) == []


@pytest.mark.slow
async def test_a_sound_is_sent_once_though_that_it_was_sent_cannot_be_noted(
    bot: str, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OperationalError("insert", {}, Exception("database or disk is full"))

    monkeypatch.setattr("storage.sleep_choices.SleepChoices.note_sent", full)
    await ordered(seat)
    await heard(seat, 2)
    await done("sleep_sound:")
    assert len(sounds(await seat.messages())) == 2


@pytest.mark.slow
async def test_a_stop_in_the_middle_is_gone_on_from_after_the_restart(
    start_bot: StartBot, seat: Seat, tmp_path: Path
) -> None:
    async with start_bot():
        progress = await ordered(seat, "60분")
        await heard(seat, 1)
    assert len(sounds(await seat.messages())) == 1, "stopped before the whole was made"
    (tmp_path / "sounds" / "left").mkdir()
    async with start_bot():
        opening, whole = await heard(seat, 2)
        assert (opening["audio"]["duration"], whole["audio"]["duration"]) == (1, 30)
        await done("sleep_sound:")
        assert progress["message_id"] not in [m["message_id"] for m in await seat.messages()]
        assert list((tmp_path / "sounds").iterdir()) == []


@pytest.mark.slow
async def test_a_name_that_telegram_has_forgotten_is_made_anew(
    bot: str, seat: Seat, chat: LocalChat, register: Register, database: Database
) -> None:
    opened = await menu(seat)
    recipe = recipe_in(action_of(opened, "▶️ 만들기").removeprefix("sleep:make:"))
    assert recipe is not None
    bot_id = int(chat.token.partition(":")[0])
    with database.transaction() as memory:
        memory.sleep.note_sent(bot_id, recipe, "ko", "audio-gone", datetime.now(UTC))
    await seat.tap(opened, "▶️ 만들기")
    _, whole = await heard(seat, 2)
    with database.transaction() as memory:
        assert memory.sleep.file_id(bot_id, recipe, "ko") == whole["audio"]["file_id"]


@pytest.mark.slow
async def test_a_blocked_bot_ends_the_work_quietly(
    bot: str, seat: Seat, page: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    await ordered(seat)
    response = await page.patch(f"/seats/{seat.number}/", json={"blocked": True})
    assert response.status_code == 200, response.text
    async with asyncio.timeout(MAKING_S):
        await done("sleep_sound:")
    assert sounds(await seat.messages()) == []
    assert [each for each in caplog.records if each.levelname == "ERROR"] == []


@pytest.mark.slow
async def test_whoever_deletes_everything_gets_no_sound_any_more(
    bot: str, seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    await ordered(seat)
    await seat.write("/delete")
    await seat.tap(await seat.answer("되돌릴 수 없어요"), "모두 지울게요")
    await seat.until(lambda messages: not messages)
    async with asyncio.timeout(MAKING_S):
        await done("sleep_sound:")
    assert await seat.messages() == [] and remembered(database, seat) == SleepMemory()


async def test_the_record_is_deleted_with_the_sounds(
    bot: str, seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    with database.transaction() as memory:
        memory.sleep.star(seat.chat_id, first_recipe(5), datetime.now(UTC))
    await seat.write("/settings")
    await seat.tap(await seat.answer("설정"), "남긴 기록 지우기")
    await seat.tap(await seat.answer("모두 지울까요"), "지울게요")
    await seat.answer("기록 1개를 모두 지웠어요")
    assert remembered(database, seat) == SleepMemory()
