"""How a bot reaches the Bot API, and how updates come from it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from telegram import Bot, Update
from telegram.error import RetryAfter, TelegramError
from telegram.ext import ApplicationBuilder

from bot.application import BotApplication
from bot.intake import DurableUpdateQueue
from bot.outages import wait_as_told
from bot.requests import PooledRequests
from bot.telegram_clock import TelegramClock

log = logging.getLogger(__name__)

POLL_TIMEOUT_S = 25

LOCALHOST = "127.0.0.1"
UPDATE_KINDS = ("message", "edited_message", "callback_query", "my_chat_member")


@dataclass(frozen=True, slots=True)
class Connection:
    """Where the Bot API is, and how updates come: by webhook where an address is given."""

    token: str
    base_url: str | None = None
    base_file_url: str | None = None
    webhook_address: str | None = None
    webhook_secret: str = ""

    @property
    def is_here(self) -> bool:
        """Whether the Bot API is this machine's, with no proxy between."""
        return self.base_url is not None and urlsplit(self.base_url).hostname == LOCALHOST


def bot_application(
    connection: Connection, queue: DurableUpdateQueue, clock: TelegramClock
) -> BotApplication:
    """The library's application, which hands updates to `queue` and tells `clock` the time."""
    builder = (
        ApplicationBuilder()
        .token(connection.token)
        .update_queue(queue)
        .request(PooledRequests(64, here=connection.is_here, note_date=clock.note))
        .get_updates_request(PooledRequests(2, here=connection.is_here, note_date=clock.note))
    )
    if connection.base_url is not None and connection.base_file_url is not None:
        builder = builder.base_url(connection.base_url).base_file_url(connection.base_file_url)
    return builder.build()


def urgent_bot(connection: Connection) -> Bot:
    """The same bot over connections of its own: nothing that is slow elsewhere holds it up."""
    requests = (
        PooledRequests(1, here=connection.is_here),
        PooledRequests(32, here=connection.is_here),
    )
    if connection.base_url is None or connection.base_file_url is None:
        return Bot(connection.token, request=requests[1], get_updates_request=requests[0])
    return Bot(
        connection.token,
        connection.base_url,
        connection.base_file_url,
        request=requests[1],
        get_updates_request=requests[0],
    )


async def waiting(
    application: BotApplication, connection: Connection, first: Update
) -> Sequence[Update]:
    """What waits to be stored: by polling also what stands behind, looked at but not taken.

    Telegram shows the hundred oldest. With a webhook it delivers each by itself.
    """
    if connection.webhook_address is not None:
        return [first]
    try:
        found: Sequence[Update] = await application.bot.get_updates(
            offset=first.update_id, timeout=0, allowed_updates=UPDATE_KINDS
        )
    except TelegramError:
        return [first]
    return found


async def take_updates(application: BotApplication, connection: Connection) -> None:
    """Have Telegram call the webhook, or begin to ask.

    What waits is asked for at once either way: a webhook that was away is called again after up
    to a minute, and a cancel may be among what waits.
    """
    if connection.webhook_address is not None:
        await _take_what_waits(application)
        await _set_webhook(application, connection)
        return
    assert application.updater is not None
    await application.updater.start_polling(
        timeout=POLL_TIMEOUT_S, bootstrap_retries=-1, allowed_updates=UPDATE_KINDS
    )


async def _take_what_waits(application: BotApplication) -> None:
    """Store what Telegram keeps, and only then have it forgotten there.

    What cannot be fetched comes by the webhook later. Where nothing waits the webhook stays, by
    which another replica may be called at this moment.
    """
    offset = 0
    try:
        if not (await application.bot.get_webhook_info()).pending_update_count:
            return
        await application.bot.delete_webhook()
        while found := await application.bot.get_updates(
            offset, timeout=0, allowed_updates=UPDATE_KINDS
        ):
            for update in found:
                await application.update_queue.put(update)
            offset = found[-1].update_id + 1
    except TelegramError as error:
        log.warning("what waits is left to the webhook: %s", type(error).__name__)


async def _set_webhook(application: BotApplication, connection: Connection) -> None:
    """Set it, if need be as soon as Telegram takes it so shortly after the last one."""
    assert connection.webhook_address is not None
    try:
        await _call_us(application, connection.webhook_address, connection.webhook_secret)
    except RetryAfter as error:
        await wait_as_told(error)
        await _call_us(application, connection.webhook_address, connection.webhook_secret)


async def _call_us(application: BotApplication, address: str, secret: str) -> None:
    await application.bot.set_webhook(address, allowed_updates=UPDATE_KINDS, secret_token=secret)
