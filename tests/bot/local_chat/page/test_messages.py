"""What a seat writes, records, sends and is answered, in a real browser."""

from typing import Any

import pytest

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
pytestmark = pytest.mark.browser


def test_writes_and_is_answered(visitor: Any) -> None:
    page = visitor.page
    visitor.write("오늘은 비가 왔어")
    expect(visitor.message("들은 말: 오늘은 비가 왔어")).to_be_visible()
    expect(page.locator(".message.is-mine", has_text="오늘은 비가 왔어")).to_have_count(1)
    expect(page.locator(".day:visible").first).to_contain_text("오늘")
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")


def test_button_edits_the_message(visitor: Any) -> None:
    page = visitor.page
    visitor.write("feeling")
    asked = visitor.message("상처에 가까운가요?")
    asked.get_by_role("button", name="알림").click()
    expect(page.get_by_role("alertdialog")).to_contain_text("잠시 뒤에 다시")
    page.keyboard.press("Escape")
    asked.get_by_role("button", name="맞아요").click()
    expect(visitor.message("상처로 적어 둘게요.")).to_contain_text("수정됨")
    expect(visitor.message("상처로 적어 둘게요.").locator(".key")).to_have_count(0)
    expect(page.locator(".notice", has_text="고마워요")).to_be_visible()


def test_focus_on_a_button_survives_an_edit(visitor: Any) -> None:
    page = visitor.page
    visitor.write("feeling")
    key = visitor.message("상처에 가까운가요?").get_by_role("button", name="시간")
    key.focus()
    page.keyboard.press("Enter")
    counting = visitor.message("10초 남았어요.")
    expect(counting).to_be_visible()
    expect(counting.get_by_role("button", name="시간")).to_be_focused()


def test_records_a_voice_note(visitor: Any, messenger: Any) -> None:
    page = visitor.page
    before = len(messenger.voices)
    page.get_by_role("button", name="음성 녹음하기").click()
    expect(page.locator(".voice-clock")).to_have_text("0:01")
    page.get_by_role("button", name="녹음 보내기").click()
    expect(visitor.message("목소리를 들었어요.")).to_be_visible()
    expect(page.locator(".message.is-mine .voice").last).to_be_visible()
    assert len(messenger.voices) == before + 1
    assert messenger.voices[-1].startswith((b"\x1aE\xdf\xa3", b"OggS"))


def test_a_refused_microphone_is_explained(visitor: Any) -> None:
    page = visitor.page
    page.evaluate(
        """() => {
            const refusal = new DOMException("no", "NotAllowedError");
            navigator.mediaDevices.getUserMedia = () => Promise.reject(refusal);
        }"""
    )
    page.get_by_role("button", name="음성 녹음하기").click()
    expect(page.locator(".composer-problem:visible")).to_contain_text("마이크를 쓸 수 없어요")


def test_markup_in_a_text_stays_text(visitor: Any) -> None:
    page = visitor.page
    attack = '<img src=x onerror="window.taken=1"><script>window.taken=1</script>'
    visitor.write(attack)
    expect(visitor.message(f"들은 말: {attack}")).to_be_visible()
    assert page.locator(".words img, .words script").count() == 0
    assert page.evaluate("window.taken") is None


def test_entities_count_utf16(visitor: Any) -> None:
    visitor.write("bold")
    expect(visitor.message("🌧️굵게").locator("strong")).to_have_text("굵게")


def test_deleted_messages_vanish(visitor: Any) -> None:
    page = visitor.page
    visitor.write("gone")
    expect(visitor.message("지웠어요")).to_be_visible()
    expect(page.locator(".message", has_text="곧 사라져요")).to_have_count(0)


def test_what_is_deleted_before_its_sending_is_answered_stays_away(visitor: Any) -> None:
    page = visitor.page

    def answer_late(route: Any) -> None:
        answer = route.fetch()
        page.wait_for_timeout(1_500)
        route.fulfill(response=answer)

    page.route("**/seats/*/messages", answer_late, times=1)
    visitor.write("4829")
    expect(page.locator(".pending:visible .message")).to_have_count(0)
    visitor.write("다음 말")
    expect(visitor.message("들은 말: 다음 말")).to_be_visible()
    expect(page.locator(".message", has_text="4829")).to_have_count(0)


def test_start_link_opens_in_the_seat_that_clicks(visitor: Any) -> None:
    page = visitor.page
    visitor.write("link")
    visitor.message("초대:").get_by_role("link").click()
    expect(visitor.message("안녕하세요 inv_7")).to_be_visible()
    assert len(page.context.pages) == 1


def test_protected_messages_cannot_be_passed_on(visitor: Any) -> None:
    page = visitor.page
    visitor.write("secret")
    secret = visitor.message("보호된 말")
    expect(secret.get_by_role("img", name="전달할 수 없게 보호된 메시지")).to_be_visible()
    secret.hover()
    secret.get_by_role("button", name="메시지 메뉴").click()
    expect(page.get_by_role("menuitem", name="답장")).to_be_visible()
    expect(page.get_by_role("menuitem", name="글 복사")).to_have_count(0)
    expect(page.get_by_role("menuitem", name="다른 자리로 전달")).to_have_count(0)


def test_file_goes_out_as_forwarded(visitor: Any, messenger: Any) -> None:
    page = visitor.page
    visitor.attach_file("파일", "기록.txt", "text/plain", "마음".encode())
    page.get_by_role("switch", name="전달받은 메시지로 보내기").check()
    visitor.send_dialog()
    expect(visitor.message("파일을 받았어요.")).to_be_visible()
    assert messenger.documents[-1] == ("기록.txt", True)


def test_location_button_asks_for_the_place(visitor: Any) -> None:
    page = visitor.page
    page.get_by_role("button", name="위치 보내기").click()
    page.get_by_label("위도").fill("37.57")
    page.get_by_label("경도").fill("126.98")
    visitor.send_dialog()
    expect(visitor.message("위도 37.57에 계시네요.")).to_be_visible()
    link = page.get_by_role("link", name="지도에서 보기 (밖에서 열려요)").last
    expect(link).to_have_attribute("rel", "noopener noreferrer")
