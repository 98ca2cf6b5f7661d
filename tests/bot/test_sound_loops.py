"""Loops for the page's mixer: made for real, once, by a process that ends with the chat."""

import asyncio
import os
from pathlib import Path

import av
import numpy as np
import psutil
import pytest

from bot.local_chat.sounds import NoLoop
from bot.sound_loops import SoundLoops

LENGTH_S = 3


@pytest.fixture(autouse=True)
def short_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sound_loops.LOOP_MINUTES", LENGTH_S / 60)


def makers() -> list[psutil.Process]:
    return [each for each in psutil.Process().children() if "--loop" in each.cmdline()]


async def reason(loops: SoundLoops, kind: str, strength: str) -> str:
    with pytest.raises(NoLoop) as refused:
        await loops.find(kind, strength)
    return refused.value.reason


async def test_a_loop_is_made_once_and_again_only_for_newer_networks(tmp_path: Path) -> None:
    loops = SoundLoops(tmp_path / "loops")
    asked = [asyncio.create_task(loops.find("rain", "soft")) for _ in range(3)]
    paths = await asyncio.gather(*asked)
    assert set(paths) == {tmp_path / "loops" / "rain-soft.opus"} and makers() == []
    with av.open(str(paths[0])) as container:
        sound = np.concatenate([f.to_ndarray()[0] for f in container.decode(audio=0)])
    assert len(sound) == LENGTH_S * 48_000, "a sample more or less would be heard at the seam"
    assert 10 * np.log10(np.mean(sound**2)) > -50
    made_at = paths[0].stat().st_mtime_ns
    await SoundLoops(tmp_path / "loops").find("rain", "soft")
    assert paths[0].stat().st_mtime_ns == made_at
    os.utime(paths[0], (0, 0))
    await loops.find("rain", "soft")
    assert paths[0].stat().st_mtime_ns > made_at


async def test_what_there_is_not_or_cannot_be_made_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loops = SoundLoops(tmp_path / "loops")
    for kind, strength in (("lava", "soft"), ("rain", "loud"), ("../rain", "soft"), ("", "")):
        assert await reason(loops, kind, strength) == "no_sound"
    monkeypatch.setattr("inference.weights.sleep_weights_are_there", lambda: False)
    assert await reason(loops, "rain", "soft") == "no_networks"
    assert not (tmp_path / "loops").exists()


async def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "loops").write_text("no folder")
    assert await reason(SoundLoops(tmp_path / "loops"), "rain", "soft") == "no_loop"


async def test_a_chat_that_stops_takes_the_process_with_it(tmp_path: Path) -> None:
    asking = asyncio.create_task(SoundLoops(tmp_path / "loops").find("rain", "deep"))
    async with asyncio.timeout(30):
        while not makers():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert makers() == []
    assert not (tmp_path / "loops" / "rain-deep.opus").exists()
