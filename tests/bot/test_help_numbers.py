import re
from itertools import product

import pytest

from bot import help_numbers
from bot.help_numbers import ALL, HelpLine, calls_for_police, contact_lines, plain_list
from inference.analysis import DistressKind, DistressLevel
from storage.records import AgeBand, Language

BANDS = (None, *AgeBand)
LEVELS = (DistressLevel.THOUGHTS, DistressLevel.IN_PROGRESS, DistressLevel.CRY)


def numbers(lines: tuple[HelpLine, ...]) -> list[str]:
    return [line.number for line in lines]


def test_each_number_has_a_source_and_a_date_and_stands_once() -> None:
    assert len({line.number for line in ALL}) == len(ALL)
    for line in ALL:
        assert line.source and line.country and line.checked_on.year >= 2026
    assert {line.number for line in ALL} == {
        "109", "119", "112", "1577-0199", "1388", "988", "911", "116123", "999"
    }  # fmt: skip


@pytest.mark.parametrize("level, language, band", list(product(LEVELS, Language, BANDS)))
def test_every_danger_gets_known_numbers_once(
    level: DistressLevel, language: Language, band: AgeBand | None
) -> None:
    for kind in DistressKind:
        lines = contact_lines(kind, level, language, band)
        assert lines and len(set(lines)) == len(lines) and set(lines) <= set(ALL)


def test_thoughts_are_answered_with_109_first_and_acts_with_119() -> None:
    selfharm, ko = DistressKind.SELFHARM, Language.KOREAN
    thoughts, acts = DistressLevel.THOUGHTS, DistressLevel.IN_PROGRESS
    assert numbers(contact_lines(selfharm, thoughts, ko, AgeBand.ADULT)) == ["109", "119"]
    assert numbers(contact_lines(selfharm, acts, ko, AgeBand.ADULT)) == ["119", "109"]
    for band in (AgeBand.YOUTH, AgeBand.CHILD, None):
        assert "1388" in numbers(contact_lines(selfharm, thoughts, ko, band))
        assert "1388" in numbers(contact_lines(selfharm, acts, ko, band))
    english = numbers(contact_lines(selfharm, acts, Language.ENGLISH, None))
    assert english[:3] == ["911", "999", "119"] and {"988", "116123", "109"} <= set(english)


def test_the_police_come_first_where_another_person_does_it() -> None:
    cry, ko = DistressLevel.CRY, Language.KOREAN
    for kind in DistressKind:
        if kind in (DistressKind.NONE, DistressKind.SELFHARM):
            continue
        first = "112" if calls_for_police(kind) else "119"
        assert numbers(contact_lines(kind, cry, ko, None))[0] == first
    assert calls_for_police(DistressKind.VIOLENCE) and not calls_for_police(DistressKind.FIRE)


@pytest.mark.parametrize("language", Language)
def test_the_line_for_help_holds_only_known_numbers(language: Language) -> None:
    found = set(re.findall(r"\d[\d -]*\d", re.sub(r"24\S+", "", plain_list(language))))
    known = {line.number for line in ALL} | {"116 123"}
    assert {"119", "112", "109"} <= found <= known
    assert help_numbers.YOUTH_KR.number in found
