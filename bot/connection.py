"""How a bot reaches the Bot API, and how updates come from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from telegram import Bot, Update
from telegram.error import TelegramError
from telegram.ext import ApplicationBuilder
from telegram.request import HTTPXRequest

from bot.application import BotApplication
from bot.intake import DurableUpdateQueue

POLL_TIMEOUT_S = 25
LOCALHOST = "127.0.0.1"
UPDATE_KINDS = ("message", "edited_message", "callback_query")


@dataclass(frozen=True, slots=True)
class Connection:
    """Where the Bot API is, and how updates come: by webhook where an address is given."""

    token: str
    base_url: str | None = None
    base_file_url: str | None = None
    webhook_address: str | None = None
    webhook_secret: str = ""


def bot_application(connection: Connection, queue: DurableUpdateQueue) -> BotApplication:
    """The library's application, which hands updates to `queue`."""
    builder = (
        ApplicationBuilder()
        .token(connection.token)
        .update_queue(queue)
        .request(_request(connection, 64))
        .get_updates_request(_request(connection, 2))
    )
    if connection.base_url is not None and connection.base_file_url is not None:
        builder = builder.base_url(connection.base_url).base_file_url(connection.base_file_url)
    return builder.build()


def urgent_bot(connection: Connection) -> Bot:
    """The same bot over connections of its own: nothing that is slow elsewhere holds it up."""
    requests = (_request(connection, 1), _request(connection, 32))
    if connection.base_url is None or connection.base_file_url is None:
        return Bot(connection.token, request=requests[1], get_updates_request=requests[0])
    return Bot(
        connection.token,
        connection.base_url,
        connection.base_file_url,
        request=requests[1],
        get_updates_request=requests[0],
    )


def _request(connection: Connection, pool_size: int) -> HTTPXRequest:
    # No proxy stands between the bot and this machine.
    here = connection.base_url is not None and urlsplit(connection.base_url).hostname == LOCALHOST
    # Uploads and slow lines need more than the library's five seconds.
    return HTTPXRequest(
        connection_pool_size=pool_size,
        read_timeout=15,
        write_timeout=30,
        httpx_kwargs={"trust_env": not here},
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
    """Have Telegram call the webhook, or begin to ask."""
    if connection.webhook_address is not None:
        await application.bot.set_webhook(
            connection.webhook_address,
            allowed_updates=UPDATE_KINDS,
            secret_token=connection.webhook_secret,
        )
        return
    assert application.updater is not None
    await application.updater.start_polling(
        timeout=POLL_TIMEOUT_S, bootstrap_retries=-1, allowed_updates=UPDATE_KINDS
    )
