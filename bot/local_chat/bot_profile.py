"""Bot API methods for what people see of the bot before they write: names, commands, menu."""

import re
from collections.abc import Callable
from typing import Any

from bot.local_chat.bot_errors import bad_request
from bot.local_chat.bot_methods import Method, chat_of
from bot.local_chat.conversation import Conversation
from bot.local_chat.parameters import Parameters
from bot.local_chat.store import Json

MOST_COMMANDS = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_MOST_CHARACTERS = {"name": 64, "description": 512, "short_description": 120}


def _setter(field: str) -> Method:
    def set_text(conversation: Conversation, parameters: Parameters) -> bool:
        text = parameters.text(field)
        if len(text) > _MOST_CHARACTERS[field]:
            raise bad_request(f"{field} is too long")
        key = f"{field}:{parameters.text('language_code')}"
        conversation.store.set_setting(key, text or None)
        return True

    return set_text


def _getter(field: str) -> Method:
    def get_text(conversation: Conversation, parameters: Parameters) -> Json:
        return {field: profile_text(conversation, field, parameters.text("language_code"))}

    return get_text


def profile_text(conversation: Conversation, field: str, language: str) -> str:
    """The bot's name, description or short description in a language, or in all others."""
    if field == "name":
        return conversation.bot_name(language)
    store = conversation.store
    return str(store.setting(f"{field}:{language}") or store.setting(f"{field}:") or "")


def _scope(parameters: Parameters) -> str:
    scope = parameters.object("scope") or {"type": "default"}
    kind = str(scope.get("type"))
    return f"chat={scope.get('chat_id')}" if kind == "chat" else kind


def _key(parameters: Parameters) -> str:
    return f"commands:{_scope(parameters)}:{parameters.text('language_code')}"


def _set_my_commands(conversation: Conversation, parameters: Parameters) -> bool:
    commands = parameters.objects("commands")
    if len(commands) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    kept = []
    for command in commands:
        name = str(command.get("command", "")).removeprefix("/")
        description = str(command.get("description", "")).strip()
        if not _COMMAND.fullmatch(name):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(description) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        kept.append({"command": name, "description": description})
    return _store_commands(conversation, parameters, kept)


def _delete_my_commands(conversation: Conversation, parameters: Parameters) -> bool:
    return _store_commands(conversation, parameters, [])


def _store_commands(
    conversation: Conversation, parameters: Parameters, commands: list[Json]
) -> bool:
    store = conversation.store
    if (store.setting(_key(parameters)) or []) != commands:
        store.set_setting(_key(parameters), commands or None)
        for seat in store.seats():
            store.add_event(seat.user_id, "commands")
    return True


def _get_my_commands(conversation: Conversation, parameters: Parameters) -> list[Json]:
    return conversation.store.setting(_key(parameters)) or []


def commands_shown(conversation: Conversation, language: str) -> list[Json]:
    """The commands a private chat shows: the nearest scope, in the language or in all others."""
    for scope in ("all_private_chats", "default"):
        for code in (language, ""):
            commands: list[Json] | None = conversation.store.setting(f"commands:{scope}:{code}")
            if commands:
                return commands
    return []


def menu_button(conversation: Conversation, chat_id: int | None) -> Json:
    """The menu button of a chat, or of all chats without one of their own."""
    store = conversation.store
    own = store.setting(f"menu:{chat_id}") if chat_id is not None else None
    return own or store.setting("menu:") or {"type": "commands"}


def _set_chat_menu_button(conversation: Conversation, parameters: Parameters) -> bool:
    button = parameters.object("menu_button") or {"type": "default"}
    if button.get("type") not in {"commands", "web_app", "default"}:
        raise bad_request("can't parse menu button: unsupported menu button type")
    store = conversation.store
    kept = None if button["type"] == "default" else button
    if "chat_id" in parameters:
        seats = [chat_of(conversation, parameters)]
        store.set_setting(f"menu:{seats[0].user_id}", kept)
    else:
        seats = store.seats()
        store.set_setting("menu:", kept)
    for seat in seats:
        shown = {"menu_button": menu_button(conversation, seat.user_id)}
        store.add_event(seat.user_id, "menu", body=shown)
    return True


def _get_chat_menu_button(conversation: Conversation, parameters: Parameters) -> Json:
    if "chat_id" not in parameters:
        return menu_button(conversation, None)
    return menu_button(conversation, chat_of(conversation, parameters).user_id)


def _texts(make: Callable[[str], Method], verb: str) -> dict[str, Any]:
    return {
        f"{verb}MyName": make("name"),
        f"{verb}MyDescription": make("description"),
        f"{verb}MyShortDescription": make("short_description"),
    }


PROFILE_METHODS: dict[str, Method] = {
    **_texts(_setter, "set"),
    **_texts(_getter, "get"),
    "setMyCommands": _set_my_commands,
    "getMyCommands": _get_my_commands,
    "deleteMyCommands": _delete_my_commands,
    "setChatMenuButton": _set_chat_menu_button,
    "getChatMenuButton": _get_chat_menu_button,
}
