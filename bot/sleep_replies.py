"""Sleep sounds in words: the menu, how far a sound is, and what stands below it."""

from collections.abc import Sequence
from dataclasses import replace

from bot.feeling_replies import OPEN_SOUNDS
from bot.reply import Button, Reply
from bot.sleep_buttons import (
    KINDS,
    LENGTHS_MINUTES,
    NIGHT_MINUTES,
    n_parts,
    similar,
    text_of,
    toggled,
)
from bot.wording import Wording
from inference.sound_recipe import Recipe, Strength

Rows = tuple[tuple[Button, ...], ...]
IN_A_ROW = 3


def described(say: Wording, recipe: Recipe) -> str:
    """A sound's name: its kinds, how much of each where that differs, its strength, its length."""
    kinds = " + ".join(
        say(f"sleep-kind-{kind}") + ("" if weight == 1 else f" ×{weight:g}")
        for kind, weight in recipe.kinds
    )
    strength = say(f"sleep-strength-{recipe.strength}")
    return f"{kinds} · {strength} · {_length(say, recipe.minutes)}"


def titled(say: Wording, recipe: Recipe, number: int | None) -> str:
    """What a player shows of one file of a sound; `number` from 0, None for its beginning."""
    n_files = n_parts(recipe)
    title = described(say, recipe)
    return title if number is None or n_files == 1 else f"{title} · {number + 1}/{n_files}"


def under_opening(say: Wording, recipe: Recipe) -> str:
    """What is said with the first two minutes."""
    return say("sleep-opening", parts=n_parts(recipe), minutes=round(recipe.minutes))


def under_part(say: Wording, recipe: Recipe, number: int) -> str:
    """What is said with a part, from 0, or with the whole where there is but one."""
    n_files, minutes = n_parts(recipe), round(recipe.minutes)
    if n_files == 1:
        return say("sleep-whole", minutes=minutes)
    last = "yes" if number == n_files - 1 else "no"
    return say("sleep-part", number=number + 1, parts=n_files, last=last)


def named(say: Wording, kinds: Sequence[str]) -> str:
    """Kinds in a person's language."""
    return " + ".join(say(f"sleep-kind-{kind}") for kind in kinds)


def menu(
    say: Wording,
    recipe: Recipe,
    favourites: Sequence[Recipe],
    kinds: Sequence[str] = KINDS,
    why: str = "",
) -> Reply:
    """What may be chosen; each button holds all that would then be chosen.

    `kinds` are all kinds in the order in which they are offered, `why` one sentence on why it
    opens with this recipe.
    """
    rows: list[tuple[Button, ...]] = [
        (Button(f"⭐ {described(say, each)}", f"sleep:make:{text_of(each)}"),)
        for each in reversed(favourites)
    ]
    chosen = {kind for kind, _ in recipe.kinds}
    choices = [
        _choice(say(f"sleep-kind-{kind}"), kind in chosen, toggled(recipe, kind)) for kind in kinds
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
            _length(say, minutes),
            minutes == recipe.minutes,
            replace(recipe, minutes=float(minutes)),
        )
        for minutes in LENGTHS_MINUTES
    ]
    rows += [*_rows(choices), *_rows(strengths), tuple(lengths[:-1]), (lengths[-1],)]
    rows.append((Button(say("button-sleep-make"), f"sleep:make:{text_of(recipe)}"),))
    rows.append((Button(say("button-sleep-find"), f"sleep:find:{recipe.seed}"),))
    text = say("sleep-menu", sound=described(say, recipe))
    return Reply(f"{text}\n{why}" if why else text, tuple(rows))


def making(
    say: Wording,
    recipe: Recipe,
    origin_id: int,
    percent: int | None = None,
    *,
    waits: bool = False,
) -> Reply:
    """How far the whole is, None before its beginning was sent; or that it waits for its turn.

    `origin_id` is the message whose button asked for it.
    """
    stop = Button(say("button-sleep-stop"), f"sleep:stop:{origin_id}:{recipe.seed}")
    begun = "waits" if waits else "no" if percent is None else "yes"
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


def _length(say: Wording, minutes: float) -> str:
    if minutes == NIGHT_MINUTES:
        return say("sleep-night")
    return say("sleep-minutes", minutes=f"{minutes:g}")


def _choice(label: str, chosen: bool, then: Recipe | None) -> Button:
    action = "sleep:limit" if then is None else f"sleep:menu:{text_of(then)}"
    return Button(f"✓ {label}" if chosen else label, action)


def _other(say: Wording) -> Button:
    return Button(say("button-sleep-other"), OPEN_SOUNDS)


def _rows(buttons: Sequence[Button]) -> Rows:
    return tuple(
        tuple(buttons[begin : begin + IN_A_ROW]) for begin in range(0, len(buttons), IN_A_ROW)
    )
