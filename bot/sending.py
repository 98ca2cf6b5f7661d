"""Replies handed to Telegram."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from telegram import (
    Bot,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.reply import Reply

log = logging.getLogger(__name__)

TYPING_AFTER_S = 0.5
"""A note is usually answered before that, and telling so would take as long as a tenth of it."""


async def send(
    bot: Bot,
    chat_id: int,
    reply: Reply,
    *,
    reply_to: int | None = None,
    silent: bool = False,
    preview: bool = True,
) -> int:
    """Send a reply, then its help numbers as contacts, since inline buttons cannot dial.

    `reply_to` is the message that it stands below; `silent` lets no phone sound; `preview` lets
    Telegram fetch what a link leads to. Returns the id of the message with its text.
    """
    answered = None
    if reply_to is not None:
        answered = ReplyParameters(reply_to, allow_sending_without_reply=True)
    sent = await bot.send_message(
        chat_id,
        reply.html,
        parse_mode=ParseMode.HTML,
        reply_markup=keyboard(reply),
        reply_parameters=answered,
        disable_notification=silent,
        link_preview_options=None if preview else LinkPreviewOptions(is_disabled=True),
    )
    for number, name in reply.contacts:
        try:
            await bot.send_contact(chat_id, phone_number=number, first_name=name)
        except TelegramError as error:
            # The text holds the numbers too: sending it all again would help nobody.
            log.warning("a contact could not be sent: %s", type(error).__name__)
    return sent.message_id


def cannot_be_reached(error: Exception | None) -> bool:
    """Whether nothing can be said to this person, however often it is tried."""
    gone = isinstance(error, BadRequest) and "chat not found" in error.message.lower()
    return gone or isinstance(error, Forbidden)


async def replace(query: CallbackQuery, reply: Reply) -> None:
    """Put a reply in the place of the message whose button was tapped.

    A second tap changes nothing; where the message is too old to be told, the reply is sent as a
    new one.
    """
    message = query.message
    if isinstance(message, Message):
        await change(query.get_bot(), message.chat.id, message.message_id, reply)
    elif message is not None:
        await send(query.get_bot(), message.chat.id, reply)


async def change(bot: Bot, chat_id: int, message_id: int, reply: Reply) -> None:
    """Put a reply in the place of a message of the bot; done twice, nothing changes.

    Where the message is gone or cannot be changed, the reply is sent as a new one.
    """
    try:
        await bot.edit_message_text(
            reply.html,
            chat_id,
            message_id,
            parse_mode=ParseMode.HTML,
            reply_markup=keyboard(reply),
        )
    except BadRequest as error:
        if "not modified" not in error.message:
            await send(bot, chat_id, reply)


async def acknowledge(query: CallbackQuery, notice: str | None = None) -> None:
    """Stop the button's spinner; Telegram refuses this for taps of long ago."""
    try:
        await query.answer(notice)
    except BadRequest as error:
        if "too old" not in error.message and "invalid" not in error.message:
            raise


def keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    """The rows of buttons under a reply, or None."""
    if not reply.buttons:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(button.text, callback_data=button.action) for button in row]
            for row in reply.buttons
        ]
    )


@contextlib.asynccontextmanager
async def typing_shown(bot: Bot, chat_id: int) -> AsyncIterator[None]:
    """Show that an answer is being written where that takes longer than a moment."""

    async def show() -> None:
        await asyncio.sleep(TYPING_AFTER_S)
        with contextlib.suppress(TelegramError):
            await bot.send_chat_action(chat_id, ChatAction.TYPING)

    showing = asyncio.create_task(show())
    try:
        yield
    finally:
        showing.cancel()
