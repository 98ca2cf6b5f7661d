"""`todak rotate-keys`: a new service key in the place of the old one, while the bot runs.

The service key wraps the keys in the key store and nothing else, so only those are wrapped anew.
A running bot reads the service keys again before it wraps a key and where none at hand opens one.
"""

from collections.abc import Iterator

from cryptography.fernet import Fernet

from bot.chat_workflows import ChatWorkflows
from bot.service_keys import KeySource
from storage.compaction import compact
from storage.encryption import write_key_file
from storage.key_store import KeyStore


class NothingToRotate(Exception):
    """One sentence on what has to be done first."""


def rotate(source: KeySource, keys: KeyStore, workflows: ChatWorkflows) -> Iterator[str]:
    """Wrap every key by the newest service key, one made now where there is only one.

    Run again after an interruption, it goes on. Gives what to say to the operator.

    Raises:
        NothingToRotate: the new key must first be put where only the operator can write.
    """
    known = source.read()
    if len(known) == 1:
        if source.path is None:
            raise NothingToRotate(
                f"Put a new Fernet key in front of the old one in {source.name} "
                "(one that the environment holds is read when Todak starts, so start it again), "
                "then run this again."
            )
        write_key_file(source.path, [Fernet.generate_key().decode(), *known])
        yield f"A new service key stands in front of the old one in {source.path}."
    keys.service_keys.take(source.read())
    yield _wrap_anew(keys, workflows)
    yield "Running bots use it by themselves. `todak rotate-keys --finish` drops the old key."


def drop_old_key(source: KeySource, keys: KeyStore, workflows: ChatWorkflows) -> Iterator[str]:
    """Drop all service keys but the newest, once nothing is wrapped by them any more.

    Raises:
        NothingToRotate: there is one service key only.
    """
    known = source.read()
    if len(known) == 1:
        raise NothingToRotate(f"{source.name} holds one key; there is no old one to drop.")
    keys.service_keys.take(known)
    yield _wrap_anew(keys, workflows)
    if source.path is None:
        yield f"Nothing is wrapped by an old key any more: take it out of {source.name}."
        return
    write_key_file(source.path, known[:1])
    # A bot that had read the old keys a moment ago may just have wrapped one: this process still
    # holds both.
    keys.rewrap()
    compact(keys.engine)
    yield f"Only the newest key is left in {source.path}. Older copies of it open nothing here."


def _wrap_anew(keys: KeyStore, workflows: ChatWorkflows) -> str:
    n_keys, n_values = keys.rewrap(), workflows.reseal()
    return f"{n_keys} keys were wrapped by the newest service key, {n_values} values sealed anew."
