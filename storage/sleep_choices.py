"""What people chose among sleep sounds (`memory.sleep`), and sounds that Telegram has already."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from inference.sound_recipe import Recipe, Strength
from storage.sealed_rows import SealedRows
from storage.sleep_tables import SentSoundRow, SleepChoiceRow

MOST_FAVOURITES = 5
MOST_RATINGS = 100
MOST_MADE = 30
SENT_SOUNDS_KEPT = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Rating:
    """Whether a sound was liked; a later word about the same sound takes its place."""

    recipe: Recipe
    liked: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Making:
    """A sound that somebody had made."""

    recipe: Recipe
    at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """The kinds that somebody liked most of the pairs they heard, in the order of the menu."""

    kinds: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class SleepMemory:
    """What one person chose last, keeps and thought of what they heard; the oldest come first."""

    last: Recipe | None = None
    favourites: tuple[Recipe, ...] = ()
    ratings: tuple[Rating, ...] = ()
    made: tuple[Making, ...] = ()
    found: Found | None = None


class SleepChoices(SealedRows):
    """One sealed row a person; whoever calls has made sure of the consent."""

    def remembered(self, chat_id: int) -> SleepMemory:
        """What is kept of a person; empty where nothing is."""
        row = self._session.get(SleepChoiceRow, chat_id)
        return SleepMemory() if row is None else _memory(self._open(chat_id, row.sealed))

    def choose(self, chat_id: int, recipe: Recipe, now: datetime) -> None:
        """Keep that this was made; beyond `MOST_MADE` the oldest goes.

        Raises:
            NoSuchPerson: nobody is registered under this chat; so do the others below.
        """
        memory = self.remembered(chat_id)
        made = (*memory.made, Making(recipe, now))[-MOST_MADE:]
        self._keep(chat_id, replace(memory, last=recipe, made=made), now)

    def find(self, chat_id: int, kinds: tuple[str, ...], now: datetime) -> None:
        """Keep which kinds the person liked most of the pairs they heard; the newest count."""
        found = Found(kinds, now)
        self._keep(chat_id, replace(self.remembered(chat_id), found=found), now)

    def rate(self, chat_id: int, recipe: Recipe, liked: bool, now: datetime) -> None:
        """Keep what the person thought of a sound; beyond `MOST_RATINGS` the oldest goes."""
        memory = self.remembered(chat_id)
        others = [each for each in memory.ratings if each.recipe != recipe]
        ratings = (*others, Rating(recipe, liked, now))[-MOST_RATINGS:]
        self._keep(chat_id, replace(memory, ratings=ratings), now)

    def star(self, chat_id: int, recipe: Recipe, now: datetime) -> None:
        """Keep a sound as a favourite; beyond `MOST_FAVOURITES` the oldest goes."""
        memory = self.remembered(chat_id)
        if recipe not in memory.favourites:
            favourites = (*memory.favourites, recipe)[-MOST_FAVOURITES:]
            self._keep(chat_id, replace(memory, favourites=favourites), now)

    def unstar(self, chat_id: int, recipe: Recipe, now: datetime) -> None:
        """It is no favourite any more."""
        memory = self.remembered(chat_id)
        if recipe in memory.favourites:
            favourites = tuple(each for each in memory.favourites if each != recipe)
            self._keep(chat_id, replace(memory, favourites=favourites), now)

    def forget(self, chat_id: int) -> int:
        """Keep nothing of this person's choices; how many rows there were."""
        ours = SleepChoiceRow.chat_id == chat_id
        query = delete(SleepChoiceRow).where(ours).returning(SleepChoiceRow.chat_id)
        return len(self._session.execute(query).all())

    def forget_before(self, moment: datetime) -> None:
        """Forget the choices of those who have chosen nothing since then."""
        self._session.execute(delete(SleepChoiceRow).where(SleepChoiceRow.chosen_at < moment))

    def file_id(self, bot_id: int, recipe: Recipe, language: str) -> str | None:
        """By which name Telegram has this whole sound, titled in this language; None if not."""
        row = self._session.get(SentSoundRow, (bot_id, sound_digest(recipe, language)))
        return None if row is None else row.file_id

    def note_sent(
        self, bot_id: int, recipe: Recipe, language: str, file_id: str, now: datetime
    ) -> None:
        """Telegram has this whole sound; the newest name counts."""
        digest = sound_digest(recipe, language)
        self._session.merge(
            SentSoundRow(bot_id=bot_id, digest=digest, file_id=file_id, sent_at=now)
        )

    def forget_sent(self, bot_id: int, recipe: Recipe, language: str) -> None:
        """Telegram does not know the name any more."""
        digest = sound_digest(recipe, language)
        named = delete(SentSoundRow).where(
            SentSoundRow.bot_id == bot_id, SentSoundRow.digest == digest
        )
        self._session.execute(named)

    def forget_sent_before(self, moment: datetime) -> None:
        """Forget the names of sounds that were last made before then."""
        self._session.execute(delete(SentSoundRow).where(SentSoundRow.sent_at < moment))

    def _keep(self, chat_id: int, memory: SleepMemory, now: datetime) -> None:
        sealed = self._seal(chat_id, _plain_memory(memory))
        self._session.merge(SleepChoiceRow(chat_id=chat_id, chosen_at=now, sealed=sealed))


def sound_digest(recipe: Recipe, language: str) -> str:
    """What tells one whole sound, titled in a language, from every other; of no person."""
    named = json.dumps([plain_recipe(recipe), language], sort_keys=True)
    return hashlib.sha256(named.encode()).hexdigest()


def plain_recipe(recipe: Recipe) -> dict[str, Any]:
    """A recipe of the menu as JSON holds it; weights only where they differ.

    So the digests of sounds that were sent before there were weights stay what they are.
    """
    weights = [weight for _, weight in recipe.kinds]
    weighted = {} if set(weights) == {1.0} else {"weights": weights}
    return {
        "kinds": [kind for kind, _ in recipe.kinds],
        **weighted,
        "strength": recipe.strength.value,
        "minutes": float(recipe.minutes),
        "seed": recipe.seed,
    }


def recipe_from(plain: Mapping[str, Any]) -> Recipe:
    """What `plain_recipe` wrote."""
    weights = plain.get("weights") or [1.0] * len(plain["kinds"])
    kinds = tuple(zip(plain["kinds"], weights, strict=True))
    return Recipe(kinds, plain["minutes"], plain["seed"], Strength(plain["strength"]))


def _plain_memory(memory: SleepMemory) -> dict[str, Any]:
    return {
        "last": None if memory.last is None else plain_recipe(memory.last),
        "favourites": [plain_recipe(each) for each in memory.favourites],
        "ratings": [
            {"recipe": plain_recipe(each.recipe), "liked": each.liked, "at": each.at.isoformat()}
            for each in memory.ratings
        ],
        "made": [
            {"recipe": plain_recipe(each.recipe), "at": each.at.isoformat()}
            for each in memory.made
        ],
        "found": _plain_found(memory.found),
    }


def _plain_found(found: Found | None) -> dict[str, Any] | None:
    return None if found is None else {"kinds": list(found.kinds), "at": found.at.isoformat()}


def _memory(plain: Mapping[str, Any]) -> SleepMemory:
    """What `_plain_memory` wrote; `made` and `found` were not written at first."""
    found = plain.get("found")
    return SleepMemory(
        None if plain["last"] is None else recipe_from(plain["last"]),
        tuple(recipe_from(each) for each in plain["favourites"]),
        tuple(
            Rating(recipe_from(each["recipe"]), each["liked"], datetime.fromisoformat(each["at"]))
            for each in plain["ratings"]
        ),
        tuple(
            Making(recipe_from(each["recipe"]), datetime.fromisoformat(each["at"]))
            for each in plain.get("made", ())
        ),
        found and Found(tuple(found["kinds"]), datetime.fromisoformat(found["at"])),
    )
