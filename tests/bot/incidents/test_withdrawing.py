"""What is taken back while guardians are told, since they may not know it any more."""

from dataclasses import replace

from bot.incidents.acts import Act, Sent, TakeBack
from bot.incidents.alarms import Source
from bot.incidents.state import Answer, PersonTapped, ToldTried, Withdrawn
from storage.care_records import Choice
from tests.bot.incidents.plays import begun, says
from tests.bot.incidents.world import ALL_TOPICS, Play, guarded, guardian, telling

KNOWING = ALL_TOPICS | {Choice.LOCATION}


def both_shown() -> Play:
    """Two guardians who see words and a live location."""
    play = begun(Source.CRY, "fire", guardian(1, KNOWING), guardian(2, KNOWING))
    play.wait(play.times.countdown_s)
    for number in (1, 2):
        seen = telling(
            number, 1, Sent.ACCEPTED, enclosure_ids=(10 * number, 5), live_location_id=5
        )  # fmt: skip
        play.happens(ToldTried((seen,)))
    return play


def taken(acts: list[Act]) -> list[tuple[int, tuple[int, ...]]]:
    assert not says(acts), "nobody is told of it"
    backs = [act for act in acts if isinstance(act, TakeBack)]
    return [(each.guardian_id, each.enclosure_ids) for act in backs for each in act.shown]


def test_of_a_guardian_who_is_removed_or_paused_all_goes_at_once() -> None:
    play = both_shown()
    assert taken(play.happens(Withdrawn())) == []
    play.world = guarded(guardian(1, KNOWING), guardian(2, KNOWING, paused=True))
    assert taken(play.happens(Withdrawn())) == [(2, (20, 5))]
    play.world = guarded()
    assert taken(play.happens(Withdrawn())) == [(1, (10, 5))]
    acts = play.happens(PersonTapped(Answer.SAFE))
    assert not [act for act in acts if isinstance(act, TakeBack)]


def test_where_a_guardian_is_the_danger_all_of_everybody_goes() -> None:
    play = both_shown()
    assert play.world is not None
    play.world = replace(play.world, home=replace(play.world.home, harmed_by_guardian=True))
    assert taken(play.happens(Withdrawn())) == [(1, (10, 5)), (2, (20, 5))]


def test_without_the_consent_to_location_the_live_one_goes_and_the_rest_at_the_end() -> None:
    play = both_shown()
    play.world = guarded(guardian(1, KNOWING), guardian(2))
    assert taken(play.happens(Withdrawn())) == [(2, (5,))]
    assert [each.live_location_id for each in play.incident.shown] == [5, None]
    [back] = [a for a in play.happens(PersonTapped(Answer.SAFE)) if isinstance(a, TakeBack)]
    assert [each.enclosure_ids for each in back.shown] == [(10, 5), (20,)]
