from collections.abc import Callable
from typing import Any

import httpx
import pytest
from telegram import Bot, Message
from telegram.error import BadRequest, NetworkError

from bot.local_chat.serve import LocalChat

OGG = b"OggS" + bytes(range(256)) * 20


async def test_every_kind_of_file_comes_back_as_it_went(
    bot: Bot, started: Any, png: Callable[[int, int], bytes]
) -> None:
    picture = png(31, 7)
    sent = [
        (await bot.send_voice(1001, OGG, duration=3, caption="소리")).voice,
        (await bot.send_audio(1001, OGG, title="빗소리", performer="토닥")).audio,
        (await bot.send_document(1001, b"a,b\n1,2\n", filename="기록.csv")).document,
        (await bot.send_video(1001, b"\0\0\0\x18ftypmp42", width=4, height=3)).video,
        (await bot.send_video_note(1001, b"\0\0\0\x18ftypmp42", length=240)).video_note,
        (await bot.send_photo(1001, picture)).photo[0],
    ]
    contents = [OGG, OGG, b"a,b\n1,2\n", b"\0\0\0\x18ftypmp42", b"\0\0\0\x18ftypmp42", picture]
    for media, content in zip(sent, contents, strict=True):
        assert media is not None
        assert media.file_size == len(content)
        file = await bot.get_file(media.file_id)
        assert file.file_unique_id == media.file_unique_id
        assert bytes(await file.download_as_bytearray()) == content


async def test_what_a_file_carries(
    bot: Bot, started: Any, png: Callable[[int, int], bytes]
) -> None:
    audio = (await bot.send_audio(1001, OGG, title="빗소리", performer="토닥", duration=60)).audio
    assert audio is not None
    assert (audio.title, audio.performer) == ("빗소리", "토닥")
    assert audio.to_dict()["duration"] == 60
    photo = (await bot.send_photo(1001, png(31, 7))).photo[0]
    assert (photo.width, photo.height) == (31, 7)
    document = (await bot.send_document(1001, b"x", filename="기록.csv")).document
    assert document is not None
    assert (document.file_name, document.mime_type) == ("기록.csv", "text/csv")
    shown = (await started.messages())[-1]["document"]
    page_file = await started.client.get(shown["file_url"])
    assert page_file.content == b"x"
    assert "filename*=utf-8''" in page_file.headers["content-disposition"]


async def test_a_sound_is_shown_with_its_cover_also_when_it_is_sent_again(
    bot: Bot, started: Any, png: Callable[[int, int], bytes]
) -> None:
    picture = png(32, 32)
    first = (await bot.send_audio(1001, OGG, title="빗소리", thumbnail=picture)).audio
    assert first is not None and first.thumbnail is not None
    assert (first.thumbnail.width, first.thumbnail.file_size) == (32, len(picture))
    await bot.send_audio(1001, first.file_id)
    for message in (await started.messages())[-2:]:
        shown = await started.client.get(message["audio"]["thumbnail"]["file_url"])
        assert shown.content == picture
    plain = (await bot.send_audio(1001, OGG, thumbnail=b"no picture")).audio
    assert plain is not None and plain.thumbnail is None


async def test_a_file_id_is_sent_again_without_its_bytes(bot: Bot, started: Any) -> None:
    first = (await bot.send_voice(1001, OGG, duration=3)).voice
    assert first is not None
    again = (await bot.send_voice(1001, first.file_id, caption="또")).voice
    assert again is not None
    assert (again.file_id, again.file_unique_id) == (first.file_id, first.file_unique_id)
    with pytest.raises(BadRequest, match=r"(?i)can't use file of type Voice as Audio"):
        await bot.send_audio(1001, first.file_id)


async def test_the_seats_own_voice_is_passed_on(bot: Bot, started: Any, guardian: Any) -> None:
    await guardian.start()
    said = await started.upload("voice", OGG, duration="4")
    passed = (await bot.send_voice(1002, said["voice"]["file_id"])).voice
    assert passed is not None and passed.mime_type == "audio/webm;codecs=opus"
    heard = (await guardian.messages())[-1]["voice"]["file_url"]
    assert (await guardian.client.get(heard)).content == OGG


async def test_a_sticker_by_its_id(bot: Bot, started: Any) -> None:
    said = await started.upload("sticker", b"RIFFwebp", name="s.webp", content_type="image/webp")
    sent = (await bot.send_sticker(1001, said["sticker"]["file_id"])).sticker
    assert sent is not None and sent.file_unique_id == said["sticker"]["file_unique_id"]


async def test_files_that_cannot_be_sent(bot: Bot, started: Any) -> None:
    for named in ("https://a.example/x.mp3", "HTTP://a.example/x.mp3"):
        with pytest.raises(BadRequest, match=r"(?i)fetches nothing from the web"):
            await bot.send_audio(1001, named)
    with pytest.raises(BadRequest, match=r"(?i)wrong file identifier"):
        await bot.send_voice(1001, "voice-unknown")
    with pytest.raises(BadRequest, match=r"(?i)image_process_failed"):
        await bot.send_photo(1001, OGG)
    with pytest.raises(BadRequest, match=r"(?i)non-empty"):
        await bot.send_voice(1001, b"")
    with pytest.raises(BadRequest, match=r"(?i)caption is too long"):
        await bot.send_voice(1001, OGG, caption="가" * 1025)
    with pytest.raises(BadRequest, match=r"(?i)wrong file_id"):
        await bot.get_file("voice-unknown")


async def test_a_refused_upload_leaves_no_bytes(
    chat: LocalChat, bot: Bot, started: Any, tmp_path: Any
) -> None:
    with pytest.raises(BadRequest):
        await bot.send_voice(1001, OGG, caption="가" * 1025)
    assert list((tmp_path / "chat" / "files").iterdir()) == []


async def test_attached_by_name_in_a_form(chat: LocalChat, started: Any) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"{chat.base_url}{chat.token}/sendVoice",
            data={"chat_id": "1001", "voice": "attach://sound"},
            files={"sound": ("a.oga", OGG, "audio/ogg")},
        )
        assert answer.json()["result"]["voice"]["file_size"] == len(OGG)
        missing = await client.post(
            f"{chat.base_url}{chat.token}/sendVoice",
            data={"chat_id": "1001", "voice": "attach://other"},
            files={"sound": ("a.oga", OGG, "audio/ogg")},
        )
    assert missing.status_code == 400


@pytest.mark.timeout(120)
async def test_sizes_up_to_fifty_megabytes_up_and_twenty_down(bot: Bot, started: Any) -> None:
    async def send(size: int) -> Message:
        return await bot.send_document(1001, bytes(size), write_timeout=60, read_timeout=60)

    small = (await send(20 << 20)).document
    assert small is not None
    content = await (await bot.get_file(small.file_id)).download_as_bytearray(read_timeout=60)
    assert len(content) == 20 << 20
    large = (await send(50 << 20)).document
    assert large is not None and large.file_size == 50 << 20
    with pytest.raises(BadRequest, match=r"(?i)file is too big"):
        await bot.get_file(large.file_id)
    for size in ((50 << 20) + 1, 60 << 20):
        with pytest.raises(NetworkError, match="Request Entity Too Large"):
            await send(size)


async def test_only_ids_find_files(chat: LocalChat, bot: Bot, started: Any) -> None:
    sent = (await bot.send_voice(1001, OGG)).voice
    assert sent is not None
    root = f"{chat.base_file_url}{chat.token}"
    async with httpx.AsyncClient() as client:
        for path in (
            "voice/../../chat.sqlite3",
            "voice/..%2F..%2Fchat.sqlite3",
            "%2e%2e/chat.sqlite3",
            "voice/%2Fetc%2Fpasswd",
            "voice/unknown-id-unknown.oga",
            "",
        ):
            assert (await client.get(f"{root}/{path}")).status_code in {403, 404}, path
        found = await client.get(f"{root}/voice/{sent.file_unique_id}.oga")
        assert found.status_code == 200
        wrong = f"{chat.base_file_url}1:wrong/voice/{sent.file_unique_id}.oga"
        assert (await client.get(wrong)).status_code == 401


async def test_what_a_seat_sent_goes_with_its_last_message(
    chat: LocalChat, bot: Bot, started: Any, tmp_path: Any
) -> None:
    files = tmp_path / "chat" / "files"
    said = await started.upload("voice", OGG)
    copy = await bot.send_voice(1001, said["voice"]["file_id"])
    await bot.delete_message(1001, said["message_id"])
    assert len(list(files.iterdir())) == 1
    await bot.delete_message(1001, copy.message_id)
    assert list(files.iterdir()) == []
    with pytest.raises(BadRequest):
        await bot.get_file(said["voice"]["file_id"])
    own = await bot.send_voice(1001, OGG)
    await bot.delete_message(1001, own.message_id)
    assert own.voice is not None
    assert (await bot.send_voice(1001, own.voice.file_id)).voice is not None
