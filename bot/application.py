"""The bot: one routing table, top to bottom."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from telegram import Bot, BotCommand, Update
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot.chat_workflows import ChatWorkflows
from bot.handlers.crisis import Crisis
from bot.handlers.onboarding import Onboarding
from bot.handlers.privacy import Privacy
from bot.handlers.settings import SettingsPages
from bot.handlers.talk import Talk, incoming_from
from bot.intake import Failures
from bot.operations import Metrics
from bot.replies import Reply, Wording
from bot.sending import cannot_be_reached, send
from bot.todak import LookAfter, Todak, language_of_stranger
from bot.workflows import seconds_since
from inference.analysis import NO_DISTRESS, Distress, DistressLevel
from storage.records import FEELINGS, AgeBand, Language, Purpose

log = logging.getLogger(__name__)

BotApplication = Application[Any, Any, Any, Any, Any, Any]

SOUND = (
    filters.VOICE
    | filters.AUDIO
    | filters.VIDEO_NOTE
    | filters.VIDEO
    | filters.Document.AUDIO
    | filters.Document.VIDEO
)
PRIVATE = filters.ChatType.PRIVATE
COMMANDS = ("start", "help", "settings", "language", "privacy", "export", "delete")

_LANGUAGES = "|".join(Language)
_FEELINGS = "|".join(FEELINGS)
_PURPOSES = "|".join(Purpose)
_ANSWERS = "safe|call-hard|called|misread|stop|not-safe|need-help|fine"
_MESSAGE_ID = "[0-9]{1,18}"


def route(
    application: BotApplication,
    todak: Todak,
    workflows: ChatWorkflows,
    failures: Failures,
    metrics: Metrics,
) -> None:
    """Say which handler takes what; the first that matches does."""
    onboarding = Onboarding(todak)
    crisis = Crisis(todak)
    talk = Talk(todak, crisis)
    pages = SettingsPages(todak)
    privacy = Privacy(todak, workflows)
    message = filters.UpdateType.MESSAGE & PRIVATE & ~filters.StatusUpdate.ALL
    edited = filters.UpdateType.EDITED_MESSAGE & PRIVATE & (filters.TEXT | filters.CAPTION)
    table = [
        CommandHandler("start", talk.screened(onboarding.start), message),
        CommandHandler("help", talk.screened(pages.help), message),
        CommandHandler("language", talk.screened(pages.language), message),
        CommandHandler("settings", talk.screened(pages.settings), message),
        CommandHandler("privacy", talk.screened(privacy.privacy), message),
        CommandHandler("export", talk.screened(privacy.export), message),
        CommandHandler("delete", talk.screened(privacy.ask_to_delete), message),
        MessageHandler(message & filters.COMMAND, talk.screened(talk.unknown_command)),
        MessageHandler(message & filters.TEXT, talk.text),
        MessageHandler(message & SOUND, talk.recording),
        MessageHandler(message, talk.other),
        MessageHandler(edited, talk.edited),
        CallbackQueryHandler(onboarding.begin, rf"^begin:({_LANGUAGES})\Z"),
        CallbackQueryHandler(onboarding.age, rf"^age:({_LANGUAGES}):({'|'.join(AgeBand)})\Z"),
        CallbackQueryHandler(onboarding.consent, rf"^consent:({_PURPOSES}):(yes|no)\Z"),
        CallbackQueryHandler(talk.confirm, rf"^right:{_MESSAGE_ID}:({_FEELINGS})\Z"),
        CallbackQueryHandler(talk.correct, rf"^feel:{_MESSAGE_ID}:({_FEELINGS})\Z"),
        CallbackQueryHandler(talk.choose_again, rf"^again:{_MESSAGE_ID}\Z"),
        CallbackQueryHandler(
            crisis.tapped, rf"^crisis:(thoughts|in_progress|cry):{_MESSAGE_ID}:({_ANSWERS})\Z"
        ),
        CallbackQueryHandler(pages.change_language, rf"^language:({_LANGUAGES})\Z"),
        CallbackQueryHandler(pages.switch, rf"^switch:({_PURPOSES}):(on|off)\Z"),
        CallbackQueryHandler(pages.ask_to_delete, r"^record:ask\Z"),
        CallbackQueryHandler(pages.delete_record, r"^record:delete\Z"),
        CallbackQueryHandler(pages.keep_record, r"^record:keep\Z"),
        CallbackQueryHandler(privacy.delete, r"^erase:yes\Z"),
        CallbackQueryHandler(privacy.keep, r"^erase:no\Z"),
        CallbackQueryHandler(pages.stale),
    ]
    for handler in table:
        application.add_handler(handler)

    async def on_error(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        error = context.error
        assert error is not None
        metrics.failed.labels(type(error).__name__).inc()
        if cannot_be_reached(error):
            log.info("a person has blocked the bot or is gone; nothing can be said to them")
            return
        log.error("a handler raised", exc_info=error)
        if isinstance(update, Update) and isinstance(error, Exception):
            failures.note(update.update_id, error)

    application.add_error_handler(on_error)


class TelegramEdge:
    """What the durable workflows ask of the Telegram side."""

    def __init__(
        self, application: BotApplication, todak: Todak, failures: Failures, metrics: Metrics
    ) -> None:
        self._application = application
        self._todak = todak
        self._failures = failures
        self._metrics = metrics
        self._helped: set[int] = set()
        self._screening = ThreadPoolExecutor(2, "screening")

    async def handle(self, update: dict[str, Any]) -> None:
        """Process one update; raises what its handler raised, so that it is tried again."""
        parsed = Update.de_json(update, self._application.bot)
        await self._application.process_update(parsed)
        try:
            self._failures.raise_for(parsed.update_id)
        except RetryAfter as error:
            await _wait_as_told(error)
            raise

    async def apologise(self, update: dict[str, Any]) -> None:
        """Send the fixed reply, in the person's language as far as it can be known."""
        self._metrics.apologies.inc()
        parsed = Update.de_json(update, self._application.bot)
        if parsed.effective_chat is None:
            return
        chat_id = parsed.effective_chat.id
        language = language_of_stranger(parsed)
        try:
            person = await asyncio.to_thread(self._todak.person, chat_id)
            language = language if person is None else person.language
        except Exception:
            log.exception("the fixed reply goes out in the client's language")
        await self._send(chat_id, self._todak.replies[language].fallback())

    async def is_urgent(self, update: Update) -> bool:
        """Whether it speaks of danger, or answers a question about one."""
        if update.callback_query is not None:
            return (update.callback_query.data or "").startswith("crisis:")
        try:
            return (await self._danger_in(update)).level is not DistressLevel.NONE
        except Exception:
            # Stored all the same: its handler fails too, and the person gets the fixed reply.
            # Raised here it would wait for ever, and everyone behind it.
            log.exception("an update could not be screened before it was stored")
            return False

    async def _danger_in(self, update: Update) -> Distress:
        message = update.effective_message
        if message is None or message.chat.type != ChatType.PRIVATE:
            return NO_DISTRESS
        text = incoming_from(message).utterance.text
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._screening, self._todak.responder.danger_in, text)

    async def help_at_once(self, update: Update) -> None:
        """Give the help numbers for a message in danger that cannot be stored; never raises.

        Nothing is asked of the database. It is answered once more, and looked after, when it
        can be.
        """
        if update.callback_query is not None or update.update_id in self._helped:
            return
        try:
            distress = await self._danger_in(update)
            message = update.effective_message
            if distress.level is DistressLevel.NONE or message is None:
                return
            incoming = incoming_from(message)
            reply = self._todak.replies[incoming.language].crisis(
                distress, incoming.message_id, None
            )
            await self._send(incoming.chat_id, reply)
            self._helped.add(update.update_id)
        except Exception:
            log.exception("danger could not be answered while storage is away")

    async def look_back(self, look_after: LookAfter) -> None:
        """Ask a person in danger once more."""
        replies = self._todak.replies[look_after.language]
        reply = replies.look_back(look_after.level, look_after.message_id, look_after.age_band)
        await self._send(look_after.chat_id, reply)

    async def _send(self, chat_id: int, reply: Reply) -> None:
        try:
            await send(self._todak.urgent_bot, chat_id, reply)
        except (Forbidden, BadRequest) as error:
            if not cannot_be_reached(error):
                raise
            log.info("a person has blocked the bot or is gone; nothing can be said to them")
        except RetryAfter as error:
            await _wait_as_told(error)
            raise

    def note_retry(self, reason: str) -> None:
        """Count a step that is tried again."""
        self._metrics.retries.labels(reason).inc()

    def note_answered(self, received_at_s: float) -> None:
        """Count an update as dealt with."""
        self._metrics.answered.inc()
        self._metrics.answer_seconds.observe(seconds_since(received_at_s))


async def _wait_as_told(error: RetryAfter) -> None:
    """Wait as long as Telegram asks, so that the next try is not refused as well."""
    wait = error.retry_after
    await asyncio.sleep(wait.total_seconds() if isinstance(wait, timedelta) else wait)


async def introduce(bot: Bot) -> None:
    """Give the bot its name and menu; what Telegram refuses now can wait for the next start."""
    try:
        await _set_profile(bot)
    except TelegramError as error:
        log.warning("the bot's name and menu were not set: %s", type(error).__name__)


async def _set_profile(bot: Bot) -> None:
    """Set the name, descriptions and command menu in both languages, where they differ.

    Telegram limits how often these may be set, so what is already right is left alone.
    """
    for language in Language:
        say = Wording(language)
        # Korean is also what Telegram shows to those whose language has no texts of its own.
        code = None if language is Language.KOREAN else language.value
        commands = [BotCommand(name, say(f"command-{name}")) for name in COMMANDS]
        if list(await bot.get_my_commands(language_code=code)) != commands:
            await bot.set_my_commands(commands, language_code=code)
        if (await bot.get_my_name(language_code=code)).name != say("bot-name"):
            await bot.set_my_name(say("bot-name"), language_code=code)
        description = say("bot-description")
        if (await bot.get_my_description(language_code=code)).description != description:
            await bot.set_my_description(description, language_code=code)
        short = say("bot-short-description")
        found = await bot.get_my_short_description(language_code=code)
        if found.short_description != short:
            await bot.set_my_short_description(short, language_code=code)
