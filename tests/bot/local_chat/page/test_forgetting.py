"""The page of somebody whom the bot has deleted: empty, with one kind sentence."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from bot.local_chat.serve import LocalChat

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
pytestmark = pytest.mark.browser
WORDS = "카나리아zqxv"


def forget(chat: LocalChat, user_id: int) -> None:
    answer = httpx.post(f"{chat.base_url}{chat.token}/forgetChat", json={"chat_id": user_id})
    assert answer.json() == {"ok": True, "result": True}


def test_an_open_page_is_emptied(quiet_chat: LocalChat, visit: Callable[..., Any]) -> None:
    visitor = visit(quiet_chat)
    page = visitor.page
    visitor.start()
    visitor.write(WORDS)
    expect(visitor.message(WORDS)).to_be_visible()
    page.locator(".text:visible").fill(f"{WORDS} noch nicht gesendet")
    forget(quiet_chat, 1001)
    expect(page.locator(".empty-chat:visible")).to_contain_text("모두 지웠어요")
    expect(page.locator(".panel:visible .message")).to_have_count(0)
    expect(page.locator(".gate-button:visible")).to_be_visible()
    assert WORDS not in page.content()
    assert WORDS not in page.evaluate("JSON.stringify(localStorage)")
    visitor.start()
    expect(visitor.message("/start")).to_be_visible()
    page.reload()
    expect(visitor.message("/start")).to_be_visible()
    expect(page.locator(".panel:visible .message")).to_have_count(1)
