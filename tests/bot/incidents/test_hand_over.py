"""From memory back to the workflow: what was heard goes along, and one of the two acts."""

import asyncio
from collections.abc import Iterator
from operator import itemgetter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.incidents import in_memory, workflow
from bot.incidents.acts import Line, Tell
from bot.incidents.state import Answer, GuardianTapped, PersonTapped, Times, Word
from tests.bot.incidents.standing_in import MESSAGE_ID, NUMBER, SlowEffects, Stand
from tests.bot.incidents.world import PERSON, said

COUNTDOWN_S = 1.0
TIMES = Times(COUNTDOWN_S, (5.0, 5.0), 5.0, (5.0,), 5.0, 60.0)
ACT_S = 0.1
CANCEL = PersonTapped(Answer.SAFE, "tap-1")


@pytest.fixture(autouse=True, scope="module")
def quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(in_memory, "GRACE_S", 0.05)
        patch.setattr(workflow, "STORE_EVERY_S", 0.01)
        patch.setattr(in_memory, "TRY_AGAIN_S", 0.01)
        yield


async def test_a_cancel_that_memory_heard_while_it_acted_goes_to_the_workflow() -> None:
    stand = Stand(TIMES, ACT_S)
    stand.database.away = True
    stored = await stand.incidents.raise_alarm(stand.alarm)
    await asyncio.sleep(ACT_S / 2)  # the countdown is being said
    carried = stand.memory._carried[NUMBER]
    assert stand.effects.n_acting == 1
    stand.database.away = False
    running = asyncio.create_task(stand.workflow())
    await stand.database.begun.wait()  # `_open` waits for the act
    assert await stand.incidents.signal(PERSON, MESSAGE_ID, CANCEL, CANCEL.key)
    await asyncio.sleep(2 * COUNTDOWN_S + 4 * ACT_S)
    assert stand.memory.carried("") == [] and all(task.done() for task in carried.tasks)
    assert Line.CANCELLED in said(stand.effects.done)
    assert told(stand.effects) == [] and stand.effects.most_acting == 1
    assert stored.done()
    running.cancel()


async def test_the_handling_of_a_message_is_not_over_before_its_alarm_is_stored() -> None:
    """What is done with is never begun again: a kill would end an alarm that is in memory only."""
    stand = Stand(TIMES, 0.01)
    stand.database.away = True
    stored = [await stand.incidents.raise_alarm(stand.alarm) for _ in range(2)]
    async with asyncio.timeout(10):  # help does not wait
        while said(stand.effects.done) != [Line.COUNTDOWN]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert not any(each.done() for each in stored) and not stand.database.begun.is_set()
    stand.database.away = False
    await asyncio.wait_for(asyncio.gather(*stored), 5)
    assert stand.database.begun.is_set()
    stand.incidents.stop()


async def test_an_alarm_that_was_not_stored_at_a_stop_is_never_said_to_be() -> None:
    stand = Stand(TIMES, 0.01)
    stand.database.away = True
    for _ in range(3):  # help at once, again and again
        stand.incidents.carry(stand.alarm)
    stored = await stand.incidents.raise_alarm(stand.alarm)
    await asyncio.sleep(0.1)
    assert len(stand.incidents._storing) == 1
    stand.incidents.stop()
    with pytest.raises(asyncio.CancelledError):
        await stored  # as the step ends: its message is handled again at the next start


async def test_an_answer_to_an_alarm_in_memory_is_heard_now_and_stored_later() -> None:
    stand = Stand(TIMES, 0.01)
    stand.database.away = True
    await stand.incidents.raise_alarm(stand.alarm)
    await asyncio.sleep(0.1)
    answering = asyncio.create_task(stand.incidents.signal(PERSON, MESSAGE_ID, CANCEL, CANCEL.key))
    async with asyncio.timeout(10):
        while Line.CANCELLED not in said(stand.effects.done):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert not answering.done()
    stand.database.away = False
    assert await asyncio.wait_for(answering, 5)
    assert stand.database.begun.is_set() and stand.database.keys == {CANCEL.key}
    stand.incidents.stop()


async def test_a_cancel_while_the_database_is_away_is_heard_at_once_and_by_the_workflow() -> None:
    stand = Stand(TIMES, 0.01)
    running = asyncio.create_task(stand.workflow())
    await stand.incidents.raise_alarm(stand.alarm)
    await asyncio.sleep(0.1)
    stand.database.away = True
    assert stand.incidents.signal_in_memory(PERSON, MESSAGE_ID, CANCEL)
    await asyncio.sleep(0.1)
    assert Line.CANCELLED in said(stand.effects.done), "nobody waits for the countdown's end"
    stand.database.away = False
    assert await stand.incidents.signal(PERSON, MESSAGE_ID, CANCEL, CANCEL.key)
    await asyncio.sleep(2 * COUNTDOWN_S)
    assert told(stand.effects) == [] and said(stand.effects.done).count(Line.CANCELLED) == 1
    assert stand.memory.carried("") == []
    running.cancel()


async def test_what_an_incident_in_memory_hears_is_stored_too() -> None:
    """A process that ends now would else begin again where the person had not cancelled."""
    stand = Stand(TIMES, 0.01)
    running = asyncio.create_task(stand.workflow())
    await stand.incidents.raise_alarm(stand.alarm)
    async with asyncio.timeout(10):
        while stand.decided is None or stand.decided["acts"]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        running.cancel()  # it waits, and does not move any more
        while stand.memory.carried("") != [NUMBER]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    acknowledged = GuardianTapped(1, Word.ACK, "tap-2")
    assert await stand.incidents.signal(PERSON, MESSAGE_ID, acknowledged, "tap-2")
    assert stand.database.keys == {"tap-2"} and stand.database.signals.qsize() == 1
    stand.incidents.stop()


def told(effects: SlowEffects) -> list[Tell]:
    return [act for act in effects.done if isinstance(act, Tell)]


TAPS = (
    PersonTapped(Answer.SAFE, "safe"),
    PersonTapped(Answer.DETAILS, "details"),
    GuardianTapped(1, Word.ACK, "ack-1"),
    GuardianTapped(2, Word.ACK, "ack-2"),
)
MOMENTS_S = st.integers(0, 40).map(lambda n: n / 100)


@settings(max_examples=40, deadline=None)
@given(
    taps=st.lists(
        st.tuples(MOMENTS_S, st.sampled_from(TAPS)), max_size=4, unique_by=itemgetter(1)
    ),
    outages=st.lists(st.tuples(MOMENTS_S, st.sampled_from([0.01, 0.08, 0.2])), max_size=3),
    act_s=st.sampled_from([0.0, 0.01, 0.05]),
)
def test_whenever_it_changes_hands_nothing_is_lost_and_only_one_acts(
    taps: list[tuple[float, Any]], outages: list[tuple[float, float]], act_s: float
) -> None:
    asyncio.run(live_through(taps, outages, act_s))


async def live_through(
    taps: list[tuple[float, Any]], outages: list[tuple[float, float]], act_s: float
) -> None:
    stand = Stand(Times(0.15, (5.0, 5.0), 5.0, (5.0,), 5.0, 60.0), act_s)
    running = asyncio.create_task(stand.workflow())
    begun = asyncio.create_task(stand.incidents.raise_alarm(stand.alarm))
    comings = [asyncio.create_task(goes_away(stand, *outage)) for outage in outages]
    tapping = [asyncio.create_task(taps_at(stand, *tap)) for tap in taps]
    await asyncio.gather(begun, *comings, *tapping)
    keys = {event.key for _, event in taps}
    async with asyncio.timeout(10):
        while not keys <= stand.heard() or stand.unfinished():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.02)
    lines, tells = said(stand.effects.done), told(stand.effects)
    assert stand.effects.most_acting == 1
    assert len(tells) == (Line.CANCELLED not in lines), "told once, or cancelled"
    assert all(lines.count(line) == 1 for line in set(lines) - {Line.ACKNOWLEDGED})
    assert lines.count(Line.ACKNOWLEDGED) <= 2
    assert not running.done()
    running.cancel()
    stand.incidents.stop()
    await asyncio.gather(running, return_exceptions=True)


async def goes_away(stand: Stand, at_s: float, for_s: float) -> None:
    await asyncio.sleep(at_s)
    stand.database.away = True
    await asyncio.sleep(for_s)
    stand.database.away = False


async def taps_at(stand: Stand, at_s: float, event: Any) -> None:
    """As an update does: heard at once where storage is in trouble, and tried until it is told."""
    await asyncio.sleep(at_s)
    if stand.database.away:
        stand.incidents.signal_in_memory(PERSON, MESSAGE_ID, event)
    while True:
        try:
            if await stand.incidents.signal(PERSON, MESSAGE_ID, event, event.key):
                return
        except ConnectionError:
            pass
        await asyncio.sleep(0.01)
