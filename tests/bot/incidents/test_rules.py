"""Every row of the safety table about emergencies and guardians."""

import pytest

from bot.incidents.acts import (
    Inform,
    Line,
    Message,
    News,
    Say,
    Sent,
    TakeBack,
    Tell,
    WriteDown,
)
from bot.incidents.alarms import Source
from bot.incidents.rules import is_over
from bot.incidents.state import (
    Answer,
    End,
    Erased,
    GuardianTapped,
    PersonTapped,
    Phase,
    Word,
)
from storage.care_records import Choice, Guarded
from tests.bot.incidents.plays import begun, nobody_there, says
from tests.bot.incidents.world import ALL_TOPICS, guarded, guardian, said, told


@pytest.mark.parametrize("source", [Source.SOUND_ALARM, Source.CRY])
def test_an_alarm_is_sent_when_its_countdown_ends(source: Source) -> None:
    play = begun(source)
    assert play.lines() == [Line.COUNTDOWN]
    assert told(play.wait(19.9)) == []
    acts = play.wait(0.2)
    assert told(acts) == [(1, 2, 3)]
    assert said(acts) == [Line.SENDING, Line.SENT]


def test_the_countdown_is_shown_by_edits() -> None:
    shown = [act.seconds for act in says(begun().wait(19)) if act.line is Line.COUNTING]
    assert shown == [15, 10, 5]


@pytest.mark.parametrize("kind", ["fire", "gas", "medical", "violence", "help"])
def test_these_kinds_go_to_all_at_once(kind: str) -> None:
    assert told(begun(Source.CRY, kind).wait(20)) == [(1, 2, 3)]


@pytest.mark.parametrize("kind", ["theft", "robbery", "fall", "assault_sexual", "selfharm"])
def test_other_kinds_go_to_one_after_another(kind: str) -> None:
    play = begun(Source.CRY, kind)
    assert told(play.wait(20)) == [(1,)]
    assert told(play.wait(60)) == [(2,)]
    assert told(play.wait(60)) == [(3,)]
    assert told(play.wait(180)) == [(1, 2, 3)]


def test_not_resolved_is_told_again_after_three_minutes_twice_and_then_after_fifteen() -> None:
    play = begun()
    play.wait(20)
    assert told(play.wait(179)) == []
    assert told(play.wait(1)) == [(1, 2, 3)]
    assert told(play.wait(180)) == [(1, 2, 3)]
    assert told(play.wait(899)) == []
    acts = play.wait(1)
    assert told(acts) == [(1, 2, 3)] and Line.NOBODY_ANSWERED in said(acts)
    acts = play.wait(900)
    assert told(acts) == [] and said(acts) == [Line.NOBODY_ANSWERED]
    assert told(play.wait(20 * 3600)) == []
    assert play.incident.phase is Phase.TELLING
    play.wait(10 * 3600)
    assert play.incident.end is End.LAPSED


def test_an_acknowledgement_stops_the_repeats_not_the_incident() -> None:
    play = begun()
    play.wait(20)
    acts = play.happens(GuardianTapped(2, Word.ACK))
    assert said(acts) == [Line.ACKNOWLEDGED]
    assert Inform((1, 3), News.ANOTHER_LOOKS) in acts
    acts = play.wait(3600)
    assert told(acts) == [] and Inform((2,), News.REMIND) in acts
    assert play.incident.phase is Phase.ACKNOWLEDGED


def test_one_confirmation_ends_it_after_ten_minutes_without_an_objection() -> None:
    play = begun()
    play.wait(20)
    assert Line.CONFIRMED in said(play.happens(GuardianTapped(1, Word.CONFIRMED)))
    play.wait(599)
    assert play.incident.phase is Phase.CONFIRMED
    assert said(play.wait(1)) == [Line.ENDED_CONFIRMED]
    assert play.incident.end is End.CONFIRMED


def test_a_second_guardian_ends_it_at_once() -> None:
    play = begun()
    play.wait(20)
    play.happens(GuardianTapped(1, Word.CONFIRMED))
    play.happens(GuardianTapped(1, Word.CONFIRMED))
    assert play.incident.phase is Phase.CONFIRMED
    play.happens(GuardianTapped(3, Word.FALSE))
    assert play.incident.end is End.CONFIRMED


def test_the_person_ends_it() -> None:
    play = begun()
    play.wait(20)
    acts = play.happens(PersonTapped(Answer.SAFE))
    assert said(acts) == [Line.ENDED_SAFE]
    assert Inform((1, 2, 3), News.ENDED_SAFE) in acts


def test_an_objection_tells_everybody_again() -> None:
    play = begun()
    play.wait(20)
    play.happens(GuardianTapped(1, Word.CONFIRMED))
    acts = play.happens(PersonTapped(Answer.NOT_SAFE))
    assert said(acts)[0] is Line.REOPENED and told(acts) == [(1, 2, 3)]
    assert play.incident.round == 2


@pytest.mark.parametrize("event", [PersonTapped(Answer.NOT_SAFE), GuardianTapped(2, Word.REOPEN)])
def test_anyone_may_reopen_it(event: PersonTapped | GuardianTapped) -> None:
    play = begun()
    play.wait(20)
    play.happens(PersonTapped(Answer.SAFE))
    assert told(play.happens(event)) == [(1, 2, 3)]
    assert play.incident.phase is Phase.TELLING


def test_a_word_after_the_end_is_answered() -> None:
    play = begun()
    play.wait(20)
    play.happens(PersonTapped(Answer.SAFE))
    assert Inform((1,), News.ENDED) in play.happens(GuardianTapped(1, Word.ACK))


def test_a_question_comes_again_and_then_whoever_may_is_asked_to_look() -> None:
    asked = guardian(2, [Choice.UNANSWERED, Choice.RECORDING, Choice.WORDS])
    play = begun(Source.SOUND_ASK, "violence", guardian(1, [Choice.CRIME]), asked)
    assert play.lines() == [Line.QUESTION]
    assert said(play.wait(60)) == [Line.AGAIN]
    assert said(play.wait(240)) == [Line.AGAIN]
    assert told(play.wait(59)) == []
    [check] = [act for act in play.wait(1) if isinstance(act, Tell)]
    assert check.message is Message.CHECK and check.guardian_ids == (2,)
    assert check.enclosures == {2: frozenset()}
    assert told(play.wait(3600)) == []


def test_a_question_that_nobody_may_be_asked_about_ends_in_silence() -> None:
    play = begun(Source.SOUND_ASK, "violence", guardian(1, [Choice.CRIME]))
    assert told(play.wait(3600)) == []
    assert play.incident.end is End.UNANSWERED


def test_self_harm_in_progress_is_told_only_with_its_own_consent() -> None:
    play = begun(Source.SELFHARM, "selfharm", guardian(1, ALL_TOPICS - {Choice.SELFHARM}))
    assert play.lines() == []
    assert said(play.wait(60)) == [Line.AGAIN] and said(play.wait(240)) == [Line.AGAIN]
    assert told(play.wait(3600)) == []
    play = begun(Source.SELFHARM, "selfharm")
    assert play.lines() == [Line.SELFHARM_QUESTION]
    assert told(play.wait(60)) == [(1,)]


def test_whoever_asks_that_guardians_be_told_is_not_asked_again() -> None:
    play = begun(Source.ASKED, "selfharm")
    assert Line.SENT in play.lines() and play.incident.told == {1}
    assert Line.ENDED_SAFE in said(play.happens(PersonTapped(Answer.SAFE)))
    unwilling = guardian(1, ALL_TOPICS - {Choice.SELFHARM})
    assert begun(Source.ASKED, "selfharm", unwilling).lines() == [Line.NOBODY]


def test_an_old_sound_is_asked_about_and_never_sends() -> None:
    play = begun(Source.OLD_SOUND)
    assert play.lines() == [Line.OLD_QUESTION]
    assert play.wait(24 * 3600) and told(play.acts) == []
    assert play.incident.end is End.UNANSWERED
    assert told(begun(Source.OLD_SOUND).happens(PersonTapped(Answer.SEND))) == [(1, 2, 3)]


def test_quiet_mode_shows_nothing_but_neutral_words() -> None:
    play = begun(Source.SOUND_ALARM, "violence", quiet=True)
    play.wait(20)
    play.happens(GuardianTapped(1, Word.ACK))
    play.happens(GuardianTapped(1, Word.CONFIRMED))
    assert play.lines() == [Line.QUIET]
    assert not any(act.numbers for act in play.acts if isinstance(act, Say))
    assert said(play.happens(PersonTapped(Answer.DETAILS))) == [Line.DETAILS]
    assert begun(Source.SOUND_ALARM, "fire", quiet=True).lines() == [Line.COUNTDOWN]


@pytest.mark.parametrize(
    "world",
    [
        None,
        guarded(),
        guarded(guardian(1, [Choice.MEDICAL])),
        guarded(guardian(1, paused=True)),
        guarded(guardian(1), harmed_by_guardian=True),
    ],
)
def test_where_nobody_is_told_the_person_is_told_so(world: Guarded | None) -> None:
    play = nobody_there(Source.SOUND_ALARM, world)
    assert play.lines() == [Line.NOBODY]
    assert said(play.wait(60)) == [Line.AGAIN] and said(play.wait(240)) == [Line.AGAIN]
    play.wait(60)
    assert play.incident.end is End.UNANSWERED and told(play.acts) == []


@pytest.mark.parametrize("source", [Source.SOUND_ALARM, Source.CRY])
def test_a_guardian_who_is_known_of_later_is_counted_down_to(source: Source) -> None:
    play = nobody_there(source, guarded())
    play.world = guarded(guardian(1))
    assert Line.COUNTDOWN in said(play.wait(60)) and told(play.acts) == []
    assert told(play.wait(20)) == [(1,)]


@pytest.mark.parametrize("source", [Source.SOUND_ASK, Source.OLD_SOUND])
def test_whoever_called_for_help_is_not_forgotten_where_nobody_was_known(source: Source) -> None:
    play = nobody_there(source, guarded())
    assert Line.NOBODY in said(play.happens(PersonTapped(Answer.NOT_SAFE)))
    play.world = guarded(guardian(1))
    assert told(play.wait(60)) == [(1,)]


def test_a_guardian_who_leaves_in_the_countdown_is_not_told() -> None:
    play = begun(Source.SOUND_ALARM, "violence", guardian(1))
    play.world = guarded()
    assert said(play.wait(20)) == [Line.NOBODY] and told(play.acts) == []


def test_whoever_left_after_looking_is_not_waited_for() -> None:
    play = begun()
    play.wait(20)
    play.happens(GuardianTapped(1, Word.ACK))
    play.world = guarded(guardian(2), guardian(3))
    assert told(play.wait(900)) == [(2, 3)]
    play.happens(GuardianTapped(2, Word.CONFIRMED))
    play.world = guarded(guardian(3))
    assert told(play.wait(600)) == [(3,)]


def test_a_blocked_guardian_moves_on_at_once() -> None:
    play = begun(Source.CRY, "theft")
    play.outcomes = {1: [Sent.REFUSED]}
    assert told(play.wait(20)) == [(1,), (2,)]


def test_whoever_was_not_reached_is_named_beside_those_who_were() -> None:
    play = begun()
    play.outcomes = {2: [Sent.REFUSED]}
    [sent] = [act for act in says(play.wait(20)) if act.line is Line.SENT]
    assert sent.guardian_ids == (1, 2, 3)
    assert {each.guardian_id: each.sent for each in play.incident.last_told}[2] is Sent.REFUSED


def test_where_nobody_can_be_reached_the_person_is_told_so() -> None:
    play = begun()
    play.outcomes = {number: [Sent.REFUSED] for number in (1, 2, 3)}
    assert Line.NOBODY_REACHED in said(play.wait(20))


def test_whom_telegram_puts_off_is_told_later_in_the_same_round() -> None:
    play = begun()
    play.outcomes = {2: [Sent.LATER, Sent.FAILED]}
    play.wait(20)
    assert told(play.wait(2)) == [(2,)]
    assert told(play.wait(4)) == [(2,)]
    assert play.incident.round == 1 and play.incident.reached == {1, 2, 3}


def test_what_may_have_arrived_is_sent_again_at_most_twice() -> None:
    play = begun()
    play.outcomes = {2: [Sent.UNCERTAIN] * 9}
    play.wait(20)
    assert told(play.wait(170)) == [(2,), (2,)]


def test_what_was_shown_is_taken_back_at_the_end() -> None:
    play = begun(Source.SOUND_ALARM, "violence", guardian(1, [Choice.CRIME, Choice.RECORDING]))
    play.wait(20)
    acts = play.happens(PersonTapped(Answer.SAFE))
    [back] = [act for act in acts if isinstance(act, TakeBack)]
    assert [each.enclosure_ids for each in back.shown] == [(801,)]


def test_whoever_needs_help_again_reads_who_was_told() -> None:
    play = begun()
    play.wait(20)
    assert said(play.happens(PersonTapped(Answer.NOT_SAFE))) == [Line.DETAILS]


def test_each_acknowledgement_is_written_down() -> None:
    play = begun()
    play.wait(20)
    for number in (1, 2):
        assert WriteDown() in play.happens(GuardianTapped(number, Word.ACK))


def test_a_drill_tells_all_and_reports_who_answered() -> None:
    play = begun(Source.DRILL, "help", guardian(1, []), guardian(2))
    [drill] = [act for act in play.acts if isinstance(act, Tell)]
    assert drill.message is Message.DRILL and drill.enclosures == dict.fromkeys(
        (1, 2), frozenset()
    )
    play.happens(GuardianTapped(1, Word.SEEN))
    assert said(play.happens(GuardianTapped(2, Word.SEEN))) == [Line.DRILL_REPORT]
    assert play.incident.end is End.DRILL
    play = begun(Source.DRILL, "help")
    play.wait(900)
    assert play.incident.end is End.DRILL and told(play.acts) == [(1, 2, 3)]


def test_a_drill_without_guardians_says_so() -> None:
    assert nobody_there(Source.DRILL, guarded()).lines() == [Line.DRILL_NOBODY]


def test_a_deletion_ends_everything_at_once() -> None:
    play = begun()
    play.wait(5)
    play.happens(Erased())
    assert is_over(play.incident)
