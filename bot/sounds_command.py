"""`todak sounds ingest`: take files of sound and video into a library to learn from."""

import argparse
import mimetypes
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from inference.audio import UnreadableAudio
from inference.sound_library import AlreadyThere, Origin, SoundLibrary


class NothingToTake(Exception):
    """One sentence on what was named and holds no sound."""


def ingest(given: argparse.Namespace) -> tuple[str, bool]:
    """Take in what was named; a sentence on what came of it, and whether all could be read.

    Each file is told of on standard error as it is done.

    Raises:
        NothingToTake: what was named is not there, or holds no file of sound or video.
        OSError: the folder of the library cannot be written.
    """
    files = list(_files(given.paths))
    if not files:
        named = ", ".join(map(str, given.paths))
        raise NothingToTake(f"There is no file of sound or video in {named}.")
    library = SoundLibrary(given.into)
    origin = Origin(given.source, given.licence, given.kind)
    n_taken, n_there, unreadable = 0, 0, 0
    for number, path in enumerate(files, 1):
        try:
            entry = library.ingest(path, origin)
            told = f"{entry.duration_s / 60:.1f} min in {len(entry.pieces)} pieces"
            n_taken += 1
        except AlreadyThere as error:
            told, n_there = str(error), n_there + 1
        except UnreadableAudio as error:
            told, unreadable = f"left out: {error}", unreadable + 1
        except (FileNotFoundError, PermissionError) as error:
            told, unreadable = f"left out: {error.strerror}", unreadable + 1
        sys.stderr.write(f"{number} of {len(files)}: {path.name}: {told}\n")
    sentence = (
        f"{given.into}: {n_taken} taken in, {n_there} there already, {unreadable} left out; "
        f"{len(library.entries)} in all"
    )
    return sentence, not unreadable


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files named, and those of sound and video in the folders named, in order."""
    for path in paths:
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if _is_sound(each))
        else:
            yield path


def _is_sound(path: Path) -> bool:
    kind, _ = mimetypes.guess_type(path.name)
    return path.is_file() and kind is not None and kind.startswith(("audio/", "video/"))
