import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from storage.encryption import SealedBox, ServiceKeys, WrongServiceKey, read_or_create_key_file


@given(st.text())
def test_what_is_sealed_opens_again(words: str) -> None:
    box = SealedBox(Fernet.generate_key())
    assert box.open(box.seal(words)) == words


def test_another_persons_key_does_not_open() -> None:
    keys = ServiceKeys([Fernet.generate_key().decode()])
    mine, theirs = (keys.unwrap(keys.new_wrapped_key()) for _ in range(2))
    with pytest.raises(WrongServiceKey):
        theirs.open(mine.seal("비밀"))


def test_an_older_service_key_still_opens() -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    wrapped = ServiceKeys([old]).new_wrapped_key()
    box = ServiceKeys([new, old]).unwrap(wrapped)
    assert box.open(box.seal("그대로")) == "그대로"
    with pytest.raises(WrongServiceKey):
        ServiceKeys([new]).unwrap(wrapped)


def test_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "service.key"
    keys = read_or_create_key_file(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_or_create_key_file(path) == keys
    assert len(keys) == 1


@pytest.mark.parametrize("lost", [FileNotFoundError(), ValueError("a failing command")])
def test_keys_that_cannot_be_read_again_stay(
    lost: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def read_again() -> list[str]:
        raise lost

    name = Fernet.generate_key().decode()
    keys = ServiceKeys([name], read_again)
    assert not keys.refresh() and type(lost).__name__ in caplog.text
    assert ServiceKeys([name]).open(keys.new_wrapped_key())


def test_what_is_no_key_is_not_taken() -> None:
    name, other = (Fernet.generate_key().decode() for _ in range(2))
    keys = ServiceKeys([name], lambda: [other, "no key"])
    for _ in range(2):  # nor is it held for known the second time
        with pytest.raises(ValueError, match="Fernet"):
            keys.take([other, "no key"])
        assert not keys.refresh()
        assert ServiceKeys([name]).open(keys.new_wrapped_key())


def test_no_key_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="service key"):
        ServiceKeys([])
