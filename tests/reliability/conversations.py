"""People who write, tap and read, while the bot may come and go."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.bot.seats import Seat
from tests.reliability.people import Message, Sameness, about, whole_conversation
from tests.reliability.stories import Sent

LOOK_EVERY_S = 0.25
Same = tuple[str, tuple[str, ...]]


@dataclass(slots=True)
class Talk:
    """One person's messages, by their place in the story, and what came back."""

    seat: Seat
    story: Sequence[Sent]
    ids: list[int] = field(default_factory=list)
    sent_s: list[float] = field(default_factory=list)
    first: dict[int, Message] = field(default_factory=dict)
    delay_s: dict[int, float] = field(default_factory=dict)
    tapped: set[int] = field(default_factory=set)
    chosen: set[int] = field(default_factory=set)

    async def write(self, pace_s: float, seed: int) -> None:
        """Send the story, with pauses of `pace_s` on average."""
        pauses = random.Random(seed)
        for sent in self.story:
            self.sent_s.append(time.monotonic())
            if sent.recording is not None:
                # Forwarded: one of their own would be heard together with the words before.
                note = self.seat.upload("voice", sent.recording, forwarded="true")
                self.ids.append(await note)
            else:
                assert sent.words is not None
                self.ids.append(await self.seat.write(sent.words))
            await asyncio.sleep(pauses.expovariate(1 / pace_s))

    async def read(self, patience_s: float) -> None:
        """Note the first answer to each message and tap corrections, until nothing is missing."""
        deadline = time.monotonic() + patience_s
        while not self._is_complete():
            if time.monotonic() > deadline:
                return
            await asyncio.sleep(LOOK_EVERY_S)
            for message in await self.seat.messages():
                await self._look_at(message)

    def _is_complete(self) -> bool:
        corrected = {place for place, sent in enumerate(self.story) if sent.correction}
        return len(self.first) == len(self.story) and corrected <= self.chosen

    async def _look_at(self, message: Message) -> None:
        number = about(message)
        if number not in self.ids:
            return
        place = self.ids.index(number)
        actions = _actions(message)
        if place not in self.first:
            self.first[place] = message
            self.delay_s[place] = time.monotonic() - self.sent_s[place]
        if any(action.startswith("again:") for action in actions):
            self.chosen.add(place)
        wanted = self.story[place].correction
        if wanted is not None and place not in self.tapped:
            self.tapped.add(place)
            [action] = [found for found in actions if found.endswith(f":{wanted}")]
            await self.seat.press(message["message_id"], action)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one person's chat holds in the end.

    Attributes:
        answers: the first answer to each message, by place.
        chosen: what the answer became once it was corrected, by place.
        other_answers: further answers that differ from those two, by place.
        n_duplicates: answers beyond the first.
        order: places without danger, in the order of their first answers.
        contacts: help numbers sent as contacts, how often each.
        n_apologies: fixed replies in the place of an answer.
    """

    answers: dict[int, Same]
    chosen: dict[int, Same]
    other_answers: dict[int, list[Same]]
    n_duplicates: int
    order: list[int]
    contacts: Counter[str]
    n_apologies: int


async def outcome(talk: Talk, sameness: Sameness) -> Outcome:
    """Read a whole chat once everything is over."""
    messages = await whole_conversation(talk.seat)
    answers = {place: sameness.of(message) for place, message in sorted(talk.first.items())}
    found: dict[int, list[Message]] = {}
    for message in messages:
        if (number := about(message)) in talk.ids:
            found.setdefault(talk.ids.index(number), []).append(message)
    chosen = {
        place: sameness.of(message)
        for place, about_it in sorted(found.items())
        for message in about_it
        if any(action.startswith("again:") for action in _actions(message))
    }
    others = {
        place: different
        for place, about_it in found.items()
        if (
            different := [
                same
                for same in map(sameness.of, about_it)
                if same not in (answers.get(place), chosen.get(place))
            ]
        )
    }
    calm = [place for place in found if not talk.story[place].in_danger]
    return Outcome(
        answers=answers,
        chosen=chosen,
        other_answers=others,
        n_duplicates=sum(len(about_it) - 1 for about_it in found.values()),
        order=sorted(calm, key=lambda place: int(found[place][0]["message_id"])),
        contacts=Counter(m["contact"]["phone_number"] for m in messages if "contact" in m),
        n_apologies=sum(sameness.is_apology(message) for message in messages),
    )


def _actions(message: Message) -> list[str]:
    keyboard = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [str(button.get("callback_data", "")) for row in keyboard for button in row]
