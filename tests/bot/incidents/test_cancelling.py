"""The rows of the safety table about cancelling: in time, by codes, under duress."""

import pytest

from bot.incidents.acts import Inform, Line, News, Say
from bot.incidents.alarms import Source
from bot.incidents.rules import is_over
from bot.incidents.state import (
    Answer,
    CodeTyped,
    End,
    GuardianTapped,
    PersonTapped,
    SayTried,
    Word,
)
from storage.care_records import Choice, Code
from tests.bot.incidents.plays import begun, nobody_there
from tests.bot.incidents.world import guarded, guardian, said, told


def test_a_cancel_in_time_tells_nobody() -> None:
    play = begun()
    play.wait(10)
    assert said(play.happens(PersonTapped(Answer.SAFE))) == [Line.CANCELLED]
    assert told(play.wait(48 * 3600)) == []
    assert is_over(play.incident) and play.incident.end is End.CANCELLED


def test_cancelling_asks_for_the_code_and_gives_time_to_type_it_once() -> None:
    play = begun(cancel_code_digest="set")
    play.wait(15)
    assert said(play.happens(PersonTapped(Answer.SAFE))) == [Line.ASK_CODE]
    assert said(play.happens(CodeTyped(None))) == [Line.WRONG_CODE]
    assert told(play.wait(19)) == []
    play.happens(PersonTapped(Answer.SAFE))
    assert told(play.wait(1)) == [(1, 2, 3)]


@pytest.mark.parametrize("source", [Source.SOUND_ALARM, Source.CRY])
def test_a_code_is_asked_for_where_silence_would_tell_somebody(source: Source) -> None:
    play = nobody_there(source, guarded())
    play.world = guarded(guardian(1), cancel_code_digest="x")
    assert said(play.happens(PersonTapped(Answer.FINE))) == [Line.ASK_CODE]
    assert play.incident.end is None


def test_the_right_code_cancels() -> None:
    play = begun(cancel_code_digest="set")
    play.happens(PersonTapped(Answer.SAFE))
    assert said(play.happens(CodeTyped(Code.CANCEL))) == [Line.CANCELLED]
    assert told(play.wait(3600)) == []


def test_after_three_wrong_codes_no_code_counts_but_duress() -> None:
    play = begun(cancel_code_digest="set")
    for _ in range(3):
        play.happens(CodeTyped(None))
    assert said(play.happens(CodeTyped(Code.CANCEL))) == [Line.CODE_LOCKED]
    assert told(play.happens(CodeTyped(Code.DURESS))) == [(1, 2, 3)]


def test_duress_looks_like_a_cancel_and_sends() -> None:
    play = begun(cancel_code_digest="set", duress_code_digest="set")
    play.happens(PersonTapped(Answer.SAFE))
    acts = play.happens(CodeTyped(Code.DURESS))
    assert said(acts) == [Line.CANCELLED] and told(acts) == [(1, 2, 3)]
    assert play.incident.state == "cancelled"
    play.happens(GuardianTapped(1, Word.ACK))
    acts = play.happens(PersonTapped(Answer.SAFE))
    assert said(acts) == []
    assert said(play.happens(GuardianTapped(1, Word.CONFIRMED))) == []
    assert said(play.wait(600)) == [] and play.incident.end is End.CONFIRMED


def test_duress_after_sending_warns_those_who_were_told() -> None:
    play = begun(cancel_code_digest="set", duress_code_digest="set")
    play.wait(20)
    acts = play.happens(CodeTyped(Code.DURESS))
    assert said(acts) == [Line.ENDED_SAFE]
    assert Inform((1, 2, 3), News.DURESS) in acts
    assert told(play.wait(180)) == [(1, 2, 3)]


def test_duress_after_a_guardian_confirmed_counts_more_than_their_word() -> None:
    play = begun(duress_code_digest="set")
    play.wait(20)
    play.happens(GuardianTapped(1, Word.CONFIRMED))
    acts = play.happens(CodeTyped(Code.DURESS))
    assert said(acts) == [Line.ENDED_SAFE] and told(acts) == [(1, 2, 3)]
    assert Inform((1, 2, 3), News.DURESS) in acts
    play.happens(GuardianTapped(2, Word.ACK))
    play.wait(700)
    assert play.incident.end is None


def test_after_duress_the_same_is_read_as_after_a_cancel() -> None:
    lines = []
    for code in (Code.CANCEL, Code.DURESS):
        keeper = guardian(1, [Choice.CRIME, Choice.RECORDING])
        play = begun(Source.SOUND_ALARM, "violence", keeper, duress_code_digest="set")
        play.wait(20)
        lines.append([act for act in play.happens(CodeTyped(code)) if isinstance(act, Say)])
    assert lines[0] == lines[1] and lines[0][0].shown


def test_what_duress_pretends_is_said_again_until_it_arrives() -> None:
    play = begun(duress_code_digest="set")
    play.happens(CodeTyped(Code.DURESS))
    play.happens(SayTried(Say(Line.CANCELLED), done=False))
    assert said(play.wait(2)) == [Line.CANCELLED]


def test_a_drill_ends_by_either_code() -> None:
    for code in Code:
        play = begun(Source.DRILL, "help", duress_code_digest="set")
        acts = play.happens(CodeTyped(code))
        assert said(acts) == [Line.DRILL_REPORT]
        assert not any(isinstance(act, Inform) for act in acts)


def test_you_misunderstood_asks_once_more_before_it_lets_go() -> None:
    play = begun()
    play.wait(15)
    assert said(play.happens(PersonTapped(Answer.MISREAD))) == [Line.ONCE_MORE]
    assert told(play.wait(19)) == []
    assert told(play.wait(1)) == [(1, 2, 3)]
    play = begun()
    play.happens(PersonTapped(Answer.MISREAD))
    assert said(play.happens(PersonTapped(Answer.FINE))) == [Line.CANCELLED]


def test_send_now_sends_now() -> None:
    assert told(begun().happens(PersonTapped(Answer.SEND))) == [(1, 2, 3)]
