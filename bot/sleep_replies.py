"""Sleep sounds in words: the menu, how far a sound is, and what stands below it."""

from collections.abc import Sequence
from dataclasses import replace

from bot.replies import Button, Reply
from bot.sleep_buttons import KINDS, LENGTHS_MINUTES, similar, text_of, toggled
from bot.wording import Wording
from inference.sound_recipe import Recipe, Strength

Rows = tuple[tuple[Button, ...], ...]
IN_A_ROW = 3


def described(say: Wording, recipe: Recipe) -> str:
    """A sound's name: its kinds, its strength, its length."""
    kinds = " + ".join(say(f"sleep-kind-{kind}") for kind, _ in recipe.kinds)
    strength = say(f"sleep-strength-{recipe.strength}")
    return f"{kinds} · {strength} · {say('sleep-minutes', minutes=round(recipe.minutes))}"


def menu(say: Wording, recipe: Recipe, favourites: Sequence[Recipe]) -> Reply:
    """What may be chosen; each button holds all that would then be chosen."""
    rows: list[tuple[Button, ...]] = [
        (Button(f"⭐ {described(say, each)}", f"sleep:make:{text_of(each)}"),)
        for each in reversed(favourites)
    ]
    chosen = {kind for kind, _ in recipe.kinds}
    kinds = [
        _choice(say(f"sleep-kind-{kind}"), kind in chosen, toggled(recipe, kind)) for kind in KINDS
    ]
    strengths = [
        _choice(
            say(f"sleep-strength-{strength}"),
            strength is recipe.strength,
            replace(recipe, strength=strength),
        )
        for strength in Strength
    ]
    lengths = [
        _choice(
            say("sleep-minutes", minutes=minutes),
            minutes == recipe.minutes,
            replace(recipe, minutes=float(minutes)),
        )
        for minutes in LENGTHS_MINUTES
    ]
    rows += [*_rows(kinds), *_rows(strengths), tuple(lengths)]
    rows.append((Button(say("button-sleep-make"), f"sleep:make:{text_of(recipe)}"),))
    return Reply(say("sleep-menu", sound=described(say, recipe)), tuple(rows))


def making(say: Wording, recipe: Recipe, origin_id: int, percent: int | None = None) -> Reply:
    """How far the whole is, None before its beginning was sent.

    `origin_id` is the message whose button asked for it.
    """
    stop = Button(say("button-sleep-stop"), f"sleep:stop:{origin_id}:{recipe.seed}")
    begun = "no" if percent is None else "yes"
    sound = described(say, recipe)
    return Reply(say("sleep-making", sound=sound, begun=begun, percent=percent or 0), ((stop,),))


def stopped(say: Wording) -> Reply:
    """Nothing is made any more."""
    return Reply(say("sleep-stopped"), ((_other(say),),))


def failed(say: Wording) -> Reply:
    """A sound that could not be made."""
    return Reply(say("sleep-failed"), ((_other(say),),))


def below(say: Wording, recipe: Recipe, *, starred: bool) -> Rows:
    """The buttons under a whole sound."""
    text = text_of(recipe)
    star = "unstar" if starred else "star"
    return (
        (
            Button(say("button-sleep-up"), f"sleep:up:{text}"),
            Button(say("button-sleep-down"), f"sleep:down:{text}"),
        ),
        (Button(say(f"button-sleep-{star}"), f"sleep:{star}:{text}"),),
        (Button(say("button-sleep-similar"), f"sleep:make:{text_of(similar(recipe))}"),),
        (_other(say),),
    )


def _choice(label: str, chosen: bool, then: Recipe | None) -> Button:
    action = "sleep:limit" if then is None else f"sleep:menu:{text_of(then)}"
    return Button(f"✓ {label}" if chosen else label, action)


def _other(say: Wording) -> Button:
    return Button(say("button-sleep-other"), "sleep:open")


def _rows(buttons: Sequence[Button]) -> Rows:
    return tuple(
        tuple(buttons[begin : begin + IN_A_ROW]) for begin in range(0, len(buttons), IN_A_ROW)
    )
