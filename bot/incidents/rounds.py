"""Rounds of telling guardians: who, in which order, how often."""

from collections.abc import Sequence

from bot.incidents.acts import ARRIVED, Inform, Line, Message, News, Sent, TakeBack, Tell, Telling
from bot.incidents.alarms import Source
from bot.incidents.consent import ALL_AT_ONCE, may_be_told, may_go_along
from bot.incidents.state import End, Incident, Phase, Timer
from bot.incidents.turn import Turn
from storage.care_records import Guardian

FIRST_RETRY_S = 2.0
LONGEST_RETRY_S = 30.0
MOST_UNCERTAIN_TRIES = 2
"""How often a message that may have arrived is sent again: each may be a further copy."""

ROUND_TIMERS = (Timer.NEXT, Timer.AGAIN, Timer.RETRY)


def begin(turn: Turn) -> None:
    """Tell guardians, from the first round on; where nobody may be told, the person knows."""
    guardians = may_be_told(turn.incident, turn.guarded)
    if not guardians:
        nobody(turn)
        return
    again = bool(turn.incident.told)
    turn.change(
        phase=Phase.TELLING,
        end=None,
        n_repeats=0,
        acknowledged_by=frozenset(),
        confirmed_by=frozenset(),
        doubting=False,
        wants_code=False,
    )
    turn.keep(Timer.SAY, Timer.WRITE)
    turn.start(Timer.LAPSE, turn.times.lapse_s)
    turn.say(Line.SENDING)
    _begin_round(turn)
    at_once = turn.incident.kind in ALL_AT_ONCE or _message(turn.incident) is not Message.ALARM
    _tell(turn, guardians if at_once or again else guardians[:1])


def nobody(turn: Turn) -> None:
    """Nobody may be told: say so and have the numbers come again."""
    if turn.incident.duress:
        end(turn, End.CANCELLED)
        return
    turn.say(Line.QUIET if turn.incident.quiet else Line.NOBODY, numbers=True)
    turn.change(phase=Phase.ASKING, end=None, n_asked=0)
    turn.keep(Timer.SAY, Timer.WRITE)
    turn.start(Timer.LAPSE, turn.times.lapse_s)
    turn.start(Timer.ASK, turn.times.ask_again_s[0])


def tell_next(turn: Turn) -> None:
    """The next guardian of those who are told one after another."""
    left = _not_attempted(turn)
    if left:
        _tell(turn, left[:1])
    else:
        _wait_for_answers(turn)


def again(turn: Turn) -> None:
    """Nobody has resolved it: all once more, or the last wait is over."""
    n_repeats = turn.incident.n_repeats + 1
    if n_repeats >= len(turn.times.again_s):
        turn.say(Line.NOBODY_ANSWERED, numbers=True)
    if n_repeats > len(turn.times.again_s):
        return
    turn.change(n_repeats=n_repeats)
    guardians = may_be_told(turn.incident, turn.guarded)
    if guardians:
        _begin_round(turn)
        _tell(turn, guardians)
    else:
        turn.say(Line.NOBODY, numbers=True)


def retry(turn: Turn) -> None:
    """The message of this round once more for those whom it has not reached."""
    waiting = may_be_told(turn.incident, turn.guarded)
    unreached = [guardian for guardian in waiting if guardian.id in turn.incident.unreached]
    turn.change(unreached=frozenset())
    if unreached:
        turn.change(n_tries=turn.incident.n_tries + 1)
        turn.acts.append(_telling(turn.incident, unreached))


def tried(turn: Turn, tellings: Sequence[Telling]) -> None:
    """A round's messages were tried: who was reached is said, the others are tried again."""
    incident = turn.incident
    arrived = frozenset(each.guardian_id for each in tellings if each.sent in ARRIVED)
    news = arrived - incident.reached
    again_for = frozenset(each.guardian_id for each in tellings if _again(each, incident.n_tries))
    turn.change(
        told=incident.told | arrived,
        reached=incident.reached | arrived,
        unreached=incident.unreached | again_for,
        last_told=tuple(tellings),
        unwritten=incident.unwritten + tuple(tellings),
        shown=incident.shown + tuple(each for each in tellings if each.enclosure_ids),
    )
    if again_for:
        wait_s = min(FIRST_RETRY_S * 2**incident.n_tries, LONGEST_RETRY_S)
        turn.start(Timer.RETRY, max(wait_s, *(each.wait_s for each in tellings)))
    if news:
        line = Line.CHECK_SENT if incident.bare else Line.SENT
        if incident.source is Source.DRILL:
            line = Line.DRILL_REPORT
        refused = {each.guardian_id for each in tellings if each.sent is Sent.REFUSED}
        turn.say(line, guardian_ids=tuple(sorted(news | refused)), round=incident.round)
    if not arrived and Timer.NEXT in turn.incident.timers:
        turn.stop(Timer.NEXT)
        tell_next(turn)
    elif not (turn.incident.reached or turn.incident.unreached or _not_attempted(turn)):
        if incident.source is Source.DRILL:
            end(turn, End.DRILL, Line.DRILL_REPORT)
        else:
            turn.say(Line.NOBODY_REACHED, numbers=True)


def end(turn: Turn, why: End, line: Line | None = None, news: News | None = None) -> None:
    """Nothing more is sent; until it is forgotten anyone may reopen it."""
    if line is not None:
        turn.say(line, shown=bool(turn.incident.shown))
    if news is not None and turn.incident.told:
        turn.acts.append(Inform(tuple(sorted(turn.incident.told)), news))
    if turn.incident.shown:
        turn.acts.append(TakeBack(turn.incident.shown))
    turn.change(
        phase=Phase.ENDED,
        end=why,
        timers={Timer.FORGET: turn.times.lapse_s},
        unreached=frozenset(),
        shown=(),
        unsaid=(),
        duress=False,
        called=False,
        doubting=False,
        wants_code=False,
    )


def others(turn: Turn, guardian_id: int, news: News) -> None:
    """A piece of news for all who were told but one."""
    rest = tuple(sorted(turn.incident.told - {guardian_id}))
    if rest:
        turn.acts.append(Inform(rest, news))


def _begin_round(turn: Turn) -> None:
    turn.change(
        round=turn.incident.round + 1,
        attempted=frozenset(),
        reached=frozenset(),
        unreached=frozenset(),
        n_tries=0,
    )
    turn.stop(*ROUND_TIMERS)


def _tell(turn: Turn, guardians: Sequence[Guardian]) -> None:
    attempted = turn.incident.attempted | {guardian.id for guardian in guardians}
    turn.change(attempted=attempted)
    turn.acts.append(_telling(turn.incident, guardians))
    if _not_attempted(turn):
        turn.start(Timer.NEXT, turn.times.next_guardian_s)
    else:
        _wait_for_answers(turn)


def _wait_for_answers(turn: Turn) -> None:
    if _message(turn.incident) is Message.ALARM:
        waits = turn.times.again_s
        turn.start(Timer.AGAIN, waits[min(turn.incident.n_repeats, len(waits) - 1)])


def _telling(incident: Incident, guardians: Sequence[Guardian]) -> Tell:
    enclosures = {guardian.id: may_go_along(incident, guardian) for guardian in guardians}
    return Tell(tuple(enclosures), incident.round, _message(incident), enclosures)


def _message(incident: Incident) -> Message:
    if incident.source is Source.DRILL:
        return Message.DRILL
    return Message.CHECK if incident.bare else Message.ALARM


def _not_attempted(turn: Turn) -> list[Guardian]:
    guardians = may_be_told(turn.incident, turn.guarded)
    return [each for each in guardians if each.id not in turn.incident.attempted]


def _again(telling: Telling, n_tries: int) -> bool:
    if telling.sent is Sent.UNCERTAIN:
        return n_tries < MOST_UNCERTAIN_TRIES
    return telling.sent in (Sent.LATER, Sent.FAILED)
