"""docs/security.md: every threat names tests, and every test that it names exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def threats() -> list[list[str]]:
    """The rows of all tables of threats, cell by cell."""
    text = (ROOT / "docs" / "security.md").read_text("utf-8").partition("## Threats")[2]
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows if row[0].strip() != "threat"]


def names_below(folder: Path) -> set[str]:
    """The names of all test functions below `folder`."""
    trees = (ast.parse(path.read_text("utf-8")) for path in folder.rglob("test_*.py"))
    functions = (node for tree in trees for node in ast.walk(tree))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    names = {node.name for node in functions if isinstance(node, kinds)}
    return {name for name in names if name.startswith("test_")}


def test_every_threat_names_tests_that_exist() -> None:
    existing = names_below(ROOT / "tests")
    rows = threats()
    assert len(rows) > 20
    for threat, stops, _, tests in rows:
        named = re.findall(r"`(test_\w+)`", tests)
        assert named, threat
        assert stops, threat
        assert set(named) <= existing, (threat, set(named) - existing)


def test_every_test_of_this_folder_stands_in_the_document() -> None:
    document = (ROOT / "docs" / "security.md").read_text("utf-8")
    own = names_below(Path(__file__).parent) - names_in(Path(__file__))
    assert {name for name in own if f"`{name}`" not in document} == set()


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
