"""Two hundred alarms while the bot is killed every few seconds: each comes to its end."""

import asyncio
import random
import re
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime

import pytest

from storage.care_records import TOPICS, Disclosure, IncidentRecord
from storage.database import Database
from storage.records import AgeBand, Language
from tests.bot.seats import Seat
from tests.reliability.conftest import OpenDatabase, StartBot
from tests.reliability.figures import Figures
from tests.reliability.people import people
from tests.reliability.processes import READY, RunningBot, RunningChat
from tests.storage.caring import add_guardian

pytestmark = pytest.mark.timeout(1800)

N_PERSONS, N_GUARDIANS, N_ALARMS_EACH = 10, 2, 20
CRIES = ("불이야", "살려주세요", "칼 들고 있어요", "가스가 새고 있어요")
SEED = 20_261_128
LONGEST_LIFE_S = 5.0
PACE_S = 3.0
PATIENCE_S = 900.0
SETTINGS = {
    "TODAK_INCIDENT_COUNTDOWN_S": "1",
    "TODAK_INCIDENT_ASK_AGAIN_S": "[1, 1]",
    "TODAK_INCIDENT_NEXT_GUARDIAN_S": "1",
    "TODAK_INCIDENT_AGAIN_S": "[5, 5, 10]",
    "TODAK_INCIDENT_OBJECTION_S": "2",
    "TODAK_INCIDENT_LAPSE_S": "60",
}
Alert = tuple[str, str]
CARE = re.compile(r"^care:(\d+):(\d+):confirmed")


async def cry(seat: Seat, moments: random.Random) -> None:
    for number in range(N_ALARMS_EACH):
        await seat.write(CRIES[number % len(CRIES)])
        await asyncio.sleep(moments.expovariate(1 / PACE_S))


async def confirm(seat: Seat, told_of: defaultdict[Alert, set[int]], over: asyncio.Event) -> None:
    """A guardian who says of every second alarm that all is well, once each was told of it.

    Said earlier, it would rightly keep the alarm from whoever was not told yet.
    """
    confirmed: set[Alert] = set()
    while not over.is_set():
        for message in await seat.messages():
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                found = CARE.match(row[0]["callback_data"])
                if found is None:
                    continue
                alert = (found[1], found[2])
                told_of[alert].add(seat.chat_id)
                known_to_all = len(told_of[alert]) == N_GUARDIANS
                if known_to_all and alert not in confirmed and int(found[2]) % 2:
                    confirmed.add(alert)
                    await seat.press(message["message_id"], row[0]["callback_data"])
        await asyncio.sleep(0.5)


async def kill_again_and_again(
    bot: RunningBot, over: asyncio.Event, moments: random.Random
) -> int:
    n_kills = 0
    while not over.is_set():
        await asyncio.sleep(moments.uniform(1.0, LONGEST_LIFE_S))
        await asyncio.to_thread(bot.kill)
        bot.begin()
        await asyncio.to_thread(bot.wait_for, READY)
        n_kills += 1
    return n_kills


def on_record(database: Database, seats: list[Seat]) -> list[IncidentRecord]:
    with database.transaction() as memory:
        return [each for seat in seats for each in memory.care.incidents(seat.chat_id)]


def told(database: Database, seats: list[Seat]) -> list[Disclosure]:
    with database.transaction() as memory:
        return [each for seat in seats for each in memory.care.disclosures_of(seat.chat_id)]


def prepare(database: Database, persons: list[Seat], guardians: list[Seat]) -> None:
    now = datetime.now(UTC)
    for seat in persons:
        database.register(seat.chat_id, Language.KOREAN, AgeBand.ADULT, now)
        for number, other in enumerate(guardians):
            made = add_guardian(database, seat.chat_id, other.chat_id, f"보호자 {number}")
            with database.transaction() as memory:
                for topic in TOPICS:
                    memory.care.set_choice(seat.chat_id, made.id, topic, True, now)


async def until_all_ended(database: Database, persons: list[Seat], n_alarms: int) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = await asyncio.to_thread(on_record, database, persons)
        if len(found) == n_alarms and all(each.ended_at is not None for each in found):
            return True
        await asyncio.sleep(2)
    return False


async def test_each_of_two_hundred_alarms_comes_to_its_end(
    chat: RunningChat,
    make_bot: StartBot,
    open_database: OpenDatabase,
    figures: Figures,
    kind: str,
) -> None:
    bot = make_bot(**SETTINGS)
    await asyncio.to_thread(bot.start)
    database = open_database()
    moments = random.Random(SEED)
    writing, over = asyncio.Event(), asyncio.Event()
    async with people(chat, N_PERSONS + N_GUARDIANS) as seats:
        persons, guardians = seats[:N_PERSONS], seats[N_PERSONS:]
        for seat in guardians:
            await seat.start()
        await asyncio.to_thread(prepare, database, persons, guardians)
        killing = asyncio.create_task(kill_again_and_again(bot, writing, moments))
        told_of: defaultdict[Alert, set[int]] = defaultdict(set)
        confirming = [asyncio.create_task(confirm(seat, told_of, over)) for seat in guardians]
        await asyncio.gather(*(cry(seat, moments) for seat in persons))
        await asyncio.sleep(20)  # killed while the last ones are told, too
        writing.set()
        n_kills = await killing
        n_alarms = N_PERSONS * N_ALARMS_EACH
        ended = await until_all_ended(database, persons, n_alarms)
        over.set()
        await asyncio.gather(*confirming)
        records = on_record(database, persons)
        states = Counter(each.state for each in records)
        figures.note(f"incidents killed, {kind}", kills=n_kills, **states)
        assert ended, states
        assert n_kills >= 5
        disclosures = told(database, persons)
        reached = Counter(each.incident_id for each in disclosures if each.round == 1)
        assert set(reached.values()) == {N_GUARDIANS} and len(reached) == n_alarms
        assert {each.outcome for each in disclosures} == {"accepted"}
        assert set(states) <= {"confirmed", "lapsed"}
        assert states["confirmed"], "guardians answered while the bot came and went"
