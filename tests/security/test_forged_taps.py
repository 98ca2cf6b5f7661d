"""Buttons whose action somebody made up: the chat is Telegram's word, never the button's."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from inference.analysis import Emotion
from storage.database import Database
from storage.records import FEELINGS, Language, Observation, Purpose
from tests.bot.scripted import ScriptedAnalyzer, estimate
from tests.bot.seats import Seat
from tests.bot.waiting import done, open_workflows
from tests.security.conftest import Forger

Register = Callable[..., None]
EVER = datetime.min.replace(tzinfo=UTC)
NONSENSE = [
    "",
    "right",
    "right:1",
    "right:1:joy\n",
    "right:1:joy:more",
    "right:-1:joy",
    "right:٣:joy",
    "right:1e9:joy",
    "right:1:happiness",
    f"right:{'9' * 19}:joy",
    "feel:1:joy; DROP TABLE observations",
    "age:ko:adult",
    "begin:fr",
    "consent:everything:yes",
    "switch:history:maybe",
    "crisis:none:1:safe",
    "crisis:cry:1:dance",
    "erase:yes\n",
    "erase:yes:1001",
    "record:delete:1001",
    "guardian:1:dance",
    "guardian:99999999999999999999:show",
    "choice:1:everything:on",
    "choice:1:silence:on",
    "invited:adult:ko:short",
    "leave:1:yes:2",
    "guardians:harm\n",
    "../../../etc/passwd",
    "{ -term }",
    "<b>",
    "\x00\x1b[31m\u202e",
    "x" * 100_000,
]


def observations(database: Database, chat_id: int) -> list[Observation]:
    with database.transaction() as memory:
        return list(memory.observations(chat_id, EVER))


def known(database: Database, chat_id: int) -> bool:
    with database.transaction() as memory:
        return memory.person(chat_id) is not None


@pytest.fixture
def told(register: Register, seat: Seat, other_seat: Seat, analyzer: ScriptedAnalyzer) -> str:
    """Two people are registered, and a story one of them may tell."""
    register(seat)
    register(other_seat)
    analyzer.words["비밀 이야기"] = estimate(Emotion.SADNESS)
    return "비밀 이야기"


async def test_a_correction_of_somebody_elses_message_changes_nothing(
    forger: Forger, seat: Seat, other_seat: Seat, told: str, database: Database
) -> None:
    message_id = await seat.write(told)
    await seat.answer("슬픔")
    await done()
    for action in ("feel", "right"):
        assert await forger.tap(other_seat.chat_id, f"{action}:{message_id}:joy") == 200
    (kept,) = observations(database, seat.chat_id)
    assert (kept.corrected, kept.words) == (None, told)
    assert observations(database, other_seat.chat_id) == []
    assert all(told not in m.get("text", "") for m in await other_seat.messages())


async def test_a_deletion_reaches_only_the_chat_it_was_tapped_in(
    forger: Forger, seat: Seat, other_seat: Seat, told: str, database: Database
) -> None:
    await seat.write(told)
    await seat.answer("슬픔")
    await done()
    for action in ("record:delete", "erase:yes", "switch:history:off"):
        assert await forger.tap(other_seat.chat_id, action, message_id=999) == 200
    assert [each.words for each in observations(database, seat.chat_id)] == [told]
    with database.transaction() as memory:
        assert memory.consents(seat.chat_id)[Purpose.HISTORY].granted


async def test_an_answer_in_another_chat_does_not_end_the_questions_after_a_danger(
    forger: Forger, seat: Seat, other_seat: Seat, told: str
) -> None:
    message_id = await seat.write("옥상에 올라와 있어")
    await seat.answer("119")
    await done()
    asked = await open_workflows("look_after:")
    assert len(asked) == 1
    for level in ("thoughts", "in_progress", "cry"):
        for answer in ("stop", "safe", "fine"):
            await forger.tap(other_seat.chat_id, f"crisis:{level}:{message_id}:{answer}")
    assert await open_workflows("look_after:") == asked


async def test_nobody_changes_or_leaves_for_somebody_else(
    forger: Forger, seat: Seat, other_seat: Seat, told: str, database: Database
) -> None:
    await other_seat.write("/help")
    await other_seat.answer("저는 토닥이에요")
    now = datetime.now(UTC)
    with database.transaction() as memory:
        for number in (8001, 8002):
            token = memory.care.invite(seat.chat_id, "보호자", now)
            memory.care.accept(token, number, Language.KOREAN, now)
        before = memory.care.guardians(seat.chat_id)
    number = before[0].id
    for act in ("show", "topics", "pause", "remove-yes", "keep", "1", "look"):
        assert await forger.tap(other_seat.chat_id, f"guardian:{number}:{act}") == 200
    for data in (
        f"choice:{number}:recording:on",
        f"leave:{number}:yes",
        f"leave:{number}:ask",
        "guardians:harm",
    ):
        assert await forger.tap(other_seat.chat_id, data) == 200
    with database.transaction() as memory:
        assert memory.care.guardians(seat.chat_id) == before
        assert memory.care.choice_decisions(seat.chat_id) == []
    assert await forger.metric("todak_handler_failures_total") == 0


async def test_guessed_tokens_make_nobody_a_guardian(
    forger: Forger, seat: Seat, other_seat: Seat, told: str, database: Database
) -> None:
    for each in (seat, other_seat):
        await each.write("/help")
        await each.answer("저는 토닥이에요")
    with database.transaction() as memory:
        real = memory.care.invite(seat.chat_id, "보호자", datetime.now(UTC))
    for guess in ("A" * 22, real[:-2] + ("AA" if real[-2:] != "AA" else "BB"), real[:-1]):
        for act in ("show", "accept", "adult", "decline"):
            assert await forger.tap(other_seat.chat_id, f"invited:{act}:ko:{guess}") == 200
    assert await forger.tap(seat.chat_id, f"invited:adult:ko:{real}") == 200, "by themselves"
    with database.transaction() as memory:
        assert memory.care.guardians(seat.chat_id) == []
        assert len(memory.care.invitations(seat.chat_id, datetime.now(UTC))) == 1
    assert await forger.metric("todak_handler_failures_total") == 0


async def test_made_up_actions_are_no_failure(forger: Forger, seat: Seat, told: str) -> None:
    await seat.write("/help")
    await seat.answer("저는 토닥이에요")
    for data in NONSENSE:
        assert await forger.tap(seat.chat_id, data) == 200
    assert await forger.metric("todak_handler_failures_total") == 0
    assert await forger.metric("todak_apologies_total") == 0


async def test_ids_beyond_every_message_are_answered_without_a_failure(
    forger: Forger, seat: Seat, told: str, database: Database
) -> None:
    await seat.write("/help")
    await seat.answer("저는 토닥이에요")
    for number in ("0", "9" * 18):
        for action in (
            f"right:{number}:joy",
            f"feel:{number}:other",
            f"again:{number}",
            f"misheard:{number}",
        ):
            assert await forger.tap(seat.chat_id, action) == 200
    assert await forger.metric("todak_handler_failures_total") == 0
    assert observations(database, seat.chat_id) == []
    assert "other" in FEELINGS


async def test_a_stranger_cannot_tap_themselves_into_a_record(
    forger: Forger, seat: Seat, database: Database
) -> None:
    await seat.write("/help")
    await seat.answer("저는 토닥이에요")
    for action in (
        "consent:history:yes",
        "switch:history:on",
        "language:en",
        "record:delete",
        "right:1:joy",
    ):
        assert await forger.tap(seat.chat_id, action) == 200
    assert not known(database, seat.chat_id)
    assert await forger.metric("todak_handler_failures_total") == 0


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
async def test_a_tap_in_a_group_speaks_for_nobody(
    forger: Forger, database: Database, kind: str
) -> None:
    for action in ("age:ko:19_and_over", "consent:words:yes", "erase:yes", "crisis:cry:1:safe"):
        assert await forger.tap(-100_500, action, kind=kind) == 200
    assert not known(database, -100_500)
    assert await forger.metric("todak_updates_received_total") == 0


async def test_a_tap_without_a_message_is_left_alone(forger: Forger) -> None:
    user = {"id": 1001, "is_bot": False, "first_name": "x"}
    query = {"id": "1", "from": user, "chat_instance": "1", "data": "erase:yes"}
    assert await forger.deliver(callback_query=query | {"inline_message_id": "AAAA"}) == 200
    assert await forger.metric("todak_handler_failures_total") == 0


async def test_the_page_presses_only_buttons_that_a_message_of_its_own_chat_has(
    bot: str, seat: Seat, other_seat: Seat, told: str
) -> None:
    await seat.write(told)
    mine = await seat.answer("슬픔")
    body = {"message_id": mine["message_id"], "data": f"feel:{mine['message_id']}:joy"}
    stolen = await other_seat.client.post("/seats/2/callbacks", json=body)
    assert stolen.status_code == 404
    for data in ("erase:yes", "x" * 65, "", ["erase:yes"], None):
        forged = await seat.client.post("/seats/1/callbacks", json={**body, "data": data})
        assert forged.status_code == 400, data
