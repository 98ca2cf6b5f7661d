"""What a process of ours prints when it dies or fails, searched for canaries."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.local_chat.serve import LocalChat
from inference.weights import SHIPPED_WEIGHTS
from tests.security.canaries import TOKEN, WORDS, found_in

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DEATHS = {
    "main": "raise ValueError(WORDS)",
    "cause": """
try:
    raise KeyError(WORDS)
except KeyError as error:
    raise RuntimeError(WORDS) from error
""",
    "thread": """
import threading
def work():
    raise ValueError(WORDS)
thread = threading.Thread(target=work, name=WORDS)
thread.start()
thread.join()
sys.exit(1)
""",
    "task": """
import asyncio
async def broken():
    raise ValueError(WORDS)
async def main():
    task = asyncio.create_task(broken(), name=WORDS)
    await asyncio.sleep(0)
    del task
    raise RuntimeError(WORDS)
asyncio.run(main())
""",
    "database": """
import sqlalchemy
from storage.database import make_engine
with make_engine("sqlite://").begin() as connection:
    connection.execute(sqlalchemy.text("SELECT * FROM nowhere WHERE a = :a"), {"a": WORDS})
""",
    "exit in a handler": """
import atexit
def last():
    raise ValueError(WORDS)
atexit.register(last)
sys.exit(1)
""",
}
ANALYZE = """
import sys
from inference.pipeline import Analyzer
from bot.__main__ import main
def analyze(self, utterance, distress=None):
    raise RuntimeError(f"broken over {utterance.text}")
Analyzer.analyze = analyze
sys.exit(main(["analyze", "--text", sys.argv[1]]))
"""


def run(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """A Python process in `folder`, with nothing of the developer's own environment."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TODAK_")}
    environment = clean | {f"TODAK_{name}": value for name, value in settings.items()}
    return subprocess.run(  # noqa: S603
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=folder,
        env=environment | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )


@pytest.mark.parametrize("death", DEATHS, ids=lambda death: death.replace(" ", "-"))
def test_a_process_that_dies_says_where_and_not_over_what(death: str, tmp_path: Path) -> None:
    program = "import sys\nfrom bot.logs import set_up\nset_up('DEBUG')\nWORDS = sys.argv[1]\n"
    done = run(tmp_path, "-c", program + DEATHS[death], WORDS)
    assert found_in(done.stdout + done.stderr) == []
    assert '"error": "' in done.stderr and '"at": [' in done.stderr


@pytest.mark.skipif(
    not (SHIPPED_WEIGHTS / "text_emotion.safetensors").is_file(), reason="no weights"
)
def test_analyze_that_fails_does_not_print_the_text(tmp_path: Path) -> None:
    done = run(tmp_path, "-c", ANALYZE, WORDS)
    assert found_in(done.stdout + done.stderr) == []
    assert '"error": "RuntimeError"' in done.stderr


def test_a_token_that_telegram_refuses_is_not_printed(tmp_path: Path) -> None:
    chat = LocalChat(tmp_path / "chat")
    chat.start()
    try:
        settings = {"BOT_API_ADDRESS": chat.origin, "OPERATIONS_PORT": "0", "LOG_LEVEL": "DEBUG"}
        done = run(tmp_path, "-m", "bot", "run", TELEGRAM_TOKEN=TOKEN, **settings)
    finally:
        chat.stop()
    assert "does not accept TODAK_TELEGRAM_TOKEN" in done.stderr
    assert found_in(done.stdout + done.stderr) == []


@pytest.mark.parametrize(
    "settings",
    [
        {"TELEGRAM_TOKEN": "canary-token"},
        {"TELEGRAM_TOKEN": TOKEN, "BOT_API_ADDRESS": "http://127.0.0.1:9"},
        {"DATABASE_URL": "postgresql://todak:canary@127.0.0.1:9/todak"},
        {"SERVICE_KEYS": "canary-key"},
        {"TELEGRAM_TOKEN": TOKEN, "PUBLIC_ADDRESS": "https://x", "WEBHOOK_SECRET": "canary"},
        {"LOG_LEVEL": "canary"},
        {"LOCAL_CHAT_PORT": "canary"},
    ],
    ids=["token", "unreachable", "database", "key", "secret", "level", "port"],
)
def test_settings_that_cannot_work_are_named_without_their_values(
    settings: dict[str, str], tmp_path: Path
) -> None:
    for command in (["run"], ["check", "--json"]):
        if "BOT_API_ADDRESS" in settings and command == ["run"]:
            continue  # it goes on asking until it is stopped
        done = run(tmp_path, "-m", "bot", *command, OPERATIONS_PORT="0", **settings)
        assert done.stdout + done.stderr != ""
        assert found_in(done.stdout + done.stderr) == []
