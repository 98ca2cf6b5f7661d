"""`todak run` as a person meets it: a process, a browser, a restart. Pictures go to docs/."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.audio import SAMPLE_RATE, decode

CHROMIUM = Path("/usr/bin/chromium")
pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright  # noqa: E402

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed"),
]
PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
RECORDINGS = Path(os.environ.get("TODAK_DATA", "../shared/data")) / "audio/ravdess/clips"
READY_S = 40.0
STOP_S = 10.0
ANSWER_MS = 15_000
STORY = "믿었던 친구가 내 얘기를 다른 애들한테 다 퍼뜨렸어"


class Todak:
    """A running `todak run`, in a data folder of its own."""

    def __init__(self, folder: Path, port: int, operations_port: int) -> None:
        self._environment = {
            **os.environ,
            "TODAK_DATA_FOLDER": str(folder / "data"),
            "TODAK_LOCAL_CHAT_PORT": str(port),
            "TODAK_OPERATIONS_PORT": str(operations_port),
        }
        self._log = folder / "log.txt"
        self._operations_port = operations_port
        self._process: subprocess.Popen[str] | None = None
        self.address = ""

    def start(self) -> None:
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert "http://127.0.0.1" in line, line + self._log.read_text()
        self.address = line.split("open ")[1].strip()

    def stop(self) -> int:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(STOP_S)
        assert self._process.stdout is not None
        self._process.stdout.close()
        return code

    def metrics(self) -> str:
        address = f"http://127.0.0.1:{self._operations_port}/metrics"
        with urllib.request.urlopen(address, timeout=5) as response:
            return str(response.read().decode())

    def log(self) -> str:
        return self._log.read_text()


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@pytest.fixture
def todak(tmp_path: Path) -> Iterator[Todak]:
    running = Todak(tmp_path, free_port(), free_port())
    running.start()
    yield running
    running.stop()


@pytest.fixture
def microphone(tmp_path: Path) -> Path:
    """A WAV file that Chromium hears instead of a microphone: a sad voice, over and over."""
    clips = sorted(RECORDINGS.glob("03-01-04-02-*-10.ogg"))
    if not clips:
        pytest.skip(f"no recordings in {RECORDINGS}")
    samples = np.concatenate([decode(clip.read_bytes()).samples for clip in clips])
    path = tmp_path / "microphone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((samples * 32_000).astype("<i2").tobytes())
    return path


@pytest.fixture
def browser(microphone: Path) -> Iterator[Any]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-audio-capture={microphone}",
            ],
        )
        yield opened
        opened.close()


def said(page: Page, text: str) -> Any:
    """The newest bubble of the bot with this text, once it is there."""
    bubble = page.locator(".message:not(.is-mine):visible", has_text=text).last
    expect(bubble).to_be_visible(timeout=ANSWER_MS)
    return bubble


def tap(page: Page, text: str, button: str) -> None:
    said(page, text).get_by_role("button", name=button, exact=True).click()


def write(page: Page, text: str) -> None:
    page.locator(".text:visible").fill(text)
    page.keyboard.press("Enter")


def introduce_oneself(page: Page, language: str = "ko") -> None:
    page.get_by_role("button", name="시작" if language == "ko" else "Start").first.click()
    if language == "ko":
        tap(page, "토닥이에요", "한국어")
        tap(page, "나이를", "19살 이상")
        for question in ("1. 글", "2. 목소리", "3. 기록"):
            tap(page, question, "동의해요")
        said(page, "이제 다 됐어요")
    else:
        tap(page, "토닥이에요", "English")
        tap(page, "how old", "19 or over")
        for question in ("1. Reading", "2. Hearing", "3. Keeping"):
            tap(page, question, "I agree")
        said(page, "That's all")


def picture(page: Page, name: str) -> None:
    """Take the page as it is, and leave it in docs/ when asked to."""
    page.wait_for_timeout(400)
    target = PICTURES if os.environ.get("TODAK_UPDATE_PICTURES") else None
    content = page.screenshot(path=target / f"{name}.png" if target else None)
    assert len(content) > 10_000


def open_page(browser: Any, todak: Todak, **options: Any) -> tuple[BrowserContext, Page]:
    context = browser.new_context(permissions=["microphone"], **options)
    page = context.new_page()
    page.goto(todak.address)
    return context, page


def test_a_person_writes_speaks_corrects_and_comes_back(todak: Todak, browser: Any) -> None:
    context, page = open_page(
        browser, todak, viewport={"width": 1280, "height": 860}, color_scheme="dark", locale="ko-KR"
    )
    introduce_oneself(page)

    write(page, STORY)
    answer = said(page, "상처")
    answer.get_by_role("button", name="분노", exact=True).click()
    said(page, "분노에 가까운 마음이었군요")
    picture(page, "wide-ko-night")

    page.get_by_role("button", name="음성 녹음하기").click()
    expect(page.locator(".voice-clock")).to_have_text("0:04", timeout=ANSWER_MS)
    page.get_by_role("button", name="녹음 보내기").click()
    said(page, "말의 내용은 읽지 못하고")

    write(page, "/language")
    tap(page, "어떤 말로", "English")
    said(page, "We'll speak English")
    write(page, "nobody turned up to my birthday dinner")
    said(page, "Is that right?")

    assert todak.stop() == 0
    todak.start()
    page.goto(todak.address)
    expect(page.locator(".message.is-mine", has_text=STORY)).to_be_visible(timeout=ANSWER_MS)
    write(page, "i finally got the job and i'm so happy")
    said(page, "joy")
    assert "todak_updates_answered_total" in todak.metrics()
    for word in ("친구", "birthday", "happy"):
        assert word not in todak.log()
    context.close()


@pytest.mark.parametrize(
    ("name", "width", "height", "scheme", "locale"),
    [
        ("wide-en-day", 1280, 860, "light", "en-GB"),
        ("phone-ko-day", 390, 844, "light", "ko-KR"),
        ("phone-en-night", 390, 844, "dark", "en-GB"),
    ],
)
def test_it_looks_right(
    todak: Todak, browser: Any, name: str, width: int, height: int, scheme: str, locale: str
) -> None:
    context, page = open_page(
        browser,
        todak,
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        locale=locale,
        reduced_motion="reduce",
    )
    language = locale[:2]
    introduce_oneself(page, language)
    write(page, STORY if language == "ko" else "my best friend told everyone my secret")
    said(page, "맞나요?" if language == "ko" else "Is that right?")
    write(page, "죽고 싶다는 생각이 자꾸 들어" if language == "ko" else "I don't want to be alive")
    said(page, "자살을 생각하고" if language == "ko" else "thinking about suicide")
    expect(page.locator(".message", has_text="109").last).to_be_visible(timeout=ANSWER_MS)
    picture(page, name)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()
