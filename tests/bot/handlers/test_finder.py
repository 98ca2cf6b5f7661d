"""The search for sounds that tingle, through a whole bot."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from bot.finder_buttons import MOST_TAPS
from bot.local_chat.serve import LocalChat
from bot.sleep_buttons import KINDS
from bot.sound_making import GoesOn, SoundFile
from inference.sound_files import MP3_RATE, Tags, cover, write_mp3
from inference.sound_recipe import Recipe
from storage.database import Database
from storage.sleep_choices import SleepMemory
from tests.bot.conftest import StartBot
from tests.bot.seats import Seat, labels
from tests.bot.waiting import done

Register = Callable[..., None]
Message = dict[str, Any]

ANSWERS = ["첫 번째", "두 번째", "둘 다", "둘 다 아니에요", "여기까지 할래요"]
PATIENCE_S = 60.0


class Maker:
    """Makes a second of noise at once, instead of ten seconds of a kind in ten seconds."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    async def make(self, recipe: Recipe, folder: Path, goes_on: GoesOn) -> SoundFile | None:
        while not self.goes_on.is_set():
            if not await goes_on(0):
                return None
            await asyncio.sleep(0.05)
        self.made.append(recipe.kinds[0][0])
        made = SoundFile(folder / "sound.mp3", folder / "cover.jpg")
        noise = np.random.default_rng(len(self.made)).normal(0, 0.05, MP3_RATE).astype(np.float32)
        write_mp3(made.sound, [noise], Tags("noise", "Todak"))
        made.cover.write_bytes(cover(noise, MP3_RATE))
        return made


@pytest.fixture
def maker(monkeypatch: pytest.MonkeyPatch) -> Maker:
    quick = Maker()
    monkeypatch.setattr("bot.pair_work.make", quick.make)
    monkeypatch.setattr("bot.handlers.finder.sleep_weights_are_there", lambda: True)
    monkeypatch.setattr("bot.handlers.sleep.sleep_weights_are_there", lambda: True)
    return quick


def remembered(database: Database, seat: Seat) -> SleepMemory:
    with database.transaction() as memory:
        return memory.sleep.remembered(seat.chat_id)


async def begun(seat: Seat) -> Message:
    """The menu in which the search was tapped."""
    await seat.write("/sleep")
    menu = await seat.answer("어떤 소리와 함께")
    await seat.tap(menu, "🔎 어떤 소리가 좋은지 찾기")
    return menu


async def question(seat: Seat, number: int) -> Message:
    return await seat.answer(f"{number}/{MOST_TAPS} · 어느 소리가", PATIENCE_S)


async def sounds(seat: Seat) -> list[str]:
    return [message["caption"] for message in await seat.messages() if "audio" in message]


async def test_ten_taps_find_what_tingles_and_the_menu_opens_with_it(
    bot: str, seat: Seat, maker: Maker, register: Register, database: Database
) -> None:
    register(seat)
    menu = await begun(seat)
    for number in range(1, MOST_TAPS + 1):
        asked = await question(seat, number)
        assert labels(asked) == ANSWERS
        await done("sleep_sound:")
        assert await sounds(seat) == ["첫 번째 소리", "두 번째 소리"], "only this pair is there"
        await seat.tap(asked, "첫 번째" if number % 3 else "둘 다")
    shown = await seat.answer("가장 기분 좋게 들으신 소리", PATIENCE_S)
    await seat.until(lambda messages: not [m for m in messages if "audio" in m])
    found = remembered(database, seat).found
    assert found is not None and 1 <= len(found.kinds) <= 2 and "기억해 둘게요" in shown["text"]
    assert [each.removeprefix("✓ ") for each in labels(shown)[:8] if each.startswith("✓")]
    assert menu["message_id"] not in [m["message_id"] for m in await seat.messages()]
    assert len(maker.made) == len(set(maker.made)) <= len(KINDS), "each kind is made once"
    await seat.write("/sleep")
    await seat.answer("견주며 찾으신 소리를 골라 두었어요")


async def test_two_taps_on_one_question_send_one_pair(bot: str, seat: Seat, maker: Maker) -> None:
    await begun(seat)
    first = await question(seat, 1)
    taps = (seat.tap(first, answer) for answer in ("첫 번째", "첫 번째", "둘 다"))
    await asyncio.gather(*taps, return_exceptions=True)  # what comes late finds no button
    await question(seat, 2)
    await done("update:")
    await done("sleep_sound:")
    assert await sounds(seat) == ["첫 번째 소리", "두 번째 소리"]
    asked = [m for m in await seat.messages() if "어느 소리가" in m.get("text", "")]
    assert len(asked) == 1


async def test_it_is_stopped_at_any_time_and_kept_only_with_the_consent(
    bot: str, seat: Seat, maker: Maker, register: Register, database: Database
) -> None:
    register(seat, history=False)
    await begun(seat)
    await seat.tap(await question(seat, 1), "첫 번째")
    await seat.tap(await question(seat, 2), "여기까지 할래요")
    shown = await seat.answer("가장 기분 좋게 들으신 소리")
    assert "기억하지는 않을게요" in shown["text"] and "▶️ 만들기" in labels(shown)
    await seat.until(lambda messages: not [m for m in messages if "audio" in m])
    assert remembered(database, seat) == SleepMemory()
    await seat.write("/sleep")
    await seat.answer("아직 몰라서")


async def test_it_is_stopped_while_the_sounds_are_made_and_begun_again(
    bot: str, seat: Seat, maker: Maker
) -> None:
    maker.goes_on.clear()
    await begun(seat)
    preparing = await seat.answer("10초짜리 소리 두 개")
    await seat.tap(preparing, "여기까지 할래요")
    menu = await seat.answer("어떤 소리와 함께")
    await done("sleep_sound:")
    assert await sounds(seat) == [] and maker.made == []
    maker.goes_on.set()
    await seat.tap(menu, "🔎 어떤 소리가 좋은지 찾기")
    await question(seat, 1)


async def test_who_likes_nothing_is_told_so_and_nothing_is_kept(
    bot: str, seat: Seat, maker: Maker, register: Register, database: Database
) -> None:
    register(seat)
    await begun(seat)
    await seat.tap(await question(seat, 1), "둘 다 아니에요")
    await seat.tap(await question(seat, 2), "여기까지 할래요")
    await seat.answer("아직 찾지 못했어요")
    assert remembered(database, seat) == SleepMemory()


async def test_a_restart_in_the_middle_of_a_pair_sends_no_sound_twice(
    start_bot: StartBot, seat: Seat, maker: Maker
) -> None:
    async with start_bot():
        await begun(seat)
        first = await question(seat, 1)
    async with start_bot():
        await seat.tap(first, "둘 다")
        await question(seat, 2)
        await done("sleep_sound:")
        maker.goes_on.clear()
        await seat.tap(await question(seat, 2), "둘 다 아니에요")
        await seat.answer("3/10 · 10초짜리 소리 두 개")
        await asyncio.sleep(0.5)
    maker.goes_on.set()
    async with start_bot():
        await question(seat, 3)
        await done("sleep_sound:")
        assert await sounds(seat) == ["첫 번째 소리", "두 번째 소리"]


async def test_forged_buttons_send_nothing(
    bot: str, seat: Seat, chat: LocalChat, maker: Maker, register: Register, database: Database
) -> None:
    register(seat)
    forged = ("sleep:pair:0:0:", "sleep:pair:0:0:aa", "sleep:pair:0:0:ab" + "ab" * MOST_TAPS,
              "sleep:found:0:0:aZ", "sleep:find:x")  # fmt: skip
    await seat.start()
    async with httpx.AsyncClient() as client:
        rows = [[{"text": data, "callback_data": data}] for data in forged]
        markup = {"inline_keyboard": rows}
        content = {"chat_id": seat.chat_id, "text": "단추들", "reply_markup": markup}
        await client.post(f"{chat.base_url}{chat.token}/sendMessage", json=content)
    message = await seat.answer("단추들")
    for data in forged:
        await seat.tap(message, data)
    await seat.write("/help")
    await seat.answer("저는 토닥이에요")
    await done("sleep_sound:")
    assert await sounds(seat) == [] and maker.made == []
    assert remembered(database, seat) == SleepMemory()


async def test_a_blocked_bot_ends_the_search_quietly(
    bot: str, seat: Seat, page: httpx.AsyncClient, maker: Maker, caplog: pytest.LogCaptureFixture
) -> None:
    maker.goes_on.clear()
    await begun(seat)
    await seat.answer("10초짜리 소리 두 개")
    response = await page.patch(f"/seats/{seat.number}/", json={"blocked": True})
    assert response.status_code == 200, response.text
    maker.goes_on.set()
    await done("sleep_sound:")
    assert await sounds(seat) == []
    assert [each for each in caplog.records if each.levelname == "ERROR"] == []


async def test_whoever_deletes_everything_hears_no_further_pair(
    bot: str, seat: Seat, maker: Maker, register: Register
) -> None:
    register(seat)
    maker.goes_on.clear()
    await begun(seat)
    await seat.answer("10초짜리 소리 두 개")
    await seat.write("/delete")
    await seat.tap(await seat.answer("되돌릴 수 없어요"), "모두 지울게요")
    await seat.until(lambda messages: not messages, PATIENCE_S)
    await done("sleep_sound:")
    maker.goes_on.set()  # what was finished meanwhile is not sent
    await asyncio.sleep(1.0)
    assert await sounds(seat) == []


@pytest.mark.slow
async def test_a_pair_made_for_real_is_two_sounds_of_ten_seconds(bot: str, seat: Seat) -> None:
    await begun(seat)
    await seat.answer(f"1/{MOST_TAPS} · 어느 소리가", 150.0)
    audios = [m["audio"] for m in await seat.messages() if "audio" in m]
    assert [(each["duration"], each["title"]) for each in audios] == [(10, "짧은 소리")] * 2
