"""The page around the conversations: seats, languages, widths, windows, the connection."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.local_chat.serve import LocalChat

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 740}


def test_language_is_switched_and_remembered(visitor: Any) -> None:
    page = visitor.page
    expect(page.locator("#ribbon")).to_have_text(
        "연습 모드 · 보호자에게 실제로 전달되지 않아요 · 링크는 밖에서 열려요"
    )
    page.locator("#language").click()
    expect(page.locator("#ribbon")).to_contain_text("nothing really reaches a guardian")
    expect(page.get_by_role("tab", name="Guardian 1")).to_be_visible()
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".text:visible")).to_have_attribute("aria-label", "Write a message")


def test_theme_is_switched_and_remembered(visitor: Any) -> None:
    page = visitor.page
    background = page.locator("body").evaluate_handle("body => getComputedStyle(body)")
    colours = {}
    for name in ("기기 설정대로", "밤", "낮"):
        label = f"화면 밝기: {name}. 누르면 바뀌어요"
        expect(page.get_by_role("button", name=label)).to_be_visible()
        colours[name] = background.evaluate("style => style.backgroundColor")
        if name != "낮":
            page.locator("#theme").click()
    assert colours["기기 설정대로"] == colours["낮"] != colours["밤"]
    page.emulate_media(color_scheme="dark")
    assert background.evaluate("style => style.backgroundColor") == colours["낮"]
    page.reload()
    expect(page.locator("#theme")).to_have_attribute("title", "화면 밝기: 낮. 누르면 바뀌어요")
    expect(page.locator("body")).to_have_css("background-color", colours["낮"])


def test_guardian_counts_what_is_unread(visitor: Any) -> None:
    page = visitor.page
    guardian = page.get_by_role("tab", name="보호자 1")
    guardian.click()
    visitor.start()
    expect(visitor.message("안녕하세요")).to_be_visible()
    page.locator("#tab-1").click()
    visitor.write("guardian")
    expect(guardian.locator(".count")).to_contain_text("1")
    expect(page).to_have_title(re.compile(r"^\(1\)"))
    guardian.click()
    expect(visitor.message("확인해 주세요.")).to_be_visible()
    expect(guardian.locator(".count")).to_be_hidden()


def test_adds_a_seat(visitor: Any) -> None:
    page = visitor.page
    count = page.get_by_role("tab").count()
    page.get_by_role("button", name="자리 더하기").click()
    page.get_by_label("새 자리의 이름").fill("이웃")
    page.get_by_role("dialog").get_by_role("button", name="더하기").click()
    expect(page.get_by_role("tab")).to_have_count(count + 1)
    expect(page.get_by_role("tab", name="이웃")).to_have_attribute("aria-selected", "true")
    visitor.start()
    visitor.write("새 자리에서")
    expect(visitor.message("들은 말: 새 자리에서")).to_be_visible()


def test_everything_by_keyboard(visitor: Any) -> None:
    page = visitor.page
    page.locator(".text:visible").focus()
    page.keyboard.type("/he")
    page.keyboard.press("Enter")
    expect(visitor.message("들은 말: /help")).to_be_visible()
    page.keyboard.type("첫 줄")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("둘째 줄")
    page.keyboard.press("Enter")
    expect(visitor.message("들은 말: 첫 줄\n둘째 줄")).to_be_visible()
    page.get_by_role("log").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    page.locator("[role=tab][aria-selected=true]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="보호자 1")).to_be_focused()
    expect(page.locator("#panel-2")).to_be_visible()
    page.keyboard.press("Home")
    expect(page.locator("#panel-1")).to_be_visible()


def test_composing_korean_does_not_send(visitor: Any) -> None:
    page = visitor.page
    field = page.locator(".text:visible")
    field.fill("조합 중")
    field.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    expect(field).to_have_value("조합 중")
    field.fill("")


@pytest.mark.parametrize("locale", ["ko-KR", "en-US"])
def test_phone_width_has_no_sideways_scroll(
    visit: Callable[..., Any], messenger: Any, locale: str
) -> None:
    visitor = visit(messenger.chat, PHONE, locale)
    page = visitor.page
    visitor.start()
    visitor.write("feeling")
    expect(visitor.message("상처에 가까운가요?").locator(".key").first).to_be_visible()
    visitor.write("긴낱말" * 120)
    expect(visitor.message("들은 말: 긴낱말")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    scroller = page.locator(".log-scroller:visible")
    assert scroller.evaluate("place => place.scrollWidth <= place.clientWidth")
    small = page.locator("button:visible, .key:visible").evaluate_all(
        """all => all.filter((one) => !one.matches('.link, .reaction'))
            .map((one) => [one.className, one.getBoundingClientRect()])
            .filter(([, box]) => box.width && (box.width < 44 || box.height < 44))
            .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
    )
    assert small == []


def test_seats_side_by_side(visitor: Any) -> None:
    page = visitor.page
    page.get_by_role("button", name="자리를 나란히 보기").click()
    expect(page.locator("#panel-1")).to_be_visible()
    expect(page.locator("#panel-2")).to_be_visible()
    expect(page.locator("#panel-3")).to_be_visible()


def test_nothing_written_is_lost_while_the_chat_is_away(
    visit: Callable[..., Any], tmp_path: Path
) -> None:
    chat = LocalChat(tmp_path / "away", launch_token="launch")
    chat.start()
    visitor = visit(chat, console=False)
    page = visitor.page
    visitor.start()
    visitor.write("먼저 한 말")
    expect(visitor.message("먼저 한 말").locator("time")).to_be_visible()
    chat.stop()
    expect(page.locator("#connection")).to_contain_text("연결이 끊겼어요")
    visitor.write("끊긴 동안 한 말")
    retry = page.get_by_role("button", name="다시 보내기")
    expect(retry).to_be_visible()
    page.locator(".text:visible").fill("쓰다 만 말")
    again = LocalChat(tmp_path / "away", port=chat.port, launch_token="launch")
    again.start()
    try:
        expect(page.locator("#connection")).to_be_hidden()
        page.reload()
        expect(page.locator(".text:visible")).to_have_value("쓰다 만 말")
        expect(visitor.message("먼저 한 말")).to_be_visible()
        retry.click()
        expect(visitor.message("끊긴 동안 한 말").locator("time")).to_be_visible()
        expect(retry).to_have_count(0)
    finally:
        page.close()
        again.stop()


def test_several_windows_share_the_connections(visitor: Any) -> None:
    windows = [visitor, visitor.another_window(), visitor.another_window()]
    windows[-1].write("세 번째 창에서")
    for window in windows:
        expect(window.message("들은 말: 세 번째 창에서")).to_be_visible()


def test_older_messages_load_upward(quiet_chat: LocalChat, visit: Callable[..., Any]) -> None:
    visitor = visit(quiet_chat)
    page = visitor.page
    visitor.start()
    page.evaluate(
        """async () => {
            for (const text of ["옛날 말", ...Array(51).fill("가운데")]) {
                const headers = {"Content-Type": "application/json"};
                const body = JSON.stringify({text});
                await fetch("/seats/1/messages", {method: "POST", headers, body});
            }
        }"""
    )
    page.reload()
    expect(page.locator("#panel-1 .message")).to_have_count(50)
    page.locator(".log-scroller:visible").evaluate("place => { place.scrollTop = 0; }")
    expect(page.locator("#panel-1 .message")).to_have_count(53)
    expect(page.locator("#panel-1 .message").nth(1)).to_contain_text("옛날 말")
    expect(page.locator(".older-button:visible")).to_have_count(0)
