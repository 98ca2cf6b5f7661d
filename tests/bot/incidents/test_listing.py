"""The list of incidents: what it says, and that its pages hold every line once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.incidents.listing import (
    CHARACTERS_A_PAGE,
    INCIDENTS_A_PAGE,
    Entry,
    divided,
    incident_list,
)
from bot.wording import Wording
from storage.care_records import Disclosure, IncidentRecord, Outcome
from storage.records import Language
from tests.bot.test_replies import assert_html

NOON = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
KOREAN, ENGLISH = Wording(Language.KOREAN), Wording(Language.ENGLISH)
LINES = st.lists(st.text(min_size=1, max_size=400), min_size=1, max_size=30)
ENTRIES = st.lists(st.builds(Entry, st.just("heading"), LINES.map(tuple)), max_size=12)


def incident(number: int = 1, **changes: Any) -> IncidentRecord:
    content = {"kind": "fire", "source": "sound_alarm"}
    at = NOON - timedelta(hours=number)
    record = IncidentRecord(f"incident:1:7:{number}", 7, at, at, "person_safe", content)
    return replace(record, **changes)


def told(**changes: Any) -> Disclosure:
    what = ("recording", "address")
    disclosure = Disclosure(
        "incident:1:7:1", 7, 3, 8, "<엄마>", 1, what, NOON, Outcome.ACCEPTED, (5,), (5,)
    )
    return replace(disclosure, **changes)


@given(ENTRIES)
def test_pages_hold_every_line_once_in_order_and_are_never_too_long(entries: list[Entry]) -> None:
    pages = divided(entries)
    lines = [line for page in pages for each in page for line in each.lines]
    assert lines == [line for each in entries for line in each.lines]
    for page in pages:
        assert 1 <= len(page) <= INCIDENTS_A_PAGE and all(each.lines for each in page)
        assert sum(len("\n".join((e.heading, *e.lines))) + 2 for e in page) <= CHARACTERS_A_PAGE


@given(st.integers(1, 40))
def test_short_incidents_stand_five_on_a_page(n_incidents: int) -> None:
    pages = divided([Entry(str(number), ("x",)) for number in range(n_incidents)])
    assert [len(page) for page in pages[:-1]] == [5] * (len(pages) - 1)
    assert len(pages) == -(-n_incidents // 5)


def test_each_disclosure_says_to_whom_when_what_and_what_came_of_it() -> None:
    disclosures = [
        told(acknowledged_at=NOON + timedelta(minutes=2)),
        told(guardian_name="언니", outcome=Outcome.UNCERTAIN, what=("kind",)),
        told(guardian_name="형", outcome=Outcome.REFUSED, what=()),
    ]
    html = incident_list(KOREAN, [incident()], {incident().id: disclosures}, 0).html
    assert_html(html)
    assert "2026년 3월 2일 00:30" in html and "· 화재 · 안전하다고 하심" in html, "Korean time"
    mother, sister, brother = html.splitlines()[-3:]
    assert "&lt;엄마&gt;" in mother and "녹음, 집 주소" in mother
    assert "텔레그램이 받음" in mother and "01:32에 살펴보겠다고" in mother
    assert "닿았는지 모름" in sister and "함께 보낸 것" not in sister
    assert "보내지 못함" in brother
    html = incident_list(ENGLISH, [incident()], {incident().id: disclosures}, 0).html
    assert "2026-3-1 16:30" in html and "sent, perhaps not arrived" in html


def test_a_drill_is_called_one_and_what_nothing_names_stands_as_it_is() -> None:
    drill = incident(content={"kind": "help", "source": "drill"}, state="drill")
    assert "· 훈련 ·" in incident_list(KOREAN, [drill], {}, 0).html
    later = incident(content={"kind": "meteor"}, state="later")
    assert "· meteor · later" in incident_list(ENGLISH, [later], {}, 0).html


def test_where_there_is_none_or_nobody_was_told_it_says_so() -> None:
    assert "없어요" in incident_list(KOREAN, [], {}, 3).html
    assert "Nobody was told." in incident_list(ENGLISH, [incident()], {}, 0).html


def test_under_duress_nothing_shows_until_it_is_over() -> None:
    record = incident(state="cancelled", ended_at=None)
    html = incident_list(KOREAN, [record], {record.id: [told()]}, 0).html
    assert "엄마" not in html and "취소" in html and "아무에게도 알리지 않았어요" in html
    over = replace(record, ended_at=NOON)
    assert "엄마" in incident_list(KOREAN, [over], {record.id: [told()]}, 0).html


def test_pages_are_turned_by_buttons_and_a_page_beyond_the_last_is_the_last() -> None:
    records = [incident(number) for number in range(1, 12)]
    first, second, third = (incident_list(ENGLISH, records, {}, page) for page in range(3))
    actions = [[button.action for row in r.buttons for button in row] for r in (first, second)]
    assert actions == [["incidents:1"], ["incidents:0", "incidents:2"]]
    assert "(3/3)" in third.html and incident_list(ENGLISH, records, {}, 99) == third
    whole = [told(round=number, guardian_name="가" * 20) for number in range(200)]
    long = incident_list(KOREAN, [incident()], {incident().id: whole}, 1)
    assert len(long.html) <= 4096 and len(long.buttons[0]) == 2
