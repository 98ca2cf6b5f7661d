"""A place that the person shares while an alert is open is passed on at once to who was told."""

from dataclasses import replace

from bot.incidents.acts import Line, PassOn, Sent
from bot.incidents.consent import may_be_told, may_go_along
from bot.incidents.state import PassedOn, Phase, PlaceShared, Timer
from bot.incidents.turn import Turn
from storage.care_records import Choice

MOST_TRIES = 5
FIRST_RETRY_S = 2.0
TOLD = (Phase.TELLING, Phase.ACKNOWLEDGED, Phase.CONFIRMED)


def shared(turn: Turn, event: PlaceShared) -> None:
    """A place was shared; before anybody was told the alert itself shows it."""
    turn.change(heard=turn.incident.heard | {event.key})
    if turn.incident.phase in TOLD:
        number = turn.incident.n_places + 1
        turn.change(n_places=number)
        _pass_on(turn, PassOn((), -number, event.shared_at, event.again))


def again(turn: Turn) -> None:
    """What did not go through is tried once more."""
    waiting = turn.incident.unplaced
    turn.change(unplaced=None)
    if waiting is not None:
        _pass_on(turn, waiting)


def passed_on(turn: Turn, event: PassedOn) -> None:
    """Who was shown it is said to the person; the others are tried again."""
    act, incident = event.act, turn.incident
    turn.change(
        unwritten=incident.unwritten + event.tellings,
        shown=incident.shown + tuple(each for each in event.tellings if each.enclosure_ids),
    )
    seen = {each.guardian_id for each in event.tellings if Choice.LOCATION in each.what}
    if seen:
        turn.say(Line.PLACE_SENT, guardian_ids=tuple(sorted(seen)))
    done = seen | {each.guardian_id for each in event.tellings if each.sent is Sent.REFUSED}
    left = tuple(number for number in _lacking(turn, act) if number not in done)
    if left and act.n_tries < MOST_TRIES:
        turn.change(unplaced=replace(act, guardian_ids=left, n_tries=act.n_tries + 1))
        wait_s = FIRST_RETRY_S * 2**act.n_tries
        turn.start(Timer.PLACE, max(wait_s, *(each.wait_s for each in event.tellings), 0.0))


def _pass_on(turn: Turn, act: PassOn) -> None:
    lacking = _lacking(turn, act)
    if lacking:
        turn.acts.append(replace(act, guardian_ids=lacking))


def _lacking(turn: Turn, act: PassOn) -> tuple[int, ...]:
    """Who of `act`, at first all, was told, may know the place, and was not shown it yet."""
    incident = turn.incident
    if incident.phase not in TOLD:
        return ()

    def was_shown(number: int) -> bool:
        """This place or a newer one; of the same place again, any."""
        places = [each.place_at for each in incident.shown if each.guardian_id == number]
        return any(at is not None and (act.again or at >= act.shared_at) for at in places)

    return tuple(
        guardian.id
        for guardian in may_be_told(incident, turn.guarded)
        if guardian.id in incident.told
        and guardian.id in (act.guardian_ids or incident.told)
        and Choice.LOCATION in may_go_along(incident, guardian)
        and not was_shown(guardian.id)
    )
