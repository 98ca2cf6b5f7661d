"""`todak sounds propose` and `file`: unfiled sounds are proposed, a person has the last word."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.__main__ import main
from inference.bands import SAMPLE_RATE, Array
from inference.sound_library import SoundLibrary
from tests.inference.encoded import wav
from tests.inference.test_sound_filing import drops, hiss, hum

LIBRARY = Path("library")
TABLE = LIBRARY / "proposals.csv"


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.__main__.set_up", lambda level: None)


def ingest(name: str, make: Callable[[int], Array], seeds: range, *options: str) -> None:
    folder = Path(name)
    folder.mkdir()
    for seed in seeds:
        (folder / f"{name}{seed}.wav").write_bytes(wav(make(seed), SAMPLE_RATE, 1))
    given = ["--into", str(LIBRARY), "--source", "a friend", "--licence", "CC0", *options]
    assert main(["sounds", "ingest", name, *given]) == 0


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(name: str, kind: str) -> None:
    """What a person does in a spreadsheet."""
    changed = [row | {"kind": kind} if row["file"] == name else row for row in rows()]
    with TABLE.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.DictWriter(file, list(changed[0]))
        table.writeheader()
        table.writerows(changed)


def kinds() -> dict[str, str | None]:
    return {entry.name: entry.kind for entry in SoundLibrary(LIBRARY).entries}


@pytest.fixture
def grown() -> None:
    """Two kinds are known; four sounds came without a word, two of a kind that nobody filed."""
    ingest("rain", hiss, range(2), "--kind", "rain")
    ingest("fire", drops, range(2), "--kind", "fireplace")
    ingest("found", lambda seed: (hiss if seed < 12 else hum)(seed), range(10, 14))


def test_sounds_are_proposed_in_groups_and_filed(
    grown: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sounds", "propose", "library"]) == 0
    told = capsys.readouterr()
    assert "2 proposed (rain 2), 2 left to you, 2 groups" in told.out
    assert told.out.rstrip().endswith("todak sounds file library")
    assert "8 of 8: found13.wav: heard" in told.err
    table = {row["file"]: row for row in rows()}
    assert {name: row["kind"] for name, row in table.items()} == {
        "found10.wav": "rain", "found11.wav": "rain", "found12.wav": "", "found13.wav": "",
    }  # fmt: skip
    assert table["found10.wav"]["group"] == table["found11.wav"]["group"]
    assert table["found12.wav"]["group"] == table["found13.wav"]["group"]
    assert table["found10.wav"]["group"] != table["found12.wav"]["group"]
    assert (LIBRARY / table["found10.wav"]["listen"]).is_file()

    write("found11.wav", "")
    write("found12.wav", "냉장고")
    capsys.readouterr()
    assert main(["sounds", "file", "library"]) == 0
    filed = "library: 2 filed (rain 1, 냉장고 1); new kinds: 냉장고; 2 not filed yet\n"
    assert capsys.readouterr().out == filed
    assert kinds()["found10.wav"] == "rain" and kinds()["found12.wav"] == "냉장고"
    assert main(["sounds", "file", "library"]) == 0
    assert "library: 0 filed; 2 not filed yet" in capsys.readouterr().out


def test_what_was_filed_teaches_and_what_was_written_stays(
    grown: None, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["sounds", "propose", "library"])
    write("found12.wav", "hum")
    write("found10.wav", "")  # not now
    main(["sounds", "file", "library"])
    capsys.readouterr()
    assert main(["sounds", "propose", "library"]) == 0
    told = capsys.readouterr()
    assert told.err == ""  # nothing is heard twice
    assert {row["file"]: row["kind"] for row in rows()} == {
        "found10.wav": "",
        "found13.wav": "hum",
    }


def test_where_nothing_is_filed_sounds_are_only_grouped(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ingest("found", lambda seed: (hiss if seed < 2 else hum)(seed), range(4))
    assert main(["sounds", "propose", "library"]) == 0
    told = capsys.readouterr().out
    assert "0 proposed, 4 left to you, 2 groups" in told and "Nothing is filed yet" in told
    assert {row["kind"] for row in rows()} == {""}


def test_each_thing_that_is_missing_is_said(
    grown: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sounds", "file", "library"]) == 2
    assert "todak sounds propose library writes it" in capsys.readouterr().err
    for act in ("propose", "file"):
        assert main(["sounds", act, "nowhere"]) == 2
        assert "nowhere is no library of sounds" in capsys.readouterr().err
    assert not Path("nowhere").exists()
    for broken in (b"a;b\n1;2\n", "group,kind\n1,비".encode("cp949")):
        TABLE.write_bytes(broken)
        assert main(["sounds", "file", "library"]) == 2
        assert "proposals.csv" in capsys.readouterr().err
    TABLE.unlink()
    main(["sounds", "propose", "library"])
    write("found10.wav", "x" * 60)
    capsys.readouterr()
    assert main(["sounds", "file", "library"]) == 2
    assert "nothing was filed" in capsys.readouterr().err
    assert kinds()["found11.wav"] is None


def test_all_filed_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    ingest("rain", hiss, range(1), "--kind", "rain")
    capsys.readouterr()
    assert main(["sounds", "propose", "library"]) == 2
    assert "all 1 sounds are filed already" in capsys.readouterr().err
