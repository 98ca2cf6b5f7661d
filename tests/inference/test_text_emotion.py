"""The text recogniser: what it reads, what it refuses, what the shipped weights say."""

from random import Random

import pytest

from inference.analysis import Emotion
from inference.language import Language, Readability, language_of
from inference.text_emotion import (
    FEELINGS,
    LONGEST_TEXT,
    SPECIAL,
    UNKNOWN,
    WINDOW,
    WINDOWS,
    Pieces,
    TextEmotionRecognizer,
    batch,
    heard,
    known_rows,
    ngrams,
    normalise,
    windows,
)

PIECES = Pieces([*SPECIAL, "a", "##a", "ab", "##b", "나", "나는", "##는", "😭"])


@pytest.fixture(scope="module")
def recognizer() -> TextEmotionRecognizer:
    return TextEmotionRecognizer()


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ㅋㅋㅋㅋㅋㅋ 웃겨", "ㅋㅋ 웃겨"),
        ("슬퍼ㅠㅠㅠㅠ", "슬퍼ㅠㅠ"),
        ("  I'm\tSO \n happy  ", "i'm so happy"),
        ("it’s “fine”", 'it\'s "fine"'),
        ("12,000원 3번", "0,0원 0번"),
        ("a\x00b\u200bc", "a b c"),
        ("\u1112\u1161\u11ab", "한"),
        ("😭😭😭😭", "😭😭"),
        ("", ""),
    ],
)
def test_normalise(text: str, folded: str) -> None:
    assert normalise(text) == folded


def test_normalise_is_stable_and_bounded() -> None:
    once = normalise("와아아아아!!! 2024년 ㅋㅋㅋㅋ")
    assert normalise(once) == once
    assert len(normalise("가나" * LONGEST_TEXT)) <= LONGEST_TEXT


def test_the_longest_known_piece_is_cut_first() -> None:
    assert [PIECES.names[n] for n in PIECES.cut("aba 나는😭")] == ["ab", "##a", "나는", "😭"]
    assert PIECES.cut("z 나") == [UNKNOWN, PIECES.numbers["나"]]


def test_cuts_vary_only_on_request() -> None:
    always = {tuple(PIECES.cut("나는 ab")) for _ in range(20)}
    varied = {tuple(PIECES.cut("나는 ab", 0.5, Random(seed))) for seed in range(20)}
    assert len(always) == 1
    assert len(varied) > 1


def test_batch_is_padded() -> None:
    assert batch([[7], [7, 8, 9]]).tolist() == [[7, 0, 0], [7, 8, 9]]
    assert batch([[], []]).tolist() == [[0], [0]]


def test_ngrams_are_the_same_every_time_and_fit_their_type() -> None:
    found = ngrams("나는 오늘 a bit sad 😭")
    assert found == ngrams("나는 오늘 a bit sad 😭")
    assert len(set(found)) == len(found)
    assert all(-(2**31) <= number < 2**31 for number in found)
    assert ngrams("") == []


def test_only_known_ngrams_have_a_row() -> None:
    assert known_rows([5, -3, 8], {-3: 1, 5: 2}) == [2, 1]


def test_spaces_left_out_keep_many_ngrams() -> None:
    spaced, tight = (set(ngrams(t)) for t in ("너무 속상해 진짜", "너무속상해진짜"))
    assert len(spaced & tight) > len(spaced) / 3


def test_windows_cover_a_text_evenly() -> None:
    assert windows("짧은 글") == ["짧은 글"]
    text = " ".join(str(n) for n in range(3_000))
    cut = windows(text)
    assert len(cut) == WINDOWS
    assert max(map(len, cut)) <= WINDOW
    assert text.startswith(cut[0])
    assert text.endswith(cut[-1])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("오늘 회사에서 PPT 발표했어", Language.KOREAN),
        ("my friend 지수 is leaving tomorrow", Language.ENGLISH),
    ],
)
def test_language_is_that_of_most_letters(text: str, language: Language) -> None:
    assert language_of(text) is language


@pytest.mark.parametrize(
    ("text", "readability"),
    [
        ("", Readability.NO_WORDS),
        ("   \n\t ", Readability.NO_WORDS),
        ("😀😭🎉", Readability.NO_WORDS),
        ("!!! ...", Readability.NO_WORDS),
        ("12345 !!! ...", Readability.TOO_SHORT),
        ("네", Readability.TOO_SHORT),
        ("100점!", Readability.TOO_SHORT),
        ("K", Readability.TOO_SHORT),
        ("\x00\x07\u202e\u200d", Readability.NO_WORDS),
        ("انا حزين جدا اليوم", Readability.UNKNOWN_LANGUAGE),
        ("אני מאוד עצוב היום", Readability.UNKNOWN_LANGUAGE),
        ("今日はとても悲しいです", Readability.UNKNOWN_LANGUAGE),
        ("мне сегодня очень грустно", Readability.UNKNOWN_LANGUAGE),
        ("ich fühle mich heute furchtbar traurig", Readability.UNKNOWN_LANGUAGE),
        ("estoy muy triste porque murió mi perro ayer", Readability.UNKNOWN_LANGUAGE),
        ("나 슬퍼", Readability.READABLE),
        ("I am sad", Readability.READABLE),
        ("cant stop overthinking", Readability.READABLE),
        ("omg im so nervous abt tmrw lol", Readability.READABLE),
    ],
)
def test_reads(recognizer: TextEmotionRecognizer, text: str, readability: Readability) -> None:
    assert recognizer.reads(text) is readability
    assert (recognizer.predict(text) is None) == (readability is not Readability.READABLE)


@pytest.mark.parametrize(
    ("shares", "present"),
    [
        ((0.8, 0.1, 0.0, 0.0, 0.0, 0.0, 0.1), (Emotion.JOY,)),
        ((0.0, 0.3, 0.0, 0.0, 0.1, 0.5, 0.1), (Emotion.HURT, Emotion.SADNESS)),
        ((0.1, 0.1, 0.1, 0.0, 0.0, 0.0, 0.7), ()),
        ((0.0, 0.0, 0.0, 0.4, 0.0, 0.0, 0.6), (Emotion.ANXIETY,)),
    ],
)
def test_the_best_feeling_is_present_and_strong_others(
    shares: tuple[float, ...], present: tuple[Emotion, ...]
) -> None:
    assert heard(dict(zip(Emotion, shares, strict=True)), 0.3) == present


@pytest.mark.parametrize(
    ("text", "emotion"),
    [
        ("합격했다!! 너무 기뻐서 눈물이 나", Emotion.JOY),
        ("할머니가 돌아가셔서 너무 슬프고 보고 싶어", Emotion.SADNESS),
        ("진짜 열받아서 미치겠네 왜 나한테 짜증이야", Emotion.ANGER),
        ("내일 면접인데 떨려서 잠이 안 와. 떨어지면 어떡하지", Emotion.ANXIETY),
        ("사람들 앞에서 바지가 찢어져서 창피해 죽는 줄", Emotion.EMBARRASSMENT),
        ("믿었던 친구가 뒤에서 내 욕을 하고 다녔대. 배신감이 든다", Emotion.HURT),
        ("회의는 세 시에 2층 회의실에서 합니다", Emotion.NEUTRAL),
        ("I got the job!! I'm so happy I could cry", Emotion.JOY),
        ("My dog died last night and I miss him so much", Emotion.SADNESS),
        ("I am furious, how dare he lie to my face again", Emotion.ANGER),
        ("I'm so scared about the surgery tomorrow, what if it goes wrong", Emotion.ANXIETY),
        (
            "I called my teacher mum in front of the whole class, so embarrassing",
            Emotion.EMBARRASSMENT,
        ),
        ("The meeting is at three in room two.", Emotion.NEUTRAL),
        ("Can you remind me what time the meeting starts tomorrow?", Emotion.NEUTRAL),
        ("The bus leaves at ten past four from stop B.", Emotion.NEUTRAL),
        ("괜찮아", Emotion.NEUTRAL),
        ("괜찮아, 걱정 마", Emotion.NEUTRAL),
        ("I'm fine", Emotion.NEUTRAL),
        ("화난 거 아니야", Emotion.NEUTRAL),
        ("괜찮은 척했지만 너무 힘들어", Emotion.SADNESS),
        ("드디어 끝났다 죽는 줄", Emotion.JOY),
    ],
)
def test_obvious_sentences(recognizer: TextEmotionRecognizer, text: str, emotion: Emotion) -> None:
    estimate = recognizer.predict(text)
    assert estimate is not None
    assert estimate.label is emotion


@pytest.mark.parametrize(
    ("text", "present"),
    [
        ("시험에 떨어져서 너무 슬퍼", (Emotion.SADNESS,)),
        ("친구가 내 생일을 잊어서 서운해", (Emotion.HURT,)),
        ("I feel so happy today", (Emotion.JOY,)),
        ("지금 버스 타고 가는 중이야", ()),
    ],
)
def test_a_plain_sentence_holds_its_one_feeling(
    recognizer: TextEmotionRecognizer, text: str, present: tuple[Emotion, ...]
) -> None:
    estimate = recognizer.predict(text)
    assert estimate is not None
    assert estimate.present == present
    assert estimate.sure


@pytest.mark.parametrize(
    "text",
    [
        "오늘 좀 그래",
        "meh",
        "ㅠㅠ",
        "친구가 \x00\x1b[31m 미워 \u202e",
        "שלום i feel so lonely here today really",
        "ㅋ" * 3000 + " 웃겨",
        "오늘은 정말 힘든 하루였어. " * 700,
        "A" * 10_000,
    ],
)
def test_estimates_are_probabilities(recognizer: TextEmotionRecognizer, text: str) -> None:
    estimate = recognizer.predict(text)
    assert estimate is not None
    assert set(estimate.posterior) == set(Emotion)
    assert sum(estimate.posterior.values()) == pytest.approx(1.0)
    assert all(0.0 <= p <= 1.0 for p in estimate.posterior.values())
    assert set(estimate.present) <= set(FEELINGS)


def test_long_text_is_judged_by_all_of_it(recognizer: TextEmotionRecognizer) -> None:
    joyful = "오늘은 정말 행복하고 즐거운 하루였어! 너무 신난다. " * 300
    estimate = recognizer.predict(joyful[:10_000])
    assert estimate is not None
    assert estimate.label is Emotion.JOY
    late = recognizer.predict("회의는 세 시입니다. " * 40 + joyful[:9_000])
    assert late is not None
    assert late.label is Emotion.JOY


def test_the_same_text_gives_the_same_estimate(recognizer: TextEmotionRecognizer) -> None:
    text = "내일이 걱정돼"
    assert recognizer.predict(text) == recognizer.predict(text)
