"""What an answer does to an incident: taps and codes of the person, words of guardians."""

from bot.incidents.acts import Inform, Line, News
from bot.incidents.alarms import Source
from bot.incidents.consent import may_be_told
from bot.incidents.rounds import begin, end, others
from bot.incidents.state import Answer, End, Phase, Timer, Word
from bot.incidents.turn import Turn
from storage.care_records import Choice, Code

MOST_WRONG_CODES = 3


def person_tapped(turn: Turn, answer: Answer) -> None:
    """The person answers by a button."""
    if answer is Answer.DETAILS:
        turn.say(Line.DETAILS)
    elif not turn.open or turn.incident.duress:
        _tapped_after_end(turn, answer)
    elif answer is Answer.MISREAD and not turn.incident.doubting:
        turn.change(doubting=True)
        _give_time(turn)
        turn.say(Line.ONCE_MORE)
    elif answer in (Answer.SAFE, Answer.FINE, Answer.MISREAD):
        if _needs_code(turn):
            turn.change(wants_code=True)
            _give_time(turn)
            turn.say(Line.ASK_CODE)
        else:
            _cancel(turn)
    elif turn.incident.phase in (Phase.ASKING, Phase.COUNTING) or turn.incident.bare:
        turn.change(bare=False, called=True)
        begin(turn)
    elif turn.incident.phase is Phase.CONFIRMED:
        turn.say(Line.REOPENED)
        begin(turn)
    elif not turn.incident.quiet:  # help is on its way: who was told
        turn.say(Line.DETAILS)


def _tapped_after_end(turn: Turn, answer: Answer) -> None:
    """Whoever says they need help is taken at their word; all else changes nothing."""
    if answer in (Answer.SEND, Answer.NOT_SAFE) and turn.incident.source is not Source.DRILL:
        turn.change(duress=False, bare=False, called=True)
        turn.say(Line.REOPENED)
        begin(turn)


def code_typed(turn: Turn, code: Code | None) -> None:
    """The person typed a code: a right one cancels, the duress code only seems to."""
    incident = turn.incident
    if code is Code.DURESS and incident.source is not Source.DRILL:
        _duress(turn)
    elif not turn.open or (incident.duress and code is None):
        return
    elif code is None:
        turn.change(n_wrong_codes=incident.n_wrong_codes + 1)
        locked = turn.incident.n_wrong_codes >= MOST_WRONG_CODES
        turn.say(Line.CODE_LOCKED if locked else Line.WRONG_CODE)
    elif incident.n_wrong_codes >= MOST_WRONG_CODES:
        turn.say(Line.CODE_LOCKED)
    else:
        _cancel(turn)


def _cancel(turn: Turn) -> None:
    if turn.incident.source is Source.DRILL:
        end(turn, End.DRILL, Line.DRILL_REPORT)
    elif turn.incident.phase in (Phase.ASKING, Phase.COUNTING):
        end(turn, End.CANCELLED, Line.CANCELLED)
    else:
        end(turn, End.PERSON_SAFE, Line.ENDED_SAFE, News.ENDED_SAFE)


def _duress(turn: Turn) -> None:
    """What a cancel shows, and help all the same."""
    phase = turn.incident.phase
    told = phase in (Phase.TELLING, Phase.ACKNOWLEDGED, Phase.CONFIRMED)
    if not turn.incident.duress:
        line = Line.ENDED_SAFE if told else Line.CANCELLED
        turn.say(line, shown=told and bool(turn.incident.shown))
    turn.change(duress=True, doubting=False, wants_code=False, unsaid=())
    if told:
        turn.acts.append(Inform(tuple(sorted(turn.incident.told)), News.DURESS))
    if not told or phase is Phase.CONFIRMED:  # whoever confirmed did not know of it
        begin(turn)


def guardian_tapped(turn: Turn, guardian_id: int, word: Word) -> None:
    """A word of somebody who was told and is still a guardian."""
    incident = turn.incident
    drill = incident.source is Source.DRILL
    if guardian_id not in incident.told & guardian_ids(turn) or drill != (word is Word.SEEN):
        return
    if drill:
        _answered_drill(turn, guardian_id)
    elif word is Word.REOPEN:
        if incident.phase in (Phase.CONFIRMED, Phase.ENDED):
            turn.say(Line.REOPENED_BY, guardian_ids=(guardian_id,))
            begin(turn)
    elif incident.phase is Phase.ENDED:
        turn.acts.append(Inform((guardian_id,), News.ENDED))
    elif word is Word.ACK:
        _acknowledge(turn, guardian_id)
    else:
        _confirm(turn, guardian_id, word)


def _acknowledge(turn: Turn, guardian_id: int) -> None:
    """The repeats stop, the incident goes on."""
    if guardian_id in turn.incident.acknowledged_by:
        return
    first = turn.incident.phase is Phase.TELLING
    turn.change(acknowledged_by=turn.incident.acknowledged_by | {guardian_id})
    turn.say(Line.ACKNOWLEDGED, guardian_ids=(guardian_id,))
    if first:
        turn.change(phase=Phase.ACKNOWLEDGED, unreached=frozenset())
        turn.stop(Timer.NEXT, Timer.AGAIN, Timer.RETRY)
        turn.start(Timer.REMIND, turn.times.again_s[-1])
        others(turn, guardian_id, News.ANOTHER_LOOKS)


def _confirm(turn: Turn, guardian_id: int, word: Word) -> None:
    """The second guardian's word ends it; after the first the person may object."""
    if guardian_id in turn.incident.confirmed_by:
        return
    still = turn.incident.confirmed_by & guardian_ids(turn)
    turn.change(
        phase=Phase.CONFIRMED,
        unreached=frozenset(),
        confirmed_by=turn.incident.confirmed_by | {guardian_id},
        acknowledged_by=turn.incident.acknowledged_by | {guardian_id},
    )
    if still:
        end(turn, End.CONFIRMED, Line.ENDED_CONFIRMED, News.ENDED)
        return
    turn.stop(Timer.NEXT, Timer.AGAIN, Timer.RETRY, Timer.REMIND)
    turn.start(Timer.OBJECTION, turn.times.objection_s)
    line = Line.CALLED_FALSE if word is Word.FALSE else Line.CONFIRMED
    turn.say(line, guardian_ids=(guardian_id,), seconds=turn.times.objection_s)
    others(turn, guardian_id, News.ANOTHER_CONFIRMED)


def _answered_drill(turn: Turn, guardian_id: int) -> None:
    if not turn.open:
        return
    turn.change(acknowledged_by=turn.incident.acknowledged_by | {guardian_id})
    if turn.incident.reached <= turn.incident.acknowledged_by and not turn.incident.unreached:
        end(turn, End.DRILL, Line.DRILL_REPORT)


def _give_time(turn: Turn) -> None:
    """An answer that takes a second tap or typing prolongs the countdown, once."""
    incident = turn.incident
    if incident.phase is Phase.COUNTING and not incident.extended:
        turn.change(extended=True)
        turn.start(Timer.COUNT, max(turn.times.countdown_s, incident.timers[Timer.COUNT]))


def _needs_code(turn: Turn) -> bool:
    """Whether a cancel needs the code: where one is set, and silence would tell somebody."""
    incident, guarded = turn.incident, turn.guarded
    if guarded is None or guarded.home.cancel_code_digest is None:
        return False
    if incident.phase is not Phase.ASKING:
        return True
    if incident.source is Source.SOUND_ASK and not incident.called:
        return any(
            Choice.UNANSWERED in guardian.choices and not guardian.paused
            for guardian in guarded.guardians
        )
    return (incident.called or incident.source is not Source.OLD_SOUND) and may_tell(turn)


def may_tell(turn: Turn) -> bool:
    """Whether anybody may be told now."""
    return bool(may_be_told(turn.incident, turn.guarded))


def guardian_ids(turn: Turn) -> frozenset[int]:
    """Whoever is a guardian now, whatever they may be told."""
    guardians = () if turn.guarded is None else turn.guarded.guardians
    return frozenset(guardian.id for guardian in guardians)
