"""What an export tells of guardians and incidents, and what it must not."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import pytest

from bot.export import Holdings, archive
from bot.export_care import read_care
from bot.wording import Wording
from storage.care_records import Choice, Code, Home, Outcome, Position
from storage.database import Database
from storage.records import Language
from tests.storage.caring import (
    CHAT,
    FRIEND,
    MOTHER,
    NOW,
    add_guardian,
    disclosure,
    incident,
    register,
)


def fill(database: Database) -> None:
    register(database)
    mother, friend = add_guardian(database), add_guardian(database, CHAT, FRIEND, "친구")
    with database.transaction() as memory:
        care = memory.care
        for choice, granted in ((Choice.CRIME, True), (Choice.WORDS, True), (Choice.WORDS, False)):
            care.set_choice(CHAT, mother.id, choice, granted, NOW)
        care.pause(CHAT, friend.id, True)
        care.invite(CHAT, "=언니", NOW)
        care.set_home(CHAT, Home("서울 어딘가 1길 2", "○○님", harmed_by_guardian=True))
        care.set_code(CHAT, Code.CANCEL, "2580")
        care.set_code(CHAT, Code.DURESS, "1470")
        care.set_position(CHAT, Position(37.5, 126.9, NOW))
        care.open_incident(replace(incident(), content={**incident().content, "duress": True}))
        care.add_disclosure(replace(disclosure(mother), outcome=Outcome.ACCEPTED))
        care.acknowledge(incident().id, mother.id, NOW)
        care.ask(CHAT, "address", {"so far": "부산"}, NOW)


def exported(database: Database, chat_id: int = CHAT) -> dict[str, str]:
    with database.transaction() as memory:
        care = read_care(memory.care, chat_id, NOW)
        person = memory.person(chat_id)
    whole = archive(Holdings(NOW, person, (), (), (), (), care), Wording(Language.KOREAN))
    with zipfile.ZipFile(io.BytesIO(whole)) as files:
        return {name: files.read(name).decode("utf-8-sig") for name in files.namelist()}


def table(files: dict[str, str], name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(files[f"{name}.csv"])))[1:]


def care_of(files: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files["todak.json"])["care"]
    return found


def test_the_export_holds_guardians_home_incidents_and_disclosures(database: Database) -> None:
    fill(database)
    files = exported(database)
    now = NOW.isoformat()
    assert table(files, "guardians") == [
        ["어머니", "보호자", "범죄", now, now],
        ["친구", "잠시 멈춤", "", now, now],
        ["'=언니", "초대함", "", "", ""],
    ]
    assert [row[1:3] + row[4:] for row in table(files, "choices")] == [
        ["어머니", "범죄", "예"],
        ["어머니", "하신 말", "예"],
        ["어머니", "하신 말", "아니요"],
    ]
    assert [row[1] for row in table(files, "home")] == [
        "○○님", "서울 어딘가 1길 2", "아니요", "37.5, 126.9",
    ]  # fmt: skip
    assert table(files, "incidents") == [[now, "폭력", "전하는 중", ""]]
    told = [now, "어머니", "1", "폭력, 녹음", "텔레그램이 받음", now]
    assert table(files, "disclosures") == [told]
    care = care_of(files)
    assert care["home"] == {"address": "서울 어딘가 1길 2", "shown_name": "○○님", "quiet": False}
    assert care["question"]["content"] == {"so far": "부산"}
    [kept] = care["incidents"]
    assert kept["content"] == incident().content
    assert [each["choices"] for each in care["guardians"]] == [["crime"], []]


def test_whoever_reads_the_file_learns_of_no_code_and_of_no_guardians_number(
    database: Database,
) -> None:
    fill(database)
    whole = "".join(exported(database).values())
    for secret in ("scrypt", "digest", "duress", "harmed", str(MOTHER), str(FRIEND)):
        assert secret not in whole


@pytest.mark.parametrize("under_duress", [True, False])
def test_who_is_told_after_a_cancel_under_duress_shows_only_when_it_is_over(
    database: Database, under_duress: bool
) -> None:
    fill(database)
    seems = replace(incident(), state="cancelled", ended_at=None if under_duress else NOW)
    with database.transaction() as memory:
        memory.care.update_incident(seems)
    files = exported(database)
    assert [row[2] for row in table(files, "incidents")] == ["취소"]
    assert "ended_at" not in files["todak.json"]
    assert len(table(files, "disclosures")) == (0 if under_duress else 1)
    assert len(care_of(files)["disclosures"]) == (0 if under_duress else 1)


def test_a_guardian_reads_the_same_whether_or_not_they_were_removed(database: Database) -> None:
    register(database)
    mother = add_guardian(database)
    before = exported(database, MOTHER)
    assert table(before, "duties") == [[NOW.isoformat()]]
    assert care_of(before)["duties"] == [{"accepted_at": NOW.isoformat()}]
    with database.transaction() as memory:
        memory.care.remove(CHAT, mother.id)
    assert exported(database, MOTHER) == before
    assert str(CHAT) not in "".join(before.values())
