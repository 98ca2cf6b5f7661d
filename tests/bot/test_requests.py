import asyncio
import contextlib
import random
import socket
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from telegram import Bot, InputFile
from telegram.error import NetworkError, TelegramError, TimedOut

from bot.connection import Connection, urgent_bot
from bot.local_chat.faults import Fault, FaultKind
from bot.local_chat.serve import LocalChat
from bot.outages import is_outage, may_have_arrived
from bot.requests import PooledRequests, Unanswered
from tests.bot.seats import Seat

SEED = 20_261_129
N_SENDS = 300
CHANCE_S = 10.0


@asynccontextmanager
async def bot_over(request: PooledRequests, chat: LocalChat) -> AsyncIterator[Bot]:
    async with Bot(chat.token, chat.base_url, chat.base_file_url, request=request) as bot:
        yield bot


@pytest.fixture
def connection(chat: LocalChat) -> Connection:
    return Connection(chat.token, chat.base_url, chat.base_file_url)


async def test_sends_that_were_given_up_while_many_waited_leave_the_way_open(
    chat: LocalChat, seat: Seat, connection: Connection
) -> None:
    await seat.start()
    moments = random.Random(SEED)
    async with urgent_bot(connection) as bot:

        async def send(longest_s: float) -> bool:
            try:
                async with asyncio.timeout(longest_s):
                    await bot.send_message(seat.chat_id, "도와주세요")
            except (TimeoutError, TelegramError):
                return False
            return True

        chat.faults.inject(Fault(FaultKind.SLOW, "sendMessage", count=None, seconds=0.3))
        for _ in range(3):
            came = await asyncio.gather(
                *(send(moments.uniform(0.005, 1.0)) for _ in range(N_SENDS))
            )
            assert not all(came), "some are to be given up"
        chat.faults.clear()
        assert all(await asyncio.gather(*(send(CHANCE_S) for _ in range(64))))


async def test_what_is_still_asked_when_it_is_closed_is_given_up(
    chat: LocalChat, seat: Seat, connection: Connection
) -> None:
    await seat.start()
    chat.faults.inject(Fault(FaultKind.SLOW, "sendMessage", seconds=60))
    request = PooledRequests(1, here=True)
    await request.initialize()
    url = f"{chat.base_url}{chat.token}/sendMessage"
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await request.do_request(f"{url}?chat_id={seat.chat_id}&text=.", "POST")
    async with asyncio.timeout(5):
        await request.shutdown()


async def test_what_is_given_up_in_the_line_is_never_sent(
    chat: LocalChat, seat: Seat, connection: Connection
) -> None:
    await seat.start()
    n_before = len(await seat.messages())
    chat.faults.inject(Fault(FaultKind.SLOW, "sendMessage", seconds=1))
    request = PooledRequests(1, here=True)
    await request.initialize()
    url = f"{chat.base_url}{chat.token}/sendMessage?chat_id={seat.chat_id}"
    first = asyncio.create_task(request.do_request(f"{url}&text=1", "POST"))
    await asyncio.sleep(0.1)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await request.do_request(f"{url}&text=2", "POST")
    await first
    await request.do_request(f"{url}&text=3", "POST")
    await request.shutdown()
    assert [each["text"] for each in (await seat.messages())[n_before:]] == ["1", "3"]


async def test_whoever_waits_too_long_in_the_line_is_told_that_nothing_was_sent(
    chat: LocalChat, seat: Seat, connection: Connection
) -> None:
    await seat.start()
    chat.faults.inject(Fault(FaultKind.SLOW, "sendMessage", seconds=2))
    request = PooledRequests(1, here=True)
    async with bot_over(request, chat) as bot:
        first = asyncio.create_task(bot.send_message(seat.chat_id, "1"))
        await asyncio.sleep(0.1)
        with pytest.raises(TimedOut) as late:
            await bot.send_message(seat.chat_id, "2", pool_timeout=0.2)
        assert not may_have_arrived(late.value)
        await first


async def test_an_answer_that_is_late_may_have_arrived(chat: LocalChat, seat: Seat) -> None:
    await seat.start()
    chat.faults.inject(Fault(FaultKind.SLOW, "sendMessage", seconds=2))
    async with bot_over(PooledRequests(1, here=True), chat) as bot:
        with pytest.raises(TimedOut) as late:
            await bot.send_message(seat.chat_id, "1", read_timeout=0.2)
    assert is_outage(late.value) and may_have_arrived(late.value)


async def test_an_answer_that_breaks_off_may_have_arrived(chat: LocalChat, seat: Seat) -> None:
    await seat.start()
    chat.faults.inject(Fault(FaultKind.DROPPED, "sendMessage"))
    async with bot_over(PooledRequests(1, here=True), chat) as bot:
        with pytest.raises(NetworkError) as cut:
            await bot.send_message(seat.chat_id, "1")
    assert is_outage(cut.value) and may_have_arrived(cut.value)


async def test_where_nobody_listens_nothing_has_arrived() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    request = PooledRequests(1, here=True)
    await request.initialize()
    with pytest.raises(NetworkError) as refused:
        await request.do_request(f"http://127.0.0.1:{port}/", "POST")
    await request.shutdown()
    assert is_outage(refused.value) and not may_have_arrived(refused.value)


async def test_a_line_that_takes_no_bytes_is_given_up() -> None:
    request = PooledRequests(1, here=True)
    await request.initialize()
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        with pytest.raises(TimedOut) as late:
            await request.do_request(
                address,
                "POST",
                read_timeout=0.2,
                write_timeout=0.2,
                connect_timeout=0.2,
                pool_timeout=0.2,
            )
    await request.shutdown()
    assert may_have_arrived(late.value)


async def test_a_file_is_read_as_it_is_sent_and_keeps_its_korean_name(
    chat: LocalChat, seat: Seat, tmp_path: Path
) -> None:
    await seat.start()
    path = tmp_path / "rain.txt"
    path.write_text("비" * 300_000)
    async with bot_over(PooledRequests(1, here=True), chat) as bot:
        with path.open("rb") as file:
            sent = await bot.send_document(
                seat.chat_id,
                InputFile(file, '빗소리 "약하게" 1.txt', read_file_handle=False),
                caption="다시 만나요",
            )
        assert sent.document is not None and sent.caption == "다시 만나요"
        assert sent.document.file_name == '빗소리 "약하게" 1.txt'
        fetched = await (await bot.get_file(sent.document.file_id)).download_as_bytearray()
    assert bytes(fetched) == path.read_bytes()


async def test_before_and_after_there_is_no_way_to_send(chat: LocalChat) -> None:
    request = PooledRequests(1, here=True)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="initialize"):
            await request.do_request(chat.origin, "GET")
        await request.initialize()
        await request.initialize()
        await request.shutdown()
        await request.shutdown()


class Proxy:
    """A proxy that notes what it is asked and answers so."""

    def __init__(self, answer: bytes) -> None:
        self.asked: list[bytes] = []
        self._answer = answer

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            self.asked.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(self._answer)
            await writer.drain()
        writer.close()


@asynccontextmanager
async def proxied(
    monkeypatch: pytest.MonkeyPatch, answer: bytes, name: str = "https_proxy"
) -> AsyncIterator[Proxy]:
    """A proxy that the environment names; nothing else of it is known."""
    for each in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(each, raising=False)
        monkeypatch.delenv(each.upper(), raising=False)
    proxy = Proxy(answer)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    monkeypatch.setenv(name, f"http://user:secret@127.0.0.1:{port}")
    async with server:
        yield proxy


@pytest.mark.parametrize("name", ["https_proxy", "ALL_PROXY"])
async def test_a_proxy_of_the_environment_is_asked_and_what_it_refuses_has_not_arrived(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    refusal = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n"
    async with proxied(monkeypatch, refusal, name) as proxy:
        request = PooledRequests(1, here=False)
        await request.initialize()
        with pytest.raises(NetworkError) as refused:
            await request.do_request("https://telegram.invalid/bot1:token/getMe", "POST")
        await request.shutdown()
    [asked] = proxy.asked
    assert asked.startswith(b"CONNECT telegram.invalid:443 ")
    assert b"Proxy-Authorization: Basic dXNlcjpzZWNyZXQ=" in asked
    assert is_outage(refused.value) and not may_have_arrived(refused.value)
    assert "token" not in refused.value.message


async def test_what_breaks_off_on_the_way_to_the_proxy_has_not_arrived(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with proxied(monkeypatch, b"") as proxy:
        request = PooledRequests(1, here=False)
        await request.initialize()
        with pytest.raises(NetworkError) as cut:
            await request.do_request("https://telegram.invalid/bot1:token/getMe", "POST")
        await request.shutdown()
    assert proxy.asked and not may_have_arrived(cut.value)


async def test_threads_that_are_all_taken_hold_up_no_request(
    chat: LocalChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As while a database is locked: whoever is in danger is answered all the same."""
    loop, goes_on = asyncio.get_running_loop(), threading.Event()
    loop.set_default_executor(ThreadPoolExecutor(1))
    held = loop.run_in_executor(None, goes_on.wait)
    monkeypatch.setenv("no_proxy", "*")
    request = PooledRequests(1, here=False)
    await request.initialize()
    # A number, as a name is looked up in a thread.
    async with asyncio.timeout(5):
        code, _ = await request.do_request(f"{chat.base_url}{chat.token}/getMe", "POST")
    assert code == 200
    await request.shutdown()
    goes_on.set()
    await held


async def test_what_the_other_side_closes_unanswered_may_have_arrived() -> None:
    async def close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    server = await asyncio.start_server(close, "127.0.0.1", 0)
    request = PooledRequests(1, here=True)
    await request.initialize()
    async with server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot1:token/x"
        with pytest.raises(NetworkError) as cut:
            await request.do_request(address, "POST")
    await request.shutdown()
    assert isinstance(cut.value.__cause__, Unanswered) and may_have_arrived(cut.value)
    assert "token" not in cut.value.message
