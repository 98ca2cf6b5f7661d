"""Pictures of the documentation: each is shown or linked somewhere, none is missing."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
LINK = re.compile(r"\]\(([^)]+\.(?:png|svg))\)")


def test_every_picture_is_linked_and_there() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    linked = {
        (page.parent / name).resolve() for page in pages for name in LINK.findall(page.read_text())
    }
    assert linked == set(PICTURES.iterdir())
    for width in ("wide", "phone"):
        for language in ("ko", "en"):
            for time in ("day", "night"):
                assert PICTURES / f"{width}-{language}-{time}.png" in linked
