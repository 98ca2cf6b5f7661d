"""A place that is shared for a while from a seat, in a real browser."""

from typing import Any

import pytest

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
pytestmark = pytest.mark.browser


def be_at(visitor: Any, latitude: float) -> None:
    visitor.page.context.set_geolocation({"latitude": latitude, "longitude": 127.0})


def share_here(visitor: Any) -> Any:
    """Share where the device is for a quarter of an hour; the message's card."""
    page, dialog = visitor.page, visitor.page.get_by_role("dialog")
    page.context.grant_permissions(["geolocation"])
    be_at(visitor, 37.1)
    visitor.attach("위치")
    page.get_by_role("button", name="지금 내 위치로 채우기").click()
    expect(dialog.get_by_label("위도")).to_have_value("37.100000")
    dialog.get_by_label("공유 시간").select_option("15분 동안")
    visitor.send_dialog()
    card = page.locator(".panel:visible .message.is-mine .card").last
    expect(card).to_contain_text("위도 37.10000")
    return card


def stop_sharing(card: Any) -> None:
    expect(card.locator(".card-title")).to_have_text("실시간 위치")
    card.get_by_role("button", name="공유 멈추기").click()
    expect(card.locator(".card-title")).to_have_text("위치")
    expect(card.get_by_role("button")).to_have_count(0)


def test_a_live_location_follows_the_device_also_after_a_reload(visitor: Any) -> None:
    page = visitor.page
    card = share_here(visitor)
    be_at(visitor, 37.2)
    expect(card).to_contain_text("위도 37.20000")
    page.reload()
    expect(card).to_contain_text("위도 37.20000")
    be_at(visitor, 37.3)
    expect(card).to_contain_text("위도 37.30000")
    stop_sharing(card)
    be_at(visitor, 37.4)
    page.wait_for_function("localStorage.getItem('todak.followed.1') === null")
    expect(card).to_contain_text("위도 37.30000")


def test_a_device_that_does_not_say_any_more_where_it_is_says_so(visitor: Any) -> None:
    page = visitor.page
    card = share_here(visitor)
    address = page.url
    page.goto("about:blank")  # the page that is left would be told first, and say so itself
    page.context.clear_permissions()
    page.context.grant_permissions(["microphone"])
    page.goto(address)
    expect(page.get_by_role("alertdialog")).to_contain_text("실시간 위치가 바뀌지 않아요")
    page.keyboard.press("Escape")
    stop_sharing(card)


def test_a_live_location_is_moved_by_hand(visitor: Any) -> None:
    page, dialog = visitor.page, visitor.page.get_by_role("dialog")
    visitor.attach("위치")
    dialog.get_by_label("위도").fill("35.1")
    dialog.get_by_label("경도").fill("129.1")
    dialog.get_by_label("공유 시간").select_option("1시간 동안")
    visitor.send_dialog()
    card = page.locator(".panel:visible .message.is-mine .card").last
    expect(card).to_contain_text("실시간 위치")
    card.get_by_role("button", name="위치 바꾸기").click()
    expect(dialog.get_by_label("위도")).to_have_value("35.1")
    dialog.get_by_label("위도").fill("35.2")
    visitor.send_dialog()
    expect(card).to_contain_text("위도 35.20000, 경도 129.10000")
    expect(card).to_contain_text("까지 공유")
    stop_sharing(card)
