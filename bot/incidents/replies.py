"""What is said to a person in an emergency; `told_replies.py` beside it is for guardians."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone

from bot import help_numbers
from bot.help_numbers import HelpLine
from bot.incidents.acts import Line, Say, Sent, Telling
from bot.incidents.alarms import Alarm, Source
from bot.incidents.state import Answer, Incident, Phase
from bot.reply import Button, Reply
from bot.wording import Wording
from inference.analysis import DistressKind, DistressLevel
from storage.records import AgeBand, Language

KOREA = timezone(timedelta(hours=9), "KST")
QUIET_VARIANTS = (
    Line.AGAIN,
    Line.ASK_CODE,
    Line.WRONG_CODE,
    Line.CODE_LOCKED,
    Line.ONCE_MORE,
    Line.CANCELLED,
    Line.REOPENED,
    Line.ENDED_SAFE,
)
REPORTS = (Line.DETAILS, Line.DRILL_REPORT)
TELLINGS = (Line.SENT, Line.CHECK_SENT)
CODES = (Line.ASK_CODE, Line.WRONG_CODE, Line.CODE_LOCKED)
REOPENABLE = (Line.CANCELLED, Line.ENDED_CONFIRMED, Line.ENDED_LAPSED, Line.ENDED_SAFE)


class IncidentReplies:
    """Words each line in a language."""

    def __init__(self, language: Language) -> None:
        self._say = Wording(language)

    def line(
        self,
        say: Say,
        alarm: Alarm,
        incident: Incident,
        names: Mapping[int, str],
        tellings: Sequence[Telling],
        now: datetime,
    ) -> Reply:
        """A line to the person.

        `names` are what the person calls their guardians, `tellings` what the round it speaks of
        came to.
        """
        html = self._html(say, alarm, incident, names, tellings, now)
        if say.shown:
            html = f"{html}\n\n{self._say('incident-taken-back')}"
        contacts = self._contacts(alarm) if say.numbers else ()
        return Reply(html, self._buttons(say.line, alarm, incident), contacts)

    def over(self, *, quiet: bool = False) -> Reply:
        """A button of an alert that is over; of what kind it was may be forgotten."""
        return Reply(self._say("incident-over-quiet" if quiet else "incident-over"))

    def _html(
        self,
        say: Say,
        alarm: Alarm,
        incident: Incident,
        names: Mapping[int, str],
        tellings: Sequence[Telling],
        now: datetime,
    ) -> str:
        line = say.line
        if line in REPORTS:
            return self._report(line, incident, names)
        if line in TELLINGS:
            return self._told(line, say, tellings)
        if line is Line.OLD_QUESTION:
            return self._old_question(alarm, now)
        if line in (Line.COUNTDOWN, Line.COUNTING):
            return self._countdown(say, incident)
        quiet = "-quiet" if incident.quiet and line in QUIET_VARIANTS else ""
        name = ", ".join(names.get(number, "") for number in say.guardian_ids)
        return self._say(
            f"incident-{line}{quiet}",
            name=name,
            time=clock_time(now, self._say.language),
            seconds=round(say.seconds or 0),
            minutes=max(1, round((say.seconds or 0) / 60)),
        )

    def _countdown(self, say: Say, incident: Incident) -> str:
        heard = "no" if incident.source is Source.CRY else "yes"
        police = "yes" if help_numbers.calls_for_police(_danger(incident.kind)) else "no"
        seconds = round(say.seconds or 0)
        return self._say("incident-countdown", heard=heard, police=police, seconds=seconds)

    def _old_question(self, alarm: Alarm, now: datetime) -> str:
        recorded_at = alarm.recorded_at or alarm.sent_at
        minutes = int((now - recorded_at).total_seconds()) // 60
        if minutes < 1:
            return self._say("incident-old-now-question")
        hours, days = minutes // 60, minutes // (24 * 60)
        unit, number = (
            ("days", days) if days else ("hours", hours) if hours else ("minutes", minutes)
        )
        return self._say("incident-old-question", age=unit, number=number)

    def _told(self, line: Line, say: Say, tellings: Sequence[Telling]) -> str:
        """One line a guardian: when, whether it surely arrived, and what went along."""
        lines = []
        for each in tellings:
            if each.guardian_id not in say.guardian_ids or each.round != say.round:
                continue
            key = "check-line" if line is Line.CHECK_SENT else "sent-line"
            key = {Sent.UNCERTAIN: "unsure-line", Sent.REFUSED: "refused-line"}.get(each.sent, key)
            time = clock_time(each.at, self._say.language)
            told = self._say(f"incident-{key}", name=each.guardian_name, time=time)
            if each.what:
                what = ", ".join(self._say(f"enclosed-{what}") for what in each.what)
                told = f"{told} {self._say('incident-with-line', what=what)}"
            lines.append(told)
        return "\n".join((*lines, self._say("incident-not-yet")))

    def _report(self, line: Line, incident: Incident, names: Mapping[int, str]) -> str:
        """How it stands with each guardian; under duress as if it had been cancelled."""
        drill = line is Line.DRILL_REPORT
        lines = [self._say("incident-drill-report" if drill else "incident-report")]
        told = frozenset() if incident.duress else incident.attempted | incident.told
        for number in names:
            if number in told:
                state = _standing(incident, number)
                lines.append(self._say(f"incident-report-{state}", name=names[number]))
        if len(lines) == 1:
            lines.append(self._say("incident-report-nobody"))
        return "\n".join(lines)

    def _buttons(
        self, line: Line, alarm: Alarm, incident: Incident
    ) -> tuple[tuple[Button, ...], ...]:
        def button(key: str, answer: Answer) -> Button:
            return Button(self._say(f"incident-{key}"), f"inc:{alarm.message_id}:{answer}")

        if line in CODES or line in TELLINGS or line in REPORTS or line is Line.DRILL_NOBODY:
            return ()
        if incident.quiet:
            rows = (
                ("well", Answer.SAFE),
                ("please", Answer.SEND),
                ("details-button", Answer.DETAILS),
            )
            return (tuple(button(key, answer) for key, answer in rows),)
        if line is Line.ONCE_MORE:
            return ((button("fine", Answer.FINE),), (button("need-help", Answer.NOT_SAFE),))
        if line in REOPENABLE:
            return ((button("need-help", Answer.NOT_SAFE),),)
        if line in (Line.CONFIRMED, Line.CALLED_FALSE):
            return ((button("need-help", Answer.NOT_SAFE), button("well", Answer.SAFE)),)
        if line in (Line.COUNTDOWN, Line.COUNTING, Line.SELFHARM_QUESTION):
            answers = (("safe", Answer.SAFE), ("send", Answer.SEND), ("misread", Answer.MISREAD))
            return tuple((button(key, answer),) for key, answer in answers)
        if line in (Line.QUESTION, Line.OLD_QUESTION, Line.AGAIN, Line.NOBODY):
            first = (button("well", Answer.SAFE), button("need-help", Answer.NOT_SAFE))
            return (first, (button("misread", Answer.MISREAD),))
        if line is Line.SENDING and incident.phase is Phase.TELLING:
            return ((button("well", Answer.SAFE),),)
        return ()

    def _contacts(self, alarm: Alarm) -> tuple[tuple[str, str], ...]:
        lines = numbers_for(alarm.source, alarm.kind, self._say.language, alarm.age_band)
        return tuple((line.number, self._say(f"line-{line.number}")) for line in lines)


def numbers_for(
    source: Source, kind: str, language: Language, age_band: AgeBand | None
) -> tuple[HelpLine, ...]:
    """The numbers for a danger; a youth gets the youth line too."""
    selfharm = source in (Source.SELFHARM, Source.ASKED)
    level = DistressLevel.IN_PROGRESS if selfharm else DistressLevel.CRY
    lines: Iterable[HelpLine] = help_numbers.contact_lines(
        _danger(kind), level, language, age_band
    )
    if age_band is AgeBand.YOUTH:
        lines = dict.fromkeys((*lines, help_numbers.YOUTH_KR))
    return tuple(lines)


def clock_time(moment: datetime, language: Language) -> str:
    """Hours and minutes in Korea; said so where the reader may be elsewhere."""
    local = moment.astimezone(KOREA)
    return f"{local:%H:%M}" if language is Language.KOREAN else f"{local:%H:%M} KST"


def _standing(incident: Incident, number: int) -> str:
    if number in incident.acknowledged_by | incident.confirmed_by:
        return "answered"
    if number in incident.reached or number in incident.told - incident.attempted:
        return "reached"
    return "waiting" if number in incident.unreached else "refused"


def _danger(kind: str) -> DistressKind:
    return DistressKind(kind) if kind in set(DistressKind) else DistressKind.HELP
