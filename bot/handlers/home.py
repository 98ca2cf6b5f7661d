"""/home: what a person sets for emergencies, one thing after another or each by itself."""

import asyncio
from dataclasses import replace as changed
from datetime import timedelta

from telegram import Bot, CallbackQuery, Update
from telegram.ext import ContextTypes

from bot import home_replies as say_to
from bot import live_locations
from bot.handlers.taps import parts, tapped
from bot.home_replies import CODES, TYPED, AtHome, Step
from bot.incidents.on_record import is_danger
from bot.reply import Reply
from bot.responder import current
from bot.sending import acknowledge, replace, send
from bot.todak import Todak, known
from storage.care_records import Code, Question
from storage.records import CONSENT_VERSIONS, Consent, Person, Purpose
from storage.repository import Repository

STEPS = "|".join(Step)
NAME_QUESTION = f"home-{Step.NAME}"
ADDRESS_QUESTION = f"home-{Step.ADDRESS}"
ASKED_FOR = timedelta(minutes=10)
LONGEST = {Step.NAME: 20, Step.ADDRESS: 200}


class HomePages:
    """The page, its questions and switches; codes are taken in `bot/handlers/home_codes.py`."""

    def __init__(self, todak: Todak) -> None:
        self._todak = todak

    async def page(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """/home: everything at a glance; strangers are greeted instead."""
        person, replies, chat_id = await known(self._todak, update)
        if person is None:
            await send(context.bot, chat_id, replies.greeting(wrote_first=False))
        else:
            at_home = await asyncio.to_thread(self.at_home, person)
            await send(context.bot, chat_id, say_to.page(replies.say, at_home))

    async def back(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The page in the place of another; nothing is asked any more."""
        query, person = await self._tapped(update)
        if person is not None:
            await asyncio.to_thread(self._stop_asking, person.chat_id)
            await self._show(query, person, None)

    async def flow(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Begin or go on with what is not set yet, or pass over to a certain one."""
        query, person = await self._tapped(update)
        if person is not None:
            at_home = await asyncio.to_thread(self.at_home, person)
            named = parts(query)[2:]
            step = Step(named[0]) if named else at_home.after(None)
            await self._show(query, person, step, in_flow=True)

    async def open(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """One thing: shown where it is set or can be switched, else asked for."""
        query, person = await self._tapped(update)
        if person is not None:
            step = Step(parts(query)[1])
            at_home = await asyncio.to_thread(self.at_home, person)
            if step is Step.DURESS and not at_home.is_set(Step.CODE):
                step = Step.CODE  # there is no second without a first
            if step in TYPED and not at_home.is_set(step):
                await self._show(query, person, step)
            else:
                await acknowledge(query)
                say = self._todak.replies[person.language].say
                await replace(query, say_to.view(say, step, at_home))

    async def change(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Ask for something that is set already."""
        query, person = await self._tapped(update)
        if person is not None:
            await self._show(query, person, Step(parts(query)[2]))

    async def switch(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Quiet mode or the memory of positions, on or off; what is off is forgotten too."""
        query, person = await self._tapped(update)
        if person is not None:
            *_, step_key, turn = parts(query)
            step, in_flow = Step(step_key), "flow" in parts(query)
            shown = await asyncio.to_thread(self._switch, person.chat_id, step, turn == "on")
            await live_locations.pass_on(context.bot, shown, None)
            at_home = await asyncio.to_thread(self.at_home, person)
            say = self._todak.replies[person.language].say
            following = at_home.after(step) if in_flow else None
            await self._show(query, person, following, in_flow=in_flow, notice=say("home-saved"))

    async def delete(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """One thing is deleted; with the first code the second goes too.

        With the last place ends a live location that guardians are being shown.
        """
        query, person = await self._tapped(update)
        if person is not None:
            step = Step(parts(query)[2])
            say = self._todak.replies[person.language].say
            deleted, shown = await asyncio.to_thread(self._delete, person.chat_id, step)
            await live_locations.pass_on(context.bot, shown, None)
            notice = say("home-deleted" if deleted else "home-code-later")
            await self._show(query, person, None, notice=notice)

    async def told(
        self, update: Update, context: ContextTypes.DEFAULT_TYPE, question: Question
    ) -> None:
        """A name or an address was typed: it is shown back with a way to change or delete it."""
        assert update.message is not None and update.message.text is not None
        person, replies, chat_id = await known(self._todak, update)
        assert person is not None and question.content is not None
        step = Step(question.question.removeprefix("home-"))
        text = one_line(update.message.text)
        if not 1 <= len(text) <= LONGEST[step]:
            unusable = replies.say(f"home-{step}-unusable", most=LONGEST[step])
            await send(context.bot, chat_id, Reply(unusable))
            return
        message_id = update.message.message_id
        await asyncio.to_thread(self._set, chat_id, step, text, message_id)
        at_home = await asyncio.to_thread(self.at_home, person)
        await send(context.bot, chat_id, say_to.view(replies.say, step, at_home))
        following = at_home.after(step)
        if question.content["in_flow"] and following is not None:
            await self.ask(context.bot, person, following, at_home, asked_by=message_id)

    async def ask(
        self, bot: Bot, person: Person, step: Step, at_home: AtHome, asked_by: int
    ) -> None:
        """Go on with the flow in a new message; `asked_by` is the answer to the last question."""
        say = self._todak.replies[person.language].say
        reply = say_to.question(say, step, at_home, in_flow=True)
        question_id = await send(bot, person.chat_id, reply)
        if step in TYPED:
            await asyncio.to_thread(
                self.begin_to_ask, person.chat_id, step, question_id, True, asked_by
            )

    def at_home(self, person: Person) -> AtHome:
        """What the person has set; reads the database."""
        with self._todak.database.transaction() as memory:
            consent = current(memory.consents(person.chat_id)).get(Purpose.LOCATION)
            return AtHome(
                home=memory.care.home(person.chat_id),
                age_band=person.age_band,
                remembers=consent is not None and consent.granted,
                position=memory.care.position(person.chat_id),
                now=self._todak.clock(),
            )

    def begin_to_ask(
        self,
        chat_id: int,
        step: Step,
        question_id: int | None,
        in_flow: bool,
        asked_by: int | None = None,
    ) -> None:
        """What is typed next answers this; `question_id` is the message that asks."""
        content = {"in_flow": in_flow, "question_id": question_id}
        with self._todak.database.transaction() as memory:
            memory.care.ask(
                chat_id, f"home-{step}", content, self._todak.clock(), asked_by, ASKED_FOR
            )

    async def _tapped(self, update: Update) -> tuple[CallbackQuery, Person | None]:
        query, _ = tapped(update)
        person, replies, _ = await known(self._todak, update)
        if person is None:
            await acknowledge(query, replies.say("stale-button"))
        return query, person

    async def _show(
        self,
        query: CallbackQuery,
        person: Person,
        step: Step | None,
        *,
        in_flow: bool = False,
        notice: str | None = None,
    ) -> None:
        """The question for a step, or the page after the last, in the place of what was tapped."""
        say = self._todak.replies[person.language].say
        if step in CODES and await asyncio.to_thread(self._codes_are_needed, person.chat_id):
            await acknowledge(query, say("home-code-later"))
            return
        at_home = await asyncio.to_thread(self.at_home, person)
        await acknowledge(query, notice)
        if step is None:
            await replace(query, say_to.page(say, at_home))
            return
        await replace(query, say_to.question(say, step, at_home, in_flow=in_flow))
        if step in TYPED:
            question_id = None if query.message is None else query.message.message_id
            await asyncio.to_thread(self.begin_to_ask, person.chat_id, step, question_id, in_flow)

    def _codes_are_needed(self, chat_id: int) -> bool:
        with self._todak.database.transaction() as memory:
            return codes_are_needed(memory, chat_id)

    def _stop_asking(self, chat_id: int) -> None:
        now = self._todak.clock()
        with self._todak.database.transaction() as memory:
            question = memory.care.asked(chat_id, 0, now)
            if question is not None and question.question.startswith("home-"):
                memory.care.drop_question(chat_id)

    def _set(self, chat_id: int, step: Step, text: str, message_id: int) -> None:
        with self._todak.database.transaction() as memory:
            memory.care.answered(chat_id, message_id)
            home = memory.care.home(chat_id)
            if step is Step.NAME:
                home = changed(home, shown_name=text.removesuffix("님").rstrip() or text)
            else:
                home = changed(home, address=text)
            memory.care.set_home(chat_id, home)

    def _switch(self, chat_id: int, step: Step, on: bool) -> list[live_locations.Shown]:
        """Switch one thing; where a live location is shown that must not be any more."""
        with self._todak.database.transaction() as memory:
            if step is Step.QUIET:
                memory.care.set_home(chat_id, changed(memory.care.home(chat_id), quiet=on))
                return []
            remember_positions(memory, chat_id, on, self._todak)
            return [] if on else live_locations.shown_to_guardians(memory, chat_id)

    def _delete(self, chat_id: int, step: Step) -> tuple[bool, list[live_locations.Shown]]:
        """Delete one thing; False where a code may be needed this moment.

        Also where a live location is shown that must not be any more.
        """
        shown: list[live_locations.Shown] = []
        with self._todak.database.transaction() as memory:
            home = memory.care.home(chat_id)
            match step:
                case Step.NAME:
                    memory.care.set_home(chat_id, changed(home, shown_name=None))
                case Step.ADDRESS:
                    memory.care.set_home(chat_id, changed(home, address=None))
                case Step.LOCATION:
                    memory.care.forget_position(chat_id)
                    shown = live_locations.shown_to_guardians(memory, chat_id)
                case _ if codes_are_needed(memory, chat_id):
                    return False, shown
                case _:
                    code = Code.CANCEL if step is Step.CODE else Code.DURESS
                    memory.care.set_code(chat_id, code, None)
        return True, shown


def codes_are_needed(memory: Repository, chat_id: int) -> bool:
    """Whether an incident could be cancelled now: whoever holds the phone then sets no code.

    One that was cancelled under duress is not counted, though it goes on: that must not show.
    """
    return any(
        is_danger(each) and not each.pretends for each in memory.care.open_incidents(chat_id)
    )


def remember_positions(memory: Repository, chat_id: int, on: bool, todak: Todak) -> None:
    """Decide about the memory of positions; what was kept is forgotten with the consent."""
    decided = current(memory.consents(chat_id)).get(Purpose.LOCATION)
    if decided is None or decided.granted != on:
        consent = Consent(Purpose.LOCATION, CONSENT_VERSIONS[Purpose.LOCATION], on, todak.clock())
        memory.add_consent(chat_id, consent)
    if not on:
        memory.care.forget_position(chat_id)


def one_line(text: str) -> str:
    """A text on one line, without characters that cannot be seen."""
    seen = "".join(
        character for character in text if character.isprintable() or character.isspace()
    )
    return " ".join(seen.split())
