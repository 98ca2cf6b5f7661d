"""A person with guardians, as the tests of what is kept for help begin."""

from datetime import UTC, datetime

from storage.care_records import Disclosure, Guardian, IncidentRecord, Outcome
from storage.database import Database
from storage.records import AgeBand, Language

NOW = datetime(2026, 3, 1, 21, 3, tzinfo=UTC)
CHAT = 7_000_000_001
MOTHER, FRIEND, STRANGER = 7_000_000_101, 7_000_000_102, 7_000_000_103


def incident_id(chat_id: int) -> str:
    return f"incident:4200000001:{chat_id}:17"


INCIDENT = incident_id(CHAT)


def register(database: Database, chat_id: int = CHAT) -> None:
    database.register(chat_id, Language.KOREAN, AgeBand.ADULT, NOW)


def add_guardian(
    database: Database, chat_id: int = CHAT, guardian_chat_id: int = MOTHER, name: str = "어머니"
) -> Guardian:
    """Invited and accepted."""
    with database.transaction() as memory:
        token = memory.care.invite(chat_id, name, NOW)
    with database.transaction() as memory:
        guardian = memory.care.accept(token, guardian_chat_id, Language.KOREAN, NOW)
    assert isinstance(guardian, Guardian)
    return guardian


def incident(
    ended_at: datetime | None = None, chat_id: int = CHAT, state: str = "telling"
) -> IncidentRecord:
    heard = {"kind": "violence", "heard": [["emergency", 7.0]], "file_id": "AwACAgU"}
    return IncidentRecord(incident_id(chat_id), chat_id, NOW, ended_at, state, heard)


def disclosure(guardian: Guardian, round_: int = 1) -> Disclosure:
    return Disclosure(
        incident_id=incident_id(guardian.chat_id),
        chat_id=guardian.chat_id,
        guardian_id=guardian.id,
        guardian_chat_id=guardian.guardian_chat_id,
        guardian_name=guardian.name,
        round=round_,
        what=("violence", "recording"),
        at=NOW,
        outcome=Outcome.UNCERTAIN,
    )
