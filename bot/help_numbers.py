"""The one reviewed table of help numbers. None comes from a model, and none is added unsourced."""

from dataclasses import dataclass
from datetime import date

from inference.analysis import DistressKind, DistressLevel
from storage.records import AgeBand, Language


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A number to call. `source` is where it was read, `checked_on` when."""

    number: str
    country: str
    source: str
    checked_on: date


_CHECKED = date(2026, 11, 20)

SUICIDE_KR = HelpLine(
    "109", "KR", "newspim.com/news/view/20240102000281; by text: m.segye.com 2024-09-10", _CHECKED
)
FIRE_KR = HelpLine("119", "KR", "119.go.kr, fire and ambulance, calls and texts", _CHECKED)
POLICE_KR = HelpLine("112", "KR", "police.go.kr, calls and texts", _CHECKED)
MENTAL_HEALTH_KR = HelpLine(
    "1577-0199", "KR", "kgnewskorea.com, Jinju health centre, mental health crisis line", _CHECKED
)
YOUTH_KR = HelpLine("1388", "KR", "youth counselling, Ministry of Gender Equality", _CHECKED)
SUICIDE_US = HelpLine("988", "US", "988lifeline.org, call, text and chat", _CHECKED)
EMERGENCY_US = HelpLine("911", "US", "911.gov", _CHECKED)
SAMARITANS = HelpLine("116123", "UK/IE", "samaritans.org, contact a Samaritan", _CHECKED)
EMERGENCY_UK = HelpLine("999", "UK/IE", "gov.uk, and hse.ie for Ireland", _CHECKED)

ALL = (
    SUICIDE_KR,
    FIRE_KR,
    POLICE_KR,
    MENTAL_HEALTH_KR,
    YOUTH_KR,
    SUICIDE_US,
    EMERGENCY_US,
    SAMARITANS,
    EMERGENCY_UK,
)

_BY_PEOPLE = {
    DistressKind.ASSAULT_SEXUAL,
    DistressKind.ROBBERY,
    DistressKind.THEFT,
    DistressKind.VIOLENCE,
    DistressKind.HELP,
}


def calls_for_police(kind: DistressKind) -> bool:
    """Whether the police come before the ambulance: another person does it, or may."""
    return kind in _BY_PEOPLE


def contact_lines(
    kind: DistressKind, level: DistressLevel, language: Language, age_band: AgeBand | None
) -> tuple[HelpLine, ...]:
    """The numbers sent as contacts, the most urgent first.

    An English speaker may be anywhere, so the numbers of each country we know are sent; every
    country's are named in the text as well.
    """
    if level is DistressLevel.CRY:
        police_first = calls_for_police(kind)
        korean = (POLICE_KR, FIRE_KR) if police_first else (FIRE_KR, POLICE_KR)
        return korean if language is Language.KOREAN else (EMERGENCY_US, EMERGENCY_UK, *korean)
    urgent = level is DistressLevel.IN_PROGRESS
    if language is Language.ENGLISH:
        talk = (SUICIDE_US, SAMARITANS, SUICIDE_KR)
        return (EMERGENCY_US, EMERGENCY_UK, FIRE_KR, *talk) if urgent else (*talk, FIRE_KR)
    lines = (FIRE_KR, SUICIDE_KR) if urgent else (SUICIDE_KR, FIRE_KR)
    return lines if age_band is AgeBand.ADULT else (*lines, YOUTH_KR)


def after_harm(language: Language, age_band: AgeBand) -> tuple[HelpLine, ...]:
    """The numbers for somebody whom a guardian hurts, the most urgent first."""
    korean = (POLICE_KR, YOUTH_KR if age_band is AgeBand.YOUTH else FIRE_KR)
    return korean if language is Language.KOREAN else (EMERGENCY_US, EMERGENCY_UK, *korean)


def plain_list(language: Language) -> str:
    """The numbers in one line of text, for help and for the fixed reply when all else fails."""
    if language is Language.KOREAN:
        return (
            "119 (소방·구급), 112 (경찰), 109 (자살예방, 24시간 전화·문자), "
            "1388 (청소년), 1577-0199 (정신건강)"
        )
    return (
        "Korea 119, 112, 109 (call or text), 1388 (youth); "
        "US 911, 988 (call or text); UK and Ireland 999, 116 123"
    )
