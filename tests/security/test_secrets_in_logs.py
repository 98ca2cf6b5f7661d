"""Canaries go through every path of a running bot; its logs and metrics are searched for them."""

import asyncio
import gc
import io
import json
import logging
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import IntegrityError
from telegram.error import NetworkError
from telegram.request import HTTPXRequest

from bot.local_chat.faults import Fault, FaultKind
from bot.local_chat.serve import LocalChat
from bot.operations import SECRET_HEADER
from bot.workflow_engine import SealingSerializer
from inference.analysis import Analysis, Distress, Emotion
from inference.recognition import Listened
from storage.database import Database
from storage.key_store import KeyStore
from tests.bot.scripted import ScriptedAnalyzer, estimate
from tests.bot.seats import Seat
from tests.bot.sounds import encoded
from tests.bot.waiting import done
from tests.security.canaries import (
    FILE,
    NAME,
    PHONE,
    PLACE,
    STRANGER_ID,
    WORDS,
    found_in,
    operators_log,
)
from tests.security.conftest import SECRET, Forger

pytestmark = pytest.mark.slow

Register = Callable[..., None]


@pytest.fixture
def output(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """The log at DEBUG, which holds all that INFO does."""
    with operators_log(monkeypatch, "DEBUG") as written:
        yield written


def message(**content: Any) -> dict[str, Any]:
    user = {"id": STRANGER_ID, "is_bot": False, "first_name": NAME, "username": "canary_user"}
    chat = {"id": STRANGER_ID, "type": "private", "first_name": NAME}
    return {"message_id": 9, "date": 1_800_000_000, "chat": chat, "from": user, **content}


async def searched(forger: Forger, output: io.StringIO) -> None:
    """Nothing is found in the log, the metrics and the health page; and there was a log."""
    for path in ("/metrics", "/healthz"):
        page = (await forger.client.get(f"{forger.operations}{path}")).text
        assert found_in(page) == []
    lines = output.getvalue().splitlines()
    assert all(isinstance(json.loads(line), dict) for line in lines), output.getvalue()
    assert found_in(output.getvalue()) == []


async def test_whatever_a_person_sends(
    output: io.StringIO, chat: LocalChat, forger: Forger, seat: Seat, register: Register,
    analyzer: ScriptedAnalyzer, page: httpx.AsyncClient
) -> None:  # fmt: skip
    register(seat)
    analyzer.words[WORDS] = estimate(Emotion.JOY)
    await page.patch("/seats/1/", json={"name": NAME})
    await seat.call("POST", "/start", json={"payload": "canary-deep-link"})
    message_id = await seat.write(WORDS)
    answered = await seat.answer("기쁨")
    await seat.edit(message_id, f"{WORDS} 고침")
    await seat.press(answered["message_id"], f"right:{message_id}:joy")
    for command in (f"/canary_command {WORDS}", f"/help {WORDS}", f"/start {WORDS}", "/export"):
        await seat.write(command)
    await seat.upload("voice", encoded("ogg", "libopus"), caption=WORDS, name=FILE)
    for kind, content in (
        ("audio", b"canary-bytes" * 100),
        ("document", b"canary"),
        ("voice", b""),
    ):
        await page.post(
            "/seats/1/messages",
            data={"kind": kind, "caption": WORDS, "file_name": FILE},
            files={"file": (FILE, content, "audio/ogg")},
        )
    await seat.send(kind="contact", phone_number=PHONE, first_name=NAME)
    await seat.send(kind="location", latitude=PLACE[0], longitude=PLACE[1])
    await seat.send(kind="poll", question=WORDS, options=[NAME, WORDS])
    await seat.write(f"죽고 싶어 {WORDS}")
    await seat.answer("109")
    await done()
    await searched(forger, output)


async def test_what_telegram_refuses_or_breaks(
    output: io.StringIO, chat: LocalChat, forger: Forger, seat: Seat, register: Register,
    analyzer: ScriptedAnalyzer, page: httpx.AsyncClient
) -> None:  # fmt: skip
    register(seat)
    analyzer.words[WORDS] = estimate(Emotion.JOY)
    for kind in (FaultKind.SERVER_ERROR, FaultKind.DROPPED, FaultKind.REFUSED, FaultKind.FLOOD):
        chat.faults.inject(Fault(kind, "sendMessage", count=1, seconds=1))
        await seat.write(WORDS)
        await done()
    chat.faults.clear()
    await seat.upload("voice", encoded("ogg", "libopus"), name=FILE)
    await page.patch("/seats/1/", json={"blocked": True})
    await done()
    for content in ({"text": WORDS}, {"caption": WORDS}, {"text": f"죽고 싶어 {WORDS}"}):
        assert await forger.deliver(message=message(**content)) == 200
    assert await forger.tap(STRANGER_ID, f"feel:1:{WORDS}") == 200
    await searched(forger, output)
    assert "cannot be reached" in output.getvalue() or "blocked the bot" in output.getvalue()


class FailingAnalyzer(ScriptedAnalyzer):
    """Raises what it was given, as libraries do."""

    def screen(self, text: str | None) -> Distress:
        if text is not None and "screen" in text:
            raise ValueError(f"cannot read {text}")
        return super().screen(text)

    def analyze(
        self, text: str | None, distress: Distress, listened: Listened | None = None
    ) -> Analysis:
        raise RuntimeError(f"the model broke over {text}") from KeyError(WORDS)


def n_apologies_are(wanted: int) -> Callable[[list[dict[str, Any]]], bool]:
    def found(messages: list[dict[str, Any]]) -> bool:
        said = [m for m in messages if "답을 만들지 못했어요" in m.get("text", "")]
        return len(said) == wanted

    return found


class TestFailures:
    @pytest.fixture
    def analyzer(self) -> ScriptedAnalyzer:
        return FailingAnalyzer()

    async def test_what_breaks_over_their_words(
        self,
        output: io.StringIO,
        forger: Forger,
        seat: Seat,
        register: Register,
        database: Database,
    ) -> None:
        register(seat)
        await seat.write(WORDS)
        await seat.answer("답을 만들지 못했어요", 30)
        await seat.write(f"screen {WORDS}")
        await seat.until(n_apologies_are(2), 30)
        assert '"error": "RuntimeError from KeyError"' in output.getvalue()
        assert '"error": "ValueError"' in output.getvalue()
        engine: Engine = database.engine
        struck: list[str] = []

        @event.listens_for(engine, "before_cursor_execute")
        def fail(_: object, cursor: object, statement: str, values: Any, *rest: object) -> None:
            if "FROM person" in statement:
                struck.append(statement)
                raise IntegrityError(f"INSERT {WORDS}", {"words": WORDS}, ValueError(WORDS))

        await seat.write(f"/settings {WORDS}")
        await seat.until(n_apologies_are(3), 30)
        event.remove(engine, "before_cursor_execute", fail)
        assert struck, "no statement was made to fail"
        assert '"error": "IntegrityError' in output.getvalue()
        with pytest.raises(Exception) as raised, database.engine.begin() as connection:
            connection.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": WORDS})
        assert found_in(str(raised.value)) == []
        await searched(forger, output)


async def test_what_comes_to_the_webhook(output: io.StringIO, forger: Forger) -> None:
    address = f"{forger.operations}/webhook?canary-query"
    bodies: list[bytes] = [
        f'{{"update_id": 1, "message": "{WORDS}'.encode(),
        json.dumps({"update_id": 1, "message": message(text=[WORDS])}).encode(),
        json.dumps({"update_id": WORDS, "message": message(text=WORDS)}).encode(),
        json.dumps({"update_id": 3, "message": message(text=WORDS)}).encode(),
        b'{"canary":' * 50_000,
    ]
    for secret in (SECRET, "canary-secret"):
        for body in bodies:
            headers = {SECRET_HEADER: secret, "User-Agent": "canary-agent"}
            await forger.client.post(address, content=body, headers=headers)
    await done()
    await searched(forger, output)
    assert SECRET not in output.getvalue()


async def test_what_libraries_log_and_python_prints(
    output: io.StringIO, forger: Forger, keys: KeyStore, chat: LocalChat
) -> None:
    def broken(*_: object) -> None:
        raise ValueError(WORDS)

    with pytest.raises(Exception, match="Invalid server response"):
        HTTPXRequest.parse_json_payload(f'{{"result": ["{WORDS}"'.encode())
    with pytest.raises(Exception, match="pickle"):
        SealingSerializer(keys).serialize({"text": WORDS, "function": lambda: None})
    logging.getLogger("telegram.Bot").critical("Received data was %r", {"text": WORDS})
    logging.getLogger("dbos").error(f"Error executing workflow: {WORDS}")
    loop = asyncio.get_running_loop()
    loop.call_soon(broken, WORDS)
    task = asyncio.create_task(asyncio.sleep(0, WORDS))
    await task
    loop.call_exception_handler({"message": f"{WORDS}", "exception": ValueError(WORDS)})
    thread = threading.Thread(target=broken, args=(WORDS,), name=WORDS)
    thread.start()
    thread.join()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        # What `catch_warnings` puts back is the hook that shows them.
        warnings.warn(f"odd: {WORDS}", UserWarning, stacklevel=1)
    Unraisable()
    gc.collect()
    await asyncio.sleep(0)
    logging.getLogger("bot.x").error("lost", exc_info=NetworkError(f"httpx.X: {chat.token}"))
    written = output.getvalue()
    for kept in ("Can not load invalid JSON data", "Received data was %r", "a thread ended"):
        assert kept in written
    assert written.count('"error": "ValueError"') >= 3
    assert chat.token not in written
    await searched(forger, output)


class Unraisable:
    def __del__(self) -> None:
        raise ValueError(WORDS)


async def test_addresses_with_the_token_are_not_logged(
    output: io.StringIO, forger: Forger, chat: LocalChat, seat: Seat, tmp_path: Path
) -> None:
    await seat.write("/help")
    await seat.answer("저는 토닥이에요")
    secret = chat.token.partition(":")[2]
    logging.getLogger("httpx").warning("HTTP Request: POST %s/sendMessage", chat.base_url + secret)
    assert secret not in output.getvalue() and "launch" not in output.getvalue()
    pages = [(await forger.client.get(f"{forger.operations}/{p}")).text for p in ("metrics",)]
    assert all(secret not in page for page in pages)
