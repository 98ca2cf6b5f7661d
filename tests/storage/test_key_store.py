import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from cryptography.fernet import Fernet
from sqlalchemy import Engine, select, text

from storage.database import Database, _migrations, make_engine
from storage.encryption import ServiceKeys, WrongServiceKey, write_key_file
from storage.key_store import KeyDestroyed, KeyStore, data_keys
from storage.records import AgeBand, Language
from storage.repository import BeingErased
from storage.tables import Table

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CHAT = 7_000_000_001


def names(n: int) -> list[str]:
    return [Fernet.generate_key().decode() for _ in range(n)]


def test_a_destroyed_key_is_gone_and_the_others_stay(database: Database) -> None:
    mine, theirs = database.keys.new_key(), database.keys.new_key()
    sealed = database.keys.box(theirs).seal("남의 말")
    database.keys.destroy(mine)
    database.keys.destroy(mine)
    with pytest.raises(KeyDestroyed):
        database.keys.box(mine)
    assert database.keys.box(theirs).open(sealed) == "남의 말"


def test_the_database_holds_no_key_and_the_key_store_no_person(database: Database) -> None:
    database.register(CHAT, Language.KOREAN, AgeBand.ADULT, NOW)
    with database.keys.engine.connect() as connection:
        rows = connection.execute(select(data_keys)).mappings().all()
    (row,) = rows
    assert str(CHAT) not in str(row)
    with database.engine.connect() as connection:
        person = connection.execute(text("SELECT * FROM person")).mappings().one()
    assert person["key_id"] == row["key_id"] and bytes(row["wrapped"]).decode() not in str(person)


def test_erasing_destroys_the_key_and_registers_nobody_until_it_ends(database: Database) -> None:
    database.register(CHAT, Language.KOREAN, AgeBand.ADULT, NOW)
    for _ in range(2):  # repeated after an interruption
        database.erase(CHAT, NOW)
    with database.keys.engine.connect() as connection:
        assert connection.execute(select(data_keys)).all() == []
    with pytest.raises(BeingErased):
        database.register(CHAT, Language.KOREAN, AgeBand.ADULT, NOW)
    with database.transaction() as memory:
        (wanted,) = memory.erasures()
        assert wanted.key_id != "", "what is left to do knows the key after a repetition too"
        memory.end_erasure(wanted)
    database.register(CHAT, Language.ENGLISH, AgeBand.ADULT, NOW)


def test_every_key_is_wrapped_anew_and_what_it_sealed_still_opens(tmp_path: Path) -> None:
    old, new = names(2)
    engine = make_engine(f"sqlite:///{tmp_path / 'keys.sqlite'}")
    before = KeyStore(engine, ServiceKeys([old]))
    before.prepare()
    ids = [before.new_key() for _ in range(250)]
    sealed = [before.box(key_id).seal(key_id) for key_id in ids]
    workflow = before.seal(b"update")
    after = KeyStore(engine, ServiceKeys([new, old]))
    assert after.rewrap() == 251 and after.rewrap() == 0
    only = KeyStore(engine, ServiceKeys([new]))
    assert [only.box(key_id).open(each) for key_id, each in zip(ids, sealed, strict=True)] == ids
    assert only.open(workflow) == b"update"
    with pytest.raises(WrongServiceKey):
        KeyStore(engine, ServiceKeys([old])).box(ids[0])
    engine.dispose()


def test_keys_that_change_while_it_runs_are_read_again(tmp_path: Path) -> None:
    path = tmp_path / "service.key"
    old, new = names(2)
    write_key_file(path, [old])
    keys = ServiceKeys([old], lambda: path.read_text().split())
    write_key_file(path, [new])
    assert ServiceKeys([new]).open(keys.new_wrapped_key()), "a new key is wrapped by the newest"
    sealed = Fernet(old).encrypt(b"x")
    with pytest.raises(WrongServiceKey):
        keys.open(sealed)
    write_key_file(path, [new, old])
    assert keys.open(sealed) == b"x"
    assert [each.name for each in tmp_path.iterdir()] == ["service.key"]


def test_what_an_older_version_sealed_under_the_service_key_opens(database: Database) -> None:
    old = database.keys.service_keys._newest.encrypt(b"update")
    assert database.keys.open(old) == b"update"
    fresh = database.keys.reseal(old)
    assert fresh is not None and database.keys.open(fresh) == b"update"
    assert database.keys.reseal(fresh) is None


def test_a_workflow_key_of_another_process_is_found(database: Database) -> None:
    other = KeyStore(database.keys.engine, database.keys.service_keys)
    database.keys.seal(b"mine")
    other.renew_workflow_key(datetime.now(UTC) + timedelta(days=2))
    assert database.keys.open(other.seal(b"theirs")) == b"theirs"


def test_migrating_moves_the_keys_out_of_the_first_tables(
    database: Database, url: str, tmp_path: Path
) -> None:
    """A database of the first version: its people keep everything, its pages no key."""
    engine = database.engine
    reset(engine)
    configuration = _migrations()
    with engine.begin() as connection:
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, "0001")
    wrapped = database.keys.service_keys.new_wrapped_key()
    sealed = database.keys.service_keys.unwrap(wrapped).seal("그대로")
    with engine.begin() as connection:
        values = {"chat": CHAT, "key": wrapped, "sealed": sealed, "now": str(NOW)}
        connection.execute(
            text("INSERT INTO person VALUES (:chat, :key, 'ko', '19_and_over', :now)"), values
        )
        connection.execute(
            text("INSERT INTO observation VALUES (1, :chat, 5, :now, 'm', :sealed)"), values
        )
    database.migrate()
    with engine.connect() as connection:
        key_id = connection.scalar(text("SELECT key_id FROM person"))
        kept = bytes(connection.scalar(text("SELECT sealed FROM observation")))
    assert database.keys.box(str(key_id)).open(kept) == "그대로"
    if engine.dialect.name == "sqlite":
        engine.dispose()
        for path in tmp_path.glob("todak.sqlite*"):
            assert wrapped not in path.read_bytes(), path.name


def reset(engine: Engine) -> None:
    Table.metadata.drop_all(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))


def test_a_backup_of_the_database_alone_opens_nothing_of_a_deleted_person(
    tmp_path: Path,
) -> None:
    """The honest limit: a copy of the key store from before, with the service key, does."""
    service_keys = ServiceKeys(names(1))
    folder, backup = tmp_path / "data", tmp_path / "backup"
    folder.mkdir()

    def open_in(place: Path, key_place: Path) -> Database:
        keys = KeyStore(make_engine(f"sqlite:///{key_place / 'keys.sqlite'}"), service_keys)
        return Database(make_engine(f"sqlite:///{place / 'todak.sqlite'}"), keys)

    live = open_in(folder, folder)
    live.migrate()
    live.register(CHAT, Language.KOREAN, AgeBand.ADULT, NOW)
    with live.engine.connect() as connection:
        key_id = str(connection.scalar(text("SELECT key_id FROM person")))
    sealed = live.keys.box(key_id).seal("비밀")
    live.close()
    shutil.copytree(folder, backup)
    live = open_in(folder, folder)
    live.erase(CHAT, NOW)
    with pytest.raises(KeyDestroyed):
        open_in(backup, folder).keys.box(key_id)
    assert open_in(backup, backup).keys.box(key_id).open(sealed) == "비밀"
