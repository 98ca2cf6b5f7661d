"""Somebody who leaves every trace there is, and the end of a deletion."""

import asyncio
from datetime import UTC, datetime

from bot.sleep_buttons import first_recipe
from inference.analysis import Emotion
from storage.care_records import Home, Position
from storage.database import Database
from tests.bot.erasure.conftest import CHAT, FINISHING
from tests.bot.scripted import ScriptedAnalyzer, estimate
from tests.bot.seats import Seat
from tests.bot.sounds import wav
from tests.storage.caring import NOW, add_guardian, disclosure, incident

WORDS = "카나리아캐너리zqxv"
CAPTION = "목소리카나리아wkjq"
SEARCHED: tuple[str | int, ...] = (CHAT, WORDS, CAPTION, "zqxv", "wkjq")


async def live(seat: Seat, analyzer: ScriptedAnalyzer) -> None:
    """Everything a person leaves traces with."""
    analyzer.words |= {WORDS: estimate(Emotion.SADNESS), CAPTION: estimate(Emotion.SADNESS)}
    await seat.introduce_oneself()
    await seat.write(WORDS)
    await seat.tap(await seat.answer("슬픔"), "분노")
    await seat.answer("고마워요. 분노")
    await seat.upload("voice", wav(), name="note.wav", type="audio/wav", caption=CAPTION)
    await seat.until(lambda found: [m for m in found if "슬픔" in m.get("text", "")])
    await seat.write("/settings")
    await seat.tap(await seat.answer("설정"), "글 읽기 끄기")
    await seat.answer("글에서 마음 읽기: 꺼짐")
    await seat.write(f"죽고 싶어 {WORDS}")
    await seat.answer("자살을 생각")
    await seat.write("/export")
    await seat.until(lambda found: [m for m in found if "document" in m])


def guard(database: Database, other: int) -> None:
    """This person has a guardian and an incident, and is one of somebody else's."""
    mine, theirs = add_guardian(database, CHAT, other, WORDS), add_guardian(database, other, CHAT)
    with database.transaction() as memory:
        care = memory.care
        care.invite(CHAT, WORDS, NOW)
        care.set_home(CHAT, Home(address=CAPTION, shown_name=WORDS, quiet=True))
        memory.sleep.star(CHAT, first_recipe(5), NOW)
        care.set_position(CHAT, Position(37.5, 126.9, datetime.now(UTC)))
        for guardian in (mine, theirs):
            care.open_incident(incident(chat_id=guardian.chat_id))
            care.add_disclosure(disclosure(guardian))
        care.ask(CHAT, "address", {"so far": WORDS}, datetime.now(UTC))
        care.remove(other, theirs.id)  # which does not show: their number stays until they leave


async def erased(database: Database) -> None:
    """Return once no deletion is under way any more."""

    def under_way() -> bool:
        with database.transaction() as memory:
            return bool(memory.erasures())

    async with asyncio.timeout(20):
        while await asyncio.to_thread(under_way) or FINISHING:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
