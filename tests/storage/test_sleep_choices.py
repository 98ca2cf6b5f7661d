"""Sleep sounds that people chose, kept sealed; and sounds that Telegram has already."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from inference.sound_recipe import Recipe, Strength
from storage import sleep_choices
from storage.database import Database
from storage.sealed_rows import NoSuchPerson
from storage.sleep_choices import (
    MOST_FAVOURITES,
    MOST_MADE,
    MOST_RATINGS,
    Found,
    Making,
    Rating,
    SleepMemory,
    plain_recipe,
    recipe_from,
    sound_digest,
)
from tests.storage.caring import CHAT, NOW, STRANGER, register

RAIN = Recipe((("rain", 1.0), ("fireplace", 1.0)), 30, 12345, Strength.SOFT)
LATER = NOW + timedelta(days=2)
BOT = 42


def remembered(database: Database) -> SleepMemory:
    with database.transaction() as memory:
        return memory.sleep.remembered(CHAT)


def seeded(seed: int) -> Recipe:
    return replace(RAIN, seed=seed)


def test_what_was_chosen_liked_and_starred_is_read_back(database: Database) -> None:
    register(database)
    assert remembered(database) == SleepMemory()
    with database.transaction() as memory:
        memory.sleep.choose(CHAT, seeded(1), NOW)
        memory.sleep.choose(CHAT, RAIN, NOW)
        memory.sleep.rate(CHAT, RAIN, True, NOW)
        memory.sleep.rate(CHAT, seeded(1), True, NOW)
        memory.sleep.rate(CHAT, RAIN, False, LATER)
        memory.sleep.star(CHAT, RAIN, NOW)
        memory.sleep.star(CHAT, RAIN, NOW)
    ratings = (Rating(seeded(1), True, NOW), Rating(RAIN, False, LATER))
    made = (Making(seeded(1), NOW), Making(RAIN, NOW))
    assert remembered(database) == SleepMemory(RAIN, (RAIN,), ratings, made)
    with database.transaction() as memory:
        memory.sleep.unstar(CHAT, RAIN, NOW)
        memory.sleep.unstar(CHAT, RAIN, NOW)
    assert remembered(database).favourites == ()


def test_weights_are_kept_and_what_was_kept_before_there_were_any_is_read(
    database: Database,
) -> None:
    register(database)
    heavy = replace(RAIN, kinds=(("rain", 2.0), ("fireplace", 1.0)))
    with database.transaction() as memory:
        memory.sleep.choose(CHAT, heavy, NOW)
        memory.sleep.star(CHAT, heavy, NOW)
        memory.sleep.star(CHAT, RAIN, NOW)
    made = (Making(heavy, NOW),)
    assert remembered(database) == SleepMemory(heavy, (heavy, RAIN), made=made)
    plain = {"kinds": ["rain", "fireplace"], "strength": "soft", "minutes": 30.0, "seed": 12345}
    assert plain_recipe(RAIN) == plain and recipe_from(plain) == RAIN
    assert sound_digest(heavy, "ko") != sound_digest(RAIN, "ko")


def test_the_oldest_favourites_and_ratings_go(database: Database) -> None:
    register(database)
    with database.transaction() as memory:
        for seed in range(MOST_RATINGS + 3):
            memory.sleep.rate(CHAT, seeded(seed), True, NOW)
        for seed in range(MOST_FAVOURITES + 2):
            memory.sleep.star(CHAT, seeded(seed), NOW)
        for seed in range(MOST_MADE + 4):
            memory.sleep.choose(CHAT, seeded(seed), NOW)
    kept = remembered(database)
    assert [each.seed for each in kept.favourites] == list(range(2, MOST_FAVOURITES + 2))
    assert [each.recipe.seed for each in kept.ratings] == list(range(3, MOST_RATINGS + 3))
    assert [each.recipe.seed for each in kept.made] == list(range(4, MOST_MADE + 4))


def test_what_was_found_is_read_back_and_the_newest_counts(database: Database) -> None:
    register(database)
    with database.transaction() as memory:
        memory.sleep.find(CHAT, ("rain", "crickets"), NOW)
        memory.sleep.find(CHAT, ("wind",), LATER)
        memory.sleep.choose(CHAT, RAIN, LATER)
    assert remembered(database).found == Found(("wind",), LATER)


def test_what_was_kept_before_makings_were_is_read(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(database)
    written = sleep_choices._plain_memory
    with monkeypatch.context() as patched:
        older = ("last", "favourites", "ratings")
        patched.setattr(
            sleep_choices,
            "_plain_memory",
            lambda memory: {key: written(memory)[key] for key in older},
        )
        with database.transaction() as memory:
            memory.sleep.choose(CHAT, RAIN, NOW)
    assert remembered(database) == SleepMemory(RAIN)


def test_nothing_is_kept_of_who_is_not_registered_and_nothing_stands_readable(
    database: Database,
) -> None:
    with pytest.raises(NoSuchPerson), database.transaction() as memory:
        memory.sleep.choose(STRANGER, RAIN, NOW)
    register(database)
    with database.transaction() as memory:
        memory.sleep.choose(CHAT, RAIN, NOW)
    with database.engine.connect() as connection:
        [row] = connection.execute(text("SELECT * FROM sleep_choice"))
    assert all(each not in repr(tuple(row)) for each in ("rain", "fireplace", "12345", "soft"))


def test_it_goes_with_the_person_with_the_record_and_with_time(database: Database) -> None:
    register(database)
    with database.transaction() as memory:
        memory.sleep.choose(CHAT, RAIN, NOW)
        memory.sleep.forget_before(NOW)
        assert memory.sleep.remembered(CHAT).last == RAIN
        memory.sleep.forget_before(NOW + timedelta(seconds=1))
    assert remembered(database) == SleepMemory()
    with database.transaction() as memory:
        memory.sleep.choose(CHAT, RAIN, NOW)
        assert (memory.sleep.forget(CHAT), memory.sleep.forget(CHAT)) == (1, 0)
        memory.sleep.choose(CHAT, RAIN, NOW)
    database.erase(CHAT, NOW)
    with database.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM sleep_choice")) == 0


def test_a_sound_is_known_by_bot_recipe_seed_and_language_alone(database: Database) -> None:
    with database.transaction() as memory:
        memory.sleep.note_sent(BOT, RAIN, "ko", "audio-1", NOW)
        memory.sleep.note_sent(BOT, RAIN, "ko", "audio-2", NOW)
    with database.transaction() as memory:
        assert memory.sleep.file_id(BOT, RAIN, "ko") == "audio-2"
        assert memory.sleep.file_id(BOT + 1, RAIN, "ko") is None
        assert memory.sleep.file_id(BOT, RAIN, "en") is None
        assert memory.sleep.file_id(BOT, seeded(1), "ko") is None
        assert memory.sleep.file_id(BOT, replace(RAIN, minutes=45), "ko") is None
        memory.sleep.forget_sent(BOT, RAIN, "ko")
        memory.sleep.forget_sent(BOT, RAIN, "ko")
        assert memory.sleep.file_id(BOT, RAIN, "ko") is None
        memory.sleep.note_sent(BOT, RAIN, "ko", "audio-1", NOW)
        memory.sleep.forget_sent_before(NOW + timedelta(seconds=1))
        assert memory.sleep.file_id(BOT, RAIN, "ko") is None
