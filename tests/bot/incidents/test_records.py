"""What is on record of an incident is how it stands, however slow the database was."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.incidents.records import IncidentRecords
from bot.incidents.state import End, Incident, Phase
from storage.database import Database
from storage.records import AgeBand, Language
from tests.bot.incidents.records import states
from tests.bot.incidents.world import PERSON, alarm
from tests.reliability.databases import locked

BOT_ID = 77
NOW = datetime.now(UTC)
WENT_BY = (Phase.COUNTING, Phase.TELLING, Phase.ACKNOWLEDGED, Phase.TELLING)


async def test_what_waited_for_the_database_undoes_nothing_that_was_written_since(
    database: Database, tmp_path: Path
) -> None:
    database.register(PERSON, Language.KOREAN, AgeBand.ADULT, NOW)
    records = IncidentRecords(BOT_ID, database, lambda: NOW)
    incident = Incident(alarm().source, alarm().kind, AgeBand.ADULT, Phase.ASKING)
    await records.write_down(alarm(), incident)
    with locked(tmp_path / "todak.sqlite"):
        for phase in WENT_BY:
            written = await records.write_down(alarm(), replace(incident, phase=phase))
            assert written.written == incident.written, "the database cannot be written"
    ended = replace(incident, phase=Phase.ENDED, end=End.CONFIRMED)
    async with asyncio.timeout(15):
        while (await records.write_down(alarm(), ended)).written != ended.standing:
            pass
    await asyncio.sleep(1)  # whoever waits for a locked file looks ten times a second
    assert states(database, PERSON) == ["confirmed"]
