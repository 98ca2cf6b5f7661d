import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.service_keys import key_source, open_service_keys
from bot.settings import Settings

pytestmark = pytest.mark.usefixtures("alone")
EXAMPLE = Path(__file__).parents[2] / ".env.example"


def test_the_example_lists_exactly_what_may_be_set() -> None:
    listed = re.findall(r"^(TODAK_\w+)=", EXAMPLE.read_text("utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(f"TODAK_{name.upper()}" for name in Settings.model_fields)


def test_the_example_taken_as_it_is_changes_nothing(tmp_path: Path) -> None:
    before = Settings()
    (tmp_path / ".env").write_text(EXAMPLE.read_text("utf-8"), "utf-8")
    assert Settings() == before


def test_empty_values_are_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Settings()
    for name in Settings.model_fields:
        monkeypatch.setenv(f"TODAK_{name.upper()}", "")
    assert Settings() == before


@pytest.mark.parametrize(
    "name, value",
    [("LOCAL_CHAT_PORT", "99999"), ("OPERATIONS_PORT", "many"), ("LOG_LEVEL", "LOUD")],
)
def test_what_cannot_be_is_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"TODAK_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_sqlite_lives_in_the_data_folder_and_postgresql_holds_both() -> None:
    folder = Path("somewhere")
    alone = Settings(data_folder=folder)
    assert alone.database() == f"sqlite:///{folder / 'todak.sqlite'}"
    assert alone.workflow_database() == f"sqlite:///{folder / 'workflows.sqlite'}"
    many = Settings.model_validate({"database_url": "postgresql://todak:hidden@db/todak"})
    assert many.database() == many.workflow_database() == "postgresql://todak:hidden@db/todak"
    assert "hidden" not in repr(many)


def test_keys_come_from_the_environment_or_an_owners_file(tmp_path: Path) -> None:
    given = Settings.model_validate({"service_keys": "new, old"})
    assert key_source(given).read() == ["new", "old"]
    made = Settings(data_folder=tmp_path / "data")
    made.prepare_data_folder()
    source = key_source(made)
    with pytest.raises(FileNotFoundError):
        source.read()
    open_service_keys(source, lambda: False)
    assert source.read() == source.read() and len(source.read()) == 1
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0
    assert (tmp_path / "data" / "service.key").stat().st_mode & 0o077 == 0
