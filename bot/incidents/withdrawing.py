"""The person takes something back while guardians are told: what lies in their chats goes."""

from dataclasses import replace

from bot.incidents.acts import TakeBack, Telling, WriteDown
from bot.incidents.turn import Turn
from storage.care_records import Choice, Guardian


def withdrawn(turn: Turn) -> None:
    """What a guardian may not see any more is taken back now, not only at the end. Silent."""
    back: list[Telling] = []
    left: list[Telling] = []
    guardians = _guardians(turn)
    for each in turn.incident.shown:
        guardian = guardians.get(each.guardian_id)
        live = each.live_location_id
        if guardian is None:
            back.append(each)
        elif live is not None and Choice.LOCATION not in guardian.choices:
            others = tuple(number for number in each.enclosure_ids if number != live)
            back.append(replace(each, enclosure_ids=(live,)))
            left.append(replace(each, enclosure_ids=others, live_location_id=None))
        else:
            left.append(each)
    if back:
        turn.change(shown=tuple(left))
        turn.acts += [TakeBack(tuple(back)), WriteDown()]


def _guardians(turn: Turn) -> dict[int, Guardian]:
    """Whoever may still see what they were shown; nobody where a guardian is the danger."""
    guarded = turn.guarded
    if guarded is None or guarded.home.harmed_by_guardian:
        return {}
    return {each.id: each for each in guarded.guardians if not each.paused}
