"""An upgrade while workflows are open: what the older version began, the newer one finishes."""

import asyncio
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from bot.wording import Wording
from storage.records import Language
from tests.bot.seats import Seat
from tests.reliability.conftest import OpenDatabase, StartBot
from tests.reliability.figures import Figures
from tests.reliability.later_version import (
    LATER_REVISION,
    NOTES,
    later_version,
    present_version,
)
from tests.reliability.people import about, people, plain, whole_conversation
from tests.reliability.processes import RunningChat
from tests.reliability.stories import CRIES, calm_sentences
from tests.reliability.test_incidents_killed import prepare
from tests.reliability.voices import voice_note

N_UNHANDLED = 30
TIMES = {
    "TODAK_INCIDENT_COUNTDOWN_S": "12",
    "TODAK_INCIDENT_AGAIN_S": "[600, 600, 600]",
    "TODAK_INCIDENT_LAPSE_S": "15",
}
"""The countdown goes on over the upgrade, and what nobody resolves is soon over."""

PATIENCE_S = 40.0
OPEN = ("ENQUEUED", "PENDING")
FIRE = "불이 났어요"
LOOK_BACK = plain(Wording(Language.KOREAN)("look-back-cry"))


class Workflows:
    """A look at the tables of the workflow library, in a file or in PostgreSQL."""

    def __init__(self, folder: Path, database_url: str | None) -> None:
        if database_url is None:
            self._engine = create_engine(f"sqlite:///{folder / 'workflows.sqlite'}")
            self._table = "workflow_status"
        else:
            url = make_url(database_url).set(drivername="postgresql+psycopg")
            self._engine = create_engine(url)
            self._table = "dbos.workflow_status"

    def states(self) -> Counter[tuple[str, str]]:
        """How many of each name are in each state."""
        query = f"SELECT name, status FROM {self._table}"  # noqa: S608  a fixed name
        with self._engine.connect() as connection:
            return Counter(
                (str(name), str(state)) for name, state in connection.execute(text(query))
            )

    def n_open(self, name: str) -> int:
        states = self.states()
        return sum(states[name, state] for state in OPEN)

    async def until_open(self, name: str, n_open: int) -> None:
        """Until so many of a name are open."""
        deadline_s = time.monotonic() + PATIENCE_S
        while await asyncio.to_thread(self.n_open, name) != n_open:
            assert time.monotonic() < deadline_s, f"not {n_open} of {name} are open"
            await asyncio.sleep(0.1)

    def close(self) -> None:
        self._engine.dispose()


def alerts(messages: list[dict[str, object]]) -> int:
    """How often a guardian was told."""
    return sum("긴급 알림" in str(message.get("text")) for message in messages)


def n_looked_back(messages: list[dict[str, object]]) -> int:
    return sum(message.get("text") == LOOK_BACK for message in messages)


async def until_looked_back(seat: Seat, times: int) -> None:
    """Until the question came so many times."""
    await seat.until(lambda messages: n_looked_back(messages) >= times, PATIENCE_S)


def test_what_was_begun_before_an_upgrade_is_finished_after_it(
    chat: RunningChat,
    make_bot: StartBot,
    open_database: OpenDatabase,
    database_url: str | None,
    figures: Figures,
    kind: str,
    tmp_path: Path,
) -> None:
    present = present_version(tmp_path)
    older = make_bot(present, **TIMES)
    newer = make_bot(later_version(present), **TIMES)
    workflows = Workflows(older.data_folder, database_url)
    said = calm_sentences()

    async def live_through() -> None:
        await asyncio.to_thread(older.start)
        async with people(chat, 5) as (asked, waiting, unhandled, in_danger, guardian):
            await unhandled.introduce_oneself()
            await guardian.start()
            await asyncio.to_thread(prepare, open_database(), [in_danger], [guardian])
            await asked.write(CRIES[0])
            await until_looked_back(asked, 1)
            await waiting.write(CRIES[1])
            await waiting.answer("119")
            # The numbers come first, and on a slow machine before the update is taken at all.
            await workflows.until_open("look_after", 2)
            sent = [
                await unhandled.upload("voice", voice_note(0), forwarded="true")
                if place % 2
                else await unhandled.write(said[place])
                for place in range(N_UNHANDLED)
            ]
            await in_danger.write(FIRE)
            await in_danger.answer("보호자에게 연락할게요")
            assert await asyncio.to_thread(older.stop) == 0
            n_open = workflows.n_open("receive")
            assert n_open > 0, "the test left nothing to be handled later"
            assert workflows.n_open("look_after") == 2
            assert workflows.n_open("incident") == 1
            assert alerts(await guardian.messages()) == 0, "it was still counted down"
            before = [n_looked_back(await seat.messages()) for seat in (asked, waiting)]

            await asyncio.to_thread(newer.start)
            await asyncio.gather(until_looked_back(asked, 2), until_looked_back(waiting, 2))
            await guardian.until(alerts, PATIENCE_S)
            await unhandled.until(lambda found: sent[-1] in map(about, found), PATIENCE_S)
            async with asyncio.timeout(PATIENCE_S):
                while any(state in OPEN for _, state in workflows.states()):  # noqa: ASYNC110
                    await asyncio.sleep(0.2)
            answers = [about(message) for message in await whole_conversation(unhandled)]
            times = [n_looked_back(await seat.messages()) for seat in (asked, waiting)]
            n_alerts = alerts(await guardian.messages())

        states = workflows.states()
        ended_badly = sum(n for (_, state), n in states.items() if state != "SUCCESS")
        counts = Counter(number for number in answers if number in sent)
        figures.note(
            f"upgrade, {kind}",
            updates_unhandled=n_open,
            look_backs_waiting=2,
            lost=len(sent) - len(counts),
            duplicated=sum(counts.values()) - len(counts),
            ended_badly=ended_badly,
        )
        assert ended_badly == 0
        assert times == [2, 2]
        assert [number for number in answers if number in sent] == sent
        noted = Counter((tmp_path / NOTES).read_text().splitlines())
        # What the older version had done already it did without the new step.
        assert before[0] >= 1 and noted["looking back"] == sum(times) - sum(before) > 0
        assert noted["received"] == n_open
        assert n_alerts == 1 and noted["an act of an incident"] > 0

    try:
        asyncio.run(live_through())
    finally:
        workflows.close()
    assert open_database().state().revision == LATER_REVISION
