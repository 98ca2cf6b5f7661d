from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.local_chat.store import FIRST_SEATS, Store, StoreInUse


def test_a_new_store_has_three_seats_a_token_and_a_secret(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.transaction():
        seats = [(seat.seat, seat.user_id, seat.name, seat.language) for seat in store.seats()]
        assert seats == [(n, 1000 + n, FIRST_SEATS[n - 1], "ko") for n in (1, 2, 3)]
        token, secret = store.setting("token"), store.setting("session_secret")
        assert token.startswith("1:local-") and len(secret) == 64
    store.close()
    again = Store(tmp_path)
    with again.transaction():
        assert (again.setting("token"), again.setting("session_secret")) == (token, secret)
        assert len(again.seats()) == 3
    again.close()


def test_a_second_process_is_told_that_the_chat_is_open(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(StoreInUse, match="open in another process"):
        Store(tmp_path)
    store.close()
    Store(tmp_path).close()


def test_what_fails_leaves_nothing_and_wakes_nobody(tmp_path: Path) -> None:
    store = Store(tmp_path)
    woken: list[str] = []
    store.update_added = lambda: woken.append("update")
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.add_update("message", {"text": "x"})
        raise ZeroDivisionError
    with store.transaction():
        assert store.pending_update_count() == 0
    assert woken == []
    with store.transaction():
        store.add_update("message", {"text": "x"})
        assert woken == []
    assert woken == ["update"]
    store.close()


def test_the_store_is_used_inside_a_transaction(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(RuntimeError, match="outside a transaction"):
        store.seats()
    store.close()


def test_numbers_go_on_after_confirming_everything(tmp_path: Path) -> None:
    store = Store(tmp_path, clock=lambda: 1_800_000_000)
    with store.transaction():
        store.add_update("message", {})
        first = store.waiting_updates(1)[0]["update_id"]
        assert first == 1_800_000_000 - 1_735_689_600 + 1
        store.confirm_updates(first + 1)
        store.add_update("message", {})
        assert store.waiting_updates(1)[0]["update_id"] == first + 1
    store.close()


def test_a_negative_offset_keeps_the_last_ones(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.transaction():
        for number in range(5):
            store.add_update("message", {"n": number})
        store.confirm_updates(-2)
        assert [update["message"]["n"] for update in store.waiting_updates(9)] == [3, 4]
    store.close()


def test_deleted_rows_are_overwritten_and_commits_reach_the_disk(tmp_path: Path) -> None:
    store = Store(tmp_path)
    pragmas: dict[str, Any] = {}
    with store.transaction():
        for pragma in ("secure_delete", "synchronous", "journal_mode", "foreign_keys"):
            pragmas[pragma] = store.connection.scalar(text(f"PRAGMA {pragma}"))
    assert pragmas == {
        "secure_delete": 1,
        "synchronous": 2,
        "journal_mode": "wal",
        "foreign_keys": 1,
    }
    store.close()
    assert not (tmp_path / "chat.sqlite3-wal").exists()


def test_a_confirmed_text_is_gone_from_the_file(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.transaction():
        store.add_update("message", {"text": "비밀스러운 문장"})
    with store.transaction():
        store.drop_updates()
    store.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert "비밀스러운".encode() not in kept
