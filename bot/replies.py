"""Acts put into words: every sentence comes from `wording/*.ftl`."""

from collections.abc import Iterable, Mapping

from bot import help_numbers
from bot.feeling_replies import FeelingReplies
from bot.help_numbers import HelpLine
from bot.reply import Button, Reply
from bot.retention import KEPT, Retention
from bot.wording import Wording
from inference.analysis import Distress, DistressKind, DistressLevel
from storage.records import ASKED_FIRST, AgeBand, Consent, Language, Person, Purpose


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
        self.feelings = FeelingReplies(self.say)
        self._kept = retention
        self.whisper = whisper or "none"

    def crisis(
        self,
        distress: Distress,
        message_id: int,
        age_band: AgeBand | None,
        *,
        someone_told: bool = False,
        may_tell: bool = False,
    ) -> Reply:
        """Numbers and a question; the same answer however the danger was noticed.

        Where guardians may be told, that is asked about in a message of its own; `may_tell` lets
        somebody who thinks of suicide have it done.
        """
        key = f"crisis-{distress.level}"
        if distress.level is DistressLevel.CRY:
            police = "yes" if help_numbers.calls_for_police(distress.kind) else "no"
            html = self.say(key, police=police)
        else:
            html = self.say(key, youth=_youth(age_band))
        lines = help_numbers.contact_lines(
            distress.kind, distress.level, self.say.language, age_band
        )
        if someone_told:
            return Reply(html, (), self._contacts(lines))
        html = f"{html}\n\n{self.say('nobody-told')}"
        buttons = self.crisis_buttons(distress.level, message_id)
        if may_tell:
            buttons = (*buttons, (self._crisis_button(distress.level, message_id, "tell"),))
        return Reply(html, buttons, self._contacts(lines))

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
            return Reply(self.say(f"answered-{answer}", cry=cry, youth=_youth(age_band)))
        if answer in ("not-safe", "need-help"):
            kind = DistressKind.HELP if level is DistressLevel.CRY else DistressKind.SELFHARM
            lines = help_numbers.contact_lines(kind, level, self.say.language, age_band)
            html = self.say(f"answered-{answer}", youth=_youth(age_band))
            return Reply(html, (), self._contacts(lines))
        if answer == "tell":
            well = Button(self.say("incident-well"), f"inc:{message_id}:safe")
            return Reply(self.say("answered-tell"), ((well,),))
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

    def listening_after_thoughts(self, message_id: int, age_band: AgeBand | None) -> Reply:
        """Thanks and an open question, not the same twice in a row, with the numbers at hand."""
        return Reply(
            self.say("crisis-listening-thoughts", turn=message_id % 3, youth=_youth(age_band))
        )

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
        html = self.say(f"look-back-{level}", youth=_youth(age_band))
        return Reply(html, buttons, contacts)

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
        other = AgeBand.ADULT if person.age_band is AgeBand.YOUTH else AgeBand.YOUTH
        older = self.say("button-age", age=self.say(f"age-{other.value}"))
        rows.append((Button(older, f"age-is:{other.value}"),))
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


def _youth(age_band: AgeBand | None) -> str:
    """Whether the line for the young belongs beside the others: for whoever may be young."""
    return "no" if age_band is AgeBand.ADULT else "yes"
