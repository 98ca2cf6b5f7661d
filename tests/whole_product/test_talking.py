"""`todak run` as a person meets it: a process, a browser, a restart."""

from pathlib import Path

import pytest

from tests.chromium import CHROMIUM
from tests.whole_product.running import PHONE, WIDE, RunningTodak, Visit, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no chromium at {CHROMIUM}"),
]

STORY = "믿었던 친구가 내 얘기를 다른 애들한테 다 퍼뜨렸어"
KOREAN_DANGER = "죽고 싶다는 생각이 자꾸 들어"
KOREAN_WORRY = "내일 시험이 너무 걱정돼"
GRIEF = "I miss my grandmother so much, I cried all day"
ANGER = "I am furious that they lied to me again"
PARTY = "Nobody came to my birthday party"
CORRECTED = (
    ("분노", "당황"),
    "알려 주셔서 고마워요. {}에 가까운 마음이었군요.",
    "다시 고르기",
)
CORRECTED_IN_ENGLISH = (
    ("sadness", "hurt"),
    "Thank you for telling me. So it was close to {}.",
    "Choose again",
)


def test_a_person_writes_speaks_corrects_and_comes_back(
    todak: RunningTodak, visit: Visit, angry_clips: list[Path]
) -> None:
    address = todak.start()
    korean = visit(address, WIDE, "ko-KR", "dark")
    korean.introduce_oneself()
    korean.write(STORY)
    korean.correct(*CORRECTED)
    korean.record("음성 녹음하기", "녹음 보내기")
    heard = korean.hear("말의 내용은 읽지 못하고")
    if angry_clips:
        expect(heard.locator(".words")).to_contain_text("분노")
    korean.correct(*CORRECTED)
    korean.write(KOREAN_WORRY)
    korean.hear("?")
    korean.pictures("wide-ko")

    phone = visit(address, PHONE, "ko-KR", "light")
    phone.write(KOREAN_DANGER)
    phone.hear("119")
    expect(phone.page.locator("a[href='tel:119']")).to_be_visible()
    phone.pictures("phone-ko")
    phone.newest_button("지금은 안전해요").click()
    phone.hear("마음이 놓여요")

    phone.write("/language")
    phone.tap("어떤 말로", "English")
    phone.hear("We'll speak English")
    english = visit(address, WIDE, "en-GB", "light")
    english.write(GRIEF)
    english.correct(*CORRECTED_IN_ENGLISH)
    english.record("Record a voice message", "Send the recording")
    heard = english.hear("I heard only the tone")
    if angry_clips:
        expect(heard.locator(".words")).to_contain_text("anger")
    english.pictures("wide-en")
    english.write(ANGER)
    answers = english.page.locator(".panel:visible .message:not(.is-mine)")
    expect(answers.filter(has_text="I heard your words and your voice together")).to_have_count(1)
    expect(answers.filter(has_text="I heard only the tone")).to_have_count(0)
    english.page.context.close()

    assert todak.stop() == 0
    address = todak.start()
    again = visit(address, PHONE, "en-GB", "dark")
    expect(again.page.locator(".message.is-mine", has_text=GRIEF)).to_be_visible()
    again.write(PARTY)
    again.hear("?")
    again.pictures("phone-en")
    assert "todak_updates_answered_total" in todak.metrics()
    for word in ("친구", "죽고", "grandmother", "party"):
        assert word not in todak.log()
