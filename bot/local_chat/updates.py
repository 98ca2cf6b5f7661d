"""Updates on their way to the bot: the long poll, and the webhook that takes its place."""

import asyncio
import contextlib
import logging
import re

import httpx

from bot.local_chat.bot_errors import bad_request, conflict
from bot.local_chat.parameters import Parameters
from bot.local_chat.store import Json, Store

MOST_UPDATES = 100
MOST_POLL_S = 50
FIRST_RETRY_S = 0.5
MOST_RETRY_S = 30.0
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_log = logging.getLogger(__name__)


class UpdateHub:
    """Wakes whoever waits for updates; one poller at a time, or a webhook."""

    def __init__(self, store: Store) -> None:
        """Serve the updates kept in `store`."""
        self._store = store
        self._changed = asyncio.Event()
        self._turn = 0
        self._closing = False
        store.update_added = self.wake

    def wake(self) -> None:
        """Let everyone who waits look again."""
        self._changed.set()
        self._changed = asyncio.Event()

    def close(self) -> None:
        """Answer open polls with what there is and stop delivering."""
        self._closing = True
        self.wake()

    async def poll(self, parameters: Parameters) -> list[Json]:
        """getUpdates: wait for the first update; a newer poll ends an older one.

        Raises:
            BotApiError: 409, a webhook is set or another poll took over.
        """
        timeout_s = min(max(parameters.integer("timeout"), 0), MOST_POLL_S)
        limit = min(max(parameters.integer("limit", MOST_UPDATES), 1), MOST_UPDATES)
        with self._store.transaction():
            if self._store.setting("webhook"):
                raise conflict(
                    "can't use getUpdates method while webhook is active; "
                    "use deleteWebhook to delete the webhook first"
                )
            _keep_allowed(self._store, parameters)
            if "offset" in parameters:
                self._store.confirm_updates(parameters.integer("offset"))
        self._turn += 1
        turn = self._turn
        self.wake()
        deadline = asyncio.get_running_loop().time() + timeout_s
        while True:
            changed = self._changed
            with self._store.transaction():
                self._refuse_ended(turn)
                updates = self._store.waiting_updates(limit)
            remaining_s = deadline - asyncio.get_running_loop().time()
            if updates or remaining_s <= 0 or self._closing:
                return updates
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), remaining_s)

    def _refuse_ended(self, turn: int) -> None:
        if turn != self._turn:
            raise conflict(
                "terminated by other getUpdates request; "
                "make sure that only one bot instance is running"
            )
        if self._store.setting("webhook"):
            raise conflict("terminated by setWebhook request")

    def set_webhook(self, parameters: Parameters) -> bool:
        """setWebhook: updates are posted to `url`; an empty one goes back to polling.

        Raises:
            BotApiError: 400, the address or the secret token cannot be used.
        """
        url = parameters.text("url")
        if url and not url.startswith(("https://", "http://")):
            raise bad_request("bad webhook: an HTTP or HTTPS URL must be provided for webhook")
        secret = parameters.text("secret_token")
        if secret and not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        if not url:
            return self.delete_webhook(parameters)
        if parameters.flag("drop_pending_updates"):
            self._store.drop_updates()
        _keep_allowed(self._store, parameters)
        connections = parameters.integer("max_connections", 40)
        webhook = {"url": url, "secret_token": secret, "max_connections": connections}
        self._store.set_setting("webhook", webhook)
        self._store.set_setting("webhook_error", None)
        self._store.after_commit(self.wake)
        return True

    def delete_webhook(self, parameters: Parameters) -> bool:
        """deleteWebhook: go back to polling."""
        if parameters.flag("drop_pending_updates"):
            self._store.drop_updates()
        self._store.set_setting("webhook", None)
        self._store.set_setting("webhook_error", None)
        self._store.after_commit(self.wake)
        return True

    def webhook_info(self) -> Json:
        """getWebhookInfo."""
        webhook: Json = self._store.setting("webhook") or {}
        found: Json = {
            "url": webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": self._store.pending_update_count(),
            **(self._store.setting("webhook_error") or {}),
        }
        if webhook:
            found["max_connections"] = webhook["max_connections"]
        allowed = self._store.setting("allowed_updates")
        return found | ({"allowed_updates": allowed} if allowed else {})

    async def deliver(self) -> None:
        """Post waiting updates to the webhook, in order, again until it takes them."""
        retry_s = FIRST_RETRY_S
        async with httpx.AsyncClient(timeout=30) as client:
            while not self._closing:
                changed = self._changed
                with self._store.transaction():
                    webhook = self._store.setting("webhook")
                    waiting = self._store.waiting_updates(1) if webhook else []
                if not waiting:
                    await changed.wait()
                    continue
                error = await _post(client, webhook, waiting[0])
                with self._store.transaction():
                    if self._store.setting("webhook") != webhook:
                        continue
                    if error is None:
                        self._store.confirm_updates(waiting[0]["update_id"] + 1)
                        retry_s = FIRST_RETRY_S
                        continue
                    failure = {"last_error_date": self._store.now(), "last_error_message": error}
                    self._store.set_setting("webhook_error", failure)
                _log.warning("webhook did not take an update: %s", error)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), retry_s)
                retry_s = min(2 * retry_s, MOST_RETRY_S)


def _keep_allowed(store: Store, parameters: Parameters) -> None:
    """The wanted kinds stay until others are named; an empty list means the usual ones."""
    allowed = parameters.array("allowed_updates")
    if allowed is not None:
        store.set_setting("allowed_updates", [str(kind) for kind in allowed] or None)


async def _post(client: httpx.AsyncClient, webhook: Json, update: Json) -> str | None:
    """Post one update; None when it was taken, else what went wrong."""
    secret = webhook["secret_token"]
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
    try:
        response = await client.post(webhook["url"], json=update, headers=headers)
    except httpx.HTTPError as error:
        return f"Connection failed: {type(error).__name__}"
    if response.is_success:
        return None
    return f"Wrong response from the webhook: {response.status_code} {response.reason_phrase}"
