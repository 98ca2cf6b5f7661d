import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from bot.local_chat.faults import Fault, FaultKind
from bot.local_chat.serve import LocalChat
from bot.sending import TYPING_AFTER_S
from inference.analysis import Emotion, EmotionEstimate
from storage.database import Database
from storage.records import Language
from tests.bot.scripted import ScriptedAnalyzer, ScriptedTranscriber, estimate
from tests.bot.seats import Seat, labels
from tests.bot.sounds import encoded, wav

Register = Callable[..., None]
SAD_DAY = "회의에서 다들 나만 빼고 얘기하더라"
PICTURE = b"".join(
    struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    for kind, body in (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\x00\x00")),
        (b"IEND", b""),
    )
)


@pytest.fixture(autouse=True)
def read_words(analyzer: ScriptedAnalyzer) -> None:
    analyzer.words[SAD_DAY] = estimate(Emotion.HURT)


async def answer_to(seat: Seat, message_id: int) -> dict[str, Any]:
    """The first message of the bot after this one."""

    def next_one(messages: list[dict[str, Any]]) -> dict[str, Any] | None:
        later = [m for m in messages if not m["outgoing"] and m["message_id"] > message_id]
        return later[0] if later else None

    found: dict[str, Any] = await seat.until(next_one)
    return found


async def newest_id(seat: Seat) -> int:
    return max((int(m["message_id"]) for m in await seat.messages()), default=0)


async def said_to(seat: Seat, **content: Any) -> str:
    before = await newest_id(seat)
    await seat.send(**content)
    return str((await answer_to(seat, before))["text"])


async def test_a_text_is_named_and_corrected_and_the_correction_is_stored(
    bot: str, seat: Seat, register: Register, database: Database
) -> None:
    register(seat)
    message_id = await seat.write(SAD_DAY)
    named = await seat.answer("상처")
    assert "맞나요?" in named["text"] and "꽤 뚜렷하게" in named["text"]
    assert labels(named)[0] == "맞아요" and "상처" not in labels(named)
    assert set(labels(named)[1:]) == {
        "기쁨", "슬픔", "분노", "불안", "당황", "그냥 그래요", "다른 마음", "🌙 소리",
        "더 이야기할래요",
    }  # fmt: skip

    def feeling() -> str | None:
        with database.transaction() as memory:
            found = memory.observation(seat.chat_id, message_id)
        return None if found is None else found.feeling

    assert feeling() == "hurt"
    await seat.tap(named, "분노")
    chosen = await seat.answer("분노에 가까운 마음이었군요")
    assert chosen["message_id"] == named["message_id"], "the answer takes the question's place"
    assert feeling() == "anger" and labels(chosen) == ["다시 고르기", "🌙 소리", "더 이야기할래요"]
    await seat.tap(chosen, "더 이야기할래요")
    await seat.until(
        lambda ms: [m for m in ms if "?" in m.get("text", "") and "reply_markup" not in m]
    )
    await seat.tap(chosen, "🌙 소리")
    await seat.answer("어떤 소리와 함께")
    await seat.tap(chosen, "다시 고르기")
    again = await seat.answer("다시 골라 주세요")
    assert len(labels(again)) == 8
    await seat.tap(again, "다른 마음")
    await seat.answer("제가 아는 이름만으로는 담기 어려운")
    assert feeling() == "other"


async def test_a_guess_is_confirmed_and_two_taps_are_one(
    bot: str, chat: LocalChat, seat: Seat, register: Register, analyzer: ScriptedAnalyzer
) -> None:
    register(seat)
    analyzer.words["좋은 날"] = estimate(Emotion.JOY, 0.6)
    await seat.write("좋은 날")
    named = await seat.answer("기쁨")
    assert "조금 자신 없어요" in named["text"]
    chat.faults.inject(Fault(FaultKind.SLOW, "editMessageText", seconds=0.3))
    await seat.tap(named, "맞아요")
    await seat.tap(named, "맞아요")
    await seat.answer("기억할게요")
    await seat.write("/help")
    await seat.answer("저는 토닥이에요")
    texts = [m["text"] for m in await seat.messages() if not m["outgoing"]]
    assert len(texts) == 2


async def test_doubt_asks_and_a_refused_record_keeps_nothing(
    bot: str, seat: Seat, register: Register, analyzer: ScriptedAnalyzer, database: Database
) -> None:
    register(seat, history=False)
    posterior = dict.fromkeys(Emotion, 0.05) | {Emotion.HURT: 0.4, Emotion.ANGER: 0.35}
    analyzer.words["글쎄"] = EmotionEstimate(posterior, (), False)
    message_id = await seat.write("글쎄")
    asked = await seat.answer("잘 모르겠어요")
    assert "상처나 분노" in asked["text"] and len(labels(asked)) == 8
    await seat.tap(asked, "슬픔")
    await seat.answer("슬픔에 가까운 마음이었군요")
    with database.transaction() as memory:
        assert memory.observation(seat.chat_id, message_id) is None


async def test_a_voice_note_is_heard_by_its_tone_and_typing_shows_where_that_takes_long(
    bot: str, chat: LocalChat, seat: Seat, register: Register
) -> None:
    register(seat)
    chat.faults.inject(Fault(FaultKind.SLOW, "getFile", seconds=TYPING_AFTER_S + 3))
    async with seat.client.stream("GET", "/seats/1/events") as response:
        lines = response.aiter_lines()
        assert await anext(lines) == "retry: 1000"
        await seat.upload("voice", wav())
        async for line in lines:
            if '"action"' in line:
                assert '"typing"' in line
                break
    named = await seat.answer("목소리가 조금 가라앉은")
    assert "말의 내용은 읽지 못하고, 목소리의 느낌만 들었어요" in named["text"]


async def test_what_was_heard_is_shown_and_can_be_put_right(
    bot: str,
    seat: Seat,
    register: Register,
    analyzer: ScriptedAnalyzer,
    database: Database,
) -> None:
    register(seat)
    analyzer.transcriber = ScriptedTranscriber("가방이 <좋아>")
    analyzer.words["가망이 없어"] = estimate(Emotion.HURT)
    voice_note = await seat.upload("voice", wav())
    named = await seat.answer("이렇게 들었어요")
    assert "가방이 <좋아>" in named["text"] and labels(named)[-1] == "이렇게 말하지 않았어요"
    assert analyzer.transcriber.languages == ["ko"], "the language the person chose"
    assert "expandable_blockquote" in {each["type"] for each in named["entities"]}
    await seat.tap(named, "이렇게 말하지 않았어요")
    asked = await seat.answer("뭐라고 말씀하셨나요?")
    assert asked["message_id"] == named["message_id"] and not labels(asked)
    await seat.write("😭")
    unread = await seat.answer("글자를 찾지 못했어요")
    assert "적어 주신 글" not in unread["text"]
    await seat.write("가망이 없어")
    right = await seat.answer("적어 주신 글을 읽었어요")
    assert "상처" in right["text"]
    await seat.tap(right, "슬픔")
    await seat.answer("슬픔에 가까운 마음이었군요")
    with database.transaction() as memory:
        found = memory.observation(seat.chat_id, voice_note)
    assert found is not None
    assert (found.transcript, found.feeling) == ("가망이 없어", "sadness")


async def test_spoken_danger_is_answered_like_written_danger(
    bot: str, seat: Seat, analyzer: ScriptedAnalyzer
) -> None:
    analyzer.transcriber = ScriptedTranscriber("이제 그만 죽고 싶어")
    await seat.upload("voice", wav())
    assert "109" in (await seat.answer("자살을 생각"))["text"]


async def test_words_and_voice_that_disagree_are_both_named(
    bot: str, seat: Seat, register: Register, analyzer: ScriptedAnalyzer
) -> None:
    register(seat)
    analyzer.words["괜찮아"] = estimate(Emotion.NEUTRAL)
    await seat.upload("voice", wav(), caption="괜찮아")
    said = await seat.answer("어느 쪽이 더 가까운가요?")
    assert "말씀은 담담했는데, 목소리는 슬픔에" in said["text"]
    analyzer.words["신난다"] = estimate(Emotion.JOY)
    await seat.upload("voice", wav(), caption="신난다")
    await seat.answer("말씀은 기쁨에 가까웠는데")


async def test_every_kind_of_sound_is_heard(bot: str, seat: Seat, register: Register) -> None:
    register(seat)
    webm, mp4 = encoded("webm", "libopus"), encoded("mp4", "aac")
    heard = [
        ("audio", wav(), {"name": "song.wav", "type": "audio/wav"}),
        ("voice", wav(rate=8_000), {}),
        ("voice", wav(channels=2), {"name": "stereo.mp3", "type": "audio/mpeg"}),
        ("voice", webm, {"name": "note.webm", "type": "audio/webm"}),
        ("video_note", mp4, {"name": "note.mp4", "type": "video/mp4"}),
        ("video", mp4, {"name": "film.mp4", "type": "video/mp4"}),
        ("document", wav(), {"name": "wrong.ogg", "type": "audio/ogg"}),
        ("voice", wav(), {"forwarded": "true"}),
        ("voice", wav()[:20_000], {"name": "cut.wav"}),
    ]
    for kind, content, fields in heard:
        message_id = await seat.upload(kind, content, **fields)
        assert "목소리가 조금 가라앉은" in (await answer_to(seat, message_id))["text"], kind


async def test_refused_words_and_voice_leave_the_choice(
    bot: str, seat: Seat, register: Register, database: Database, analyzer: ScriptedAnalyzer
) -> None:
    register(seat, words=False, voice=False)
    message_id = await seat.write(SAD_DAY)
    offered = await seat.answer("글에서 마음을 읽지 않기로")
    await seat.tap(offered, "슬픔")
    await seat.answer("슬픔에 가까운 마음이었군요")
    with database.transaction() as memory:
        found = memory.observation(seat.chat_id, message_id)
    assert found is not None and found.feeling == "sadness" and found.estimate is None
    await seat.upload("voice", wav())
    assert len(labels(await seat.answer("목소리에서 마음을 듣지 않기로"))) == 8
    assert analyzer.seen == []


async def test_everything_that_is_no_story_has_its_sentence(
    bot: str, seat: Seat, register: Register
) -> None:
    register(seat)
    picture = b"\x89PNG\r\n\x1a\n" + PICTURE
    uploads = [("sticker", picture, "스티커 고마워요"), ("photo", picture, "사진 고마워요")]
    uploads.append(("document", b"words", "파일 고마워요"))
    for kind, content, sentence in uploads:
        fields = {"name": "paper.txt", "type": "text/plain"} if kind == "document" else {}
        message_id = await seat.upload(kind, content, **fields)
        assert sentence in (await answer_to(seat, message_id))["text"]
    await seat.upload("photo", picture, caption=SAD_DAY)
    assert "맞아요" in labels(await seat.answer("상처"))
    place = {"latitude": 37.5, "longitude": 127.0}
    assert "아직은 남겨 두지 않았어요" in await said_to(seat, kind="location", **place)
    contact = {"phone_number": "02-000-0000", "first_name": "<b>아무개"}
    assert "연락처를 쓰지 않고" in await said_to(seat, kind="contact", **contact)
    poll = {"question": "어때요?", "options": ["좋아요", "글쎄요"]}
    assert "투표는" in await said_to(seat, kind="poll", **poll)
    assert "글과 목소리만" in await said_to(seat, kind="dice")
    assert "그 명령은 몰라요" in await said_to(seat, text="/nothing")


def ends_with_119(messages: list[dict[str, Any]]) -> bool:
    return bool(messages[-1].get("contact", {}).get("phone_number") == "119")


async def test_danger_is_noticed_wherever_words_can_stand(
    bot: str, seat: Seat, register: Register
) -> None:
    register(seat)
    danger = "이제 그만 죽고 싶어"
    message_id = await seat.write(SAD_DAY)
    await seat.answer("상처")
    before = await newest_id(seat)
    await seat.edit(message_id, "오늘 비가 왔어")
    await seat.edit(message_id, danger)
    assert "자살" in (await answer_to(seat, before))["text"]
    await seat.until(ends_with_119)
    for command in ("/start", "/help", "/settings", "/language", "/nothing"):
        message_id = await seat.write(f"{command} {danger}")
        assert "자살" in (await answer_to(seat, message_id))["text"], command
        await seat.until(ends_with_119)
    await seat.upload("photo", b"\x89PNG\r\n\x1a\n" + PICTURE, caption=danger)
    await seat.upload("voice", b"", caption=danger)
    poll = {"question": danger, "options": ["응", "아니"]}
    await seat.send(kind="poll", **poll)
    asked = await seat.until(
        lambda messages: len([m for m in messages if "자살을 생각" in m.get("text", "")]) == 9
    )
    assert asked


async def test_english_is_answered_in_english(
    bot: str, seat: Seat, register: Register, analyzer: ScriptedAnalyzer
) -> None:
    register(seat, language=Language.ENGLISH)
    analyzer.words["They left me out"] = estimate(Emotion.HURT)
    await seat.upload("voice", wav(), forwarded="true")
    await seat.answer("only the tone of your voice")
    await seat.write("They left me out")
    named = await seat.answer("hurt")
    assert "Is that right?" in named["text"] and labels(named)[0] == "That's right"


async def test_who_writes_too_fast_is_told_once_is_heard_and_gets_commands_and_help(
    bot: str,
    seat: Seat,
    register: Register,
    analyzer: ScriptedAnalyzer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.pace.MOST_A_MINUTE", 2)
    register(seat)
    names = [f"말 {number}" for number in range(6)]
    analyzer.words |= {name: estimate(Emotion.JOY) for name in names}
    for name in names:
        await seat.write(name)
    await seat.write("/help")
    await seat.answer("저는 토닥이에요")
    await seat.write("죽고 싶어")
    await seat.answer("자살을 생각")
    said = [m["text"] for m in await seat.messages() if not m["outgoing"] and "text" in m]
    assert sum("기쁨" in each for each in said) == 2
    assert sum("빠르게 적어" in each for each in said) == 1
    assert analyzer.seen == names
