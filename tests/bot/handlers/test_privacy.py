"""/privacy, /export and /delete as people meet them."""

import asyncio
import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from cryptography.fernet import Fernet
from dbos._schemas.system_database import SystemSchema
from sqlalchemy import select, update

from bot.chat_workflows import STATUS, ChatWorkflows
from bot.export import Holdings, archive
from bot.export_care import CareHoldings
from bot.local_chat.faults import Fault, FaultKind
from bot.local_chat.serve import LocalChat
from bot.sleep_buttons import first_recipe
from bot.wording import Wording
from inference.analysis import Analysis, Distress, Emotion, Modality
from storage.care_records import Home
from storage.database import Database, make_workflow_engine
from storage.key_store import KeyStore
from storage.records import CONSENT_VERSIONS, Language, Observation
from storage.sleep_choices import Found, Making, Rating, SleepMemory
from tests.bot.conftest import StartBot
from tests.bot.scripted import ScriptedAnalyzer, estimate
from tests.bot.seats import Seat, labels
from tests.bot.waiting import done

Register = Callable[..., None]
NOBODY = CareHoldings(Home(), None, (), (), (), (), (), None, ())


async def exported(seat: Seat, page: httpx.AsyncClient) -> dict[str, bytes]:
    """The files of the zip that /export sends."""
    await seat.write("/export")
    message = await seat.until(
        lambda found: next((m for m in reversed(found) if "document" in m), None)
    )
    content = (await page.get(message["document"]["file_url"])).content
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        assert files.testzip() is None
        return {name: files.read(name) for name in files.namelist()}


def rows(table: bytes) -> list[dict[str, str]]:
    assert table.startswith(b"\xef\xbb\xbf"), "spreadsheets need the mark to read Korean"
    return list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))


async def test_privacy_is_told_to_everyone_in_their_language(
    bot: str, seat: Seat, other_seat: Seat, register: Register
) -> None:
    await seat.write("/privacy")
    told = (await seat.answer("토닥이 보관하는 것"))["text"]
    for part in ("24시간", "대화 번호", "지울 수 없는", "이틀", "/export", "/delete", "운영하는"):
        assert part in told
    register(other_seat, language=Language.ENGLISH)
    await other_seat.write("/privacy")
    assert "older than two days" in (await other_seat.answer("What Todak keeps"))["text"]


async def test_the_export_holds_everything_and_reads_well(
    bot: str,
    seat: Seat,
    other_seat: Seat,
    page: httpx.AsyncClient,
    register: Register,
    analyzer: ScriptedAnalyzer,
) -> None:
    register(seat, voice=False)
    register(other_seat)
    analyzer.words |= {"=1+1 힘든 날": estimate(Emotion.SADNESS), "남의 말": estimate(Emotion.JOY)}
    await other_seat.write("남의 말")
    await other_seat.answer("기쁨")
    message_id = await seat.write("=1+1 힘든 날")
    await seat.tap(await seat.answer("슬픔"), "분노")
    await seat.answer("고마워요. 분노")
    await seat.write("/settings")
    await seat.tap(await seat.answer("설정"), "글 읽기 끄기")
    await seat.answer("글에서 마음 읽기: 꺼짐")
    files = await exported(seat, page)
    assert set(files) == {
        "읽어 주세요.txt", "todak.json", "observations.csv", "consents.csv", "messages.csv",
        "questions.csv", "guardians.csv", "choices.csv", "home.csv", "incidents.csv",
        "disclosures.csv", "duties.csv", "sleep.csv",
    }  # fmt: skip
    whole = json.loads(files["todak.json"])
    (kept,) = whole["observations"]
    assert kept["words"] == "=1+1 힘든 날" and kept["corrected"] == kept["feeling"] == "anger"
    assert kept["estimate"]["posterior"]["sadness"] == pytest.approx(0.96)
    assert whole["person"]["age_band"] == "19_and_over" and whole["person"]["language"] == "ko"
    consents = whole["consents"]
    assert [(each["purpose"], each["granted"]) for each in consents] == [
        ("words", True),
        ("voice", False),
        ("history", True),
        ("words", False),
    ]
    versions = {each["purpose"]: each["version"] for each in consents}
    assert versions and versions.items() <= CONSENT_VERSIONS.items()
    (row,) = rows(files["observations.csv"])
    assert row["메시지 번호"] == str(message_id) and row["시각"].endswith("+00:00")
    assert (row["짐작한 감정"], row["고쳐 주신 감정"]) == ("슬픔", "분노")
    assert row["짐작한 근거"] == "글"
    assert row["적어 주신 글"] == "'=1+1 힘든 날", "no formula in a spreadsheet"
    answers = [each["동의"] for each in rows(files["consents.csv"])]
    assert answers == ["예", "아니요", "예", "아니요"]
    received = [each["적어 주신 글"] for each in rows(files["messages.csv"])]
    assert "'=1+1 힘든 날" in received and "/export" in received
    assert f"feel:{message_id}:anger" in received
    assert not any("남의 말".encode() in content for content in files.values())


def test_the_export_names_both_messages_that_were_heard_together() -> None:
    senses = (Modality.TEXT, Modality.VOICE)
    now = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    heard = Observation(1, 5, now, senses, estimate(Emotion.JOY), None, "m", also_message_id=7)
    whole = archive(Holdings(now, None, (), (heard,), (), (), NOBODY), Wording(Language.KOREAN))
    with zipfile.ZipFile(io.BytesIO(whole)) as files:
        (row,) = rows(files.read("observations.csv"))
        (kept,) = json.loads(files.read("todak.json"))["observations"]
    assert row["메시지 번호"] == "5, 7" and row["짐작한 근거"] == "글, 목소리"
    assert (kept["message_id"], kept["also_message_id"]) == (5, 7)


def test_the_export_holds_the_sleep_sounds() -> None:
    now = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    rain, other = first_recipe(5), first_recipe(6)
    ratings = (Rating(other, True, now), Rating(rain, False, now))
    found = Found(("rain", "crickets"), now)
    sleep = SleepMemory(rain, (other,), ratings, (Making(rain, now),), found)
    holdings = Holdings(now, None, (), (), (), (), NOBODY, sleep)
    with zipfile.ZipFile(io.BytesIO(archive(holdings, Wording(Language.KOREAN)))) as files:
        table = rows(files.read("sleep.csv"))
        kept = json.loads(files.read("todak.json"))["sleep"]
    assert [each["종류"] for each in table] == [
        "마지막에 고르신 소리", "자주 듣는 소리", "좋았던 소리", "좋지 않았던 소리",
        "만든 소리", "견주어 찾은 소리",
    ]  # fmt: skip
    assert {each["내용"] for each in table[:-1]} == {"비 · 부드럽게 · 30분"}
    assert table[-1]["내용"] == "비 + 귀뚜라미" and kept["found"]["kinds"] == ["rain", "crickets"]
    assert [each["시각"] for each in table] == ["", "", *[now.isoformat()] * 4]
    assert (kept["last"]["seed"], kept["favourites"][0]["seed"]) == (5, 6)


async def test_the_export_says_when_somebody_was_asked_after_a_danger(
    bot: str, seat: Seat, page: httpx.AsyncClient, register: Register
) -> None:
    register(seat)
    message_id = await seat.write("옥상에 올라와 있어")
    await seat.tap(await seat.answer("바로 119에"), "지금은 안전해요")
    await seat.answer("마음이 놓여요")
    later = await seat.write("죽고 싶어")
    await seat.answer("자살을 생각")
    files = await exported(seat, page)
    asked = rows(files["questions.csv"])
    assert [each["메시지 번호"] for each in asked] == [str(message_id), str(later)]
    assert [each["위험의 정도"] for each in asked] == ["벌어지고 있는 위험", "힘든 생각"]
    assert asked[1]["더 여쭐 예정"] == "예"
    held = json.loads(files["todak.json"])["look_afters"]
    assert [each["content"]["age_band"] for each in held] == ["19_and_over"] * 2


async def test_deletion_waits_for_nothing_that_telegram_refuses_or_that_cannot_be_opened(
    start_bot: StartBot,
    chat: LocalChat,
    seat: Seat,
    register: Register,
    database: Database,
    analyzer: ScriptedAnalyzer,
    rows_of: ChatWorkflows,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.erasure.LOCAL_TOKEN", "none begins so")
    register(seat)
    analyzer.words["좋은 날"] = estimate(Emotion.JOY)
    async with start_bot():
        await seat.write("좋은 날")
        await seat.tap(await seat.answer("기쁨"), "맞아요")
        await seat.answer("머문 하루로")
        await done()
        spoil_one(rows_of)
        await seat.write("/delete")
        question = await seat.answer("되돌릴 수 없어요")
        for method in ("answerCallbackQuery", "deleteMessages", "sendMessage"):
            chat.faults.inject(Fault(FaultKind.SERVER_ERROR, method))
        await seat.tap(question, "모두 지울게요")
        await seat.answer("모두 지웠어요")
        await done()
        with database.transaction() as memory:
            assert memory.person(seat.chat_id) is None
        said = [m for m in await seat.messages() if "문제가 생겨" in m.get("text", "")]
        assert said == [], "no apology for what was done"


@pytest.fixture
def rows_of(tmp_path: Path, keys: KeyStore) -> ChatWorkflows:
    return ChatWorkflows(make_workflow_engine(f"sqlite:///{tmp_path / 'workflows.sqlite'}"), keys)


def spoil_one(workflows: ChatWorkflows) -> None:
    """Put an input in the place of the oldest that no key at hand opens."""
    inputs = SystemSchema.workflow_input
    strange = Fernet(Fernet.generate_key()).encrypt(b"{}").decode()
    with workflows._engine.begin() as connection:
        oldest = connection.scalar(select(STATUS.c.workflow_uuid).order_by(STATUS.c.created_at))
        change = update(inputs).where(inputs.c.workflow_uuid == oldest)
        assert connection.execute(change.values(inputs=strange)).rowcount == 1


async def test_a_stranger_hears_kind_sentences(
    bot: str, seat: Seat, page: httpx.AsyncClient, database: Database
) -> None:
    await seat.write("안녕")
    await seat.answer("AI이고")
    files = await exported(seat, page)
    assert json.loads(files["todak.json"])["person"] is None
    assert "안녕" in files["messages.csv"].decode("utf-8-sig")
    await seat.write("/delete")
    question = await seat.answer("지금 바로 지울까요")
    assert labels(question) == ["모두 지울게요", "그만둘래요"]
    await seat.tap(question, "그만둘래요")
    await seat.answer("지우지 않았어요")


@pytest.mark.parametrize("command", ["/privacy", "/export", "/delete"])
async def test_danger_comes_before_every_command(
    command: str, bot: str, seat: Seat, register: Register
) -> None:
    register(seat)
    await seat.write(f"{command} 죽고 싶어")
    assert "109" in (await seat.answer("자살을 생각"))["text"]
    assert not [m for m in await seat.messages() if "document" in m]


async def test_what_telegram_still_lets_a_bot_delete_is_taken_back(
    start_bot: StartBot,
    seat: Seat,
    register: Register,
    database: Database,
    analyzer: ScriptedAnalyzer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On Telegram nobody forgets the chat; the messages whose ids are known go."""
    monkeypatch.setattr("bot.erasure.LOCAL_TOKEN", "none begins so")
    register(seat)
    analyzer.words["좋은 날"] = estimate(Emotion.JOY)
    async with start_bot():
        await seat.write("좋은 날")
        await seat.tap(await seat.answer("기쁨"), "맞아요")
        await seat.answer("머문 하루로")
        await seat.write("/delete")
        await seat.tap(await seat.answer("되돌릴 수 없어요"), "모두 지울게요")
        said = await seat.answer("모두 지웠어요")
        assert "대화 삭제" in said["text"] and "/start" in said["text"]
        assert [m["text"] for m in await seat.messages()] == [said["text"]]
        with database.transaction() as memory:
            assert memory.person(seat.chat_id) is None


async def test_a_chat_that_is_gone_is_not_tried_again(
    bot: str,
    chat: LocalChat,
    seat: Seat,
    register: Register,
    analyzer: ScriptedAnalyzer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    register(seat)
    analyzer.words["좋은 날"] = estimate(Emotion.JOY)
    analyze, loop = analyzer.analyze, asyncio.get_running_loop()
    begun, forgotten = asyncio.Event(), asyncio.Event()

    def slow(text: str | None, distress: Distress) -> Analysis:
        loop.call_soon_threadsafe(begun.set)
        asyncio.run_coroutine_threadsafe(forgotten.wait(), loop).result(20)
        return analyze(text, distress)

    monkeypatch.setattr(analyzer, "analyze", slow)
    await seat.write("좋은 날")
    await asyncio.wait_for(begun.wait(), 15)
    async with httpx.AsyncClient() as client:
        address = f"{chat.base_url}{chat.token}/forgetChat"
        gone = await client.post(address, json={"chat_id": seat.chat_id})
        assert gone.json() == {"ok": True, "result": True}
    with caplog.at_level("INFO"):
        forgotten.set()
        await done()
    assert len(analyzer.seen) == 1 and "nothing can be said to them" in caplog.text


async def test_a_child_is_answered_in_the_language_they_chose(
    bot: str, seat: Seat, database: Database
) -> None:
    """Their client says Korean; they chose English, and nothing of them is kept."""
    await seat.start()
    await seat.tap(await seat.answer("AI이고"), "English")
    question = await seat.answer("how old")
    await seat.tap(question, "Under 14")
    await seat.answer("Before you turn 14")
    with database.transaction() as memory:
        assert memory.person(seat.chat_id) is None
    await seat.write("I had a very sad day at school")
    await seat.answer("Thank you for writing")
    await seat.upload("document", b"%PDF", name="a.pdf", type="application/pdf")
    await seat.answer("파일 고마워요")  # no word of theirs is at hand: their client's language
