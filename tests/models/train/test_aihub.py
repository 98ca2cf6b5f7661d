"""Reading AI Hub's corpus in the layout that the source document shows."""

from pathlib import Path

import pytest

from inference.analysis import Emotion
from models.train.aihub import divided, read_dialogue, recordings

HEADER = "NO.,성우,연령,성별,상황키워드,감정_대분류,감정_소분류,사람문장"
ROWS = [
    "M_000001,LSW,청소년,남성,학업 및 진로,기쁨,감사하는,반장이 됐어! 고마워",
    "F_000021,JSY,청소년,여성,가족관계,당황,고립된,부모님이 친구를 싫어하셔",
    '"M_000040",PSM,청년,남성,"연애, 결혼, 출산",상처,질투하는,그 애가 다른 사람과 사귄대',
    'F_005000,JYC,중년,여성,건강,상처,"가난한, 불우한",병원비가 감당이 안돼',
]


def write(path: Path, encoding: str, rows: list[str] = ROWS) -> Path:
    path.write_bytes("\r\n".join([HEADER, *rows]).encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["cp949", "utf-8", "utf-8-sig"])
def test_every_column_is_read(tmp_path: Path, encoding: str) -> None:
    lines = read_dialogue(write(tmp_path / "text.csv", encoding))
    assert [line.emotion for line in lines] == [
        Emotion.JOY, Emotion.EMBARRASSMENT, Emotion.HURT, Emotion.HURT
    ]  # fmt: skip
    jealous, poor = lines[2:]
    assert (jealous.age, jealous.sex, jealous.situation) == ("청년", "남성", "연애, 결혼, 출산")
    assert (jealous.number, jealous.actor, jealous.fine) == ("M_000040", "PSM", "질투하는")
    assert (poor.fine, poor.text) == ("가난한, 불우한", "병원비가 감당이 안돼")
    example = jealous.example()
    assert example.text == "그 애가 다른 사람과 사귄대" and example.emotion is Emotion.HURT


def test_the_larger_edition_and_tabs(tmp_path: Path) -> None:
    path = tmp_path / "training.tsv"
    columns = "연령\t성별\t감정_대분류\t감정_소분류\t사람문장1\t시스템응답1"
    path.write_text(f"{columns}\n노년\t남성\t불안\t두려운\t무서워\t왜요\n", "utf-8")
    (line,) = read_dialogue(path)
    assert (line.text, line.emotion, line.age, line.number) == (
        "무서워",
        Emotion.ANXIETY,
        "노년",
        "",
    )


def test_a_table_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("text,label\n안녕,기쁨\n", "utf-8")
    with pytest.raises(ValueError, match="감정_대분류"):
        read_dialogue(path)
    wrong = write(tmp_path / "shifted.csv", "utf-8", ["M_1,A,청년,남성,건강,감사하는,기쁨,고마워"])
    with pytest.raises(ValueError, match="line 2: '감사하는'"):
        read_dialogue(wrong)


def test_a_blank_sentence_is_no_example(tmp_path: Path) -> None:
    blank = "M_000002,LSW,청소년,남성,건강,기쁨,감사하는,  "
    lines = read_dialogue(write(tmp_path / "text.csv", "utf-8", [blank, *ROWS]))
    assert [line.number for line in lines] == [row.split(",")[0].strip('"') for row in ROWS]


def test_a_field_without_an_end_is_said_with_its_line(tmp_path: Path) -> None:
    endless = f'M_000002,LSW,청소년,남성,건강,기쁨,감사하는,"{"가" * 140_000}'
    table = write(tmp_path / "long.csv", "utf-8", [ROWS[0], endless])
    with pytest.raises(ValueError, match=r"long\.csv, line 3: field larger"):
        read_dialogue(table)


@pytest.mark.parametrize(
    "content", ["감정_대분류\t사람문장".encode("utf-16"), b"PK\x03\x04\xff\xff"]
)
def test_a_table_that_is_no_text_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "table.xlsx"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"table\.xlsx: is text in neither UTF-8 nor CP949"):
        read_dialogue(path)


def test_a_missing_recording_moves_no_other(tmp_path: Path) -> None:
    lines = read_dialogue(write(tmp_path / "text.csv", "cp949"))
    men = tmp_path / "음성/감성대화말뭉치AI데이터_Wave_남자성우_5000"
    women = tmp_path / "음성/감성대화말뭉치AI데이터_Wave_여자성우_5000"
    for folder, numbers in ((men, ["M_000040"]), (women, ["F_000021", "F_005000", "F_009999"])):
        folder.mkdir(parents=True)
        for number in numbers:
            (folder / f"{number}.wav").touch()
    found = recordings(tmp_path, lines)
    assert found == {
        "M_000040": men / "M_000040.wav",
        "F_000021": women / "F_000021.wav",
        "F_005000": women / "F_005000.wav",
    }


def test_a_sentence_that_several_read_stays_on_one_side(tmp_path: Path) -> None:
    rows = [
        f"{sex}_{i:06d},A,청년,남성,건강,기쁨,기쁨,{between.join(['문장', chr(0xAC00 + i)])}"
        for i in range(400)
        for sex, between in (("M", " "), ("F", ""))
    ]
    learnt, kept = divided(read_dialogue(write(tmp_path / "a.csv", "utf-8", rows)), 0.15, 0)
    assert 0.08 < len(kept) / 800 < 0.25
    apart = {line.text.replace(" ", "") for line in kept}
    assert not apart & {line.text.replace(" ", "") for line in learnt}
