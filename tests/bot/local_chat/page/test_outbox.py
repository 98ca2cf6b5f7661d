"""What is on its way when the connection breaks or the page goes, in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
pytestmark = pytest.mark.browser
EVENTS = "**/seats/*/events?*"


def expect_once(visitor: Any, text: str) -> None:
    """It arrived, and nothing offers to send it again."""
    page = visitor.page
    expect(visitor.message(f"들은 말: {text}")).to_be_visible()
    expect(page.locator(".message.is-mine:visible", has_text=text)).to_have_count(1)
    expect(page.get_by_role("button", name="다시 보내기")).to_have_count(0)
    assert text not in page.evaluate("JSON.stringify(localStorage)")


def lose_the_answer(route: Any) -> None:
    route.fetch()
    route.abort()


@pytest.fixture
def hasty(visit: Callable[..., Any], messenger: Any) -> Any:
    """A visitor whose next message arrives without an answer, which the console complains of."""
    visitor = visit(messenger.chat, console=False)
    visitor.start()
    visitor.page.route("**/seats/1/messages", lose_the_answer, times=1)
    return visitor


def without_events(visitor: Any) -> Any:
    """The page does not hear what happens until the route is taken back."""
    visitor.page.route(EVENTS, lambda route: route.abort())
    visitor.page.reload()
    visitor.expect(visitor.page.locator("#connection")).to_contain_text("연결이 끊겼어요")
    return visitor.page


def test_the_events_tell_what_arrived_without_an_answer(hasty: Any) -> None:
    hasty.write("대답이 사라진 말")
    expect_once(hasty, "대답이 사라진 말")


def test_what_arrived_before_a_reload_is_not_offered_again(hasty: Any) -> None:
    page = without_events(hasty)
    hasty.write("닿았는지 모를 말")
    expect(page.get_by_role("button", name="다시 보내기")).to_be_visible()
    page.unroute(EVENTS)
    page.reload()
    expect_once(hasty, "닿았는지 모를 말")


def test_sending_again_sends_once(hasty: Any) -> None:
    page = without_events(hasty)
    hasty.write("두 번 누른 말")
    page.get_by_role("button", name="다시 보내기").click()
    expect(hasty.message("두 번 누른 말").locator("time")).to_be_visible()
    page.unroute(EVENTS)
    expect_once(hasty, "두 번 누른 말")
