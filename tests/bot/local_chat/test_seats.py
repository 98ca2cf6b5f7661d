from typing import Any

import httpx
from telegram import Bot

from bot.local_chat.serve import LocalChat


async def test_the_first_seats(browser: httpx.AsyncClient) -> None:
    shown = (await browser.get("/api/chat")).json()
    assert shown["links_base"] == "t.me/todak_bot"
    assert shown["seats"][1] == {
        "seat": 2,
        "name": "보호자 1",
        "user_id": 1002,
        "language": "ko",
        "blocked": False,
        "started": False,
    }


async def test_forty_seats_are_the_most(browser: httpx.AsyncClient) -> None:
    for number in range(4, 41):
        answer = await browser.post("/api/seats", json={"name": f"보호자 {number - 1}"})
        assert (answer.status_code, answer.json()["seat"]) == (201, number)
    refused = await browser.post("/api/seats", json={"name": "하나 더"})
    assert (refused.status_code, refused.json()["error"]) == (409, "no_room")
    assert (await browser.post("/api/seats", json={"name": " "})).status_code == 400


async def test_name_and_language_change(bot: Bot, started: Any) -> None:
    changed = await started.call("PATCH", "/", json={"language": "en", "name": "Me"})
    assert (changed["language"], changed["name"]) == ("en", "Me")
    await started.send(text="hello")
    message = (await bot.get_updates())[-1].message
    assert message is not None and message.from_user is not None
    assert (message.from_user.first_name, message.from_user.language_code) == ("Me", "en")
    await started.call("PATCH", "/", 400, json={"language": "fr"})
    await started.call("PATCH", "/", 400, json={"name": ""})


async def test_a_seat_that_is_not_there(browser: httpx.AsyncClient) -> None:
    assert (await browser.post("/seats/9/enter")).status_code == 404


async def test_pages_of_messages(bot: Bot, started: Any) -> None:
    sent = [(await bot.send_message(1001, str(number))).message_id for number in range(5)]
    newest = await started.messages(limit=2)
    assert [shown["message_id"] for shown in newest] == sent[-2:]
    older = await started.messages(limit=2, before=sent[-2])
    assert [shown["message_id"] for shown in older] == sent[1:3]
    await started.call("GET", "/messages?limit=x", 400)


async def test_a_file_of_another_chat_is_not_shown(started: Any, guardian: Any) -> None:
    said = await started.upload("voice", b"\x1aE\xdf\xa3")
    unique_id = said["voice"]["file_unique_id"]
    assert (await started.client.get(f"/seats/1/files/{unique_id}")).status_code == 200
    assert (await guardian.client.get(f"/seats/2/files/{unique_id}")).status_code == 404
    for wrong in ("..%2F..%2Fchat.sqlite3", "%00", "x" * 300):
        assert (await started.client.get(f"/seats/1/files/{wrong}")).status_code == 404


async def test_the_conversation_survives_a_restart(
    chat: LocalChat, bot: Bot, started: Any, tmp_path: Any
) -> None:
    voice = (await bot.send_voice(1001, b"OggS", duration=1)).voice
    assert voice is not None
    await bot.set_my_commands([("help", "도움말")])
    await started.send(text="기억해 줘")
    before = await started.call("GET", "/messages")
    token, cookies = chat.token, started.client.cookies
    chat.stop()
    again = LocalChat(tmp_path / "chat", launch_token="another")
    again.start()
    try:
        headers = {"Origin": again.origin}
        async with httpx.AsyncClient(
            base_url=again.origin, headers=headers, cookies=cookies
        ) as client:
            assert (await client.get("/seats/1/messages")).json() == before
        async with Bot(token, base_url=again.base_url, base_file_url=again.base_file_url) as same:
            (update,) = await same.get_updates()
            assert update.message is not None and update.message.text == "기억해 줘"
            assert [command.command for command in await same.get_my_commands()] == ["help"]
            file = await same.get_file(voice.file_id)
            assert bytes(await file.download_as_bytearray()) == b"OggS"
            sent = await same.send_message(1001, "기억해요")
            assert sent.message_id > before["messages"][-1]["message_id"]
    finally:
        again.stop()


async def test_nonsense_is_refused_and_not_an_error(started: Any) -> None:
    far = 10**30
    await started.call("POST", "/callbacks", 400, json={"message_id": far, "data": "x"})
    await started.call("POST", "/edits", 400, json=[])
    await started.call("POST", "/forwards", 400, json={"message_id": "x", "to_seat": 2})
    await started.call("DELETE", f"/messages/{far}", 400)
    await started.call("GET", f"/messages?before={far}", 400)
    await started.call("GET", f"/events?after={far}", 400)
    said = await started.send(text="x")
    odd = {"message_id": said["message_id"], "to_seat": [2]}
    await started.call("POST", "/forwards", 404, json=odd)
