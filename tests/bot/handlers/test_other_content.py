"""What is neither a text nor a recording, in the very messages that Telegram sends."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from telegram import Message, Update

from bot.chat_workflows import ChatWorkflows
from bot.connection import Connection
from bot.incoming import incoming_from
from bot.local_chat.serve import LocalChat
from bot.serving import Parts, running
from inference.analysis import Emotion
from storage.database import make_workflow_engine
from storage.key_store import KeyStore
from storage.records import Language
from tests.bot.scripted import ScriptedAnalyzer, estimate
from tests.bot.seats import Seat, labels
from tests.bot.waiting import done

Register = Callable[..., None]
Deliver = Callable[..., Awaitable[None]]
SMALL = {"file_id": "AAMC", "file_unique_id": "AQAD", "width": 320, "height": 180}
FILM = {
    "file_name": "giphy.mp4",
    "mime_type": "video/mp4",
    "thumbnail": SMALL,
    "thumb": SMALL,
    "file_id": "CgACAgQAAxkBAAIB",
    "file_unique_id": "AgADqAADc4uQUw",
    "file_size": 90_000,
}
GIF = {"animation": FILM | {"duration": 3, "width": 480, "height": 270}, "document": FILM}
DANGER = "이제 그만 죽고 싶어"
SEOUL = {"latitude": 37.5665, "longitude": 126.978}
FILE = {"file_id": "BQACAg", "file_unique_id": "AgAD", "file_size": 9}


def option(text: str) -> dict[str, Any]:
    return {"text": text, "persistent_id": text, "voter_count": 0}


POLL = {
    "id": "6",
    "question": "어때요?",
    "options": [option("가"), option("나")],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "quiz",
    "allows_multiple_answers": False,
    "allows_revoting": True,
    "members_only": False,
}
IN_DANGER: dict[str, dict[str, Any]] = {
    "poll option": {"poll": POLL | {"options": [option("가"), option(DANGER)]}},
    "poll explanation": {"poll": POLL | {"explanation": DANGER}},
    "poll description": {"poll": POLL | {"description": DANGER}},
    "venue": {
        "venue": {"location": SEOUL, "title": DANGER, "address": "서울"},
        "location": SEOUL,
    },
    "contact": {"contact": {"phone_number": "010", "first_name": DANGER}},
    "document": {"document": FILE | {"file_name": f"{DANGER}.txt"}},
    "recording": {"document": FILE | {"file_name": f"{DANGER}.ogg", "mime_type": "audio/ogg"}},
}


@pytest.fixture
def rows(tmp_path: Path, keys: KeyStore) -> ChatWorkflows:
    return ChatWorkflows(make_workflow_engine(f"sqlite:///{tmp_path / 'workflows.sqlite'}"), keys)


@pytest_asyncio.fixture
async def deliver(chat: LocalChat, parts: Parts, seat: Seat) -> AsyncIterator[Deliver]:
    """Has the bot receive a message of the seat that the page itself cannot send."""
    connection = Connection(chat.token, chat.base_url, chat.base_file_url)
    async with running(connection, parts) as application:
        await seat.start()
        await seat.until(lambda messages: any(not m["outgoing"] for m in messages))

        async def put(number: int = 1, **content: Any) -> None:
            user = {"id": seat.chat_id, "is_bot": False, "first_name": "x", "language_code": "ko"}
            message = {
                "message_id": 7_000 + number,
                "date": int(datetime.now(UTC).timestamp()),
                "chat": {"id": seat.chat_id, "type": "private", "first_name": "x"},
                "from": user,
                **content,
            }
            update = {"update_id": 900_000 + number, "message": message}
            parsed = Update.de_json(update, application.bot)
            await application.update_queue.put(parsed)

        yield put


@pytest.mark.parametrize(
    "language, sentence",
    [(Language.KOREAN, "움직이는 그림 고마워요"), (Language.ENGLISH, "Thank you for the GIF")],
)
async def test_a_gif_is_no_recording(
    deliver: Deliver, seat: Seat, register: Register, language: Language, sentence: str
) -> None:
    register(seat, language=language)
    await deliver(**GIF)
    assert not labels(await seat.answer(sentence))


async def test_what_is_written_below_a_gif_is_read(
    deliver: Deliver, seat: Seat, register: Register, analyzer: ScriptedAnalyzer
) -> None:
    register(seat)
    analyzer.words["오늘 딱 이랬어"] = estimate(Emotion.JOY)
    await deliver(**GIF, caption="오늘 딱 이랬어")
    await seat.answer("기쁨")


@pytest.mark.parametrize("content", IN_DANGER.values(), ids=IN_DANGER.keys())
async def test_danger_is_noticed_in_what_stands_beside_a_text(
    deliver: Deliver, seat: Seat, register: Register, content: dict[str, Any], rows: ChatWorkflows
) -> None:
    register(seat)
    await deliver(**content)
    assert "109" in (await seat.answer("자살을 생각"))["text"]
    await done()
    held = await asyncio.to_thread(rows.held, seat.chat_id)
    assert "37.5" not in json.dumps([each.update for each in held]), "a place is not kept"


async def test_a_files_name_is_screened_and_no_feeling_is_looked_for_in_it(
    deliver: Deliver, seat: Seat, register: Register, analyzer: ScriptedAnalyzer
) -> None:
    register(seat)
    analyzer.words["읽어 줘"] = estimate(Emotion.JOY)
    await deliver(document=FILE | {"file_name": "일기.txt"}, caption="읽어 줘")
    await seat.answer("기쁨")
    await deliver(2, document=FILE | {"file_name": f"{DANGER}.txt"}, caption="읽어 줘")
    await seat.answer("자살을 생각")
    assert analyzer.seen == ["읽어 줘"]


@pytest.mark.parametrize(
    "content, own",
    [
        ({"poll": POLL}, True),
        ({"contact": IN_DANGER["contact"]["contact"]}, False),
        (IN_DANGER["venue"], False),
        (IN_DANGER["document"], False),
    ],
)
def test_a_name_is_nobodys_own_words(content: dict[str, Any], own: bool) -> None:
    message = Message.de_json(
        {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, **content}, None
    )
    incoming = incoming_from(message)
    assert incoming.own_words == ("어때요?\n가\n나" if own else None)
    assert (incoming.names is None) is own
