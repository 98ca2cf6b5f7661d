"""What is hard to read or to hear, through a whole bot with the shipped recognisers."""

from collections.abc import Callable
from typing import Any

import pytest

from inference.pipeline import Analyzer
from inference.recognition import Recognition
from storage.records import Language
from tests.bot.seats import Seat, labels
from tests.bot.sounds import music, wav

Register = Callable[..., None]
pytestmark = [
    pytest.mark.filterwarnings(
        # The speech detector's own package loads its weights the old way.
        "ignore:`torch.jit.load` is deprecated:DeprecationWarning"
    ),
    pytest.mark.parametrize("language", Language),
]
SENTENCES = {
    "no-words": ("글자를 찾지 못했어요", "I found no words there"),
    "too-short": ("짧아서 마음을 알기", "too short for me"),
    "unknown-language": ("한국어와 영어만", "I can only read Korean and English"),
    "empty-recording": ("녹음이 비어 있어서", "The recording was empty"),
    "unreadable-recording": ("소리를 열지 못했어요", "I could not open that sound"),
    "silent-recording": ("아무 소리도 들리지 않았어요", "I heard nothing in the recording"),
    "no-speech": ("말소리는 찾지 못했어요", "I found no speech in it"),
    "too-long-recording": ("한 번에 10분까지", "up to 10 minutes at a time"),
    "too-big-file": ("20MB보다 커서", "larger than 20 MB"),
}
UNREADABLE = {
    "no-words": ["😭😭😭", "…", "\u200b!\x07"],
    "too-short": ["1234", "a", "네", "100점!"],
    "unknown-language": [
        "\u202eעצוב\u202c <b>&amp;",
        "Je suis triste aujourd'hui",
        "مرحبا",
        "悲しい",
    ],
}
UNHEARD = [
    ("empty-recording", b""),
    ("unreadable-recording", wav()[:20]),
    ("unreadable-recording", b"this is no sound at all" * 50),
    ("silent-recording", wav(level=0)),
    ("too-long-recording", wav(seconds=601, rate=4_000)),
    ("too-big-file", b"\x00" * 25_000_000),
    ("no-speech", wav()),
    ("no-speech", music()),
]
"""The last two are sounds in which nobody speaks."""


BELOW = ("🌙", "더 이야기", "I'd like to say more")


@pytest.fixture(scope="module")
def analyzer() -> Recognition:
    """Takes the place of the scripted one."""
    return Recognition(Analyzer.load())


async def answer_to(seat: Seat, message_id: int) -> dict[str, Any]:
    """What the bot says after a message."""

    def next_one(messages: list[dict[str, Any]]) -> dict[str, Any] | None:
        later = [m for m in messages if not m["outgoing"] and m["message_id"] > message_id]
        return later[0] if later else None

    found: dict[str, Any] = await seat.until(next_one, 30)
    return found


def sentence(key: str, language: Language) -> str:
    return SENTENCES[key][language is Language.ENGLISH]


async def test_texts_that_cannot_be_read_say_why(
    bot: str, seat: Seat, register: Register, language: Language
) -> None:
    register(seat, language=language)
    for key, texts in UNREADABLE.items():
        for text in texts:
            answer = await answer_to(seat, await seat.write(text))
            assert sentence(key, language) in answer["text"], text
            assert len(labels(answer)) == 8


async def test_texts_that_are_hard_to_read_are_read(
    bot: str, seat: Seat, register: Register, language: Language
) -> None:
    register(seat, language=language)
    for text in ("ㅠㅠ", "<script>", "a\x00b\x1b[31m\x07c"):
        answer = await answer_to(seat, await seat.write(text))
        assert len([label for label in labels(answer) if not label.startswith(BELOW)]) == 8
        assert not any(sentence(key, language) in answer["text"] for key in UNREADABLE), text
    # Ten thousand characters come as three messages, each answered.
    await seat.write("가나다라마바사아자 " * 1_000)
    await seat.until(lambda messages: len([m for m in messages if not m["outgoing"]]) == 6, 30)


async def test_what_cannot_be_heard_says_why(
    bot: str, seat: Seat, register: Register, language: Language
) -> None:
    register(seat, language=language)
    for key, content in UNHEARD:
        answer = await answer_to(seat, await seat.upload("voice", content))
        assert sentence(key, language) in answer["text"]
