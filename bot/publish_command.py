"""`todak sounds publish`: sounds with cover and description, ready for a public channel.

A folder holds three files a sound and `index.jsonl`, one line a sound with the digests of its
files. A line is written when its files are: what is whole is not made again.
"""

import argparse
import errno
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import av

from bot import sleep_replies
from bot.sound_command import UnusableRecipe, cover_of, kinds_in, progress
from bot.wording import Wording
from inference.sleep_sounds import SleepSounds
from inference.sleep_textures import SHIPPED_WEIGHTS
from inference.sound_files import MP3_RATE, Tags, write_mp3
from inference.sound_recipe import Recipe, Strength
from inference.weights import SLEEP_NETWORKS
from storage.records import Language

INDEX = "index.jsonl"
LONGEST_MINUTES = 65.0  # 47 MB of the 50 that Telegram takes from a bot
MOST_OF_EACH = 1000
COVER_PIXELS = 1024


class CannotPublish(Exception):
    """One sentence on why the files cannot be written."""


@dataclass(frozen=True, slots=True)
class Published:
    """One sound in the index; `files` are names and their SHA-256."""

    name: str
    title: str
    performer: str
    language: str
    kinds: str
    strength: str
    minutes: float
    seed: int
    networks: str
    command: str
    files: dict[str, str]


def publish(given: argparse.Namespace) -> str:
    """Make what is not there yet; a sentence on what is now there.

    Each sound is told of on standard error as it is done.

    Raises:
        UnusableRecipe: an unknown kind, or a length, count or seed that cannot be.
        CannotPublish: the folder cannot be written, or the disk is full.
        CheckpointMismatch: the networks are of another version.
    """
    sounds = SleepSounds.load()
    recipes = list(_recipes(given, sounds.kinds))
    channel = _Channel(given.folder, sounds, Language(given.language))
    n_made = 0
    try:
        given.folder.mkdir(parents=True, exist_ok=True)
        channel.open()
        for number, recipe in enumerate(recipes, 1):
            began_s = time.monotonic()
            name = name_of(recipe)
            if channel.holds(name):
                told = "there already"
            else:
                channel.make(recipe)
                told, n_made = f"made in {time.monotonic() - began_s:.0f} s", n_made + 1
            sys.stderr.write(f"{number} of {len(recipes)}: {name}: {told}\n")
    except (OSError, av.FFmpegError) as error:
        raise CannotPublish(_sentence(given.folder, error)) from error
    n_there = len(recipes) - n_made
    return f"{given.folder}: {n_made} made, {n_there} there already; all in {INDEX}"


def name_of(recipe: Recipe) -> str:
    """How the files of a sound are called, but for their endings."""
    kinds = "+".join(f"{kind}{'' if w == 1.0 else f'{w:g}'}" for kind, w in recipe.kinds)
    return f"{kinds}-{recipe.strength.value}-{recipe.minutes:g}min-seed{recipe.seed}"


class _Channel:
    """The folder: what is in it, and what is added."""

    def __init__(self, folder: Path, sounds: SleepSounds, language: Language) -> None:
        self._folder = folder
        self._sounds = sounds
        self._words = {each: Wording(each) for each in Language}
        self._language = language
        self._networks = _networks()
        self._index: dict[str, Published] = {}

    def open(self) -> None:
        """Read the index, and see that the folder can be written before an hour is made."""
        self._index = {each.name: each for each in _read(self._folder / INDEX)}
        self._write_index()

    def holds(self, name: str) -> bool:
        """Whether a sound is there whole, its titles in the same language."""
        found = self._index.get(name)
        if found is None or found.language != self._language.value:
            return False
        paths = {self._folder / file: digest for file, digest in found.files.items()}
        return all(path.is_file() and _digest(path) == sha for path, sha in paths.items())

    def make(self, recipe: Recipe) -> None:
        """Write sound, cover and description, then the line of the index."""
        name = name_of(recipe)
        title = sleep_replies.described(self._words[self._language], recipe)
        performer = self._words[self._language]("bot-name")
        command = command_of(recipe)
        sound, picture, text = (self._folder / f"{name}.{end}" for end in ("mp3", "jpg", "txt"))
        cover = cover_of(self._sounds, recipe, COVER_PIXELS)
        chunks = self._sounds.render(recipe, MP3_RATE)
        write_mp3(sound, chunks, Tags(title, performer, cover), progress(recipe.duration_s))
        _write(picture, cover)
        _write(text, self._description(recipe, command).encode())
        self._index[name] = Published(
            name,
            title,
            performer,
            self._language.value,
            _kinds_text(recipe),
            recipe.strength.value,
            recipe.minutes,
            recipe.seed,
            self._networks,
            command,
            {path.name: _digest(path) for path in (sound, picture, text)},
        )
        self._write_index()

    def _description(self, recipe: Recipe, command: str) -> str:
        """What stands below the sound in the channel, in Korean and in English."""
        return "\n\n".join(
            say(
                "publish-description",
                title=sleep_replies.described(say, recipe),
                minutes=f"{recipe.minutes:g}",
                seed=str(recipe.seed),
                networks=self._networks,
                command=command,
            )
            for say in self._words.values()
        )

    def _write_index(self) -> None:
        lines = [json.dumps(asdict(each), ensure_ascii=False) for each in self._index.values()]
        _write(self._folder / INDEX, "".join(f"{line}\n" for line in lines).encode())


def command_of(recipe: Recipe) -> str:
    """What makes the same sound again."""
    return (
        f"todak sound {_kinds_text(recipe)} --strength {recipe.strength.value} "
        f"--minutes {recipe.minutes:g} --seed {recipe.seed} --out {name_of(recipe)}.mp3"
    )


def _kinds_text(recipe: Recipe) -> str:
    return "+".join(f"{kind}{'' if w == 1.0 else f':{w:g}'}" for kind, w in recipe.kinds)


def _recipes(given: argparse.Namespace, known: tuple[str, ...]) -> Iterator[Recipe]:
    if not 1 <= given.count <= MOST_OF_EACH:
        raise UnusableRecipe(f"There can be 1 to {MOST_OF_EACH} of each, not {given.count}.")
    if given.minutes > LONGEST_MINUTES:
        raise UnusableRecipe(
            f"A file of {given.minutes:g} minutes is more than Telegram takes from a bot; "
            f"{LONGEST_MINUTES:g} are the most."
        )
    for text in given.kinds or known:
        kinds = kinds_in(text, known)
        for number in range(given.count):
            try:
                yield Recipe(kinds, given.minutes, given.seed + number, Strength(given.strength))
            except ValueError as error:
                raise UnusableRecipe(f"This cannot be made: {error}.") from error


def _networks() -> str:
    """Which networks draw the sounds: the beginning of their digest."""
    digests = [_digest(SHIPPED_WEIGHTS / f"{name}.safetensors") for name in SLEEP_NETWORKS]
    return hashlib.sha256("".join(digests).encode()).hexdigest()[:12]


def _sentence(folder: Path, error: OSError | av.FFmpegError) -> str:
    if error.errno == errno.ENOSPC:
        return f"{folder}: the disk is full; what is whole is kept, the same command goes on."
    return f"{folder} cannot be written: {error.strerror or error}."


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(index: Path) -> Iterator[Published]:
    """The lines of an index; one that somebody broke is left out, and its sound made again."""
    if not index.is_file():
        return
    for line in index.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            yield Published(**json.loads(line))
        except (ValueError, TypeError):
            continue
