"""Taps by which a person or a guardian takes something back, understood before they are handled.

While the database is away such a tap waits; nobody is to be told meanwhile what it forbids.
"""

import re
from dataclasses import replace

from storage.care_records import Guarded, Guardian

EVERYTHING = "erase:yes"
NO_GUARDIANS = "guardians:harm"
NO_ADDRESS = "home:delete:address"
QUIET = re.compile(r"^home:(flow:)?quiet:on\Z")
NO_POSITION = re.compile(r"^home:(delete:location|(flow:)?location:off)\Z")
NO_GUARDIAN = re.compile(r"^guardian:([0-9]+):(pause|remove-yes)\Z")
NO_CHOICE = re.compile(r"^choice:([0-9]+):([a-z]+):off\Z")
LEAVE = re.compile(r"^leave:([0-9]+):yes\Z")


def takes_back(action: str) -> bool:
    """Whether a button's action takes back what guardians might be told, or the screen show."""
    patterns = (QUIET, NO_POSITION, NO_GUARDIAN, NO_CHOICE, LEAVE)
    return action in (EVERYTHING, NO_GUARDIANS, NO_ADDRESS) or any(
        pattern.match(action) for pattern in patterns
    )


def after_tap(known: Guarded, tapped_in: int, action: str) -> Guarded | None:
    """What holds of a person once a tap in some chat was handled; None if they are deleted."""
    if known.person.chat_id != tapped_in:
        return _after_guardians_tap(known, tapped_in, action)
    if action == EVERYTHING:
        return None
    if action == NO_GUARDIANS:
        return replace(known, guardians=())
    if action == NO_ADDRESS:
        return replace(known, home=replace(known.home, address=None))
    if QUIET.match(action):
        return replace(known, home=replace(known.home, quiet=True))
    if NO_POSITION.match(action):
        return replace(known, position=None)
    if (removed := NO_GUARDIAN.match(action)) is not None:
        return _without(known, guardian_id=int(removed[1]))
    if (switched := NO_CHOICE.match(action)) is not None:
        guardian_id, choice = int(switched[1]), switched[2]
        guardians = (_not_told(each, guardian_id, choice) for each in known.guardians)
        return replace(known, guardians=tuple(guardians))
    return known


def _after_guardians_tap(known: Guarded, tapped_in: int, action: str) -> Guarded:
    left = LEAVE.match(action)
    for guardian in known.guardians:
        if guardian.guardian_chat_id == tapped_in and (
            action == EVERYTHING or (left is not None and int(left[1]) == guardian.id)
        ):
            return _without(known, guardian.id)
    return known


def _without(known: Guarded, guardian_id: int) -> Guarded:
    return replace(
        known, guardians=tuple(each for each in known.guardians if each.id != guardian_id)
    )


def _not_told(guardian: Guardian, guardian_id: int, choice: str) -> Guardian:
    if guardian.id != guardian_id:
        return guardian
    kept = frozenset(each for each in guardian.choices if each != choice)
    return replace(guardian, choices=kept)
