"""The bot is stopped as a service is while its database is away; nothing is lost by it."""

import asyncio

from tests.reliability.people import about, people
from tests.reliability.processes import RunningBot, RunningChat
from tests.reliability.stories import calm_sentences
from tests.reliability.test_database_away import TakeAway, away  # noqa: F401  a fixture

PATIENCE_S = 60.0
N_MESSAGES = 10


def test_it_ends_well_while_the_database_is_away_and_goes_on_at_the_next_start(
    chat: RunningChat,
    bot: RunningBot,
    away: TakeAway,  # noqa: F811
) -> None:
    said = calm_sentences()[:N_MESSAGES]

    async def live_through() -> None:
        await asyncio.to_thread(bot.start)
        async with people(chat, 1) as (seat,):
            await seat.introduce_oneself()
            sent = {await seat.write(text) for text in said}
            await seat.until(lambda found: sent & set(map(about, found)))
            with away():
                assert await asyncio.to_thread(bot.stop) == 0, bot.log()[-2000:]
            await asyncio.to_thread(bot.start)
            await seat.until(lambda found: sent <= set(map(about, found)), PATIENCE_S)

    asyncio.run(live_through())
