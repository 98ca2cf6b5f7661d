"""`todak run` as a person meets it: a process, a browser, a restart.

With TODAK_UPDATE_PICTURES set, the pictures in docs/pictures are taken anew on the way.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.audio import SAMPLE_RATE, decode
from tests.chromium import ARGUMENTS, CHROMIUM

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no chromium at {CHROMIUM}"),
]

RECORDINGS = Path(os.environ.get("TODAK_DATA", "../shared/data")) / "audio/ravdess/clips"
ANGRY_CLIPS = "03-01-05-02-*-19.ogg"
PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
WIDE = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
STOP_S = 10.0
PATIENCE_MS = 20_000

STORY = "믿었던 친구가 내 얘기를 다른 애들한테 다 퍼뜨렸어"
KOREAN_DANGER = "죽고 싶다는 생각이 자꾸 들어"
KOREAN_WORRY = "내일 시험이 너무 걱정돼"
GRIEF = "I miss my grandmother so much, I cried all day"
ANGER = "I am furious that they lied to me again"
PARTY = "Nobody came to my birthday party"


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

    def start(self) -> str:
        """Start, and wait for the address that it prints."""
        with self._log.open("a") as log:
            # In a folder without the developer's .env.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=self._folder,
                env=self._environment,
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


@pytest.fixture
def microphone(tmp_path: Path) -> Path:
    """A WAV file that Chromium hears instead of a microphone: an angry voice, over and over."""
    clips = sorted(RECORDINGS.glob(ANGRY_CLIPS))
    if not clips:
        pytest.skip(f"no recordings in {RECORDINGS}; set TODAK_DATA")
    samples = np.concatenate([decode(clip.read_bytes()).samples for clip in clips])
    path = tmp_path / "microphone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((samples.clip(-1, 1) * 32_767).astype("<i2").tobytes())
    return path


@pytest.fixture
def todak(microphone: Path, tmp_path: Path) -> Iterator[RunningTodak]:
    running = RunningTodak(tmp_path)
    yield running
    running.stop()


Visit = Callable[..., "Visitor"]


class Visitor:
    """A person at the page, on the first seat."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def write(self, text: str) -> None:
        field = self.page.locator(".text:visible")
        field.fill(text)
        field.press("Enter")
        expect(self.page.locator(".message.is-mine:visible", has_text=text).last).to_be_visible()

    def hear(self, part: str) -> Any:
        """The bot's message that ends the conversation, once it holds `part`."""
        last = self.page.locator(".panel:visible .message").last
        newest = last.and_(self.page.locator(":not(.is-mine)"))
        expect(newest).to_contain_text(part)
        return newest

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

    def correct(self, wanted: str, right: str, again: str) -> None:
        """Choose the feeling `wanted`, or agree where that was guessed already."""
        newest = self.hear("")
        choice = newest.get_by_role("button", name=re.compile(f"^({wanted}|{right})$"))
        choice.last.click()
        expect(newest.get_by_role("button", name=again)).to_be_visible()

    def record(self, start: str, send: str) -> None:
        """Four seconds into the microphone."""
        self.page.get_by_role("button", name=start).click()
        expect(self.page.locator(".voice-clock")).to_have_text(re.compile("^0:0[4-9]$"))
        self.page.get_by_role("button", name=send).click()
        expect(self.page.locator(".message.is-mine .voice").last).to_be_visible()

    def picture(self, name: str) -> None:
        """Nothing is cut off; with TODAK_UPDATE_PICTURES the page goes to docs/pictures."""
        width = self.page.viewport_size["width"]
        assert self.page.evaluate("document.documentElement.scrollWidth") == width
        if os.environ.get("TODAK_UPDATE_PICTURES"):
            self.page.evaluate("document.activeElement.blur()")
            self.page.mouse.move(0, 0)
            self.page.screenshot(path=PICTURES / f"{name}.png")


@pytest.fixture
def visit(microphone: Path) -> Iterator[Visit]:
    """Open an address in a window of its own; at the end no script may have raised."""
    driver = pytest.importorskip("playwright.sync_api")
    faults: list[str] = []
    with driver.sync_playwright() as running:
        arguments = [*ARGUMENTS, f"--use-file-for-fake-audio-capture={microphone}"]
        chromium = running.chromium.launch(executable_path=str(CHROMIUM), args=arguments)

        def open_window(
            address: str, viewport: dict[str, int], locale: str, scheme: str
        ) -> Visitor:
            context = chromium.new_context(
                viewport=viewport, locale=locale, color_scheme=scheme, reduced_motion="reduce"
            )
            page = context.new_page()
            page.set_default_timeout(PATIENCE_MS)
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.goto(address)
            return Visitor(page)

        expect.set_options(timeout=PATIENCE_MS)
        yield open_window
        chromium.close()
    assert faults == []


def test_a_person_writes_speaks_corrects_and_comes_back(todak: RunningTodak, visit: Visit) -> None:
    address = todak.start()
    korean = visit(address, WIDE, "ko-KR", "dark")
    korean.introduce_oneself()
    korean.write(STORY)
    korean.correct("분노", "맞아요", "다시 고르기")
    korean.record("음성 녹음하기", "녹음 보내기")
    korean.hear("말의 내용은 읽지 못하고")
    korean.correct("분노", "맞아요", "다시 고르기")
    korean.write(KOREAN_WORRY)
    korean.hear("?")
    korean.picture("wide-ko-night")

    phone = visit(address, PHONE, "ko-KR", "light")
    phone.write(KOREAN_DANGER)
    phone.hear("119")
    expect(phone.page.locator("a[href='tel:119']")).to_be_visible()
    phone.picture("phone-ko-day")

    phone.write("/language")
    phone.tap("어떤 말로", "English")
    phone.hear("We'll speak English")
    english = visit(address, WIDE, "en-GB", "light")
    english.write(GRIEF)
    english.correct("sadness", "That's right", "Choose again")
    english.record("Record a voice message", "Send the recording")
    english.hear("I heard only the tone")
    english.picture("wide-en-day")
    english.write(ANGER)
    heard = english.page.locator(".panel:visible .message:not(.is-mine)")
    expect(heard.filter(has_text="I heard your words and your voice together")).to_have_count(1)
    expect(heard.filter(has_text="I heard only the tone")).to_have_count(0)
    english.page.context.close()

    assert todak.stop() == 0
    address = todak.start()
    again = visit(address, PHONE, "en-GB", "dark")
    expect(again.page.locator(".message.is-mine", has_text=GRIEF)).to_be_visible()
    again.write(PARTY)
    again.hear("?")
    again.picture("phone-en-night")
    assert "todak_updates_answered_total" in todak.metrics()
    for word in ("친구", "죽고", "grandmother", "party"):
        assert word not in todak.log()
