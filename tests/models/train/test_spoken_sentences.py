"""Sentences as they are spoken, and what espeak-ng makes of them where it is installed."""

from collections import Counter
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from inference.audio import SAMPLE_RATE
from models.train.spoken_sentences import (
    SENTENCES,
    TEST_SENTENCES,
    Clip,
    ClipFacts,
    Line,
    drawn_lines,
    load_clips,
    normalized,
    read_lines,
    save_clips,
    splits,
    write_shard,
)
from models.train.synthetic_speech import (
    TEST_VARIANTS,
    VALIDATION_VARIANTS,
    VARIANTS,
    Manner,
    NoSynthesizer,
    Synthesizer,
)


@pytest.fixture(scope="module")
def synthesizer() -> Synthesizer:
    try:
        return Synthesizer()
    except NoSynthesizer as error:
        pytest.skip(str(error))


@pytest.mark.parametrize(
    ("text", "language", "spoken"),
    [
        ("오늘 어땠어?!", "ko", "오늘 어땠어"),
        ("나 진짜… ㅠㅠ 힘들어 ㅋㅋ", "ko", "나 진짜 힘들어"),
        ("94점 맞았어", "ko", None),
        ("BTS 콘서트", "ko", None),
        ("I’m SO tired.", "en", "i'm so tired"),
        ("café", "en", None),
    ],
)
def test_sentences_are_spelt_as_they_are_spoken(
    text: str, language: str, spoken: str | None
) -> None:
    assert normalized(text, language) == spoken


def test_learned_chosen_and_test_sentences_and_voices_are_apart() -> None:
    lines, test = read_lines(SENTENCES), read_lines(TEST_SENTENCES)
    learned, chosen = splits(lines)
    found = Counter(line.language for line in chosen)
    assert min(found["ko"], found["en"]) > 100
    assert splits(lines[::2])[1] == [line for line in lines[::2] if line in chosen]
    assert not set(learned) & set(chosen)
    assert len(learned) + len(chosen) == len(lines) > 10_000 and len(test) > 300
    voices = [set(VARIANTS), set(VALIDATION_VARIANTS), set(TEST_VARIANTS)]
    assert len(set.union(*voices)) == sum(map(len, voices))


def test_phrases_are_drawn_out_of_sentences() -> None:
    lines = [Line("하나 둘 셋 넷 다섯 여섯", "ko"), Line("one two three four five six", "en")]
    drawn = list(islice(drawn_lines(lines, np.random.default_rng(0)), 300))
    korean = sum(line.language == "ko" for line in drawn) / 300
    whole = sum(line in lines for line in drawn) / 300
    assert 0.5 < korean < 0.7 and 0.5 < whole < 0.7
    for line in drawn:
        assert any(line.text in sentence.text for sentence in lines)


def test_clips_come_back_as_they_were_kept(tmp_path: Path) -> None:
    facts = ClipFacts("네", "ko", "ko+f2", 40, ((0.1, "n"), (0.2, "e")))
    clip = Clip(facts, torch.randn(80, 40).half())
    save_clips(tmp_path / "shard.safetensors", [clip])
    (kept,) = load_clips(tmp_path / "shard.safetensors")
    assert kept.facts == facts and torch.equal(kept.log_mel, clip.log_mel)


def test_speech_has_its_phonemes_at_their_moments(synthesizer: Synthesizer) -> None:
    spoken = synthesizer.speak("오늘은 기분이 좋아요", Manner("ko+f2", 150, 50, 50))
    duration_s = len(spoken.samples) / SAMPLE_RATE
    onsets_s = [onset_s for onset_s, _ in spoken.phonemes]
    assert 1.0 < duration_s < 4.0 and np.abs(spoken.samples).max() > 0.1
    assert len(onsets_s) > 10 and onsets_s == sorted(onsets_s)
    assert 0.0 <= onsets_s[0] < 0.3 and onsets_s[-1] <= duration_s
    faster = synthesizer.speak("오늘은 기분이 좋아요", Manner("ko+f2", 200, 50, 50))
    assert len(faster.samples) < len(spoken.samples)
    with pytest.raises(ValueError, match="no voice xx"):
        synthesizer.speak("네", Manner("xx", 150, 50, 50))


def test_a_shard_says_the_same_each_time(synthesizer: Synthesizer, tmp_path: Path) -> None:
    lines = [Line("오늘은 기분이 좋아요", "ko"), Line("i am so tired today", "en")]
    for name in ("one", "two"):
        write_shard(tmp_path / name, lines, 6, (1, 2))
    one, two = load_clips(tmp_path / "one"), load_clips(tmp_path / "two")
    for first, second in zip(one, two, strict=True):
        assert (first.facts.text, first.facts.voice) == (second.facts.text, second.facts.voice)
    for clip in one:
        assert clip.log_mel.shape == (80, clip.facts.n_frames)
        assert not clip.facts.text or clip.facts.voice.partition("+")[2] in VARIANTS
