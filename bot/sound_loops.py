"""Loops for the mixer of the local chat's page: made when first asked for, then kept."""

import asyncio
from pathlib import Path

from bot.local_chat.sounds import NoLoop
from bot.sleep_buttons import KINDS
from bot.sound_making import NotMade, carry_out, sound_command
from inference.sound_recipe import Recipe, Strength

LOOP_MINUTES = 1.0


class SoundLoops:
    """Files of one kind each that sound on without a seam; made one at a time."""

    def __init__(self, folder: Path) -> None:
        """`folder` is where they are kept, made when it is not there."""
        self._folder = folder
        self._making = asyncio.Lock()

    async def find(self, kind: str, strength: str) -> Path:
        """The loop of a kind at a strength, as Ogg Opus; the first time that takes seconds.

        Raises:
            NoLoop: there is no such sound, it cannot be made here, or it was not made.
        """
        if kind not in KINDS or strength not in tuple(Strength):
            raise NoLoop("no_sound")
        recipe = loop_recipe(kind, Strength(strength))
        path = (self._folder / f"{kind}-{strength}.opus").resolve()
        async with self._making:  # whoever asks for the same one meanwhile finds it made
            trained_at_s = await asyncio.to_thread(_networks_are_of)
            if trained_at_s is None:
                raise NoLoop("no_networks")
            if not path.is_file() or path.stat().st_mtime < trained_at_s:
                await _make(recipe, path)
        return path


def loop_recipe(kind: str, strength: Strength) -> Recipe:
    """What a loop is made from, always the same.

    Each kind has a seed of its own: of one seed two kinds have the same random phases, and
    together they are louder than two sounds that know nothing of each other.
    """
    return Recipe(((kind, 1.0),), LOOP_MINUTES, KINDS.index(kind), strength)


async def _make(recipe: Recipe, path: Path) -> None:
    async def goes_on(percent: int) -> bool:
        return True

    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        await carry_out([*sound_command(recipe, path), "--loop"], goes_on)
    except (NotMade, OSError) as error:
        raise NoLoop("no_loop") from error


def _networks_are_of() -> float | None:
    """When the newest network was put there, in seconds since 1970; None where one is missing."""
    # Loaded when a sound is asked for: the local chat alone starts without torch.
    from inference.sleep_textures import SHIPPED_WEIGHTS
    from inference.weights import SLEEP_NETWORKS, sleep_weights_are_there

    if not sleep_weights_are_there():
        return None
    return max(
        (SHIPPED_WEIGHTS / f"{name}.safetensors").stat().st_mtime for name in SLEEP_NETWORKS
    )
