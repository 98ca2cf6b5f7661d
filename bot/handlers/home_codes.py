"""Cancel and second code: typed, deleted from the chat at once, kept as digests alone."""

import asyncio

from telegram import Bot, Update
from telegram.error import BadRequest
from telegram.ext import ContextTypes

from bot import home_replies as say_to
from bot.codes import FEWEST_DIGITS, MOST_DIGITS, Unusable, digits
from bot.handlers.home import HomePages, codes_are_needed
from bot.home_replies import TYPED, Step
from bot.reply import Reply
from bot.sending import change, send
from bot.todak import Todak, known
from bot.wording import Wording
from storage.care_codes import SameCode
from storage.care_records import Code, Question
from storage.records import Person

CODE_QUESTION = f"home-{Step.CODE}"
DURESS_QUESTION = f"home-{Step.DURESS}"


class HomeCodes:
    """What answers the question for a code."""

    def __init__(self, todak: Todak, pages: HomePages) -> None:
        self._todak = todak
        self._pages = pages

    async def told(
        self, update: Update, context: ContextTypes.DEFAULT_TYPE, question: Question
    ) -> None:
        """Something was typed where a code was asked for: whatever it is, it is deleted first.

        What is said about a code takes the place of the question, so that nothing in the chat
        tells later whether there is a second one.
        """
        assert update.message is not None and update.message.text is not None
        self._todak.confidential.note(update.update_id)
        person, replies, chat_id = await known(self._todak, update)
        assert person is not None and question.content is not None
        message_id = update.message.message_id
        gone = await delete_typed(context.bot, chat_id, message_id)
        step = Step(question.question.removeprefix("home-"))
        code = digits(update.message.text)
        problem = await asyncio.to_thread(self._set, chat_id, step, code, message_id)
        if not gone:
            await send(context.bot, chat_id, Reply(replies.say("home-typed-stays")))
        if problem is not None:
            await send(context.bot, chat_id, Reply(problem_text(replies.say, problem)))
            return
        await self._go_on(context.bot, person, step, question, message_id)

    async def _go_on(
        self, bot: Bot, person: Person, step: Step, question: Question, message_id: int
    ) -> None:
        """In the place of the question: the next one of the flow, or that the code is set."""
        assert question.content is not None
        say = self._todak.replies[person.language].say
        at_home = await asyncio.to_thread(self._pages.at_home, person)
        in_flow, question_id = question.content["in_flow"], question.content["question_id"]
        following = at_home.after(step) if in_flow else None
        if following is None:
            reply = say_to.code_set(say, step, at_home)
        else:
            asked = say_to.question(say, following, at_home, in_flow=True)
            reply = Reply(f"{say('home-code-set')}\n\n{asked.html}", asked.buttons)
        if question_id is None:
            question_id = await send(bot, person.chat_id, reply)
        else:
            await change(bot, person.chat_id, question_id, reply)
        if following in TYPED:
            await asyncio.to_thread(
                self._pages.begin_to_ask, person.chat_id, following, question_id, True, message_id
            )

    def _set(self, chat_id: int, step: Step, code: str | Unusable, message_id: int) -> str | None:
        """Keep the digest of a code; else why it cannot be kept, and the question stays open."""
        if isinstance(code, Unusable):
            return str(code)
        with self._todak.database.transaction() as memory:
            if codes_are_needed(memory, chat_id):
                return "later"
            try:
                which = Code.CANCEL if step is Step.CODE else Code.DURESS
                memory.care.set_code(chat_id, which, code)
            except SameCode:
                return "same"
            memory.care.answered(chat_id, message_id)
        return None


def problem_text(say: Wording, problem: str) -> str:
    """Why what was typed could not be taken, in words that name no code."""
    if problem == "later":
        return say("home-code-later")
    return say("home-code-unusable", why=problem, fewest=FEWEST_DIGITS, most=MOST_DIGITS)


async def delete_typed(bot: Bot, chat_id: int, message_id: int) -> bool:
    """Delete what a person typed from the chat; whether it is gone.

    Raises:
        telegram.error.NetworkError: Telegram cannot be reached; it is tried again as a whole.
    """
    try:
        await bot.delete_message(chat_id, message_id)
    except BadRequest as error:
        return "not found" in error.message.lower()  # handled again
    return True
