"""More is noticed in the same message: an incident is raised, and never lowered."""

from bot.incidents.acts import (
    Line,
    Say,
)
from bot.incidents.alarms import Source
from bot.incidents.state import (
    Answer,
    PersonTapped,
    Raised,
)
from storage.care_records import Choice
from tests.bot.incidents.plays import begun
from tests.bot.incidents.world import guardian, said, told


def test_words_raise_what_sounds_began_and_never_lower_it() -> None:
    play = begun(Source.SOUND_ASK, "help")
    acts = play.happens(Raised(Source.CRY, "fire"))
    assert said(acts) == [Line.COUNTDOWN]
    play.happens(Raised(Source.SOUND_ASK, "help"))
    assert told(play.wait(20)) == [(1, 2, 3)] and play.incident.kind == "fire"
    play = begun()
    play.happens(PersonTapped(Answer.SAFE))
    assert play.happens(Raised(Source.CRY, "fire")) == []


def test_self_harm_raises_what_was_only_asked_about() -> None:
    play = begun(Source.SOUND_ASK, "help", guardian(1, [Choice.SELFHARM]))
    assert said(play.happens(Raised(Source.SELFHARM, "selfharm"))) == [Line.SELFHARM_QUESTION]
    assert told(play.wait(60)) == [(1,)]


def test_a_scream_raises_self_harm_where_somebody_may_be_told_of_it() -> None:
    play = begun(Source.SELFHARM, "selfharm", guardian(1, [Choice.HELP]))
    assert said(play.happens(Raised(Source.SOUND_ALARM, "help"))) == [Line.COUNTDOWN]
    assert told(play.wait(20)) == [(1,)]
    play = begun(Source.SELFHARM, "selfharm", guardian(1, [Choice.SELFHARM]))
    play.happens(Raised(Source.SOUND_ALARM, "help"))
    assert told(play.wait(60)) == [(1,)], "the question goes on"


def test_what_words_call_it_takes_nobody_away() -> None:
    play = begun(Source.SOUND_ALARM, "help", guardian(1, [Choice.HELP]))
    play.happens(Raised(Source.CRY, "theft"))
    assert told(play.wait(20)) == [(1,)] and play.incident.kind == "help"


def test_quiet_words_take_the_place_of_a_countdown_that_is_shown() -> None:
    play = begun(Source.SOUND_ALARM, "help", quiet=True)
    assert play.lines() == [Line.COUNTDOWN]
    acts = play.happens(Raised(Source.CRY, "violence"))
    assert said(acts) == [Line.QUIET]
    seen = play.wait(19)
    assert not any(isinstance(act, Say) for act in seen)
    assert told(play.wait(1)) == [(1, 2, 3)]
