"""The bots to measure against, on the same local chat: an echo, and one built the plain way.

Both take updates as python-telegram-bot does by default: from a queue in memory, one by one, with
the work done in the handler. `python -m benchmarks.plain_bot echo|models`, in an empty folder.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot.local_chat.serve import LocalChat

Name = Callable[[Any], str]
Served = Application[Any, Any, Any, Any, Any, Any]


def main(kind: str, weights: str) -> None:
    """Serve until SIGTERM."""
    if kind == "echo":
        read: Name = str
        hear: Name = str
    else:
        read, hear = _models(Path(weights))
    chat = LocalChat(Path("local-chat"))
    chat.start()
    try:
        _application(chat, read, hear).run_polling()
    finally:
        chat.stop()


def _models(weights: Path) -> tuple[Name, Name]:
    from benchmarks.plain_ways import PlainEar, text_classifier

    classify, ear = text_classifier(Path()), PlainEar(weights)

    def read(text: str) -> str:
        return f"{classify(text)[0]['label']}"

    def hear(recording: bytes) -> str:
        return f"{max(ear(recording)):.2f}"

    return read, hear


def _application(chat: LocalChat, read: Name, hear: Name) -> Served:
    async def text(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        await update.message.reply_text(read(update.message.text), do_quote=True)

    async def voice(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None and update.message.voice is not None
        file = await update.message.voice.get_file()
        recording = bytes(await file.download_as_bytearray())
        await update.message.reply_text(hear(recording)[:100], do_quote=True)

    async def say_ready(application: Any) -> None:
        print(f"ready: open {chat.address}", flush=True)

    application = (
        ApplicationBuilder()
        .token(chat.token)
        .base_url(chat.base_url)
        .base_file_url(chat.base_file_url)
        .post_init(say_ready)
        .build()
    )
    application.add_handler(MessageHandler(filters.VOICE, voice))
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, text))
    return application


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
