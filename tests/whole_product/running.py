"""`todak run` as a process, and a person at its page in Debian's Chromium.

With TODAK_UPDATE_PICTURES set, the pictures in docs/pictures are taken anew on the way.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

PICTURES = Path(__file__).parent.parent.parent / "docs" / "pictures"
WIDE = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
STOP_S = 10.0
PATIENCE_MS = 20_000


class RunningTodak:
    """A `todak run` with a data folder of its own; a second start finds what the first left."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = folder / "log.txt"
        self._operations_port = _free_port()
        others = {k: v for k, v in os.environ.items() if not k.startswith("TODAK_")}
        self._environment = {
            **others,
            "TODAK_DATA_FOLDER": str(folder / "data"),
            "TODAK_LOCAL_CHAT_PORT": str(_free_port()),
            "TODAK_OPERATIONS_PORT": str(self._operations_port),
        }
        self._process: subprocess.Popen[str] | None = None

    def start(self, settings: Mapping[str, str] = MappingProxyType({})) -> str:
        """Start, and wait for the address that it prints."""
        with self._log.open("a") as log:
            # In a folder without the developer's .env.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=self._folder,
                env={**self._environment, **settings},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        ready = re.search(r"open (\S+)", self._process.stdout.readline())
        assert ready is not None, self.log()
        return ready[1]

    def stop(self) -> int | None:
        """End it as a service is ended; its exit status, or None where nothing ran."""
        process, self._process = self._process, None
        if process is None:
            return None
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(STOP_S)
        finally:
            process.kill()
            assert process.stdout is not None
            process.stdout.close()

    def metrics(self) -> str:
        address = f"http://127.0.0.1:{self._operations_port}/metrics"
        with urllib.request.urlopen(address, timeout=5) as response:
            return str(response.read().decode())

    def log(self) -> str:
        return self._log.read_text()


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


class Visitor:
    """A person at the page, on the first seat until another is taken."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def take_seat(self, name: str) -> None:
        self.page.get_by_role("tab", name=name).click()

    def start(self) -> None:
        """Press the chat's start button where it is still there."""
        gate = self.page.locator(".gate-button:visible")
        if gate.count():
            gate.click()
        expect(self.page.locator(".composer:visible")).to_be_visible()

    def type(self, text: str) -> None:
        """Send what may be gone from the chat at once."""
        field = self.page.locator(".text:visible")
        field.fill(text)
        field.press("Enter")

    def write(self, text: str) -> None:
        self.type(text)
        expect(self.page.locator(".message.is-mine:visible", has_text=text).last).to_be_visible()

    def hear(self, part: str) -> Any:
        """The bot's message that ends the conversation, once it holds `part`."""
        last = self.page.locator(".panel:visible .message").last
        newest = last.and_(self.page.locator(":not(.is-mine)"))
        expect(newest).to_contain_text(part)
        return newest

    def hear_anywhere(self, part: str) -> None:
        """The bot says `part`, now or soon, whatever follows it."""
        heard = self.page.locator(".panel:visible .message:not(.is-mine)", has_text=part)
        expect(heard.last).to_be_visible()

    def newest_button(self, name: str) -> Any:
        """The last button of that name."""
        return self.page.locator(".panel:visible").get_by_role("button", name=name).last

    def tap(self, part: str, button: str) -> None:
        self.hear(part).get_by_role("button", name=button, exact=True).click()

    def introduce_oneself(self) -> None:
        """From the first click to the question how the day was, in Korean."""
        self.page.locator(".gate-button:visible").click()
        self.tap("저는 사람이 아니라", "한국어")
        self.tap("나이를", "만 19살 이상")
        for question in ("1. 글", "2. 목소리", "3. 기록"):
            self.tap(question, "동의해요")
        self.hear("이제 다 됐어요")

    def correct(self, feelings: tuple[str, str], used: str, again: str) -> None:
        """Choose of two feelings one that was not guessed; `used` is what Todak says to it."""
        newest = self.hear("")
        # A feeling that was guessed is no button: another one agrees.
        offered = newest.get_by_role("button", name=re.compile(f"^({'|'.join(feelings)})$"))
        feeling = offered.first.inner_text()
        offered.first.click()
        expect(newest).to_contain_text(used.format(feeling))
        expect(newest.get_by_role("button", name=again)).to_be_visible()

    def record(self, start: str, send: str) -> None:
        """Four seconds into the microphone."""
        self.page.get_by_role("button", name=start).click()
        expect(self.page.locator(".voice-clock")).to_have_text(re.compile("^0:0[4-9]$"))
        self.page.get_by_role("button", name=send).click()
        expect(self.page.locator(".message.is-mine .voice").last).to_be_visible()

    def pictures(self, name: str) -> None:
        """One by day and one by night."""
        for time, scheme in (("day", "light"), ("night", "dark")):
            self.page.emulate_media(color_scheme=scheme)
            self.picture(f"{name}-{time}")

    def picture(self, name: str) -> None:
        """Nothing is cut off; with TODAK_UPDATE_PICTURES the page goes to docs/pictures."""
        width = self.page.viewport_size["width"]
        assert self.page.evaluate("document.documentElement.scrollWidth") == width
        if os.environ.get("TODAK_UPDATE_PICTURES"):
            self.page.evaluate("document.activeElement.blur()")
            self.page.mouse.move(0, 0)
            self.page.screenshot(path=PICTURES / f"{name}.png")


Visit = Callable[..., Visitor]
