"""The route of the mixer's loops: whom it answers, and what it says where there is none."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest_asyncio

from bot.local_chat.serve import LocalChat
from bot.local_chat.sounds import NoLoop


@pytest_asyncio.fixture
async def loops(tmp_path: Path) -> AsyncIterator[LocalChat]:
    """A chat whose loops are the words of their names."""

    async def find(kind: str, strength: str) -> Path:
        if kind == "lava":
            raise NoLoop("no_sound")
        if kind == "wind":
            raise NoLoop("no_loop")
        path = tmp_path / f"{kind}-{strength}.opus"
        path.write_text(f"{kind} {strength}")
        return path

    chat = LocalChat(tmp_path / "sounding", launch_token="launch", find_loop=find)
    chat.start()
    yield chat
    chat.stop()


async def test_a_loop_is_given_to_the_page_alone(loops: LocalChat) -> None:
    async with httpx.AsyncClient(base_url=loops.origin) as client:
        assert (await client.get("/sounds/rain/soft")).status_code == 403
        await client.get(loops.address)
        answer = await client.get("/sounds/rain/soft")
        assert (answer.status_code, answer.text) == (200, "rain soft")
        assert answer.headers["content-type"] == "audio/ogg"
        elsewhere = {"Origin": "https://evil.example"}
        assert (await client.get("/sounds/rain/soft", headers=elsewhere)).status_code == 403
        refused = {"lava": (404, "no_sound"), "wind": (500, "no_loop")}
        for kind, said in refused.items():
            answer = await client.get(f"/sounds/{kind}/soft")
            assert (answer.status_code, answer.json()["error"]) == said


async def test_a_chat_that_nobody_makes_sounds_for_says_so(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/sounds/rain/soft")
    assert (answer.status_code, answer.json()["error"]) == (503, "no_networks")
    assert "not installed" in answer.json()["description"]
