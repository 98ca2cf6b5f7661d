"""The answers to what a person tells: the feeling named as a guess, and buttons to correct it."""

from html import escape

from bot.policy import (
    AskFeeling,
    FeelingAct,
    NameFeeling,
    OfferChoice,
    PointOutDisagreement,
)
from bot.reply import Button, Reply, shorten
from bot.wording import Wording
from inference.analysis import Emotion
from inference.audio import LIMIT_S
from storage.records import FEELINGS

TRANSCRIPT_CHARACTERS = 600
"""Shown of what was heard; Telegram takes 4,096 characters in all, escapes included."""

HEAVY = (
    Emotion.SADNESS,
    Emotion.ANGER,
    Emotion.ANXIETY,
    Emotion.EMBARRASSMENT,
    Emotion.HURT,
)
TELL_MORE = "talk:more"
OPEN_SOUNDS = "sleep:open"
"""The button that sends the menu of sleep sounds."""


class FeelingReplies:
    """Words an answer about feelings in a language."""

    def __init__(self, say: Wording) -> None:
        self.say = say

    def to_act(
        self,
        act: FeelingAct,
        message_id: int,
        transcript: str | None = None,
        *,
        together: bool = False,
    ) -> Reply:
        """The reply to one message in which there is no danger, or to two heard `together`.

        Args:
            act: what to say.
            message_id: which message the buttons are about.
            transcript: what was heard in it, to be shown.
            together: whether words and voice came in two messages.
        """
        html = self._feeling_text(act, message_id)
        if together:
            html = f"{html}\n\n{self.say('together-note')}"
        guessed = act.feeling.value if isinstance(act, NameFeeling) else None
        buttons = self.feeling_buttons(message_id, guessed) + self._to_listen_to(guessed)
        if transcript is not None:
            # Put together here: Fluent takes at most 1,000 characters for an argument.
            shown = escape(shorten(transcript, TRANSCRIPT_CHARACTERS))
            quoted = f"<blockquote expandable>{shown}</blockquote>"
            html = f"{html}\n\n{self.say('transcript')}\n{quoted}"
            misheard = Button(self.say("button-misheard"), f"misheard:{message_id}")
            buttons = (*buttons, (misheard,))
        return Reply(html, buttons)

    def put_right(self, act: FeelingAct, voice_note: int) -> Reply:
        """The reply to what a person says they had said in a voice note that was misheard."""
        reply = self.to_act(act, voice_note)
        return Reply(f"{reply.html}\n\n{self.say('put-right-note')}", reply.buttons)

    def _feeling_text(self, act: FeelingAct, message_id: int) -> str:
        match act:
            case NameFeeling(feeling, clear, also, from_voice_only):
                return self._named(feeling, clear, also, from_voice_only, message_id % 3)
            case AskFeeling(guesses, from_voice_only):
                return self._unsure(guesses, from_voice_only)
            case PointOutDisagreement(words, voice):
                names = {"words": self.say.feeling(words), "voice": self.say.feeling(voice)}
                return self.say("disagree", even="yes" if words == "neutral" else "no", **names)
            case OfferChoice(reason):
                return self.say(reason, minutes=round(LIMIT_S / 60))

    def _unsure(self, guesses: tuple[Emotion, ...], from_voice_only: bool) -> str:
        match guesses:
            case (first, second):
                names = {"first": self.say(f"or-{first}"), "second": self.say.feeling(second)}
                text = self.say("unsure", **names)
            case (only,):
                text = self.say("unsure-one", feeling=self.say.feeling(only))
            case _:
                text = self.say("unsure-voice" if from_voice_only else "unsure-neutral")
        return f"{text}\n\n{self.say('voice-only-note')}" if from_voice_only else text

    def _named(
        self,
        feeling: Emotion,
        clear: bool,
        also: tuple[Emotion, ...],
        from_voice_only: bool,
        variant: int,
    ) -> str:
        sentences = [
            self.say("named-voice", feeling=feeling.value)
            if from_voice_only
            else self.say(f"named-{feeling}", variant=variant)
        ]
        if also:
            names = ", ".join(self.say.feeling(emotion) for emotion in also)
            sentences.append(self.say("also-present", feelings=names))
        sentences.append(self.say("certainty-high" if clear else "certainty-fair"))
        text = " ".join(sentences)
        return f"{text}\n\n{self.say('voice-only-note')}" if from_voice_only else text

    def feeling_buttons(
        self, message_id: int, guessed: str | None
    ) -> tuple[tuple[Button, ...], ...]:
        """The way to agree and the feelings to choose from, three in a row."""
        choices = [
            Button(self.say.feeling(feeling), f"feel:{message_id}:{feeling}")
            for feeling in FEELINGS
            if feeling != guessed
        ]
        rows = [tuple(choices[i : i + 3]) for i in range(0, len(choices), 3)]
        if guessed is not None:
            rows.insert(0, (Button(self.say("button-right"), f"right:{message_id}:{guessed}"),))
        return tuple(rows)

    def chosen(self, key: str, message_id: int, feeling: str) -> Reply:
        """The answer to a feeling that the person confirmed or chose; `key` is how."""
        again = Button(self.say("choose-again"), f"again:{message_id}")
        return Reply(self.say(key, feeling=feeling), ((again,), *self._to_listen_to(feeling)))

    def _to_listen_to(self, feeling: str | None) -> tuple[tuple[Button, ...], ...]:
        """A way to sounds, and one to say more, where a feeling is heavy."""
        if feeling not in HEAVY:
            return ()
        sounds = Button(self.say("button-sounds"), OPEN_SOUNDS)
        return ((sounds, Button(self.say("button-more"), TELL_MORE)),)

    def more(self, message_id: int) -> Reply:
        """An open question to whoever wants to say more below this message."""
        return Reply(self.say("more-question", turn=message_id % 3))
