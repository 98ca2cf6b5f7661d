"""A place shared while an alert is open: to whom it goes, once, and what comes of that."""

from datetime import timedelta

from bot.incidents.acts import Act, Line, PassOn, Sent, TakeBack
from bot.incidents.alarms import Source
from bot.incidents.state import Answer, GuardianTapped, PersonTapped, Phase, PlaceShared, Word
from storage.care_records import Choice
from tests.bot.incidents.plays import begun, says
from tests.bot.incidents.world import ALL_TOPICS, NOW, Play, guardian, said

KNOWING = ALL_TOPICS | {Choice.LOCATION}


def acknowledged() -> Play:
    """A fire of which three were told, two of whom may know the place; one sees to it."""
    play = begun(
        Source.CRY, "fire", guardian(1, KNOWING), guardian(2), guardian(3, KNOWING)
    )  # fmt: skip
    play.wait(play.times.countdown_s)
    play.happens(GuardianTapped(2, Word.ACK))
    assert play.incident.phase is Phase.ACKNOWLEDGED
    return play


def place(minutes: int = 0, *, again: bool = False, key: str = "") -> PlaceShared:
    return PlaceShared(NOW + timedelta(minutes=minutes), again, key or f"{minutes}")


def shown(acts: list[Act]) -> list[tuple[int, ...]]:
    return [act.guardian_ids for act in acts if isinstance(act, PassOn)]


def test_it_goes_at_once_to_who_was_told_and_may_know_it() -> None:
    play = acknowledged()
    acts = play.happens(place())
    assert shown(acts) == [(1, 3)]
    assert said(acts) == [Line.PLACE_SENT] and says(acts)[0].guardian_ids == (1, 3)
    assert play.incident.phase is Phase.ACKNOWLEDGED, "nothing else changes"
    play.happens(place(1))
    assert {each.round for each in play.incident.shown} == {-1, -2}, "each is on record"
    [back] = [a for a in play.happens(PersonTapped(Answer.SAFE)) if isinstance(a, TakeBack)]
    assert [each.enclosure_ids for each in back.shown] == [(901,), (903,)] * 2


def test_the_same_place_is_not_shown_twice() -> None:
    play = acknowledged()
    assert shown(play.happens(place(1, again=True))) == [(1, 3)], "nobody was shown any"
    assert shown(play.happens(place(2, again=True))) == []
    assert shown(play.happens(place(1, key="handled again"))) == []
    assert shown(play.happens(place(3))) == [(1, 3)]
    assert shown(play.happens(place(3))) == []


def test_who_could_not_be_reached_is_shown_it_later_a_few_times() -> None:
    play = acknowledged()
    play.outcomes[1] = [Sent.LATER] * 2
    play.outcomes[3] = [Sent.REFUSED]
    assert says(play.happens(place())) == []
    acts = play.wait(60)
    assert shown(acts) == [(1,), (1,)] and said(acts) == [Line.PLACE_SENT]
    play.outcomes[1] = [Sent.FAILED] * 20
    play.happens(place(1))
    assert len(shown(play.wait(600))) == 5


def test_nothing_is_shown_before_anybody_is_told_nor_after_the_end_nor_in_a_drill() -> None:
    play = begun(Source.CRY, "fire", guardian(1, KNOWING))
    assert shown(play.happens(place())) == []
    play.wait(play.times.countdown_s)
    play.happens(PersonTapped(Answer.SAFE))
    assert shown(play.happens(place(1))) == []
    drill = begun(Source.DRILL, "help", guardian(1, KNOWING))
    assert shown(drill.happens(place())) == []


def test_under_duress_and_in_quiet_mode_the_person_reads_nothing_of_it() -> None:
    play = begun(Source.CRY, "violence", guardian(1, KNOWING), quiet=True)
    play.wait(play.times.countdown_s)
    acts = play.happens(place())
    assert shown(acts) == [(1,)] and says(acts) == []
