"""Sounds, pictures and contacts of a conversation, in a real browser."""

import io
import re
import wave
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
pytestmark = pytest.mark.browser
LENGTH_S = 60
RATE_HZ = 8_000


@pytest.fixture(scope="module")
def tone() -> bytes:
    """A WAV file long enough to be paused."""
    samples = 8_000 * np.sin(np.arange(LENGTH_S * RATE_HZ) * (2 * np.pi * 220 / RATE_HZ))
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.astype("<i2").tobytes())
    return content.getvalue()


def played_s(player: Any) -> float:
    return float(player.get_by_role("slider").input_value())


def newest_player(visitor: Any) -> Any:
    return visitor.page.locator(".panel:visible .message .player").last


def expect_playing(player: Any) -> None:
    """It has begun, and its clock goes on."""
    clock = player.locator(".player-clock")
    expect(clock).to_have_text(re.compile(r"^0:(0[1-9]|[1-5]\d)$"))
    expect(clock).not_to_have_text(clock.inner_text())


def pause(player: Any) -> None:
    """Where it is paused it stays."""
    player.get_by_role("button").click()
    # Its last word of how far it is comes before the word that it is paused.
    expect(player).not_to_have_class(re.compile("is-playing"))
    stopped_s = played_s(player)
    player.page.wait_for_timeout(700)
    assert played_s(player) == stopped_s > 0


@pytest.mark.parametrize(
    ("menu", "file", "name"),
    [("음성 파일", "말.wav", "음성 메시지"), ("음악 · 오디오", "노래.wav", "노래.wav")],
)
def test_a_sound_is_played_paused_and_gone_on_with(
    visitor: Any, tone: bytes, menu: str, file: str, name: str
) -> None:
    visitor.attach_file(menu, file, "audio/wav", tone)
    visitor.send_dialog()
    player = newest_player(visitor)
    expect(player.locator(".player-clock")).to_have_text("1:00")
    player.get_by_role("button", name=f"재생: {name}").click()
    expect_playing(player)
    expect(player.get_by_role("button", name=f"멈춤: {name}")).to_be_visible()
    pause(player)
    player.get_by_role("slider").fill("30")
    expect(player.locator(".player-clock")).to_have_text("0:30")
    player.get_by_role("button", name=f"재생: {name}").click()
    spoken = re.compile(r"^0:3[1-9] / 1:00$")
    expect(player.get_by_role("slider")).to_have_attribute("aria-valuetext", spoken)
    pause(player)


def test_another_sound_stops_the_first(visitor: Any, tone: bytes) -> None:
    for file in ("하나.wav", "둘.wav"):
        visitor.attach_file("음악 · 오디오", file, "audio/wav", tone)
        visitor.send_dialog()
        expect(visitor.message(file)).to_be_visible()
    first = visitor.message("하나.wav").locator(".player")
    first.get_by_role("button").click()
    expect_playing(first)
    visitor.message("둘.wav").locator(".player").get_by_role("button").click()
    expect(first.get_by_role("button", name="재생: 하나.wav")).to_be_visible()
    expect(visitor.page.locator(".is-playing")).to_have_count(1)


def test_a_sound_goes_on_in_the_other_language_and_can_be_paused(
    visitor: Any, tone: bytes
) -> None:
    visitor.attach_file("음성 파일", "말.wav", "audio/wav", tone)
    visitor.send_dialog()
    player = newest_player(visitor)
    player.get_by_role("button", name="재생: 음성 메시지").click()
    expect_playing(player)
    visitor.page.locator("#language").click()
    expect_playing(player)
    expect(player.get_by_role("slider")).to_have_accessible_name("Position: Voice message")
    expect(player.get_by_role("button", name="Pause: Voice message")).to_be_visible()
    pause(player)
    expect(player.get_by_role("button", name="Play: Voice message")).to_be_visible()


def test_a_picture_is_shown_and_opened_large(
    visitor: Any, png: Callable[[int, int], bytes]
) -> None:
    page = visitor.page
    visitor.attach_file("사진 · 동영상", "창밖.png", "image/png", png(300, 200))
    page.get_by_label("설명").fill("창밖의 비")
    visitor.send_dialog()
    shown = visitor.message("창밖의 비").get_by_role("img", name="창밖의 비")
    expect(shown).to_have_js_property("naturalWidth", 300)
    visitor.message("창밖의 비").get_by_role("button", name="사진 크게 보기: 창밖의 비").click()
    large = page.get_by_role("dialog", name="창밖의 비")
    expect(large.get_by_role("img")).to_have_js_property("naturalHeight", 200)
    large.get_by_role("button", name="닫기").click()
    expect(large).to_have_count(0)


def test_a_contact_is_sent_and_can_be_called(visitor: Any) -> None:
    dialog = visitor.page.get_by_role("dialog")
    visitor.attach("연락처")
    dialog.get_by_label("이름").fill("지은 언니")
    dialog.get_by_label("전화번호").fill("+82 10-0000-0000")
    visitor.send_dialog()
    call = visitor.message("지은 언니").get_by_role("link", name="+82 10-0000-0000에 전화하기")
    expect(call).to_have_attribute("href", "tel:+821000000000")
