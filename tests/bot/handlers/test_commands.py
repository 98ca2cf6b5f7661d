"""Commands, through a whole bot with the shipped recognisers: none of them sounds like danger."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from bot.incoming import COMMANDS
from inference.pipeline import Analyzer
from inference.recognition import Recognition
from storage.records import Language
from tests.bot.seats import Seat

pytestmark = pytest.mark.filterwarnings(
    # The speech detector's own package loads its weights the old way.
    "ignore:`torch.jit.load` is deprecated:DeprecationWarning"
)


def longer(messages: list[dict[str, Any]], than: int) -> bool:
    return len(messages) > than


@pytest.fixture(scope="module")
def analyzer() -> Recognition:
    """Takes the place of the scripted one."""
    return Recognition(Analyzer.load())


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("known", [True, False])
async def test_no_command_is_taken_for_danger(
    bot: str, seat: Seat, register: Callable[..., None], language: Language, known: bool
) -> None:
    if known:
        register(seat, language=language)
    for command in COMMANDS:
        answered = partial(longer, than=1 + len(await seat.messages()))
        await seat.write(f"/{command}")
        await seat.until(answered, 30)
    said = [message for message in await seat.messages() if not message["outgoing"]]
    assert not [message for message in said if "contact" in message]
