"""Settings that cannot go together."""

import re

from bot.operations import OWN_PATHS, webhook_path
from bot.settings import Settings


class Contradiction(Exception):
    """One sentence on which settings cannot go together."""


def refuse_one_database(settings: Settings) -> None:
    """Do nothing where keys lie apart from what they open.

    Raises:
        Contradiction: they do not.
    """
    if settings.key_database() == settings.database():
        raise Contradiction(
            "TODAK_KEY_DATABASE_URL must name another database than TODAK_DATABASE_URL."
        )


def refuse_contradictions(settings: Settings) -> None:
    """Do nothing where everything that was set can be.

    Raises:
        Contradiction: something cannot.
    """
    refuse_one_database(settings)
    token, address = settings.telegram_token, settings.public_address
    if token is not None and not re.fullmatch(r"\d+:\S+", token.get_secret_value()):
        raise Contradiction(
            "TODAK_TELEGRAM_TOKEN is not a token as @BotFather gives them (123456:ABC…)."
        )
    if address is None:
        return
    if token is None:
        raise Contradiction("TODAK_PUBLIC_ADDRESS is set, but TODAK_TELEGRAM_TOKEN is not.")
    if not address.startswith("https://") and settings.bot_api_address is None:
        raise Contradiction(
            "TODAK_PUBLIC_ADDRESS must begin with https://, as Telegram calls nothing else."
        )
    if webhook_path(address) in OWN_PATHS:
        raise Contradiction(
            f"TODAK_PUBLIC_ADDRESS must have another path than {' and '.join(OWN_PATHS)},"
            " which answer for themselves."
        )
    secret = settings.webhook_secret
    if secret is None or not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret.get_secret_value()):
        raise Contradiction("TODAK_WEBHOOK_SECRET must be 16 to 256 of A-Z a-z 0-9 _ - here.")
