"""What becomes of an incident: the rows of the safety table as a pure state machine.

No clock, no Telegram, no database: `opened` begins, `advance` leads from one moment to the next,
and what is returned beside the incident is carried out by others, in order.
"""

from collections.abc import Callable
from dataclasses import replace

from bot.incidents import places
from bot.incidents.acts import Act, Inform, Line, News, Say
from bot.incidents.alarms import Alarm, Source
from bot.incidents.answers import (
    code_typed,
    guardian_ids,
    guardian_tapped,
    may_tell,
    person_tapped,
)
from bot.incidents.consent import is_quiet, may_be_told
from bot.incidents.rounds import again, begin, end, nobody, retry, tell_next, tried
from bot.incidents.state import (
    CodeTyped,
    End,
    Erased,
    Event,
    GuardianTapped,
    Incident,
    Moment,
    PassedOn,
    PersonTapped,
    Phase,
    PlaceShared,
    Raised,
    SayTried,
    TimePassed,
    Timer,
    ToldTried,
    Withdrawn,
    WrittenDown,
)
from bot.incidents.turn import EDIT_EVERY_S, Turn
from bot.incidents.withdrawing import withdrawn

MOST_UNSAID = 40
FIRST_SAY_AGAIN_S = 1.0
LONGEST_SAY_AGAIN_S = 30.0
WRITE_AGAIN_S = 10.0
DUE_S = 1e-6
COUNTING_SOURCES = (Source.SOUND_ALARM, Source.CRY)
RAISING = (*COUNTING_SOURCES, Source.SELFHARM)
STANDING = (Line.COUNTDOWN, Line.QUIET, Line.QUESTION, Line.OLD_QUESTION, Line.SELFHARM_QUESTION)
"""Lines that open an incident; what stands there is changed as it goes on."""

LET_GO = (Line.CANCELLED, Line.ENDED_SAFE)
"""What a cancel says; under duress nothing else is said."""

Outcome = tuple[Incident, tuple[Act, ...]]


def opened(alarm: Alarm, moment: Moment) -> Outcome:
    """A new incident, and what is done first."""
    quiet = alarm.source is not Source.DRILL and is_quiet(moment.guarded, alarm.kind)
    incident = Incident(alarm.source, alarm.kind, alarm.age_band, Phase.ASKING, quiet=quiet)
    turn = Turn(incident, moment)
    turn.start(Timer.LAPSE, turn.times.lapse_s)
    _open(turn)
    return turn.result()


def advance(incident: Incident, event: Event, moment: Moment) -> Outcome:
    """The incident after an event, and what is done about it."""
    turn = Turn(incident, moment)
    turn.pass_time(moment.passed_s)
    match event:
        case TimePassed():
            _time_passed(turn)
        case (
            PersonTapped(key=key)
            | CodeTyped(key=key)
            | GuardianTapped(key=key)
            | PlaceShared(key=key)
        ) if key and key in incident.heard:
            pass
        case PersonTapped(answer, key):
            turn.change(heard=incident.heard | {key})
            person_tapped(turn, answer)
        case CodeTyped(code, key):
            turn.change(heard=incident.heard | {key})
            code_typed(turn, code)
        case GuardianTapped(guardian_id, word, key):
            turn.change(heard=incident.heard | {key})
            guardian_tapped(turn, guardian_id, word)
        case Raised(source, kind):
            _raised(turn, source, kind)
        case PlaceShared():
            places.shared(turn, event)
        case PassedOn():
            places.passed_on(turn, event)
        case Withdrawn():
            withdrawn(turn)
        case Erased():
            end(turn, End.ERASED)
            turn.change(timers={}, unwritten=(), written=turn.incident.standing)
        case SayTried():
            _said(turn, event)
        case ToldTried(tellings):
            tried(turn, tellings)
        case WrittenDown(tellings, written):
            left = tuple(each for each in turn.incident.unwritten if each not in tellings)
            turn.change(unwritten=left, written=written)
            if left or written != turn.incident.standing:
                turn.start(Timer.WRITE, WRITE_AGAIN_S)
    return turn.result()


def is_over(incident: Incident) -> bool:
    """Whether nothing can happen to it any more."""
    return incident.phase is Phase.ENDED and not incident.timers


def _open(turn: Turn) -> None:
    match turn.incident.source:
        case Source.DRILL if not may_be_told(turn.incident, turn.guarded):
            end(turn, End.DRILL, Line.DRILL_NOBODY)
        case Source.DRILL:
            turn.say(Line.DRILL_BEGUN)
            begin(turn)
            turn.start(Timer.DRILL, turn.times.again_s[-1])
        case Source.SOUND_ALARM | Source.CRY:
            _count_down(turn)
        case Source.ASKED:
            turn.change(called=True)
            begin(turn)
        case Source.SELFHARM if may_tell(turn):
            seconds = turn.times.ask_again_s[0]
            turn.say(Line.SELFHARM_QUESTION, seconds=seconds)
            turn.start(Timer.ASK, seconds)
        case Source.SELFHARM:
            turn.start(Timer.ASK, turn.times.ask_again_s[0])
        case Source.SOUND_ASK:
            turn.say(Line.QUIET if turn.incident.quiet else Line.QUESTION)
            turn.start(Timer.ASK, turn.times.ask_again_s[0])
        case Source.OLD_SOUND:
            turn.say(Line.QUIET if turn.incident.quiet else Line.OLD_QUESTION)


def _count_down(turn: Turn) -> None:
    if not may_tell(turn):
        nobody(turn)
        return
    seconds = turn.times.countdown_s
    turn.change(phase=Phase.COUNTING)
    turn.stop(Timer.ASK)
    turn.start(Timer.COUNT, seconds)
    if turn.incident.quiet:
        turn.say(Line.QUIET)
    else:
        # Words were answered with the numbers already.
        turn.say(Line.COUNTDOWN, seconds=seconds, numbers=_first_answer(turn))
        turn.start(Timer.EDIT, EDIT_EVERY_S)


def _time_passed(turn: Turn) -> None:
    """What is due, each once; an act of one may have stopped the others."""
    due: dict[Timer, Callable[[Turn], None]] = {
        Timer.COUNT: begin,
        Timer.ASK: _silence,
        Timer.RETRY: retry,
        Timer.NEXT: tell_next,
        Timer.AGAIN: again,
        Timer.OBJECTION: _not_objected,
        Timer.REMIND: _remind,
        Timer.PLACE: places.again,
        Timer.DRILL: lambda turn: end(turn, End.DRILL, Line.DRILL_REPORT),
        Timer.EDIT: _edit,
        Timer.SAY: _say_again,
        Timer.WRITE: lambda turn: None,
        Timer.LAPSE: _lapse,
        Timer.FORGET: lambda turn: None,
    }
    for timer, act in due.items():
        if turn.incident.timers.get(timer, 1.0) <= DUE_S:
            turn.stop(timer)
            act(turn)


def _silence(turn: Turn) -> None:
    """Nobody answered a question: what that means is the safety table's last column."""
    incident, waits = turn.incident, turn.times.ask_again_s
    if (incident.called or incident.source is Source.SELFHARM) and may_tell(turn):
        begin(turn)
    elif incident.source in COUNTING_SOURCES and may_tell(turn):
        _count_down(turn)  # nobody was known who may be told, and now somebody is
    elif incident.n_asked < len(waits):
        n_asked = incident.n_asked + 1
        numbers = incident.source is not Source.SOUND_ASK
        turn.change(n_asked=n_asked)
        turn.say(Line.AGAIN, numbers=numbers)
        turn.start(Timer.ASK, waits[n_asked] if n_asked < len(waits) else waits[0])
    else:
        turn.change(bare=incident.source is Source.SOUND_ASK)
        if turn.incident.bare and may_tell(turn):
            begin(turn)
        else:
            end(turn, End.UNANSWERED)


def _edit(turn: Turn) -> None:
    left = turn.incident.timers.get(Timer.COUNT, 0.0)
    if left > 0:
        turn.say(Line.COUNTING, seconds=left)
        turn.start(Timer.EDIT, EDIT_EVERY_S)


def _not_objected(turn: Turn) -> None:
    """One guardian confirmed and the person did not object; one who left counts no more."""
    if turn.incident.confirmed_by & guardian_ids(turn):
        end(turn, End.CONFIRMED, Line.ENDED_CONFIRMED, News.ENDED)
    else:
        begin(turn)


def _remind(turn: Turn) -> None:
    """Whoever looks after it has not said how it is; where they left, it is told again."""
    looking = turn.incident.acknowledged_by & guardian_ids(turn)
    if looking:
        turn.acts.append(Inform(tuple(sorted(looking)), News.REMIND))
    else:
        begin(turn)


def _lapse(turn: Turn) -> None:
    if turn.incident.told:
        end(turn, End.LAPSED, Line.ENDED_LAPSED, News.LAPSED)
    else:
        end(turn, End.UNANSWERED)


def _say_again(turn: Turn) -> None:
    unsaid = turn.incident.unsaid
    turn.change(unsaid=(), n_unsaid=turn.incident.n_unsaid + 1)
    for say in unsaid:
        if say.line is not Line.COUNTDOWN:
            turn.acts.append(say)
        elif turn.incident.phase is Phase.COUNTING:
            left = turn.incident.timers[Timer.COUNT]
            turn.say(Line.COUNTDOWN, numbers=_first_answer(turn), seconds=left)


def _said(turn: Turn, event: SayTried) -> None:
    incident = turn.incident
    if event.done:
        turn.change(n_unsaid=0)
        if event.say.line in STANDING:
            turn.change(screen_id=event.message_id)
    elif incident.n_unsaid < MOST_UNSAID and not (
        incident.duress and event.say.line not in LET_GO
    ):
        unsaid: tuple[Say, ...] = (*incident.unsaid, event.say)
        turn.change(unsaid=unsaid)
        wait_s = FIRST_SAY_AGAIN_S * 2 ** min(incident.n_unsaid, 5)
        turn.start(Timer.SAY, min(wait_s, LONGEST_SAY_AGAIN_S))


def _raised(turn: Turn, source: Source, kind: str) -> None:
    """Words may raise what sounds began, never lower it, and say of which kind it is."""
    incident = turn.incident
    raised = replace(incident, source=source, kind=kind)
    reaches = bool(may_be_told(raised, turn.guarded))
    if incident.phase is Phase.ASKING and incident.source is not Source.DRILL:
        only_asked = incident.source in (Source.SOUND_ASK, Source.OLD_SOUND)
        louder = incident.source is Source.SELFHARM and source in COUNTING_SOURCES
        if source in RAISING and (only_asked or (reaches and (louder or not may_tell(turn)))):
            turn.change(source=source, kind=kind, doubting=False, wants_code=False)
            _hide(turn)
            _open(turn)
    elif incident.phase is Phase.COUNTING and incident.kind == "help":
        # Of what words call it fewer may be allowed to know than of a call for help.
        if len(may_be_told(raised, turn.guarded)) >= len(may_be_told(incident, turn.guarded)):
            turn.change(kind=kind)
        if is_quiet(turn.guarded, kind):
            _hide(turn, kind)


def _hide(turn: Turn, kind: str | None = None) -> None:
    """Be quiet from now on where the kind wants it; what stands on the screen is changed."""
    incident = turn.incident
    if not incident.quiet and is_quiet(turn.guarded, kind or incident.kind):
        turn.change(quiet=True)
        turn.stop(Timer.EDIT)
        if incident.phase is Phase.COUNTING:
            turn.say(Line.QUIET)


def _first_answer(turn: Turn) -> bool:
    return turn.incident.source is Source.SOUND_ALARM
