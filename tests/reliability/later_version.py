"""A later version of Todak: its code copied, and changed as its developers would change it."""

import shutil
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

import storage

ROOT = Path(storage.__file__).parent.parent
PACKAGES = ("bot", "storage", "inference", "models")
LATER_REVISION = "later"
NOTES = "notes.txt"

SHORT_WAITS = {
    "DistressLevel.CRY: (60, 240),": "DistressLevel.CRY: (4, 20),",
}
"""So that a test need not wait for minutes, and the second one not come before the upgrade where
the machine is busy; in both versions."""

NEW_STEPS = {
    '        @DBOS.workflow(name="receive", max_recovery_attempts=None)\n': """\
        @DBOS.step(name="note")
        def note(line: str) -> None:
            with open("notes.txt", "a") as file:
                file.write(line + "\\n")

        @DBOS.workflow(name="receive", max_recovery_attempts=None)
""",
    "            try:\n                # Only after the step is recorded": """\
            if DBOS.patch("note-receipt"):
                note("received")
            try:
                # Only after the step is recorded""",
    "                        await asyncio.to_thread(look_back, content)\n": """\
                        if await DBOS.patch_async("note-look-back"):
                            await asyncio.to_thread(note, "looking back")
                        await asyncio.to_thread(look_back, content)
""",
}
"""A step in the middle of both workflows, guarded so that what was begun without it goes on."""

NEW_STEPS_OF_INCIDENTS = {
    '        @DBOS.workflow(name="incident", max_recovery_attempts=None)\n': """\
        @DBOS.step(name="note_act")
        def note_act() -> None:
            with open("notes.txt", "a") as file:
                file.write("an act of an incident\\n")

        @DBOS.workflow(name="incident", max_recovery_attempts=None)
""",
    "                return await asyncio.to_thread(act, alarm, before)\n": """\
                if await DBOS.patch_async("note-act"):
                    await asyncio.to_thread(note_act)
                return await asyncio.to_thread(act, alarm, before)
""",
}
"""Before an act and not before the wait: the library numbers a wait as two steps and records the
second first, so a step put before a wait that goes on takes the place of one that is recorded."""

MIGRATION = '''\
"""A column more."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
    """Add the column."""
    op.add_column("person", sa.Column("later", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("person", "later")
'''


def present_version(folder: Path) -> Path:
    """Today's code in a folder of its own, with short waits."""
    code = folder / "present"
    for name in PACKAGES:
        shutil.copytree(
            ROOT / name, code / name, ignore=shutil.ignore_patterns("__pycache__", "train")
        )
    _edit(code / "bot" / "policy.py", SHORT_WAITS)
    return code


def later_version(present: Path) -> Path:
    """The present code with a further step in each workflow and a further migration."""
    code = present.parent / "later"
    shutil.copytree(present, code, ignore=shutil.ignore_patterns("__pycache__"))
    _edit(code / "bot" / "workflows.py", NEW_STEPS)
    _edit(code / "bot" / "incidents" / "workflow.py", NEW_STEPS_OF_INCIDENTS)
    migration = MIGRATION.format(revision=LATER_REVISION, before=newest_revision(code))
    versions = code / "storage" / "migrations" / "versions"
    (versions / "r9999_later.py").write_text(migration)
    return code


def newest_revision(code: Path) -> str:
    """The head of the migrations in a copy of the code."""
    configuration = Config()
    configuration.set_main_option("script_location", str(code / "storage" / "migrations"))
    configuration.set_main_option("path_separator", "os")
    head = ScriptDirectory.from_config(configuration).get_current_head()
    assert head is not None
    return head


def _edit(file: Path, changes: dict[str, str]) -> None:
    source = file.read_text()
    for old, new in changes.items():
        assert source.count(old) == 1, f"{file.name} does not hold once: {old}"
        source = source.replace(old, new)
    file.write_text(source)
