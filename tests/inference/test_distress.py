"""Danger in words: what must be caught, what must not, and what never hides it."""

import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inference.analysis import Distress, DistressKind, DistressLevel
from inference.character_ngrams import join_letters
from inference.checkpoints import CheckpointMismatch
from inference.distress import CLASSES, DistressScreen, most_urgent
from inference.distress_phrases import certain_danger
from inference.sentence_windows import MAX_CHARACTERS, windows

ROOT = Path(__file__).parents[2]
WEIGHTS = ROOT / "models/weights/distress.safetensors"
SENTENCES = ROOT / "tests/sentences"
HARMLESS = (
    "오늘 점심은 김치볶음밥이었고 오후에는 도서관에서 책을 읽었다.",
    "The weather was mild and we walked the dog by the park.",
)


@pytest.fixture(scope="module")
def screen() -> DistressScreen:
    return DistressScreen.load(WEIGHTS)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("죽고 싶어요", DistressKind.SELFHARM),
        ("너무 힘들어서 그냥 죽고 싶다", DistressKind.SELFHARM),
        ("자살 생각이 자꾸 나요", DistressKind.SELFHARM),
        ("더 이상 살고 싶지 않아요", DistressKind.SELFHARM),
        ("방금 손목 그었어", DistressKind.SELFHARM),
        ("약을 한꺼번에 다 먹었어", DistressKind.SELFHARM),
        ("나 하나 없어지면 다들 편할 거야", DistressKind.SELFHARM),
        ("친구가 자살하겠대요 어떡해요", DistressKind.SELFHARM),
        ("I want to die", DistressKind.SELFHARM),
        ("i'm going to kill myself tonight", DistressKind.SELFHARM),
        ("everyone would be better off if I were gone", DistressKind.SELFHARM),
        ("I took all my pills", DistressKind.SELFHARM),
        ("살려주세요", DistressKind.HELP),
        ("엄마가 쓰러졌어요", DistressKind.MEDICAL),
        ("집에 불났어요 살려주세요", DistressKind.FIRE),
        ("엘리베이터에 갇혔어요", DistressKind.TRAPPED),
        ("남편이 때려요 도와주세요", DistressKind.VIOLENCE),
        ("my house is on fire", DistressKind.FIRE),
        ("my dad collapsed and isn't breathing", DistressKind.MEDICAL),
    ],
)
def test_catches(screen: DistressScreen, text: str, kind: DistressKind) -> None:
    assert screen.screen(text).kind is kind


@pytest.mark.parametrize(
    "text",
    [
        "배고파 죽겠다",
        "웃겨 죽겠네 ㅋㅋㅋ",
        "보고 싶어 죽겠어",
        "여기 야경 죽인다",
        "전복죽 먹고 싶다",
        "발등에 불 떨어졌어 내일 마감이야",
        "감기약 먹고 누웠어",
        "한강에서 치맥했어",
        "배터리 죽었어 충전기 있어?",
        "오늘 날씨 좋다",
        "my phone died",
        "this exam is killing me",
        "I'm starving, what's for dinner",
        "what a lovely day",
    ],
)
def test_lets_pass(screen: DistressScreen, text: str) -> None:
    found = screen.screen(text)
    assert (found.kind, found.level) == (DistressKind.NONE, DistressLevel.NONE)


@pytest.mark.parametrize(
    "text",
    [
        "죽.고.싶.다",
        "죽 고 싶 다",
        "죽\u200b고\u200b 싶\u200b어",
        "ㅈㅜㄱ고 싶어",
        "죽고1싶다",
        "자1살하고 싶어",
        "죽고 싶어ㅓㅓㅓㅓㅓㅓ",
        "죽고 싶어",  # decomposed
        "ＫＩＬＬ ＭＹＳＥＬＦ",
        "k i l l m y s e l f",
        "kіll myself",  # Cyrillic i
        "k1ll mys3lf",
        "\x00\x07죽고 싶어\x1b[0m",
        "\u202e죽고 싶어",
    ],
)
def test_spelling_games_do_not_hide(screen: DistressScreen, text: str) -> None:
    assert screen.screen(text).kind is DistressKind.SELFHARM


def test_letters_typed_one_by_one_become_syllables_and_laughter_stays() -> None:
    assert join_letters("ㅈㅜㄱ고 싶어") == "죽고 싶어"
    assert join_letters("ㅅㅏㄹㄹㅕㅈㅝ") == "살려줘"
    assert join_letters("ㅋㅋㅜㅜ ㅠㅠ ㅈㅅ") == "ㅋㅋㅜㅜ ㅠㅠ ㅈㅅ"


def test_the_most_urgent_sentence_names_the_danger(screen: DistressScreen) -> None:
    both = "너무 힘들어서 죽고 싶어요. 남편이 칼 들고 쫓아와요 살려주세요"
    assert screen.screen(both).level is DistressLevel.CRY
    assert screen.screen("죽고 싶어. 방금 약 다 먹었어.").level is DistressLevel.IN_PROGRESS
    kinds = np.eye(len(CLASSES), dtype=np.float32)[[0, 1, 2]]
    assert most_urgent(kinds, np.array([0.9, 0.6, 0.4], dtype=np.float32)) == CLASSES[1]
    assert most_urgent(kinds, np.array([0.2, 0.4, 0.3], dtype=np.float32)) == CLASSES[1]
    assert most_urgent(kinds[:0], np.zeros(0, dtype=np.float32)) is None


@pytest.mark.parametrize("mark", ["", ".", "!", "...", " !!"])
def test_marks_at_the_end_hide_nothing(screen: DistressScreen, mark: str) -> None:
    for text in ("집에 불이 났어요", "죽고 싶어", "someone is breaking in", "I want to die"):
        assert screen.screen(text + mark).level is not DistressLevel.NONE


@pytest.mark.parametrize("text", ["살려주세요", "집에 불이 났어요", "he has a knife help me"])
def test_a_cry_is_told_from_other_danger(screen: DistressScreen, text: str) -> None:
    found = screen.screen(text)
    assert 0.5 < found.cry_probability <= found.probability
    assert screen.screen("죽고 싶어요").cry_probability < 0.2
    assert screen.screen("오늘 날씨 좋다").cry_probability < 0.2


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "😀😀", "...", "\u200b", "ㅤ"])
def test_nothing_said_is_nothing_found(screen: DistressScreen, text: str) -> None:
    assert screen.screen(text).level is DistressLevel.NONE


@pytest.mark.parametrize("danger", ["죽고 싶어요.", "I want to kill myself."])
@pytest.mark.parametrize("place", [0.0, 0.5, 1.0])
def test_a_long_message_hides_nothing(screen: DistressScreen, danger: str, place: float) -> None:
    sentences = [f"{i}번째로 {HARMLESS[i % 2]}" for i in range(180)]
    sentences.insert(int(place * len(sentences)), danger)
    text = " ".join(sentences)
    assert 8_000 < len(text) < 15_000
    assert screen.screen(text).kind is DistressKind.SELFHARM


def test_long_spam_is_bounded(screen: DistressScreen) -> None:
    began = time.perf_counter()
    screen.screen("아 " * 100_000)
    screen.screen("".join(f"말 {i}. " for i in range(20_000)))
    assert time.perf_counter() - began < 20.0


def test_windows_hold_sentences_and_neighbours() -> None:
    assert windows("하나다. 둘이다. 셋이다.") == [
        "하나다.",
        "둘이다.",
        "셋이다.",
        "하나다. 둘이다.",
        "둘이다. 셋이다.",
        "하나다. 둘이다. 셋이다.",
    ]
    assert windows("죽.고.싶.다") == ["죽.고.싶.다"]
    assert windows("") == [""]
    assert all(len(piece) <= 2 * MAX_CHARACTERS for piece in windows("가" * 100_000))


def test_phrases_are_not_taken_from_what_takes_them_back() -> None:
    assert certain_danger("죽고 싶어") == (DistressKind.SELFHARM, DistressLevel.THOUGHTS)
    assert certain_danger("죽고 싶은 건 아니야") is None
    assert certain_danger("창피해서 죽고 싶었어") is None
    assert certain_danger("'죽고 싶지만 떡볶이는 먹고 싶어' 읽었어") is None
    assert certain_danger("never wanted to kill myself") is None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=300))
def test_never_raises(screen: DistressScreen, text: str) -> None:
    found = screen.screen(text)
    assert 0.0 <= found.cry_probability <= found.probability + 1e-6
    assert found.probability <= 1.0
    none = (found.kind is DistressKind.NONE, found.level is DistressLevel.NONE)
    assert none in ((True, True), (False, False))
    if found.kind is DistressKind.SELFHARM:
        assert found.level in (DistressLevel.THOUGHTS, DistressLevel.IN_PROGRESS)
    elif found.kind is not DistressKind.NONE:
        assert found.level is DistressLevel.CRY


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    before=st.lists(st.sampled_from(HARMLESS), max_size=6),
    after=st.lists(st.sampled_from(HARMLESS), max_size=6),
    danger=st.sampled_from(["죽고 싶어.", "살려주세요!", "I want to die.", "방금 약 다 먹었어."]),
)
def test_harmless_words_hide_nothing(
    screen: DistressScreen, before: list[str], after: list[str], danger: str
) -> None:
    assert screen.screen(" ".join([*before, danger, *after])).level is not DistressLevel.NONE


def test_threads_get_the_same_answers(screen: DistressScreen) -> None:
    texts = ["죽고 싶어", "배고파 죽겠다", "살려주세요", "my phone died"] * 5
    alone = [screen.screen(text) for text in texts]
    together: dict[int, list[Distress]] = {}

    def work(number: int) -> None:
        together[number] = [screen.screen(text) for text in texts]

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for answers in together.values():
        assert [(a.kind, a.level) for a in answers] == [(a.kind, a.level) for a in alone]


def test_weights_that_are_missing_or_foreign(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        DistressScreen.load(tmp_path / "none.safetensors")
    foreign = tmp_path / "foreign.safetensors"
    foreign.write_bytes(b"no weights at all")
    with pytest.raises(CheckpointMismatch):
        DistressScreen.load(foreign)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_shipped_weights_hold_their_floors(screen: DistressScreen, language: str) -> None:
    """On the lines of all authors who wrote nothing that was learnt."""
    paths = sorted(SENTENCES.glob(f"distress_{language}*_test.tsv"))
    lines = [line for path in paths for line in path.read_text("utf-8").splitlines() if line]
    rows = [line.split("\t") for line in lines]
    found = [(row[0], screen.screen(row[2]).level is not DistressLevel.NONE) for row in rows]

    def share(kinds: set[str]) -> float:
        hits = [hit for kind, hit in found if kind in kinds]
        return sum(hits) / len(hits)

    cries = {kind for kind, _ in found} - {"none", "selfharm"}
    assert share({"selfharm"}) >= 0.95
    assert share(cries) >= 0.95
    assert share({"none"}) <= 0.05


@pytest.mark.parametrize(
    ("language", "fewest_cries", "most_look_alikes"), [("ko", 0.96, 0.03), ("en", 0.93, 0.07)]
)
def test_shipped_weights_hear_spoken_cries(
    screen: DistressScreen, language: str, fewest_cries: float, most_look_alikes: float
) -> None:
    path = SENTENCES / f"emergency_{language}_test.tsv"
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    found = [(row[1] == "cry", screen.screen(row[2]).level) for row in rows]
    cries = [level is not DistressLevel.NONE for cry, level in found if cry]
    taken = [level is not DistressLevel.NONE for cry, level in found if not cry]
    assert sum(cries) / len(cries) >= fewest_cries
    assert sum(taken) / len(taken) <= most_look_alikes


@pytest.mark.parametrize("language", ["ko", "en"])
def test_short_ordinary_replies_are_not_taken_for_danger(
    screen: DistressScreen, language: str
) -> None:
    path = SENTENCES / f"replies_{language}_test.tsv"
    texts = [line.split("\t")[2] for line in path.read_text("utf-8").splitlines()]
    taken = [text for text in texts if screen.screen(text).level is not DistressLevel.NONE]
    assert len(taken) <= 0.04 * len(texts), taken


@pytest.mark.parametrize(
    "text",
    [
        "맞아요",
        "나중에 할게요",
        "여기까지 할게요",
        "아래로",
        "네",
        "아니요",
        "bye",
        "ok bye",
        "k",
        "K",
        "/delete",
        "keep them",
    ],
)
def test_what_people_type_every_day_is_no_danger(screen: DistressScreen, text: str) -> None:
    assert screen.screen(text).level is DistressLevel.NONE


@pytest.mark.parametrize(
    "text", ["bye, I took all the pills", "나 갈게 이제 다 끝낼 거야 죽고 싶어"]
)
def test_an_everyday_reply_hides_nothing_around_it(screen: DistressScreen, text: str) -> None:
    assert screen.screen(text).level is not DistressLevel.NONE
