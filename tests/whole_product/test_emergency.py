"""An emergency as the person and their guardians see it: three seats of one page."""

import re

import pytest

from tests.chromium import CHROMIUM
from tests.whole_product.running import PHONE, WIDE, RunningTodak, Visit, Visitor, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no chromium at {CHROMIUM}"),
]

CRY = "칼 든 사람이 문을 부수고 들어오려고 해요"
SELFHARM = "방금 약을 한꺼번에 다 먹었어"
CODE, SECOND_CODE = "482915", "738264"
TIMES = {
    "TODAK_INCIDENT_COUNTDOWN_S": "8",
    "TODAK_INCIDENT_ASK_AGAIN_S": "[8, 30]",
    "TODAK_INCIDENT_OBJECTION_S": "3",
}


def invite(me: Visitor, guardian: Visitor, name: str) -> None:
    """The link is made on one seat and opened on another; what may be told is chosen."""
    me.write("/guardians")
    me.tap("", "보호자 초대")
    me.hear("뭐라고 부를까요")
    me.write(name)
    link = re.search(r"start=(inv_[\w-]+)", me.hear("start=inv_").inner_text())
    assert link is not None
    guardian.start()
    guardian.write(f"/start {link[1]}")
    guardian.tap("연락받을 분으로 초대", "맡을게요")
    guardian.tap("만 19살 이상이신가요", "네, 만 19살 이상이에요")
    guardian.hear("맡아 주셔서 고마워요")


def choose(me: Visitor, *choices: str) -> None:
    me.tap("맡아 주셨어요", "알릴 일 고르기")
    page = me.page.locator(".panel:visible .message").last
    for choice in choices:
        page.get_by_role("button", name=f"{choice} 켜기", exact=True).click()
        expect(page.get_by_role("button", name=f"{choice} 끄기", exact=True)).to_be_visible()
    page.get_by_role("button", name="다음: 함께 보낼 것", exact=True).click()
    page.get_by_role("button", name="적거나 하신 말 켜기", exact=True).click()
    page.get_by_role("button", name="다음", exact=True).click()
    me.hear("켜져 있어요")


def set_codes(me: Visitor) -> None:
    me.tap("켜져 있어요", "취소 암호 정하기")
    me.hear_anywhere("여쭤요. 다른 사람이 대신 멈추지 못하게요")
    me.type(CODE)
    me.tap("이 대화에서 지웠어요", "두 번째 암호")
    me.hear_anywhere("누가 억지로 멈추라고 시킬 때")
    me.type(SECOND_CODE)
    expect(me.page.locator(".message", has_text="이 대화에서 지웠어요")).to_have_count(1)
    me.hear("이 대화에서 지웠어요")
    for code in (CODE, SECOND_CODE):
        expect(me.page.locator(".message", has_text=code)).to_have_count(0)


def test_help_is_brought(todak: RunningTodak, visit: Visit) -> None:
    address = todak.start(TIMES)
    me = visit(address, WIDE, "ko-KR", "dark")
    guardian = visit(address, PHONE, "ko-KR", "light")
    guardian.take_seat("보호자 1")
    me.introduce_oneself()
    invite(me, guardian, "엄마")
    choose(me, "범죄", "도움 요청", "자해·자살 위험")

    # A drill shows that she can be reached.
    me.write("/drill")
    me.newest_button("훈련 시작").click()
    guardian.tap("훈련입니다", "확인했어요")
    me.hear_anywhere("엄마: 확인하셨어요")

    # Called off in time, asked once more, and nobody is told.
    me.write(CRY)
    me.hear_anywhere("동안 답이 없으면 보호자에게 연락할게요")
    me.picture("emergency-countdown")
    me.newest_button("안전해요, 보내지 마세요").click()
    me.hear_anywhere("아무에게도 보내지 않았어요")
    expect(guardian.page.locator(".message", has_text="긴급 알림")).to_have_count(0)

    # Nobody answers: she is told, looks after it, and says that all is well.
    me.write(f"{CRY}, 도와주세요")
    me.hear_anywhere("엄마께 메시지를 보냈어요")
    guardian.hear_anywhere("긴급 알림")
    guardian.hear_anywhere("도움을 청하는 말이 있었어요")
    guardian.picture("emergency-guardian")
    guardian.newest_button("제가 확인할게요").click()
    me.hear_anywhere("엄마께서 확인하겠다고 하셨어요")
    guardian.newest_button("안전을 확인했어요").click()
    me.hear_anywhere("안전이 확인되어 알림을 마칠게요")
    me.picture("emergency-person")
    me.write("/incidents")
    me.hear_anywhere("요청하신 기록")

    assert CRY not in todak.log()


def test_a_code_calls_it_off_and_another_only_seems_to(todak: RunningTodak, visit: Visit) -> None:
    address = todak.start(TIMES)
    me = visit(address, WIDE, "ko-KR", "light")
    guardian = visit(address, PHONE, "ko-KR", "dark")
    guardian.take_seat("보호자 1")
    me.introduce_oneself()
    invite(me, guardian, "지은 언니")
    choose(me, "범죄")
    set_codes(me)

    me.write(CRY)
    me.newest_button("안전해요, 보내지 마세요").click()
    me.hear_anywhere("정해 두신 암호를")
    me.type(CODE)
    me.hear_anywhere("아무에게도 보내지 않았어요")
    expect(guardian.page.locator(".message", has_text="긴급 알림")).to_have_count(0)

    me.write(f"{CRY} 제발")
    me.newest_button("안전해요, 보내지 마세요").click()
    me.hear_anywhere("정해 두신 암호를")
    me.type(SECOND_CODE)
    expect(me.page.locator(".message", has_text="아무에게도 보내지 않았어요")).to_have_count(2)
    guardian.hear_anywhere("긴급 알림")
    expect(me.page.locator(".message", has_text="메시지를 보냈어요")).to_have_count(0)
    for code in (CODE, SECOND_CODE):
        assert code not in me.page.content()
        assert code not in todak.log()


def test_quiet_mode_shows_nothing_of_it(todak: RunningTodak, visit: Visit) -> None:
    address = todak.start(TIMES)
    me = visit(address, PHONE, "ko-KR", "dark")
    guardian = visit(address, PHONE, "ko-KR", "dark")
    guardian.take_seat("보호자 2")
    me.introduce_oneself()
    invite(me, guardian, "삼촌")
    choose(me, "범죄")
    me.write("/home")
    me.newest_button("조용한 모드").click()
    me.newest_button("조용한 모드 켜기").click()

    me.write(CRY)
    me.hear_anywhere("남겨 주신 말 잘 받았어요")
    guardian.hear_anywhere("긴급 알림")
    guardian.hear_anywhere("바로 전화하거나 메시지를 보내지 말아 주세요")
    for word in ("긴급", "연락할게요", "보냈어요", "삼촌께"):
        heard = me.page.locator(".panel:visible .message:not(.is-mine)", has_text=word)
        expect(heard).to_have_count(0)
    me.picture("emergency-quiet")


def test_self_harm_is_asked_about_and_silence_tells_whom_the_person_chose(
    todak: RunningTodak, visit: Visit
) -> None:
    address = todak.start(TIMES)
    me = visit(address, PHONE, "ko-KR", "light")
    guardian = visit(address, PHONE, "ko-KR", "light")
    guardian.take_seat("보호자 1")
    me.introduce_oneself()
    invite(me, guardian, "언니")
    choose(me, "자해·자살 위험")
    me.write(SELFHARM)
    me.hear_anywhere("바로 119에 전화해 주세요")
    me.hear_anywhere("동안 답이 없으면 보호자에게 알릴게요")
    me.picture("emergency-question")
    guardian.hear_anywhere("긴급 알림")
    me.hear_anywhere("언니께 메시지를 보냈어요")
