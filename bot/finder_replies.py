"""The search for sounds that tingle in words: each pair, its answers, and what was found."""

from collections.abc import Sequence
from dataclasses import replace

from bot.finder_buttons import ANSWERS, MOST_TAPS, Heard, heard_text
from bot.reply import Button, Reply
from bot.sleep_replies import named
from bot.wording import Wording
from inference.sound_pairs import Comparison


def preparing(say: Wording, heard: Heard) -> Reply:
    """The next two sounds are on their way."""
    number = len(heard.comparisons) + 1
    return Reply(say("finder-preparing", number=number, most=MOST_TAPS), ((_stop(say, heard),),))


def question(say: Wording, heard: Heard, first: str, second: str) -> Reply:
    """Which of the two kinds that were just sent tingled; each button holds all that was said."""
    answers = [
        Button(
            say(f"button-finder-{answer}"),
            f"sleep:pair:{heard_text(_and(heard, Comparison(first, second, *tingled)))}",
        )
        for answer, tingled in ANSWERS.items()
    ]
    number = len(heard.comparisons) + 1
    return Reply(
        say("finder-question", number=number, most=MOST_TAPS),
        (tuple(answers[:2]), tuple(answers[2:]), (_stop(say, heard),)),
    )


def found(say: Wording, kinds: Sequence[str], *, kept: bool) -> str:
    """What tingled most, or that nothing did; and whether that is kept."""
    if not kinds:
        return say("finder-nothing")
    return say("finder-found", sounds=named(say, kinds), kept="yes" if kept else "no")


def _and(heard: Heard, comparison: Comparison) -> Heard:
    return replace(heard, comparisons=(*heard.comparisons, comparison))


def _stop(say: Wording, heard: Heard) -> Button:
    return Button(say("button-finder-stop"), f"sleep:found:{heard_text(heard)}")
