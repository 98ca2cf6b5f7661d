import threading
from datetime import timedelta

import pytest

from storage.care_guardians import TooManyGuardians
from storage.care_records import (
    ASKED_AGAIN_AFTER,
    CONFIRMATION_EVERY,
    INVITATION_EXPLAINED,
    INVITATION_VALID,
    MOST_GUARDIANS,
    Choice,
    Guardian,
    Refusal,
)
from storage.database import Database
from storage.records import Language
from storage.sealed_rows import NoSuchPerson
from tests.storage.caring import CHAT, FRIEND, MOTHER, NOW, STRANGER, add_guardian, register

OTHER = CHAT + 1


def accept(database: Database, token: str, by: int) -> Guardian | Refusal:
    with database.transaction() as memory:
        return memory.care.accept(token, by, Language.ENGLISH, NOW)


def test_an_invitation_is_accepted_once_and_tapping_again_says_the_same(
    database: Database,
) -> None:
    register(database)
    with database.transaction() as memory:
        token = memory.care.invite(CHAT, "어머니", NOW)
        invitation = memory.care.invitation(token)
    assert invitation is not None and (invitation.name, invitation.used) == ("어머니", False)
    assert len(token) == 22, "128 bits"
    first = accept(database, token, MOTHER)
    assert isinstance(first, Guardian)
    assert (first.name, first.language, first.choices) == ("어머니", Language.ENGLISH, frozenset())
    assert accept(database, token, MOTHER) == first
    assert accept(database, token, FRIEND) is Refusal.GONE
    with database.transaction() as memory:
        again = memory.care.invitation(token)
        assert again is not None and again.used
        assert memory.care.invitations(CHAT, NOW) == []
        assert memory.care.guardians(CHAT) == [first]
        assert memory.care.guardian_by_chat(CHAT, MOTHER) == first


def test_nobody_guards_themselves_or_twice_and_a_wrong_link_opens_nothing(
    database: Database,
) -> None:
    register(database)
    with database.transaction() as memory:
        tokens = [memory.care.invite(CHAT, name, NOW) for name in ("하나", "둘")]
    assert accept(database, tokens[0], CHAT) is Refusal.ONESELF
    assert isinstance(accept(database, tokens[0], MOTHER), Guardian)
    assert accept(database, tokens[1], MOTHER) is Refusal.ALREADY
    assert accept(database, "no-such-token", FRIEND) is Refusal.GONE
    assert isinstance(accept(database, tokens[1], FRIEND), Guardian), "it was not used up"


def test_a_link_ends_after_seven_days_or_when_it_is_withdrawn(database: Database) -> None:
    register(database)
    with database.transaction() as memory:
        late, withdrawn = (memory.care.invite(CHAT, name, NOW) for name in ("하나", "둘"))
        assert memory.care.withdraw(withdrawn)
        assert not memory.care.withdraw(withdrawn)
    assert accept(database, withdrawn, MOTHER) is Refusal.GONE
    with database.transaction() as memory:
        over = NOW + INVITATION_VALID
        assert memory.care.accept(late, MOTHER, Language.KOREAN, over) is Refusal.GONE
        assert memory.care.invitations(CHAT, over) == []
        assert memory.care.forget_lapsed(over) == 0
        ended = memory.care.invitation(late)
        assert ended is not None and ended.expires_at == over, "it still says why"
        assert memory.care.forget_lapsed(over + INVITATION_EXPLAINED) == 1
        assert memory.care.invitation(late) is None


def test_a_stranger_invites_nobody(database: Database) -> None:
    with pytest.raises(NoSuchPerson), database.transaction() as memory:
        memory.care.invite(CHAT, "어머니", NOW)
    with database.transaction() as memory:
        assert memory.care.guardians(CHAT) == []


def test_two_people_tap_one_link_at_once_and_one_wins(database: Database) -> None:
    register(database)
    with database.transaction() as memory:
        token = memory.care.invite(CHAT, "어머니", NOW)
    found = side_by_side(database, [(token, MOTHER + i) for i in range(6)])
    assert sum(isinstance(each, Guardian) for each in found) == 1
    assert found.count(Refusal.GONE) == 5
    with database.transaction() as memory:
        assert len(memory.care.guardians(CHAT)) == 1


def test_the_last_place_goes_to_one_of_many(database: Database) -> None:
    register(database)
    with database.transaction() as memory:
        tokens = [memory.care.invite(CHAT, str(i), NOW) for i in range(MOST_GUARDIANS + 3)]
    found = side_by_side(database, [(token, MOTHER + i) for i, token in enumerate(tokens)])
    assert sum(isinstance(each, Guardian) for each in found) == MOST_GUARDIANS
    assert found.count(Refusal.FULL) == 3
    with pytest.raises(TooManyGuardians), database.transaction() as memory:
        memory.care.invite(CHAT, "하나 더", NOW)
    with database.transaction() as memory:
        positions = [guardian.position for guardian in memory.care.guardians(CHAT)]
    assert positions == list(range(MOST_GUARDIANS))


def side_by_side(database: Database, taps: list[tuple[str, int]]) -> list[Guardian | Refusal]:
    found: list[Guardian | Refusal] = []
    threads = [
        threading.Thread(target=lambda tap=tap: found.append(accept(database, *tap)))
        for tap in taps
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(taps)
    return found


def test_choices_are_off_at_first_and_each_switch_is_on_record(database: Database) -> None:
    register(database)
    mother = add_guardian(database)
    with database.transaction() as memory:
        care = memory.care
        assert care.set_choice(CHAT, mother.id, Choice.CRIME, True, NOW)
        assert care.set_choice(CHAT, mother.id, Choice.ADDRESS, True, NOW)
        assert care.set_choice(CHAT, mother.id, Choice.CRIME, False, NOW + timedelta(minutes=1))
        assert not care.set_choice(OTHER, mother.id, Choice.CRIME, True, NOW), "not theirs"
    with database.transaction() as memory:
        found = memory.care.guardian(CHAT, mother.id)
        decisions = memory.care.choice_decisions(CHAT)
    assert found is not None and found.choices == {Choice.ADDRESS}
    assert [(each.choice, each.granted) for each in decisions] == [
        (Choice.CRIME, True),
        (Choice.ADDRESS, True),
        (Choice.CRIME, False),
    ]
    assert decisions[2].decided_at == NOW + timedelta(minutes=1)


def test_a_choice_made_of_an_older_wording_no_longer_counts(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(database)
    mother = add_guardian(database)
    with database.transaction() as memory:
        memory.care.set_choice(CHAT, mother.id, Choice.WORDS, True, NOW)
    monkeypatch.setattr("storage.care_guardians.CHOICE_VERSION", 2)
    with database.transaction() as memory:
        found = memory.care.guardian(CHAT, mother.id)
    assert found is not None and found.choices == frozenset()


def test_guardians_have_an_order_and_may_be_paused_and_renamed(database: Database) -> None:
    register(database)
    ids = [add_guardian(database, CHAT, MOTHER + i, str(i)).id for i in range(3)]
    with database.transaction() as memory:
        assert memory.care.move(CHAT, ids[2], 0)
        assert not memory.care.move(OTHER, ids[1], 0)
        assert memory.care.pause(CHAT, ids[0], True)
        assert memory.care.rename(CHAT, ids[1], "언니")
    with database.transaction() as memory:
        found = memory.care.guardians(CHAT)
    assert [guardian.id for guardian in found] == [ids[2], ids[0], ids[1]]
    assert [guardian.paused for guardian in found] == [False, True, False]
    assert found[2].name == "언니"


def test_a_guardian_is_removed_at_once_and_a_used_link_does_not_bring_them_back(
    database: Database,
) -> None:
    register(database)
    with database.transaction() as memory:
        token = memory.care.invite(CHAT, "어머니", NOW)
    mother = accept(database, token, MOTHER)
    assert isinstance(mother, Guardian)
    with database.transaction() as memory:
        assert not memory.care.remove(OTHER, mother.id)
        assert memory.care.remove(CHAT, mother.id)
    with database.transaction() as memory:
        assert memory.care.guardians(CHAT) == memory.care.guarded_by(MOTHER) == []
    assert accept(database, token, MOTHER) is Refusal.GONE
    assert add_guardian(database).id != mother.id, "disclosures keep the number"


def test_all_guardians_and_open_links_go_together(database: Database) -> None:
    register(database)
    for i in range(2):
        add_guardian(database, CHAT, MOTHER + i)
    with database.transaction() as memory:
        token = memory.care.invite(CHAT, "다른 사람", NOW)
        assert memory.care.remove_all(CHAT) == 2
    assert accept(database, token, STRANGER) is Refusal.GONE


def test_a_guardian_leaves_one_person_or_everybody(database: Database) -> None:
    for chat_id in (CHAT, OTHER):
        register(database, chat_id)
        add_guardian(database, chat_id, MOTHER, f"어머니 {chat_id}")
        add_guardian(database, chat_id, FRIEND, "친구")
    with database.transaction() as memory:
        guarded = memory.care.guarded_by(MOTHER)
        assert [each.name for each in guarded] == [f"어머니 {CHAT}", f"어머니 {OTHER}"]
        assert memory.care.leave(MOTHER, CHAT) == 1
        assert [each.chat_id for each in memory.care.guarded_by(MOTHER)] == [OTHER]
        assert memory.care.leave(FRIEND) == 2
        assert memory.care.guardians(CHAT) == []


def test_who_is_removed_reads_of_the_same_duties_until_they_leave(database: Database) -> None:
    for chat_id in (CHAT, OTHER):
        register(database, chat_id)
        add_guardian(database, chat_id)
    with database.transaction() as memory:
        before = memory.care.duties(MOTHER)
        assert [duty.chat_id for duty in before] == [CHAT, OTHER]
        assert memory.care.remove(CHAT, before[0].guardian_id)
        assert memory.care.remove_all(OTHER) == 1
    with database.transaction() as memory:
        assert memory.care.guarded_by(MOTHER) == []
        assert memory.care.duties(MOTHER) == before
        assert memory.care.duties(FRIEND) == []
        assert memory.care.leave(MOTHER, CHAT) == 0
        assert memory.care.duties(MOTHER) == before[1:]
    again = add_guardian(database, OTHER)
    with database.transaction() as memory:
        assert [duty.guardian_id for duty in memory.care.duties(MOTHER)] == [again.id]
        memory.begin_erasure(OTHER, NOW)
        assert memory.care.duties(MOTHER) == []


def test_whether_a_guardian_stays_is_asked_by_one_replica_after_ninety_days(
    database: Database,
) -> None:
    register(database)
    mother = add_guardian(database)
    due = NOW + CONFIRMATION_EVERY
    with database.transaction() as memory:
        assert memory.care.due_confirmations(due - timedelta(seconds=1)) == []
    found: list[Guardian] = []

    def claim() -> None:
        with database.transaction() as memory:
            found.extend(memory.care.due_confirmations(due))

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.id for each in found] == [mother.id]
    later = due + ASKED_AGAIN_AFTER
    with database.transaction() as memory:
        assert [each.id for each in memory.care.due_confirmations(later)] == [mother.id]
        assert memory.care.confirm(CHAT, mother.id, later)
        assert not memory.care.confirm(OTHER, mother.id, later)
        assert memory.care.due_confirmations(later + ASKED_AGAIN_AFTER) == []
        asked_again = memory.care.due_confirmations(later + CONFIRMATION_EVERY)
    assert [each.id for each in asked_again] == [mother.id]
