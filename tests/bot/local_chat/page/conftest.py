"""The chat page in a real browser, against the real local chat and a small bot."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    MessageEntity,
    ReplyKeyboardMarkup,
    Update,
)
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot.local_chat.serve import LocalChat
from tests.chromium import ARGUMENTS, CHROMIUM

WIDE = {"width": 1280, "height": 800}
START_S = 15
PATIENCE_MS = 15_000
GUARDIAN_CHAT = 1002
FEELINGS = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("맞아요", callback_data="yes")],
        [
            InlineKeyboardButton("알림", callback_data="alert"),
            InlineKeyboardButton("시간", callback_data="tick"),
        ],
    ]
)


@dataclass(slots=True)
class Messenger:
    """The local chat with a bot behind it, and what the bot received."""

    chat: LocalChat
    voices: list[bytes] = field(default_factory=list)
    documents: list[tuple[str | None, bool]] = field(default_factory=list)
    _stop: Callable[[], None] = lambda: None
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Run the bot in a thread of its own until `stop`."""
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(ready)))
        self._thread.start()
        assert ready.wait(START_S), "the bot did not start"

    def stop(self) -> None:
        self._stop()
        if self._thread:
            self._thread.join()

    async def _run(self, ready: threading.Event) -> None:
        chat = self.chat
        builder = Application.builder().token(chat.token)
        application = builder.base_url(chat.base_url).base_file_url(chat.base_file_url).build()
        new = filters.UpdateType.MESSAGE
        application.add_handler(CommandHandler("start", self._greet))
        application.add_handler(CallbackQueryHandler(self._pressed))
        application.add_handler(MessageHandler(filters.VOICE, self._hear))
        application.add_handler(MessageHandler(filters.Document.ALL, self._read))
        application.add_handler(MessageHandler(new & filters.LOCATION, self._locate))
        application.add_handler(MessageHandler(filters.TEXT, self._answer))
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()

        def stop() -> None:
            loop.call_soon_threadsafe(stopping.set)

        self._stop = stop
        async with application:
            await application.bot.set_my_commands([("start", "처음부터"), ("help", "도움말")])
            await application.start()
            assert application.updater
            await application.updater.start_polling()
            ready.set()
            await stopping.wait()
            await application.updater.stop()
            await application.stop()

    async def _greet(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        keys = [[KeyboardButton("위치 보내기", request_location=True)]]
        assert update.message
        await update.message.reply_text(
            f"안녕하세요 {' '.join(context.args or [])}".strip(),
            reply_markup=ReplyKeyboardMarkup(keys, resize_keyboard=True),
        )

    async def _pressed(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        assert query
        if query.data == "alert":
            await query.answer("잠시 뒤에 다시", show_alert=True)
            return
        if query.data == "tick":
            await query.answer()
            await query.edit_message_text("10초 남았어요.", reply_markup=FEELINGS)
            return
        await query.answer("고마워요")
        await query.edit_message_text("상처로 적어 둘게요.")

    async def _hear(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message and update.message.voice
        file = await update.message.voice.get_file()
        self.voices.append(bytes(await file.download_as_bytearray()))
        await update.message.reply_text("목소리를 들었어요.")

    async def _read(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.message
        assert message and message.document
        self.documents.append((message.document.file_name, message.forward_origin is not None))
        await message.reply_text("파일을 받았어요.")

    async def _locate(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message and update.message.location
        await update.message.reply_text(f"위도 {update.message.location.latitude:.2f}에 계시네요.")

    async def _answer(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.message
        assert message and message.text
        text = message.text
        if text == "feeling":
            await message.reply_text("상처에 가까운가요?", reply_markup=FEELINGS)
        elif text == "guardian":
            await context.bot.send_message(GUARDIAN_CHAT, "확인해 주세요.")
        elif text == "secret":
            await message.reply_text("보호된 말", protect_content=True)
        elif text == "link":
            await message.reply_text("초대: https://t.me/todak_bot?start=inv_7")
        elif text == "bold":
            entity = MessageEntity(MessageEntity.BOLD, offset=3, length=2)
            await message.reply_text("🌧️굵게", entities=[entity])
        elif text == "4829":
            await message.delete()
        elif text == "gone":
            sent = await message.reply_text("곧 사라져요")
            await sent.delete()
            await message.reply_text("지웠어요")
        else:
            await message.reply_text(f"들은 말: {text}")


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person at the page."""

    page: Any
    expect: Any

    def start(self) -> None:
        """Press Start where the seat has not been started."""
        if self.page.locator(".gate-button:visible").count():
            self.page.locator(".gate-button:visible").click()
        self.expect(self.page.locator(".composer:visible")).to_be_visible()

    def write(self, text: str) -> None:
        field = self.page.locator(".text:visible")
        field.fill(text)
        field.press("Enter")

    def attach(self, name: str) -> None:
        """Choose `name` in the menu of what can be sent."""
        self.page.locator(".composer:visible").get_by_role("button", name="첨부하기").click()
        self.page.get_by_role("menuitem", name=name, exact=True).click()

    def attach_file(self, name: str, file: str, mime_type: str, content: bytes) -> None:
        with self.page.expect_file_chooser() as choosing:
            self.attach(name)
        chosen = {"name": file, "mimeType": mime_type, "buffer": content}
        choosing.value.set_files([chosen])

    def send_dialog(self) -> None:
        self.page.get_by_role("dialog").get_by_role("button", name="보내기", exact=True).click()

    def another_window(self) -> "Visitor":
        """One more window of the same browser."""
        opened = Visitor(self.page.context.new_page(), self.expect)
        opened.page.goto(self.page.url)
        opened.start()
        return opened

    def message(self, text: str) -> Any:
        """The newest message shown that holds `text`."""
        return self.page.locator(".panel:visible .message", has_text=text).last


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    driver = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"there is no chromium at {CHROMIUM}")
    driver.expect.set_options(timeout=PATIENCE_MS)
    with driver.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def messenger(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Messenger]:
    chat = LocalChat(tmp_path_factory.mktemp("chat"), launch_token="launch")
    chat.start()
    running = Messenger(chat)
    running.start()
    yield running
    running.stop()
    chat.stop()


@pytest.fixture
def quiet_chat(chromium: Any, tmp_path: Path) -> Iterator[LocalChat]:
    """A local chat of its own, with nobody behind it.

    Named before `visit` by a test, so that the page is closed before its server goes.
    """
    chat = LocalChat(tmp_path / "quiet", launch_token="launch")
    chat.start()
    yield chat
    chat.stop()


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Visitor]]:
    """Open the page as a new visitor; at the end nothing may have been refused or raised."""
    expect = pytest.importorskip("playwright.sync_api").expect
    faults: list[str] = []
    contexts: list[Any] = []

    def open_page(
        chat: LocalChat,
        viewport: dict[str, int] = WIDE,
        locale: str = "ko-KR",
        *,
        console: bool = True,
    ) -> Visitor:
        context = chromium.new_context(viewport=viewport, locale=locale)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        if console:
            page.on("console", lambda line: faults.append(f"{line.text} {line.location}"))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(chat.address)
        expect(page.locator(".gate:visible, .composer:visible").first).to_be_visible()
        return Visitor(page, expect)

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def visitor(visit: Callable[..., Visitor], messenger: Messenger) -> Visitor:
    """Someone on the first seat, started, with a bot that answers."""
    opened = visit(messenger.chat)
    opened.start()
    return opened
