from typing import Any

import pytest
from telegram import (
    Bot,
    BotCommandScopeAllPrivateChats,
    MenuButtonDefault,
    MenuButtonWebApp,
    WebAppInfo,
)
from telegram.error import BadRequest

KOREAN = [("help", "도움말"), ("language", "언어")]


async def test_commands_by_language_and_scope(bot: Bot, me: Any) -> None:
    await bot.set_my_commands([("help", "Help")])
    await bot.set_my_commands(KOREAN, scope=BotCommandScopeAllPrivateChats(), language_code="ko")
    commands = await bot.get_my_commands(
        scope=BotCommandScopeAllPrivateChats(), language_code="ko"
    )
    assert [(command.command, command.description) for command in commands] == KOREAN
    shown = (await me.client.get("/api/chat?lang=ko")).json()["commands"]
    assert [command["command"] for command in shown] == ["help", "language"]
    other = (await me.client.get("/api/chat?lang=en")).json()["commands"]
    assert other == [{"command": "help", "description": "Help"}]
    await bot.delete_my_commands()
    assert await bot.get_my_commands() == ()


@pytest.mark.parametrize(
    ("command", "reason"),
    [(("Help", "x"), "BOT_COMMAND_INVALID"), (("help", ""), "DESCRIPTION_INVALID")],
)
async def test_wrong_commands(bot: Bot, command: tuple[str, str], reason: str) -> None:
    with pytest.raises(BadRequest, match=rf"(?i){reason}"):
        await bot.set_my_commands([command])


async def test_names_and_descriptions(bot: Bot, me: Any) -> None:
    assert (await bot.get_my_name()).name == "토닥 Todak"
    await bot.set_my_name("Todak")
    await bot.set_my_name("토닥", language_code="ko")
    await bot.set_my_description("말을 들어요", language_code="ko")
    await bot.set_my_short_description("듣는 봇", language_code="ko")
    assert (await bot.get_my_name(language_code="ko")).name == "토닥"
    assert (await bot.get_my_name(language_code="en")).name == "Todak"
    assert (await bot.get_my_description(language_code="ko")).description == "말을 들어요"
    assert (await bot.get_my_description()).description == ""
    assert (await bot.get_my_short_description("ko")).short_description == "듣는 봇"
    shown = (await me.client.get("/api/chat?lang=ko")).json()["bot"]
    assert shown == {
        "id": 1,
        "username": "todak_bot",
        "name": "토닥",
        "description": "말을 들어요",
        "short_description": "듣는 봇",
    }
    with pytest.raises(BadRequest, match=r"(?i)name is too long"):
        await bot.set_my_name("가" * 65)


async def test_the_menu_button(bot: Bot, started: Any) -> None:
    assert (await bot.get_chat_menu_button()).type == "commands"
    web_app = MenuButtonWebApp("기분", WebAppInfo("http://127.0.0.1/mood"))
    await bot.set_chat_menu_button(1001, web_app)
    assert (await bot.get_chat_menu_button(1001)).type == "web_app"
    shown = (await started.call("GET", "/messages"))["menu_button"]
    assert shown["web_app"]["url"] == "http://127.0.0.1/mood"
    assert (await bot.get_chat_menu_button(1002)).type == "commands"
    await bot.set_chat_menu_button(1001, MenuButtonDefault())
    assert (await bot.get_chat_menu_button(1001)).type == "commands"
