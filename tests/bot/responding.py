"""What the tests of the responder share: a moment, a chat, messages and what is stored."""

from datetime import UTC, datetime

from bot.exchange import Incoming
from inference.analysis import (
    Utterance,
)
from storage.database import Database
from storage.records import CONSENT_VERSIONS, AgeBand, Consent, Language, Observation, Purpose

NOW = datetime(2026, 5, 1, 22, tzinfo=UTC)
CHAT = 1001


def register(database: Database, **granted: bool) -> None:
    database.register(CHAT, Language.KOREAN, AgeBand.ADULT, NOW)
    with database.transaction() as memory:
        for purpose, answer in granted.items():
            memory.add_consent(
                CHAT, Consent(Purpose(purpose), CONSENT_VERSIONS[Purpose(purpose)], answer, NOW)
            )


def incoming(words: str | None = None, recording: bytes | None = None) -> Incoming:
    return Incoming(CHAT, 5, NOW, Language.KOREAN, Utterance(words, recording))


def stored(database: Database) -> Observation | None:
    with database.transaction() as memory:
        return memory.observation(CHAT, 5)
