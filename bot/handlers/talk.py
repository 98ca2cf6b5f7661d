"""A person writes, speaks or corrects."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace as changed
from typing import Any

from telegram import Message, Update
from telegram.constants import FileSizeLimit
from telegram.error import BadRequest
from telegram.ext import ContextTypes

from bot.exchange import Incoming, Response, Sound
from bot.halves import Half
from bot.handlers.crisis import Crisis
from bot.handlers.taps import parts, tapped
from bot.incoming import incoming_from
from bot.listening import Listening, Recorded
from bot.pace import Pace
from bot.policy import FRESH, AnswerCrisis
from bot.replies import Replies
from bot.reply import Reply
from bot.responder import trusted_words
from bot.sending import acknowledge, change, replace, send, typing_shown
from bot.todak import Todak, language_of_stranger
from inference.analysis import Analysis, Utterance
from storage.care_records import Duty, Question
from storage.records import Language

Handler = Callable[[Update, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]
Answer = Callable[[Update, ContextTypes.DEFAULT_TYPE, Question], Coroutine[Any, Any, None]]

LARGEST_FILE_MEGABYTES = FileSizeLimit.FILESIZE_DOWNLOAD // 1_000_000


class Talk:
    """Stories in, feelings named back."""

    def __init__(
        self,
        todak: Todak,
        crisis: Crisis,
        listening: Listening,
        answers: Mapping[str, Answer],
    ) -> None:
        """`answers` says what takes the typed answer to each question that a page may ask."""
        self._todak = todak
        self._crisis = crisis
        self._listening = listening
        self._answers = answers
        self._pace = Pace()

    async def text(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A written message: danger, the answer to an open question, or a story."""
        assert update.message is not None
        incoming = incoming_from(update.message)
        danger = await asyncio.to_thread(self._todak.responder.screen, incoming)
        question = None
        if danger is None and incoming.own and update.message.text is not None:
            question = await asyncio.to_thread(self._asked, incoming)
        answer = None if question is None else self._answers.get(question.question)
        if question is None or answer is None or await self._todak.in_danger(incoming.chat_id):
            await self._respond(context, incoming)
        else:
            await answer(update, context, question)

    def _asked(self, incoming: Incoming) -> Question | None:
        """The question that this message answers, if one is open; handled again, the same."""
        with self._todak.database.transaction() as memory:
            return memory.care.asked(incoming.chat_id, incoming.message_id, self._todak.clock())

    async def recording(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A voice note, a sound file or a video note; its caption is screened before it loads."""
        assert update.message is not None
        message = update.message
        incoming = incoming_from(message)
        danger = await asyncio.to_thread(self._todak.responder.screen, incoming)
        if danger is not None:
            await self._answer(context, incoming, danger)
            return
        async with typing_shown(context.bot, incoming.chat_id):
            await self._hear(context, incoming, message)

    async def _hear(
        self, context: ContextTypes.DEFAULT_TYPE, incoming: Incoming, message: Message
    ) -> None:
        try:
            recorded = await self._listening.to(message)
        except BadRequest as error:
            key = "too-big-file" if "too big" in error.message else "vanished-file"
            await self._say(context, incoming, key, megabytes=LARGEST_FILE_MEGABYTES)
            return
        await self._answer_recording(context, incoming, recorded)
        if recorded.stored is not None:
            await recorded.stored

    async def _answer_recording(
        self, context: ContextTypes.DEFAULT_TYPE, incoming: Incoming, recorded: Recorded
    ) -> None:
        known = await self._todak.look_up.person(incoming.chat_id)
        spoken = None if known.person is None else known.person.language
        if recorded.alarmed:
            self._todak.halves.note(incoming.chat_id, incoming.message_id, None)
            danger = await asyncio.to_thread(
                self._todak.responder.danger_said, recorded.sound, spoken
            )
            if danger is not None:  # words may raise it, never lower it
                await self._answer(context, incoming, danger)
            return
        utterance = Utterance(incoming.utterance.text, recorded.sound.recording)
        incoming = changed(incoming, utterance=utterance, spoken=spoken)
        await self._respond(context, incoming, recorded.sound)

    async def edited(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A changed message is screened for danger; its first answer stands otherwise."""
        assert update.edited_message is not None
        incoming = incoming_from(update.edited_message)
        danger = await asyncio.to_thread(self._todak.responder.screen, incoming)
        if danger is not None:
            await self._answer(context, incoming, danger)

    async def _thank(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        incoming = incoming_from(update.message)
        if await self._slowed(context, incoming):
            return
        replies = self._todak.replies[await self._language(update, incoming.chat_id)]
        listening = await self._listening_to_danger(incoming, replies)
        thanks = Reply(replies.say(_kind_of(update.message)))
        await send(context.bot, incoming.chat_id, thanks if listening is None else listening)

    def screened(self, answer: Handler) -> Handler:
        """A handler of messages whose words are screened for danger first.

        Commands are answered however fast somebody writes: /help holds the numbers.
        """

        async def screen_first(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
            assert update.message is not None
            incoming = incoming_from(update.message)
            danger = await asyncio.to_thread(self._todak.responder.screen, incoming)
            if danger is not None:
                await self._answer(context, incoming, danger)
            else:
                await answer(update, context)

        return screen_first

    async def other(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Pictures, stickers, places and the rest; a caption is read as a message."""
        assert update.message is not None
        if update.message.caption:
            await self.text(update, context)
        else:
            await self.screened(self._thank)(update, context)

    async def unknown_command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A command that is not ours."""
        assert update.message is not None
        await self._say(context, incoming_from(update.message), "unknown-command")

    async def confirm(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The guess was right."""
        await self._choose(update, "confirmed")

    async def correct(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The person chose the feeling themselves."""
        await self._choose(update, "corrected")

    async def choose_again(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Show the feelings once more."""
        query, chat_id = tapped(update)
        await acknowledge(query)
        replies = self._todak.replies[await self._language(update, chat_id)]
        buttons = replies.feelings.feeling_buttons(int(parts(query)[1]), None)
        await replace(query, Reply(replies.say("choose-again-question"), buttons))

    async def more(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Somebody wants to say more: one open question."""
        query, chat_id = tapped(update)
        await acknowledge(query)
        replies = self._todak.replies[await self._language(update, chat_id)]
        below = 0 if query.message is None else query.message.message_id
        await send(context.bot, chat_id, replies.feelings.more(below))

    async def misheard(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """What Todak wrote down is not what was said: ask for it in writing."""
        query, chat_id = tapped(update)
        message_id = int(parts(query)[1])
        replies = self._todak.replies[await self._language(update, chat_id)]
        if await asyncio.to_thread(self._ask_what_was_said, chat_id, message_id):
            await acknowledge(query)
            await replace(query, Reply(replies.say("misheard-question")))
        else:
            await acknowledge(query, replies.say("stale-button"))

    def _ask_what_was_said(self, chat_id: int, message_id: int) -> bool:
        with self._todak.database.transaction() as memory:
            return memory.ask_what_was_said(chat_id, message_id, self._todak.clock())

    async def _choose(self, update: Update, how: str) -> None:
        query, chat_id = tapped(update)
        _, message_id, feeling = parts(query)
        await acknowledge(query)
        self._todak.halves.settle(chat_id, int(message_id))
        stored = await asyncio.to_thread(self._correct, chat_id, int(message_id), feeling)
        replies = self._todak.replies[await self._language(update, chat_id)]
        key = "confirmed-unstored" if how == "confirmed" and not stored else how
        await replace(query, replies.feelings.chosen(key, int(message_id), feeling))

    def _correct(self, chat_id: int, message_id: int, feeling: str) -> bool:
        with self._todak.database.transaction() as memory:
            return memory.correct_observation(chat_id, message_id, feeling)

    async def _respond(
        self,
        context: ContextTypes.DEFAULT_TYPE,
        incoming: Incoming,
        sound: Sound | None = None,
    ) -> None:
        half = None
        if incoming.recorded_here:
            half = self._todak.halves.before(
                incoming.chat_id, incoming.message_id, incoming.sent_at
            )
        response = await asyncio.to_thread(self._todak.responder.respond, incoming, half, sound)
        await self._answer(context, incoming, response)

    async def _answer(
        self, context: ContextTypes.DEFAULT_TYPE, incoming: Incoming, response: Response
    ) -> None:
        person = response.person
        language = incoming.language if person is None else person.language
        replies = self._todak.replies[language]
        if isinstance(response.act, AnswerCrisis):
            self._todak.halves.note(incoming.chat_id, incoming.message_id, None)
            if response.spoken:
                incoming = self._as_spoken(incoming, response.said)
            await self._crisis.answer(incoming, response.act.distress)
            # What comes next is about the danger, whatever was being asked before.
            await asyncio.to_thread(self._drop_question, incoming.chat_id)
        elif await self._slowed(context, incoming):
            return
        elif (listening := await self._listening_to_danger(incoming, replies)) is not None:
            await send(context.bot, incoming.chat_id, listening)
        elif response.act is not None:
            await self._name(context, incoming, response, replies)
        elif response.ask is not None:
            pending = replies.say("consent-pending")
            reply = replies.consent_question(response.ask, also_say=pending)
            await send(context.bot, incoming.chat_id, reply)
        elif await asyncio.to_thread(self._todak.erasing, incoming.chat_id):
            await send(context.bot, incoming.chat_id, Reply(replies.say("erasing")))
        elif duties := await asyncio.to_thread(self._duties, incoming.chat_id):
            say = self._todak.replies[duties[0].language].say
            await send(context.bot, incoming.chat_id, Reply(say("guardian-cannot-ask")))
        else:
            await send(context.bot, incoming.chat_id, replies.greeting(wrote_first=True))

    async def _listening_to_danger(self, incoming: Incoming, replies: Replies) -> Reply | None:
        """What is said to somebody in danger who answers by typing; else None.

        No guess, no form and no greeting now.
        """
        if await self._todak.in_danger(incoming.chat_id):
            quiet = await self._todak.in_quiet(incoming.chat_id)
            return Reply(replies.say("crisis-listening-quiet" if quiet else "crisis-listening"))
        return await self._crisis.typed(incoming)

    def _drop_question(self, chat_id: int) -> None:
        with self._todak.database.transaction() as memory:
            memory.care.drop_question(chat_id)

    def _duties(self, chat_id: int) -> list[Duty]:
        with self._todak.database.transaction() as memory:
            return memory.care.duties(chat_id)

    def _as_spoken(self, incoming: Incoming, said: str | None) -> Incoming:
        """A recording by its words; an old one tells as little of now as one passed on."""
        is_now = self._listening.age(incoming) <= FRESH
        utterance = Utterance(said or incoming.utterance.text)
        return changed(incoming, utterance=utterance, own=incoming.recorded_here and is_now)

    async def _name(
        self,
        context: ContextTypes.DEFAULT_TYPE,
        incoming: Incoming,
        response: Response,
        replies: Replies,
    ) -> None:
        """Name the feeling in a new message, or in the answer to the half that came before."""
        assert response.act is not None and not isinstance(response.act, AnswerCrisis)
        half = response.joined
        if response.puts_right is not None:
            reply = replies.feelings.put_right(response.act, response.puts_right)
            await send(context.bot, incoming.chat_id, reply)
            self._todak.halves.note(incoming.chat_id, incoming.message_id, None)
            return
        if half is not None:
            reply = replies.feelings.to_act(response.act, half.message_id, together=True)
            await change(context.bot, incoming.chat_id, half.answer_id, reply)
        else:
            heard = trusted_words(response.analysis)
            reply = replies.feelings.to_act(response.act, incoming.message_id, heard)
            answer_id = await send(context.bot, incoming.chat_id, reply)
            if response.analysis is None or response.analysis.emotion is None:
                return
            half = _half(incoming, response.analysis, answer_id)
        self._todak.halves.note(incoming.chat_id, incoming.message_id, half)

    async def _slowed(self, context: ContextTypes.DEFAULT_TYPE, incoming: Incoming) -> bool:
        """Whether somebody writes too fast for answers; they are told once, and still heard."""
        too_many = self._pace.too_many(incoming.chat_id, incoming.message_id, incoming.sent_at)
        if too_many == 1:
            await self._say(context, incoming, "slow-down")
        return too_many > 0

    async def _say(
        self,
        context: ContextTypes.DEFAULT_TYPE,
        incoming: Incoming,
        key: str,
        **arguments: int,
    ) -> None:
        person = await asyncio.to_thread(self._todak.person, incoming.chat_id)
        language = incoming.language if person is None else person.language
        text = self._todak.replies[language].say(key, **arguments)
        await send(context.bot, incoming.chat_id, Reply(text))

    async def _language(self, update: Update, chat_id: int) -> Language:
        person = await asyncio.to_thread(self._todak.person, chat_id)
        return language_of_stranger(update) if person is None else person.language


def _half(incoming: Incoming, analysis: Analysis, answer_id: int) -> Half | None:
    """What may be heard together with the next message: the person's own words or voice alone."""
    if not incoming.recorded_here or analysis.emotion is None or len(analysis.modalities) != 1:
        return None
    [modality] = analysis.modalities
    return Half(incoming.message_id, incoming.sent_at, modality, analysis.emotion, answer_id)


def _kind_of(message: Message) -> str:
    """The wording key for a message that is neither text nor sound."""
    # An animation has a document beside it, which names it less well.
    kinds = ("photo", "sticker", "location", "contact", "animation", "document", "poll")
    return next((kind for kind in kinds if getattr(message, kind)), "other-content")
