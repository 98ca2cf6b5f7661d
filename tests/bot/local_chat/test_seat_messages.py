from collections.abc import Callable
from typing import Any

import pytest
from telegram import Bot, ChatMember, Message, Update

WEBM = b"\x1aE\xdf\xa3" + bytes(400)


async def newest(bot: Bot) -> Update:
    return (await bot.get_updates())[-1]


async def message(bot: Bot) -> Message:
    found = (await newest(bot)).message
    assert found is not None
    return found


async def test_a_text_reaches_the_bot(bot: Bot, started: Any) -> None:
    first = await started.send(text=" /help 😀 t.me/todak_bot?start=a ")
    await started.send(text="그거요", reply_to=first["message_id"])
    received = await message(bot)
    assert received.from_user is not None
    assert (received.from_user.first_name, received.from_user.language_code) == ("나", "ko")
    assert received.reply_to_message is not None
    assert received.reply_to_message.text == "/help 😀 t.me/todak_bot?start=a"
    kinds = [entity.type for entity in received.reply_to_message.entities]
    assert kinds == ["bot_command", "url"]


async def test_a_long_text_is_split_as_telegrams_clients_do(bot: Bot, started: Any) -> None:
    await started.send(text="가" * 10_000)
    texts = [update.message.text for update in await bot.get_updates() if update.message]
    assert [len(text or "") for text in texts] == [4096, 4096, 1808]


async def test_what_cannot_be_said(started: Any) -> None:
    await started.send(400, text=" \n\t ")
    await started.send(400, kind="opera")
    await started.send(404, text="x", reply_to=1)
    await started.send(400, text="x", reply_to="1")
    answer = await started.client.post("/seats/1/messages", content=b"{")
    assert answer.status_code == 400


async def test_control_characters_and_other_scripts_arrive_readable(
    bot: Bot, started: Any
) -> None:
    body = rb'{"text": "a\u0000b\u202e \u05e9\u05dc\u05d5\u05dd \ud83d"}'
    assert (await started.client.post("/seats/1/messages", content=body)).status_code == 201
    assert (await message(bot)).text == "a b שלום \ufffd"


async def test_a_recording_keeps_its_bytes_and_its_type(bot: Bot, started: Any) -> None:
    said = await started.upload("voice", WEBM, duration="7", caption="들어 봐")
    received = await message(bot)
    assert received.voice is not None
    assert received.voice.mime_type == "audio/webm;codecs=opus"
    assert received.voice.to_dict()["duration"] == 7
    assert received.caption == "들어 봐"
    file = await bot.get_file(received.voice)
    assert file.file_path is not None and file.file_path.endswith(".webm")
    assert bytes(await file.download_as_bytearray()) == WEBM
    page_file = await started.client.get(said["voice"]["file_url"], headers={"Range": "bytes=1-3"})
    assert page_file.status_code == 206
    assert page_file.content == WEBM[1:4]
    assert page_file.headers["content-type"] == "audio/webm;codecs=opus"
    assert page_file.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in page_file.headers["content-security-policy"]


async def test_every_kind_of_upload(
    bot: Bot, started: Any, png: Callable[[int, int], bytes]
) -> None:
    await started.upload("audio", WEBM, name="노래.mp3", content_type="audio/mpeg")
    assert (await message(bot)).audio.file_name == "노래.mp3"  # type: ignore[union-attr]
    await started.upload("video_note", WEBM, name="n.mp4", content_type="video/mp4")
    assert (await message(bot)).video_note is not None
    await started.upload("video", WEBM, name="v.mp4", content_type="video/mp4")
    assert (await message(bot)).video is not None
    await started.upload("photo", png(8, 6), name="p.png", content_type="image/png")
    assert (await message(bot)).photo[0].width == 8
    await started.upload("document", b"x", name="../../a.txt", content_type="text/plain")
    assert (await message(bot)).document.file_name == "a.txt"  # type: ignore[union-attr]
    await started.upload("sticker", b"RIFF", name="s.webp", content_type="image/webp")
    assert (await message(bot)).sticker is not None
    await started.upload("photo", WEBM, status=400)
    await started.upload("opera", WEBM, status=400)


async def test_an_empty_recording_reaches_the_bot(bot: Bot, started: Any) -> None:
    await started.upload("voice", b"")
    voice = (await message(bot)).voice
    assert voice is not None and voice.file_size == 0
    assert bytes(await (await bot.get_file(voice)).download_as_bytearray()) == b""


async def test_a_forwarded_recording_says_so(bot: Bot, started: Any) -> None:
    await started.upload("voice", WEBM, forwarded="1")
    received = await message(bot)
    assert received.forward_origin is not None
    assert received.forward_origin.type == "hidden_user"
    assert (received.date - received.forward_origin.date).days == 30


@pytest.mark.timeout(120)
async def test_sixty_megabytes_are_the_most(bot: Bot, started: Any) -> None:
    await started.upload("document", bytes(60 << 20), name="a.bin")
    for size in ((60 << 20) + 1, 70 << 20):
        answer = await started.upload("document", bytes(size), name="a.bin", status=413)
        assert answer["error"] == "too_large" and "60 MB" in answer["description"]


async def test_place_person_question_and_chance(bot: Bot, started: Any) -> None:
    await started.send(kind="location", latitude=37.5, longitude=127, accuracy=12.5)
    location = (await message(bot)).location
    assert location is not None and location.horizontal_accuracy == 12.5
    await started.send(kind="contact", phone_number="+82 10 0000 0000", own=True)
    contact = (await message(bot)).contact
    assert contact is not None and (contact.first_name, contact.user_id) == ("나", 1001)
    await started.send(kind="poll", question="잘까요?", options=["네", "아니요"])
    poll = (await message(bot)).poll
    assert poll is not None and [option.text for option in poll.options] == ["네", "아니요"]
    await started.send(kind="dice")
    dice = (await message(bot)).dice
    assert dice is not None and 1 <= dice.value <= 6
    await started.send(400, kind="location", latitude=100, longitude=0)
    await started.send(400, kind="contact")
    await started.send(400, kind="poll", question="?", options=["하나"])


async def test_blocking_tells_the_bot_and_start_unblocks(bot: Bot, started: Any) -> None:
    await started.call("PATCH", "/", json={"blocked": True})
    member = (await newest(bot)).my_chat_member
    assert member is not None and member.new_chat_member.status == ChatMember.BANNED
    refused = await started.send(409, text="들려?")
    assert refused["error"] == "blocked"
    await started.start()
    updates = await bot.get_updates()
    assert updates[-2].my_chat_member is not None
    assert updates[-2].my_chat_member.new_chat_member.status == ChatMember.MEMBER
    assert updates[-1].message is not None and updates[-1].message.text == "/start"
