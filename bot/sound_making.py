"""A sound made in a process of its own, so that the chat goes on as quickly as ever.

The process tells how far it is over a pipe. Where the bot is killed the pipe breaks, and with the
next word the process ends too.
"""

import asyncio
import contextlib
import logging
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.event_loop import NotDone
from inference.sound_recipe import Recipe

NICENESS = 5
"""Beside a busy chat a sound gets a quarter of a core; more would keep its listener waiting."""

LOOK_EVERY_S = 0.5
"""How often it is asked whether the sound is still wanted."""

LONGEST_S = 1800.0
"""Two hours of a night take three minutes or less, on a slow and busy machine twenty; who waits
longer waits for a process that hangs."""

ENVIRONMENT = {"MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "1000000"}
"""What one thread let go another uses again, or the system: it takes a third less memory."""

_PERCENT = re.compile(rb"\((\d{1,3})%\)")

log = logging.getLogger(__name__)

GoesOn = Callable[[int], Awaitable[bool]]


class NotMade(Exception):
    """The process ended without a sound."""


@dataclass(frozen=True, slots=True)
class SoundFile:
    """A finished sound and its picture, on disk."""

    sound: Path
    cover: Path


async def make(
    recipe: Recipe, folder: Path, goes_on: GoesOn, part: tuple[int, int] = (0, 1)
) -> SoundFile | None:
    """Make a sound in `folder`; None where it was not wanted any more.

    Args:
        recipe: what to make.
        folder: where the files are put.
        goes_on: told how many percent are made, says whether to go on.
        part: which part of how many, from 0.

    Raises:
        NotMade: the process ended without a sound, or took `LONGEST_S`.
    """
    made = SoundFile(folder / "sound.mp3", folder / "cover.jpg")
    number, n_parts = part
    command = [*sound_command(recipe, made.sound), "--cover", str(made.cover)]
    if n_parts > 1:
        command += ["--part", f"{number + 1}/{n_parts}"]
    return made if await carry_out(command, goes_on) else None


async def carry_out(command: list[str], goes_on: GoesOn) -> bool:
    """Run a command of `sound_command` to its end; False where it was not wanted any more.

    Raises:
        NotMade: it ended without a sound, or took `LONGEST_S`.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **ENVIRONMENT},
    )
    progress = _Progress()
    reading = asyncio.create_task(progress.read(process))
    try:
        with contextlib.suppress(OSError):  # it has ended, or we are nicer than that ourselves
            os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
        ends_s = time.monotonic() + LONGEST_S
        while not reading.done():
            if time.monotonic() > ends_s:
                log.warning("the process of a sound hangs: %s", progress.last_line)
                raise NotMade
            if not await goes_on(progress.percent):
                return False
            await asyncio.wait({reading}, timeout=LOOK_EVERY_S)
        if await process.wait():
            log.warning("the process of a sound failed: %s", progress.last_line)
            raise NotMade
        return True
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await reading


class _Progress:
    """What the process said last."""

    def __init__(self) -> None:
        self.percent = 0
        self.last_line = ""

    async def read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            self.last_line = line.decode(errors="replace").strip()
            if found := _PERCENT.search(line):
                self.percent = int(found[1])


def sound_command(recipe: Recipe, out: Path) -> list[str]:
    """The command that makes a sound as a file."""
    kinds = "+".join(f"{kind}:{weight:g}" for kind, weight in recipe.kinds)
    options = {
        "--strength": recipe.strength.value,
        "--minutes": repr(recipe.minutes),
        "--seed": str(recipe.seed),
        "--out": str(out),
    }
    command = [sys.executable, "-m", "bot.sound_process", kinds]
    return command + [part for option in options.items() for part in option]


class Workshop:
    """The folder in which sounds are made; what a crash left there is removed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def clear(self) -> None:
        """Remove what was left behind; call it before anything is made."""
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextlib.contextmanager
    def bench(self) -> Iterator[Path]:
        """A folder for one sound, removed afterwards.

        A process that was just killed may still be writing a last file into it, which `clear`
        then removes.

        Raises:
            NotDone: it cannot be made, or what lies in it cannot be read.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.TemporaryDirectory(
                dir=self._folder, ignore_cleanup_errors=True
            ) as folder:
                yield Path(folder).resolve()
        except OSError as error:
            log.error("there is no place to make a sound in: %s", type(error).__name__)
            raise NotDone from error
