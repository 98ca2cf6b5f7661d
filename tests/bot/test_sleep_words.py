"""What may stand behind /sleep, in any order and in the names of either language."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sleep_buttons import (
    KINDS,
    LENGTHS_MINUTES,
    MOST_KINDS,
    MOST_WEIGHT,
    first_recipe,
    recipe_in,
    text_of,
    weighted_recipe,
)
from bot.sleep_words import NotRead, TooManyKinds, recipe_of
from bot.wording import Wording
from inference.sound_recipe import Strength
from storage.records import Language

OPENED = first_recipe(7)  # soft rain, 30 minutes
languages = st.sampled_from(Language)


@st.composite
def written(draw: st.DrawFn) -> tuple[str, str]:
    """Words as a person may write them, and the recipe that they say."""
    weights = draw(
        st.dictionaries(
            st.sampled_from(KINDS), st.integers(1, MOST_WEIGHT), min_size=1, max_size=MOST_KINDS
        )
    )
    strength = draw(st.sampled_from(Strength))
    minutes = draw(st.sampled_from(LENGTHS_MINUTES))
    say = Wording(draw(languages))
    words = [draw(st.sampled_from([say(f"sleep-strength-{strength}"), strength.value]))]
    words.append(draw(st.sampled_from([f"{minutes}", say("sleep-minutes", minutes=minutes)])))
    for kind, weight in weights.items():
        name = draw(st.sampled_from([say(f"sleep-kind-{kind}"), kind]))
        words.append(
            f"{name}:{weight}" if weight > 1 else draw(st.sampled_from([name, name + ":1"]))
        )
    words = draw(st.permutations(words))
    text = draw(st.sampled_from([" ", "  ", ", ", "\n", " + "])).join(words)
    forms = [text, text.upper(), text.replace(":", "："), unicodedata.normalize("NFD", text)]
    return draw(st.sampled_from(forms)), text_of(
        weighted_recipe(weights, strength, minutes, OPENED.seed)
    )


@settings(deadline=None)  # the first one reads the wording
@given(written())
def test_a_sound_is_read_in_any_order_and_either_language(case: tuple[str, str]) -> None:
    text, meant = case
    assert text_of(recipe_of(text, OPENED)) == meant


@given(st.text() | st.from_regex(r"([a-z가-힣]{1,6}:?[0-9]{0,3} ){1,4}", fullmatch=True))
def test_any_text_is_a_recipe_of_the_menu_or_not_read(text: str) -> None:
    try:
        recipe = recipe_of(text, OPENED)
    except TooManyKinds:
        return
    except NotRead as error:
        assert error.word and error.word in unicodedata.normalize("NFKC", text).casefold()
        return
    assert recipe_in(text_of(recipe)) == recipe


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", "rain:soft:30:7"),
        ("45", "rain:soft:45:7"),
        ("깊게", "rain:deep:30:7"),
        ("waves", "waves:soft:30:7"),
        ("파도:2 비 60분", "rain+waves2:soft:60:7"),
        ("rain:2 waves soft 30", "rain2+waves:soft:30:7"),
        ("15 min focus wind:9+birds:3", "wind3+birds:focus:15:7"),
        ("비 밤새", "rain:soft:480:7"),
        ("waves all night (8 h)", "waves:soft:480:7"),
        ("바람 8시간", "wind:soft:480:7"),
        ("빗소리 1시간", "rain:soft:60:7"),
        ("파도소리:2, 비 소리 한 시간", "rain+waves2:soft:60:7"),
        ("bird and cricket sounds 1 hour", "birds+crickets:soft:60:7"),
    ],
)
def test_what_is_left_out_is_as_the_menu_opens(text: str, meant: str) -> None:
    assert text_of(recipe_of(text, OPENED)) == meant


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("lava", "lava"),
        ("rain 20", "20"),
        ("rain 30 45", "45"),
        ("rain soft deep", "deep"),
        ("rain waves rain:2", "rain:2"),
        ("rain:0", "rain:0"),
        ("rain:10", "rain:10"),
        ("rain:1.5", "rain:1.5"),
        ("비:", "비:"),
        ("rain -30", "-30"),
        ("rain ٣٠", "٣٠"),
        ("rain 99999999999999999999", "99999999999999999999"),
    ],
)
def test_the_word_that_cannot_be_read_is_named(text: str, word: str) -> None:
    with pytest.raises(NotRead) as refused:
        recipe_of(text, OPENED)
    assert refused.value.word == word


def test_four_kinds_are_too_many() -> None:
    with pytest.raises(TooManyKinds):
        recipe_of("rain waves wind birds", OPENED)


def test_no_two_names_of_the_menu_are_alike() -> None:
    for say in map(Wording, Language):
        names = [say(f"sleep-kind-{kind}") for kind in KINDS]
        names += [say(f"sleep-strength-{strength}") for strength in Strength]
        assert len(set(names)) == len(names)
        assert all(name == name.casefold() and " " not in name for name in names)
