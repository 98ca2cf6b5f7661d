"""What is typed after the question about suicide."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.crisis_questions import ASKED_FOR, MOST_REMEMBERED, CrisisQuestions

CHAT, ASKED_ABOUT = 7, 100
NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture
def questions() -> CrisisQuestions:
    noted = CrisisQuestions()
    noted.note(CHAT, ASKED_ABOUT, NOW)
    return noted


def answer(questions: CrisisQuestions, number: int, text: str | None) -> str | None:
    found = questions.answered(CHAT, number, text, NOW + timedelta(minutes=1))
    return None if found is None else found[1]


@pytest.mark.parametrize("text", ["네", "응", "ㅇㅇ", "네..", "맞아!", "Yes.", "I am", "가끔"])
def test_a_short_yes_is_a_yes(questions: CrisisQuestions, text: str) -> None:
    assert answer(questions, 101, text) == "not-safe"


@pytest.mark.parametrize("text", ["아니", "아니요", "아뇨", "ㄴㄴ", "No", "not really", "없어요"])
def test_a_no_is_asked_about_once_more_and_then_let_be(
    questions: CrisisQuestions, text: str
) -> None:
    assert answer(questions, 101, text) == "misread"
    assert answer(questions, 101, text) == "misread", "handled again, as before"
    assert answer(questions, 102, text) == "fine"
    assert answer(questions, 103, "친구를 만났어요") is None, "a story again"
    assert answer(questions, 102, text) == "fine", "handled again, as before"


def test_a_yes_after_a_no_counts(questions: CrisisQuestions) -> None:
    assert answer(questions, 101, "아니") == "misread"
    assert answer(questions, 102, "응") == "not-safe"
    assert answer(questions, 103, "아니") == "listening", "another question was asked last"


def test_no_to_another_question_is_no_no_to_this_one(questions: CrisisQuestions) -> None:
    """Whoever says that nobody is near them is not fine."""
    assert answer(questions, 101, "아니") == "misread"
    assert answer(questions, 102, "그냥 지쳤어") == "listening"
    assert answer(questions, 103, "없어요") == "listening"
    assert answer(questions, 104, "네") == "listening"


def test_what_was_written_before_the_question_is_a_story(questions: CrisisQuestions) -> None:
    """Danger overtakes what was sent before it, a voice note by seconds."""
    assert answer(questions, ASKED_ABOUT - 1, "응") is None


def test_taps_count_as_what_is_typed(questions: CrisisQuestions) -> None:
    questions.tapped(CHAT, "misread")
    assert answer(questions, 101, "아니요") == "fine"
    questions.note(CHAT, 200, NOW)
    questions.tapped(CHAT, "call-hard")
    assert answer(questions, 201, "네") == "listening"


@pytest.mark.parametrize(
    "text", ["아니 잘 모르겠어", "yes but", "엄마가 보고 싶어", "ㅋㅋ", "", None]
)
def test_whatever_else_is_listened_to(questions: CrisisQuestions, text: str | None) -> None:
    assert answer(questions, 101, text) == "listening"


def test_it_ends_with_time_with_safety_and_is_each_chat_its_own(
    questions: CrisisQuestions,
) -> None:
    late = NOW + ASKED_FOR + timedelta(seconds=1)
    assert questions.answered(CHAT, 101, "네", late) is None
    assert questions.answered(CHAT + 1, 101, "네", NOW) is None
    questions.tapped(CHAT, "safe")
    assert answer(questions, 102, "네") is None


def test_asked_anew_the_time_begins_anew_and_handled_again_it_does_not(
    questions: CrisisQuestions,
) -> None:
    assert answer(questions, 101, "아니") == "misread"
    questions.note(CHAT, ASKED_ABOUT, NOW)
    assert answer(questions, 102, "아니") == "fine"
    questions.note(CHAT, 110, NOW + ASKED_FOR)
    found = questions.answered(CHAT, 111, "아니", NOW + 2 * ASKED_FOR)
    assert found == (110, "misread")


def test_only_so_many_are_remembered(questions: CrisisQuestions) -> None:
    for chat in range(1000, 1000 + MOST_REMEMBERED):
        questions.note(chat, ASKED_ABOUT, NOW)
    assert answer(questions, 101, "네") is None
