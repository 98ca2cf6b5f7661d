"""Acts put into words: every sentence comes from `wording/*.ftl`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

from bot import help_numbers
from bot.help_numbers import HelpLine
from bot.policy import (
    AskFeeling,
    FeelingAct,
    NameFeeling,
    OfferChoice,
    PointOutDisagreement,
)
from bot.retention import KEPT, Retention
from bot.wording import Wording
from inference.analysis import Distress, DistressKind, DistressLevel, Emotion
from inference.audio import LIMIT_S
from storage.records import ASKED_FIRST, FEELINGS, AgeBand, Consent, Language, Person, Purpose


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button; `action` is at most 64 bytes and names no person."""

    text: str
    action: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A message in Telegram's HTML, rows of buttons, and numbers sent as contacts after it."""

    html: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    contacts: tuple[tuple[str, str], ...] = ()


TRANSCRIPT_CHARACTERS = 600
"""Shown of what was heard; Telegram takes 4,096 characters in all, escapes included."""


def shorten(text: str, most: int) -> str:
    """A text cut after at most `most` characters, with a mark that it goes on."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


class Replies:
    """Words an act in a language."""

    def __init__(
        self, language: Language, retention: Retention = KEPT, whisper: str | None = None
    ) -> None:
        """Say everything in one language.

        Args:
            language: Korean or English.
            retention: how long each kind of data is kept.
            whisper: the weights that write down the words of voice notes, if any do.
        """
        self.say = Wording(language)
        self._kept = retention
        self.whisper = whisper or "none"

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
        buttons = self.feeling_buttons(message_id, guessed)
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
        return Reply(self.say(key, feeling=feeling), ((again,),))

    def crisis(
        self,
        distress: Distress,
        message_id: int,
        age_band: AgeBand | None,
        *,
        someone_told: bool = False,
    ) -> Reply:
        """Numbers and a question; the same answer however the danger was noticed.

        Where guardians may be told, that is asked about in a message of its own.
        """
        youth = "no" if age_band is AgeBand.ADULT else "yes"
        key = f"crisis-{distress.level}"
        if distress.level is DistressLevel.CRY:
            police = "yes" if help_numbers.calls_for_police(distress.kind) else "no"
            html = self.say(key, police=police)
        else:
            html = self.say(key, youth=youth)
        lines = help_numbers.contact_lines(
            distress.kind, distress.level, self.say.language, age_band
        )
        if someone_told:
            return Reply(html, (), self._contacts(lines))
        html = f"{html}\n\n{self.say('nobody-told')}"
        return Reply(html, self.crisis_buttons(distress.level, message_id), self._contacts(lines))

    def crisis_buttons(
        self, level: DistressLevel, message_id: int
    ) -> tuple[tuple[Button, ...], ...]:
        """What a person in danger may tap instead of writing."""
        answers = {
            DistressLevel.THOUGHTS: (("safe", "call-hard"), ("called", "misread")),
            DistressLevel.IN_PROGRESS: (("called", "call-hard"), ("safe", "misread")),
            DistressLevel.CRY: (("called", "call-hard"), ("safe", "misread")),
        }[level]
        return tuple(
            tuple(self._crisis_button(level, message_id, answer) for answer in row)
            for row in answers
        )

    def crisis_answered(
        self, level: DistressLevel, message_id: int, answer: str, age_band: AgeBand | None
    ) -> Reply:
        """One more open question, whatever was tapped; "misread" asks once more first."""
        if answer in ("safe", "call-hard"):
            cry = "yes" if level is DistressLevel.CRY else "no"
            return Reply(self.say(f"answered-{answer}", cry=cry))
        if answer in ("not-safe", "need-help"):
            kind = DistressKind.HELP if level is DistressLevel.CRY else DistressKind.SELFHARM
            lines = help_numbers.contact_lines(kind, level, self.say.language, age_band)
            return Reply(self.say(f"answered-{answer}"), (), self._contacts(lines))
        if answer != "misread":
            return Reply(self.say(f"answered-{answer}"))
        if level is DistressLevel.CRY:
            question, yes = "answered-misread-cry", "need-help"
        else:
            question, yes = "answered-misread", "not-safe"
        buttons = (
            Button(self.say("answer-really-fine"), f"crisis:{level}:{message_id}:fine"),
            self._crisis_button(level, message_id, yes),
        )
        return Reply(self.say(question), tuple((button,) for button in buttons))

    def look_back(self, level: DistressLevel, message_id: int, age_band: AgeBand | None) -> Reply:
        """A gentle question some time later; what a lock screen shows of it tells nobody."""
        stop = self._crisis_button(level, message_id, "stop")
        buttons = (*self.crisis_buttons(level, message_id), (stop,))
        contacts: tuple[tuple[str, str], ...] = ()
        if level is not DistressLevel.THOUGHTS:
            kind = DistressKind.HELP if level is DistressLevel.CRY else DistressKind.SELFHARM
            lines = help_numbers.contact_lines(kind, level, self.say.language, age_band)
            # By their bare numbers: a lock screen shows who sent a contact and its name.
            contacts = tuple((line.number, line.number) for line in lines)
        return Reply(self.say(f"look-back-{level}"), buttons, contacts)

    def _crisis_button(self, level: DistressLevel, message_id: int, answer: str) -> Button:
        return Button(self.say(f"answer-{answer}"), f"crisis:{level}:{message_id}:{answer}")

    def _contacts(self, lines: Iterable[HelpLine]) -> tuple[tuple[str, str], ...]:
        return tuple((line.number, self.say(f"line-{line.number}")) for line in lines)

    def greeting(self, *, wrote_first: bool) -> Reply:
        """The first words anyone reads: an AI, no medical service, and the choice of language."""
        html = self.say("greeting")
        if wrote_first:
            html = f"{self.say('greeting-first')}\n\n{html}"
        return Reply(html, (self.language_buttons("begin"),))

    def language_buttons(self, action: str) -> tuple[Button, ...]:
        """Both languages, each in its own name."""
        return (
            Button(self.say("language-korean"), f"{action}:ko"),
            Button(self.say("language-english"), f"{action}:en"),
        )

    def age_question(self) -> Reply:
        """How old the person is; the language chosen so far travels in the buttons."""
        language = self.say.language.value
        rows = tuple(
            (Button(self.say(f"age-{band.value}"), f"age:{language}:{band.value}"),)
            for band in AgeBand
        )
        return Reply(self.say("age-question"), rows)

    def child_welcome(self) -> Reply:
        """Help for a child, who is not registered."""
        lines = (help_numbers.YOUTH_KR, help_numbers.FIRE_KR, help_numbers.POLICE_KR)
        return Reply(self.say("child-welcome"), (), self._contacts(lines))

    def consent_question(self, purpose: Purpose, *, also_say: str | None = None) -> Reply:
        """What, why and how long, for one purpose."""
        yes = Button(self.say("consent-yes"), f"consent:{purpose.value}:yes")
        no = Button(self.say("consent-no"), f"consent:{purpose.value}:no")
        html = self._consent(purpose)
        return Reply(html if also_say is None else f"{also_say}\n\n{html}", ((yes, no),))

    def consent_decided(self, purpose: Purpose, granted: bool) -> Reply:
        """The question with its answer beneath."""
        answer = self.say("consent-granted" if granted else "consent-refused")
        return Reply(f"{self._consent(purpose)}\n\n<i>{answer}</i>")

    def _consent(self, purpose: Purpose) -> str:
        return self.say(f"consent-{purpose.value}", **self._how_long())

    def _how_long(self) -> dict[str, int]:
        return {
            "days": self._kept.observation_days,
            "hours": self._kept.workflow_hours,
            "incident_days": self._kept.incident_days,
        }

    def settings(self, person: Person, consents: Mapping[Purpose, Consent], told: str) -> Reply:
        """What is on and off, each with its switch; `told` says who hears of an emergency."""
        age = self.say(f"age-{person.age_band.value}")
        lines = [
            self.say("settings"),
            self.say("settings-language"),
            self.say("settings-age", age=age),
        ]
        rows: list[tuple[Button, ...]] = []
        for purpose in ASKED_FIRST:
            consent = consents.get(purpose)
            granted = consent is not None and consent.granted
            state = "unasked" if consent is None else "on" if granted else "off"
            lines.append(self.say(f"settings-{purpose.value}", state=self.say(f"state-{state}")))
            turn = "off" if granted else "on"
            label = self.say(f"button-{purpose.value}-{turn}")
            rows.append((Button(label, f"switch:{purpose.value}:{turn}"),))
        rows.append((Button(self.say("button-delete-record"), "record:ask"),))
        rows.append(self.language_buttons("language"))
        lines.extend(("", told, "", self.say("settings-home"), self.say("settings-privacy")))
        return Reply("\n".join(lines), tuple(rows))

    def deletion_question(self) -> Reply:
        """Asked before the record is deleted, since it cannot be brought back."""
        yes = Button(self.say("delete-record-yes"), "record:delete")
        no = Button(self.say("delete-record-no"), "record:keep")
        return Reply(self.say("delete-record-question"), ((yes, no),))

    def record_deleted(self, n_deleted: int) -> Reply:
        """How many messages were deleted from the record; there may have been none."""
        if n_deleted == 0:
            return Reply(self.say("record-empty"))
        return Reply(self.say("record-deleted", count=n_deleted))

    def privacy(self) -> Reply:
        """What is kept, under which consent, how long, and what cannot be deleted."""
        return Reply(self.say("privacy", **self._how_long()))

    def erasure_question(self, *, known: bool) -> Reply:
        """Asked before everything is deleted; somebody not registered has only their last day."""
        yes = Button(self.say("erase-yes"), "erase:yes")
        no = Button(self.say("erase-no"), "erase:no")
        key = "erase-question" if known else "erase-stranger"
        return Reply(self.say(key, **self._how_long()), ((yes, no),))

    def ready(self, *, again: bool) -> Reply:
        """How was your day; whoever is new is told what is heard of a voice."""
        if again:
            return Reply(self.say("ready-again"))
        return Reply(self.say("ready", whisper=self.whisper))

    def help(self, told: str) -> Reply:
        """What Todak can do, and the numbers; `told` says who hears of an emergency."""
        numbers = help_numbers.plain_list(self.say.language)
        html = self.say("help", numbers=numbers, whisper=self.whisper)
        return Reply(f"{html}\n\n{told}")

    def fallback(self) -> Reply:
        """The fixed, reviewed reply when an answer could not be made."""
        return Reply(self.say("fallback", numbers=help_numbers.plain_list(self.say.language)))
