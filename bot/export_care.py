"""The part of an export that tells of guardians, home and incidents.

Left out on purpose, since whoever holds the phone may read the file: the codes and whether there
are any, "보호자가 힘들게 해요", and who is told of an incident that was cancelled under duress, as
long as it goes on. Guardians' chat numbers are theirs.
"""

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bot.wording import UnknownWording, Wording
from storage.care_records import (
    ChoiceDecision,
    Disclosure,
    Duty,
    Guardian,
    Home,
    IncidentRecord,
    Invitation,
    Position,
    Question,
)
from storage.care_repository import CareRepository

UNTOLD = {
    "home": ("cancel_code_digest", "duress_code_digest", "harmed_by_guardian"),
    "guardians": ("guardian_chat_id",),
    "invitations": ("token_digest",),
    "disclosures": ("guardian_chat_id",),
}
INCIDENT_CONTENT = ("kind", "source", "heard", "words", "file_id", "file_kind")
"""What of an incident's content was taken from the message; the rest is how it is handled."""

Rows = Iterable[Sequence[object]]
GUARDIAN_COLUMNS = ("guardian", "status", "choices", "since", "confirmed")
CHOICE_COLUMNS = ("time", "guardian", "purpose", "version", "decision")
HOME_COLUMNS = ("kind", "value", "time")
INCIDENT_COLUMNS = ("time", "kind", "status", "said")
DISCLOSURE_COLUMNS = ("time", "guardian", "round", "disclosed", "outcome", "acknowledged")
DUTY_COLUMNS = ("since",)


@dataclass(frozen=True, slots=True)
class CareHoldings:
    """What is held of a chat as somebody guarded, and since when it guards somebody."""

    home: Home
    position: Position | None
    guardians: Sequence[Guardian]
    choices: Sequence[ChoiceDecision]
    invitations: Sequence[Invitation]
    incidents: Sequence[IncidentRecord]
    disclosures: Sequence[Disclosure]
    question: Question | None
    duties: Sequence[Duty]


def read_care(care: CareRepository, chat_id: int, now: datetime) -> CareHoldings:
    """What of it may be told in a file; see above."""
    incidents = care.incidents(chat_id)
    pretending = {incident.id for incident in incidents if incident.pretends}
    return CareHoldings(
        home=care.home(chat_id),
        position=care.position(chat_id),
        guardians=care.guardians(chat_id),
        choices=care.choice_decisions(chat_id),
        invitations=care.invitations(chat_id, now),
        incidents=incidents,
        disclosures=[
            each for each in care.disclosures_of(chat_id) if each.incident_id not in pretending
        ],
        question=care.open_question(chat_id, now),
        duties=care.duties(chat_id),
    )


def care_as_plain(care: CareHoldings) -> dict[str, Any]:
    """For JSON, as a dict."""
    whole = asdict(care)
    for part, names in UNTOLD.items():
        for each in [whole[part]] if part == "home" else whole[part]:
            for name in names:
                del each[name]
    for incident in whole["incidents"]:
        content = incident["content"]
        incident["content"] = {key: content[key] for key in INCIDENT_CONTENT if key in content}
        del incident["ended_at"]  # an incident that pretends to have ended has none
    for guardian in whole["guardians"]:
        guardian["choices"] = sorted(guardian["choices"])
    whole["duties"] = [{"accepted_at": each.accepted_at} for each in care.duties]
    return whole


def care_tables(care: CareHoldings, say: Wording) -> Iterable[tuple[str, Sequence[str], Rows]]:
    """Name, columns and rows of each table."""
    yield "guardians", GUARDIAN_COLUMNS, _guardian_rows(care, say)
    yield "choices", CHOICE_COLUMNS, _choice_rows(care, say)
    yield "home", HOME_COLUMNS, _home_rows(care, say)
    yield "incidents", INCIDENT_COLUMNS, _incident_rows(care, say)
    yield "disclosures", DISCLOSURE_COLUMNS, _disclosure_rows(care, say)
    yield "duties", DUTY_COLUMNS, ([each.accepted_at.isoformat()] for each in care.duties)


def _guardian_rows(care: CareHoldings, say: Wording) -> Rows:
    for each in care.guardians:
        choices = ", ".join(say(f"export-choice-{choice}") for choice in sorted(each.choices))
        status = say("export-guardian-paused" if each.paused else "export-guardian-active")
        since, confirmed = each.accepted_at.isoformat(), each.confirmed_at.isoformat()
        yield each.name, status, choices, since, confirmed
    for invitation in care.invitations:
        yield invitation.name, say("export-guardian-invited"), "", "", ""


def _choice_rows(care: CareHoldings, say: Wording) -> Rows:
    for each in care.choices:
        yield (
            each.decided_at.isoformat(),
            each.guardian_name,
            say(f"export-choice-{each.choice}"),
            each.version,
            say("export-yes" if each.granted else "export-no"),
        )


def _home_rows(care: CareHoldings, say: Wording) -> Rows:
    if care.home.shown_name is not None:
        yield say("export-home-name"), care.home.shown_name, ""
    if care.home.address is not None:
        yield say("export-home-address"), care.home.address, ""
    yield say("export-home-quiet"), say("export-yes" if care.home.quiet else "export-no"), ""
    if care.position is not None:
        place = f"{care.position.latitude}, {care.position.longitude}"
        yield say("export-home-position"), place, care.position.shared_at.isoformat()


def _incident_rows(care: CareHoldings, say: Wording) -> Rows:
    for each in reversed(care.incidents):
        yield (
            each.opened_at.isoformat(),
            named(str(each.content.get("kind", "")), say, "export-kind"),
            named(each.state, say, "export-state"),
            each.content.get("words") or "",
        )


def _disclosure_rows(care: CareHoldings, say: Wording) -> Rows:
    for each in care.disclosures:
        acknowledged = each.acknowledged_at
        yield (
            each.at.isoformat(),
            each.guardian_name,
            each.round if each.round > 0 else "",
            ", ".join(named(what, say, "export-choice", "export-kind") for what in each.what),
            say(f"export-outcome-{each.outcome}"),
            "" if acknowledged is None else acknowledged.isoformat(),
        )


def named(key: str, say: Wording, *prefixes: str) -> str:
    """What a key means in the person's language; the key itself where nothing names it."""
    for prefix in prefixes:
        with contextlib.suppress(UnknownWording):
            return say(f"{prefix}-{key}")
    return key
