"""The bot: one routing table, top to bottom."""

import logging
from typing import Any

from telegram import Bot, BotCommand, Update
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot.chat_workflows import ChatWorkflows
from bot.finder_buttons import HEARD
from bot.guardian_replies import OFFERED_TOPICS
from bot.handlers.crisis import Crisis
from bot.handlers.drill import Drill
from bot.handlers.finder import Finder
from bot.handlers.guardian_acceptance import GuardianAcceptance
from bot.handlers.guardian_invitation import (
    GUARDIAN_NAME_QUESTION,
    PAYLOAD,
    TOKEN,
    GuardianInvitation,
)
from bot.handlers.guardian_leave import GuardianLeave
from bot.handlers.guardians import ACTS, Guardians
from bot.handlers.home import ADDRESS_QUESTION, NAME_QUESTION, STEPS, HomePages
from bot.handlers.home_codes import CODE_QUESTION, DURESS_QUESTION, HomeCodes
from bot.handlers.incident_list import IncidentList
from bot.handlers.incidents import CODE, GUARDIAN_TAP, PERSON_TAP, IncidentAnswers
from bot.handlers.onboarding import Onboarding
from bot.handlers.places import Places
from bot.handlers.privacy import Privacy
from bot.handlers.settings import SettingsPages
from bot.handlers.sleep import KEPT_NOTICES, Sleep
from bot.handlers.sleep_words import SleepWords
from bot.handlers.talk import Talk
from bot.handlers.taps import CRISIS_TAP
from bot.home_replies import TYPED
from bot.incoming import COMMANDS
from bot.intake import Failures
from bot.listening import Listening
from bot.operations import Metrics
from bot.pair_work import PairWork
from bot.sending import cannot_be_reached
from bot.sleep_buttons import RECIPE
from bot.sound_work import SoundWork
from bot.todak import Todak
from bot.wording import Wording
from storage.care_records import ENCLOSURES
from storage.records import ASKED_FIRST, FEELINGS, AgeBand, Language

log = logging.getLogger(__name__)

BotApplication = Application[Any, Any, Any, Any, Any, Any]

# Telegram sends a GIF as an animation with a document, a film without sound, beside it.
SOUND = (
    filters.VOICE
    | filters.AUDIO
    | filters.VIDEO_NOTE
    | filters.VIDEO
    | filters.Document.AUDIO
    | filters.Document.VIDEO
) & ~filters.ANIMATION
PRIVATE = filters.ChatType.PRIVATE
INVITED = filters.Regex(rf"^/start\S*\s+{PAYLOAD}")

_LANGUAGES = "|".join(Language)
_FEELINGS = "|".join(FEELINGS)
_PURPOSES = "|".join(ASKED_FIRST)
_MESSAGE_ID = "[0-9]{1,18}"
_GUARDIAN_ID = "[0-9]{1,9}"
_CHOICES = "|".join((*OFFERED_TOPICS, *ENCLOSURES))
_INVITED = f"({_LANGUAGES}):{TOKEN}"


def route(
    application: BotApplication,
    todak: Todak,
    listening: Listening,
    workflows: ChatWorkflows,
    failures: Failures,
    metrics: Metrics,
    sounds: SoundWork,
    pairs: PairWork,
) -> None:
    """Say which handler takes what; the first that matches does."""
    onboarding = Onboarding(todak)
    crisis = Crisis(todak)
    guardians = Guardians(todak)
    invitation = GuardianInvitation(todak)
    acceptance = GuardianAcceptance(todak)
    leave = GuardianLeave(todak)
    incidents = IncidentAnswers(todak)
    home = HomePages(todak)
    codes = HomeCodes(todak, home)
    answers = {
        GUARDIAN_NAME_QUESTION: invitation.named,
        NAME_QUESTION: home.told,
        ADDRESS_QUESTION: home.told,
        CODE_QUESTION: codes.told,
        DURESS_QUESTION: codes.told,
    }
    talk = Talk(todak, crisis, listening, answers)
    pages = SettingsPages(todak)
    privacy = Privacy(todak, workflows)
    places = Places(todak, talk.other, talk.screened)
    incident_list = IncidentList(todak)
    drill = Drill(todak)
    sleep = Sleep(todak, sounds)
    sleep_words = SleepWords(todak, sounds, sleep)
    finder = Finder(todak, pairs, sleep)
    message = filters.UpdateType.MESSAGE & PRIVATE & ~filters.StatusUpdate.ALL
    changed = filters.UpdateType.EDITED_MESSAGE & PRIVATE
    table = [
        CommandHandler("start", talk.screened(acceptance.opened), message & INVITED),
        CommandHandler("start", talk.screened(onboarding.start), message),
        CommandHandler("help", talk.screened(pages.help), message),
        CommandHandler("sleep", talk.screened(sleep_words.open), message),
        CommandHandler("language", talk.screened(pages.language), message),
        CommandHandler("settings", talk.screened(pages.settings), message),
        CommandHandler("home", talk.screened(home.page), message),
        CommandHandler("incidents", talk.screened(incident_list.first), message),
        CommandHandler("guardians", talk.screened(guardians.page), message),
        CommandHandler("leave", talk.screened(leave.ask), message),
        CommandHandler("drill", talk.screened(drill.explain), message),
        CommandHandler("privacy", talk.screened(privacy.privacy), message),
        CommandHandler("export", talk.screened(privacy.export), message),
        CommandHandler("delete", talk.screened(privacy.ask_to_delete), message),
        MessageHandler(message & filters.COMMAND, talk.screened(talk.unknown_command)),
        MessageHandler(message & filters.Regex(CODE), incidents.code_or(talk.text)),
        MessageHandler(message & filters.TEXT, talk.text),
        MessageHandler(message & SOUND, talk.recording),
        MessageHandler(message & filters.LOCATION, places.shared),
        MessageHandler(message, talk.other),
        MessageHandler(changed & (filters.TEXT | filters.CAPTION), talk.edited),
        MessageHandler(changed & filters.LOCATION, places.moved),
        CallbackQueryHandler(onboarding.begin, rf"^begin:({_LANGUAGES})\Z"),
        CallbackQueryHandler(onboarding.age, rf"^age:({_LANGUAGES}):({'|'.join(AgeBand)})\Z"),
        CallbackQueryHandler(onboarding.consent, rf"^consent:({_PURPOSES}):(yes|no)\Z"),
        CallbackQueryHandler(talk.confirm, rf"^right:{_MESSAGE_ID}:({_FEELINGS})\Z"),
        CallbackQueryHandler(talk.correct, rf"^feel:{_MESSAGE_ID}:({_FEELINGS})\Z"),
        CallbackQueryHandler(talk.choose_again, rf"^again:{_MESSAGE_ID}\Z"),
        CallbackQueryHandler(talk.more, r"^talk:more\Z"),
        CallbackQueryHandler(talk.misheard, rf"^misheard:{_MESSAGE_ID}\Z"),
        CallbackQueryHandler(crisis.tapped, CRISIS_TAP),
        CallbackQueryHandler(incidents.person, PERSON_TAP),
        CallbackQueryHandler(incidents.guardian, GUARDIAN_TAP),
        CallbackQueryHandler(sleep.other, r"^sleep:open\Z"),
        CallbackQueryHandler(finder.begin, r"^sleep:find:[0-9]{1,10}\Z"),
        CallbackQueryHandler(finder.answer, rf"^sleep:pair:{HEARD}\Z"),
        CallbackQueryHandler(finder.finish, rf"^sleep:found:{HEARD}\Z"),
        CallbackQueryHandler(sleep.limit, r"^sleep:limit\Z"),
        CallbackQueryHandler(sleep.choose, rf"^sleep:menu:{RECIPE}\Z"),
        CallbackQueryHandler(sleep.make, rf"^sleep:make:{RECIPE}\Z"),
        CallbackQueryHandler(sleep.stop, rf"^sleep:stop:{_MESSAGE_ID}:[0-9]{{1,10}}\Z"),
        CallbackQueryHandler(sleep.keep, rf"^sleep:({'|'.join(KEPT_NOTICES)}):{RECIPE}\Z"),
        CallbackQueryHandler(pages.change_language, rf"^language:({_LANGUAGES})\Z"),
        CallbackQueryHandler(pages.change_age, rf"^age-is:({AgeBand.YOUTH}|{AgeBand.ADULT})\Z"),
        CallbackQueryHandler(pages.switch, rf"^switch:({_PURPOSES}):(on|off)\Z"),
        CallbackQueryHandler(pages.ask_to_delete, r"^record:ask\Z"),
        CallbackQueryHandler(pages.delete_record, r"^record:delete\Z"),
        CallbackQueryHandler(pages.keep_record, r"^record:keep\Z"),
        CallbackQueryHandler(home.back, r"^home:page\Z"),
        CallbackQueryHandler(home.flow, rf"^home:flow(:({STEPS}))?\Z"),
        CallbackQueryHandler(home.open, rf"^home:({STEPS})\Z"),
        CallbackQueryHandler(home.change, rf"^home:change:({'|'.join(TYPED)})\Z"),
        CallbackQueryHandler(home.switch, r"^home:(flow:)?(quiet|location):(on|off)\Z"),
        CallbackQueryHandler(home.delete, rf"^home:delete:({'|'.join(TYPED)}|location)\Z"),
        CallbackQueryHandler(incident_list.turn, r"^incidents:[0-9]{1,4}\Z"),
        CallbackQueryHandler(drill.decide, r"^drill:(start|no)\Z"),
        CallbackQueryHandler(places.decide, r"^place:(yes|no)\Z"),
        CallbackQueryHandler(privacy.delete, r"^erase:yes\Z"),
        CallbackQueryHandler(privacy.keep, r"^erase:no\Z"),
        CallbackQueryHandler(guardians.back, r"^guardians:list\Z"),
        CallbackQueryHandler(guardians.take_back, r"^guardians:take-back:[0-9a-f]{16}\Z"),
        CallbackQueryHandler(guardians.harmed, r"^guardians:harm\Z"),
        CallbackQueryHandler(guardians.act, rf"^guardian:{_GUARDIAN_ID}:({ACTS})\Z"),
        CallbackQueryHandler(guardians.choose, rf"^choice:{_GUARDIAN_ID}:({_CHOICES}):(on|off)\Z"),
        CallbackQueryHandler(invitation.ask_name, r"^guardians:invite\Z"),
        CallbackQueryHandler(invitation.not_now, r"^guardians:not-now\Z"),
        CallbackQueryHandler(acceptance.show, rf"^invited:show:{_INVITED}\Z"),
        CallbackQueryHandler(acceptance.accept, rf"^invited:accept:{_INVITED}\Z"),
        CallbackQueryHandler(acceptance.adult, rf"^invited:adult:{_INVITED}\Z"),
        CallbackQueryHandler(acceptance.decline, rf"^invited:(decline|minor):{_INVITED}\Z"),
        CallbackQueryHandler(leave.ask_about, rf"^leave:{_GUARDIAN_ID}:ask\Z"),
        CallbackQueryHandler(leave.leave, rf"^leave:{_GUARDIAN_ID}:yes\Z"),
        CallbackQueryHandler(leave.stay, rf"^leave:{_GUARDIAN_ID}:no\Z"),
        CallbackQueryHandler(pages.stale),
        ChatMemberHandler(leave.blocked, ChatMemberHandler.MY_CHAT_MEMBER),
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
