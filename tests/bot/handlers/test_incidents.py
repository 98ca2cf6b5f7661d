"""Alarms from the cry to the guardians' answers, over real HTTP, database and workflows."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.incidents.state import Times
from bot.local_chat.faults import Fault, FaultKind
from bot.local_chat.serve import LocalChat
from inference.analysis import EmergencyLevel
from storage.care_records import Choice, Code, Position
from storage.database import Database
from storage.records import CONSENT_VERSIONS, Consent, Purpose
from tests.bot.conftest import Guard, StartBot
from tests.bot.incidents.records import disclosures, set_home, settles, states
from tests.bot.scripted import ScriptedAnalyzer
from tests.bot.seats import Seat, action_of, labels
from tests.bot.test_listening import NOTE, emergency

CRY = "칼 들고 있어요"
FIRE = "불이 났어요"
SELFHARM = "옥상에 올라와 있어"
SHORT = Times(1.5, (1.0, 1.0), 0.8, (1.5, 1.5, 2.0), 2.0, 60.0)


@pytest.fixture
def times() -> Times:
    return SHORT


async def test_a_cry_brings_help_and_ends_when_somebody_confirms(
    bot: str, seat: Seat, other_seat: Seat, guard: Guard, database: Database
) -> None:
    await guard(other_seat)
    set_home(database, seat.chat_id, shown_name="민지")
    await seat.write(CRY)
    countdown = await seat.answer("보호자에게 연락할게요")
    assert labels(countdown) == [
        "안전해요, 보내지 마세요", "지금 보내 주세요", "잘못 알아들었어요",
    ]  # fmt: skip
    alert = await other_seat.answer("긴급 알림")
    assert "민지님에게 도움이 필요할 수 있어요" in alert["text"]
    assert "폭력 상황일 수 있어요" in alert["text"] and CRY not in alert["text"]
    await seat.answer("어머니께 메시지를 보냈어요")
    await other_seat.tap(alert, "제가 확인할게요")
    await seat.answer("어머니께서 확인하겠다고 하셨어요")
    thanks = await other_seat.answer("고마워요")
    await other_seat.tap(thanks, "안전을 확인했어요")
    await seat.answer("안전을 확인했다고 하셨어요")
    await seat.answer("알림을 마칠게요")
    await other_seat.answer("안전이 확인되어 알림을 마쳤어요")
    await settles(lambda: states(database, seat.chat_id) == ["confirmed"])
    [told] = disclosures(database, seat.chat_id)
    assert told.outcome == "accepted" and told.acknowledged_at is not None


async def test_a_cancel_in_time_tells_nobody(
    bot: str, seat: Seat, other_seat: Seat, guard: Guard, database: Database
) -> None:
    await guard(other_seat)
    await seat.write(CRY)
    await seat.tap(await seat.answer("보호자에게 연락할게요"), "안전해요, 보내지 마세요")
    cancelled = await seat.answer("아무에게도 보내지 않았어요")
    await asyncio.sleep(3)
    assert not [m for m in await other_seat.messages() if "긴급" in m.get("text", "")]
    assert disclosures(database, seat.chat_id) == []
    await seat.tap(cancelled, "도움이 필요해요")
    await other_seat.answer("긴급 알림")


@pytest.mark.parametrize("times", [replace(SHORT, countdown_s=20)])
async def test_the_duress_code_looks_like_a_cancel_and_sends(
    bot: str, seat: Seat, other_seat: Seat, guard: Guard, database: Database
) -> None:
    await guard(other_seat)
    with database.transaction() as memory:
        memory.care.set_code(seat.chat_id, Code.CANCEL, "2580")
        memory.care.set_code(seat.chat_id, Code.DURESS, "1470")
    cancelled = await what_a_code_shows(seat, "2580")
    await asyncio.sleep(1)
    assert not [m for m in await other_seat.messages() if "긴급" in m.get("text", "")]
    assert await what_a_code_shows(seat, "1470") == cancelled
    alert = await other_seat.answer("긴급 알림")
    assert "본인에게 바로 전화하거나 메시지를 보내지 말아 주세요" in alert["text"]
    assert states(database, seat.chat_id) == ["cancelled", "cancelled"]


async def what_a_code_shows(seat: Seat, code: str) -> list[tuple[str, list[str]]]:
    """All that is in the chat after an alarm was cancelled by this code."""
    n_before = len(await seat.messages())
    await seat.write(CRY)

    def newest(part: str) -> Callable[[list[dict[str, Any]]], Any]:
        return lambda messages: [m for m in messages[n_before:] if part in m.get("text", "")]

    [question] = await seat.until(newest("보호자에게 연락할게요"))
    await seat.tap(question, "안전해요, 보내지 마세요")
    await seat.until(newest("정해 두신 암호를"))
    await seat.write(code)
    await seat.until(newest("아무에게도 보내지 않았어요"))
    await asyncio.sleep(2)
    shown = (await seat.messages())[n_before:]
    assert code not in [m.get("text") for m in shown], "a typed code stays in the chat"
    return [(str(m.get("text")), labels(m)) for m in shown]


@pytest.mark.parametrize("away_s", [1.5, 5.0])
async def test_a_guardian_newer_than_the_snapshot_is_told_though_the_database_is_slow(
    bot: str, seat: Seat, other_seat: Seat, guard: Guard, database: Database, away_s: float
) -> None:
    """Added after the bot began: half a minute later its snapshot would know them."""
    await guard(other_seat)
    with database.engine.begin():
        await seat.write(CRY)
        await seat.answer("112")
        await asyncio.sleep(away_s)
    await other_seat.answer("긴급 알림")


async def test_a_blocked_guardian_moves_on_to_the_next_at_once(
    bot: str,
    chat: LocalChat,
    seat: Seat,
    other_seat: Seat,
    third_seat: Seat,
    guard: Guard,
    database: Database,
) -> None:
    await guard(other_seat)
    await guard(third_seat, "언니")
    chat.faults.inject(Fault(FaultKind.FORBIDDEN, "sendMessage", other_seat.chat_id, count=99))
    await seat.write(SELFHARM)
    await seat.answer("동안 답이 없으면 보호자에게 알릴게요")
    await third_seat.answer("스스로를 해칠 위험이 있는 상황일 수 있어요")
    await seat.answer("언니께 메시지를 보냈어요")
    await settles(lambda: len(disclosures(database, seat.chat_id)) >= 2)
    outcomes = {each.guardian_name: each.outcome for each in disclosures(database, seat.chat_id)}
    assert outcomes["어머니"] == "refused" and outcomes["언니"] == "accepted"


async def test_whom_telegram_puts_off_is_told_when_it_says(
    bot: str, chat: LocalChat, seat: Seat, other_seat: Seat, guard: Guard
) -> None:
    await guard(other_seat)
    flood = Fault(FaultKind.FLOOD, "sendMessage", other_seat.chat_id, count=1, seconds=1)
    chat.faults.inject(flood)
    await seat.write(FIRE)
    await other_seat.answer("불이 난 상황일 수 있어요")
    await seat.answer("어머니께 메시지를 보냈어요")


@pytest.mark.parametrize("times", [replace(SHORT, again_s=(30.0,))])
async def test_a_lost_answer_is_uncertain_and_sent_again(
    bot: str, chat: LocalChat, seat: Seat, other_seat: Seat, guard: Guard, database: Database
) -> None:
    await guard(other_seat)
    chat.faults.inject(Fault(FaultKind.LOST, "sendMessage", other_seat.chat_id, count=1))
    await seat.write(FIRE)
    await seat.answer("닿았는지 확실하지 않아요")
    await settles(
        lambda: [each.outcome for each in disclosures(database, seat.chat_id)][:1] == ["accepted"]
    )
    first_round = [m for m in await other_seat.messages() if "불이 난" in m.get("text", "")]
    assert len(first_round) >= 2


async def test_words_address_and_place_go_along_only_with_their_consents(
    bot: str, seat: Seat, other_seat: Seat, third_seat: Seat, guard: Guard, database: Database
) -> None:
    await guard(other_seat, also=[Choice.WORDS, Choice.ADDRESS, Choice.LOCATION])
    await guard(third_seat, "언니")
    set_home(database, seat.chat_id, address="가나구 다라로 12")
    with database.transaction() as memory:
        now = datetime.now(UTC)
        memory.care.set_position(seat.chat_id, Position(37.5665, 126.978, now, None))
    await seat.write(FIRE)
    await other_seat.answer("긴급 알림")
    details = await other_seat.answer("위 알림과 함께 전하는 내용이에요")
    assert FIRE in details["text"] and "가나구 다라로 12" in details["text"]
    assert "마지막 위치: 방금 지도" in details["text"]
    await other_seat.until(lambda ms: [m for m in ms if "location" in m])
    bare = await third_seat.answer("긴급 알림")
    assert "위치" not in bare["text"]
    assert FIRE not in str(await third_seat.messages())
    assert "다라로" not in str(await third_seat.messages())
    sent = await seat.answer("어머니께 메시지를 보냈어요")
    assert "함께 보낸 것: 한 말, 집 주소, 위치." in sent["text"]
    assert not [m for m in await third_seat.messages() if "location" in m]
    question = await seat.answer("연락하고 있어요")
    await seat.tap(question, "괜찮아요")
    ended = await seat.answer("안전하시다니 마음이 놓여요")
    assert "녹음과 위치는 지울게요" in ended["text"]
    await other_seat.until(lambda ms: not [m for m in ms if "location" in m])
    left = str(await other_seat.messages())
    assert "긴급 알림" in left, "the alert itself stays"
    assert not [each for each in (FIRE, "다라로", "37.5665") if each in left]


async def test_quiet_mode_shows_neutral_words_alone(
    bot: str, seat: Seat, other_seat: Seat, guard: Guard, database: Database
) -> None:
    await guard(other_seat)
    set_home(database, seat.chat_id, quiet=True)
    await seat.write(CRY)
    quiet = await seat.answer("남겨 주신 말 잘 받았어요")
    await other_seat.answer("긴급 알림")
    await asyncio.sleep(1)
    said = [m for m in await seat.messages() if not m["outgoing"]]
    assert [m.get("text") for m in said] == [quiet["text"]]
    await seat.tap(quiet, "자세히")
    report = await seat.answer("지금까지 이래요")
    assert "어머니: 보냈어요" in report["text"]


async def test_where_nobody_may_be_told_of_it_the_person_reads_so(
    bot: str, seat: Seat, other_seat: Seat, guard: Guard
) -> None:
    await guard(other_seat, topics=[Choice.MEDICAL])
    await seat.write(CRY)
    await seat.answer("다른 누구에게도 전해지지 않아요")
    assert not [m for m in await other_seat.messages() if "긴급" in m.get("text", "")]


@pytest.mark.parametrize("times", [replace(SHORT, countdown_s=15.0)])
async def test_an_incident_goes_on_after_a_restart(
    start_bot: StartBot, seat: Seat, other_seat: Seat, guard: Guard, database: Database
) -> None:
    await guard(other_seat, met=False)
    async with start_bot():
        await seat.write(CRY)
        await seat.answer("보호자에게 연락할게요")
    assert disclosures(database, seat.chat_id) == []
    async with start_bot():
        alert = await other_seat.answer("긴급 알림", 30)
        await other_seat.tap(alert, "제가 확인할게요")
        await seat.answer("확인하겠다고 하셨어요")


async def test_two_incidents_at_once_are_independent(
    bot: str, seat: Seat, other_seat: Seat, guard: Guard, database: Database
) -> None:
    await guard(other_seat)
    await seat.write(CRY)
    await seat.tap(await seat.answer("보호자에게 연락할게요"), "안전해요, 보내지 마세요")
    await seat.write(FIRE)
    await other_seat.answer("불이 난 상황일 수 있어요")
    assert not [m for m in await other_seat.messages() if "폭력" in m.get("text", "")]


@pytest.mark.parametrize("refused", [False, True])
async def test_a_recording_goes_along_as_what_the_guardian_takes(
    bot: str,
    chat: LocalChat,
    seat: Seat,
    other_seat: Seat,
    third_seat: Seat,
    guard: Guard,
    analyzer: ScriptedAnalyzer,
    database: Database,
    refused: bool,
) -> None:
    await guard(other_seat, also=[Choice.RECORDING])
    await guard(third_seat, "언니")
    if refused:  # as of somebody who takes no voice messages
        chat.faults.inject(Fault(FaultKind.REFUSED, "sendVoice", other_seat.chat_id, count=9))
    analyzer.emergency = emergency(EmergencyLevel.ALARM)
    await seat.upload("voice", NOTE)
    countdown = await seat.answer("위급한 상황처럼 들렸어요")
    await seat.until(lambda messages: [m for m in messages if "contact" in m])
    alert = await other_seat.answer("긴급 알림")
    assert "위급하게 들린 소리(0:00)" in alert["text"]
    kind = "audio" if refused else "voice"
    [recording] = await other_seat.until(lambda messages: [m for m in messages if kind in m])
    assert recording["has_protected_content"]
    assert "함께 보낸 것: 녹음." in (await seat.answer("어머니께 메시지를 보냈어요"))["text"]
    await third_seat.answer("긴급 알림")
    assert not [m for m in await third_seat.messages() if "voice" in m or "audio" in m]
    await seat.press(countdown["message_id"], action_of(await seat.answer("연락하고"), "괜찮아요"))
    await other_seat.until(lambda messages: not [m for m in messages if kind in m])


async def test_a_doubtful_sound_is_asked_about_and_then_somebody_looks(
    bot: str,
    seat: Seat,
    other_seat: Seat,
    guard: Guard,
    analyzer: ScriptedAnalyzer,
    database: Database,
) -> None:
    await guard(other_seat, also=[Choice.RECORDING])
    analyzer.emergency = emergency(EmergencyLevel.ASK)
    await seat.upload("voice", NOTE)
    await seat.answer("혹시 지금 위급한 상황인가요")
    await seat.answer("다시 여쭤봐요")
    check = await other_seat.answer("안부를 확인해 주시겠어요")
    assert "불이" not in check["text"] and "들린" not in check["text"]
    await seat.answer("들은 내용은 보내지 않았어요")
    assert not [m for m in await other_seat.messages() if "voice" in m]


async def test_somebody_who_is_not_registered_gets_the_numbers(
    bot: str, seat: Seat, analyzer: ScriptedAnalyzer
) -> None:
    analyzer.emergency = emergency(EmergencyLevel.ALARM)
    await seat.upload("voice", NOTE)
    await seat.answer("아무에게도 연락하지 않아요")
    await seat.until(lambda messages: [m for m in messages if "contact" in m])


@pytest.mark.parametrize("times", [replace(SHORT, again_s=(60.0,))])
async def test_a_place_shared_after_somebody_sees_to_it_goes_to_them_at_once(
    bot: str, seat: Seat, other_seat: Seat, third_seat: Seat, guard: Guard, database: Database
) -> None:
    await guard(other_seat, also=[Choice.LOCATION])
    await guard(third_seat, "언니")
    with database.transaction() as memory:
        agreed = Consent(
            Purpose.LOCATION, CONSENT_VERSIONS[Purpose.LOCATION], True, datetime.now(UTC)
        )
        memory.add_consent(seat.chat_id, agreed)
    await seat.write(FIRE)
    await other_seat.tap(await other_seat.answer("긴급 알림"), "제가 확인할게요")
    await seat.answer("확인하겠다고 하셨어요")
    place = {"latitude": 37.5665, "longitude": 126.978}
    await seat.send(kind="location", **place)
    await other_seat.answer("새 위치예요")
    details = await other_seat.answer("위 알림과 함께 전하는 내용이에요")
    assert "마지막 위치: 방금 지도" in details["text"]
    await other_seat.until(lambda ms: [m for m in ms if "location" in m])
    await seat.answer("알려 주신 위치를 어머니께 보냈어요")
    await seat.send(kind="location", **place)
    await seat.until(lambda ms: len([m for m in ms if "기억해 둘게요" in m.get("text", "")]) == 2)
    await seat.call(
        "POST", "/messages", json={"kind": "location", "live_period": 900, **place}
    )  # fmt: skip
    await other_seat.until(lambda ms: len([m for m in ms if "location" in m]) == 2)
    [once, live] = [m for m in await other_seat.messages() if "location" in m]
    assert "live_period" not in once["location"] and "live_period" in live["location"]
    assert "위치" not in str(await third_seat.messages())
    await settles(
        lambda: (
            [d.what for d in disclosures(database, seat.chat_id) if d.guardian_name == "어머니"]
            == [(), ("location",), ("location",)]
        )
    )
