"""Refusals in Telegram's words, with the codes python-telegram-bot turns into exceptions."""

from http import HTTPStatus


class BotApiError(Exception):
    """A Bot API method refused: HTTP status, description and, for a flood, the wait."""

    def __init__(self, code: int, description: str, retry_after_s: int | None = None) -> None:
        """Keep what the answer needs; `description` is the whole sentence the bot reads."""
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after_s = retry_after_s


def bad_request(reason: str) -> BotApiError:
    """400: the request cannot be done as it stands."""
    return BotApiError(HTTPStatus.BAD_REQUEST, f"Bad Request: {reason}")


def forbidden(reason: str) -> BotApiError:
    """403: the person does not let the bot."""
    return BotApiError(HTTPStatus.FORBIDDEN, f"Forbidden: {reason}")


def conflict(reason: str) -> BotApiError:
    """409: somebody else receives the updates."""
    return BotApiError(HTTPStatus.CONFLICT, f"Conflict: {reason}")


def too_large() -> BotApiError:
    """413: an upload over 50 MB."""
    return BotApiError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request Entity Too Large")


def too_many_requests(retry_after_s: int) -> BotApiError:
    """429: come back in `retry_after_s` seconds."""
    return BotApiError(
        HTTPStatus.TOO_MANY_REQUESTS,
        f"Too Many Requests: retry after {retry_after_s}",
        retry_after_s,
    )
