"""A Whisper of random weights: what it writes is noise, how it is run and doubted is not."""

import os
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from whisper.audio import log_mel_spectrogram, pad_or_trim  # type: ignore[import-untyped]
from whisper.model import ModelDimensions, Whisper  # type: ignore[import-untyped]

from inference.audio import SAMPLE_RATE, Waveform, decode
from inference.speech_activity import SpeechActivity
from inference.transcription import Attempt, Transcriber, compression_ratio, loops, windows
from inference.whisper_vocabulary import SymbolVocabulary
from inference.whisper_weights import load_transcriber

RECORDINGS = Path(os.environ.get("TODAK_DATA", "../shared/data")) / "audio"


class EverywhereSpeech(SpeechActivity):
    """Hears speech in all of a recording, so that what follows can be tested on any sound."""

    def __init__(self) -> None:
        """Load nothing."""

    def spans(self, waveform: Waveform) -> list[tuple[float, float]]:
        return [(0.0, waveform.duration_s)]


def random_whisper(n_vocab: int, n_text_ctx: int = 14) -> Whisper:
    torch.manual_seed(0)
    net = Whisper(ModelDimensions(80, 1500, 16, 2, 1, n_vocab, n_text_ctx, 16, 2, 1))
    torch.nn.init.normal_(net.decoder.positional_embedding, std=0.02)
    return net.eval()


@pytest.fixture(scope="module")
def transcriber() -> Transcriber:
    vocabulary = SymbolVocabulary(sorted("abcdefgh "))
    net = random_whisper(len(vocabulary))
    return Transcriber(net, vocabulary, EverywhereSpeech(), "random", synthetic=True)


def hum(seconds: float) -> Waveform:
    time_s = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    samples = 0.3 * np.sin(2 * np.pi * 150 * time_s) * (1 + np.sin(2 * np.pi * 3 * time_s)) / 2
    return Waveform(samples.astype(np.float32), SAMPLE_RATE)


def test_states_are_those_of_openais_encoder_where_it_is_filled_to_30_s(
    transcriber: Transcriber,
) -> None:
    note = hum(2.5)
    net = transcriber._model
    log_mel = log_mel_spectrogram(pad_or_trim(torch.from_numpy(note.samples)), 80)
    with torch.inference_mode():
        theirs = net.encoder(log_mel[None])
    (ours,) = transcriber.encode(note, padded=True)
    assert torch.allclose(ours.states, theirs, atol=1e-5)


@pytest.mark.parametrize("seconds", [0.35, 2.5, 29.999])
def test_only_the_notes_own_frames_are_encoded(transcriber: Transcriber, seconds: float) -> None:
    (window,) = transcriber.encode(hum(seconds))
    assert window.states.shape == (1, int(np.ceil(seconds * 50)), 16)
    assert window.onset_s == 0.0
    assert window.offset_s == pytest.approx(seconds, abs=1e-3)


def test_the_encoder_runs_once_and_its_states_can_be_given_on(transcriber: Transcriber) -> None:
    n_passes = 0

    def count(*_: object) -> None:
        nonlocal n_passes
        n_passes += 1

    hook = transcriber._model.encoder.ln_post.register_forward_hook(count)
    encoded = transcriber.encode(hum(3.0))
    given = transcriber.transcribe(hum(3.0), "ko", encoded)
    assert n_passes == 1
    assert given == transcriber.transcribe(hum(3.0), "ko")
    assert n_passes == 2
    hook.remove()


def test_a_long_note_is_cut_where_it_is_quiet(transcriber: Transcriber) -> None:
    note = hum(70.0)
    samples = note.samples.copy()
    for dip_s in (27.0, 53.5):
        samples[round((dip_s - 0.2) * SAMPLE_RATE) : round((dip_s + 0.2) * SAMPLE_RATE)] = 0.0
    cuts = list(windows(Waveform(samples, SAMPLE_RATE)))
    assert [start for start, _ in cuts[1:]] == [end for _, end in cuts[:-1]]
    assert (cuts[0][0], cuts[-1][1]) == (0, len(samples))
    assert [end / SAMPLE_RATE for _, end in cuts[:2]] == pytest.approx([27.0, 53.5], abs=0.15)
    transcript = transcriber.transcribe(Waveform(samples, SAMPLE_RATE), "en")
    assert transcript is not None
    onsets = [segment.onset_s for segment in transcript.segments]
    assert onsets == sorted(onsets)
    assert transcript.segments[-1].offset_s <= 70.0


def test_the_language_is_as_told_or_one_that_the_weights_know(transcriber: Transcriber) -> None:
    told = transcriber.transcribe(hum(1.0), "ko")
    found = transcriber.transcribe(hum(1.0))
    assert told is not None and told.language == "ko"
    assert found is not None and found.language in ("ko", "en")
    with pytest.raises(ValueError, match="no language 'fr'"):
        transcriber.transcribe(hum(1.0), "fr")


def test_what_a_random_model_writes_is_not_trusted(transcriber: Transcriber) -> None:
    transcript = transcriber.transcribe(hum(2.0), "en")
    assert transcript is not None and transcript.text
    assert not transcript.trusted
    assert transcript.mean_log_probability < 0 and 0 <= transcript.no_speech <= 1


@pytest.mark.parametrize("level", [0.0, 0.05])
def test_silence_and_noise_have_no_words(level: float) -> None:
    vocabulary = SymbolVocabulary(sorted("abcdefgh "))
    listening = Transcriber(
        random_whisper(len(vocabulary)), vocabulary, SpeechActivity(), "random", synthetic=True
    )
    noise = np.random.default_rng(0).normal(0, 1, 4 * SAMPLE_RATE) * level
    assert listening.transcribe(Waveform(noise.astype(np.float32), SAMPLE_RATE)) is None


@pytest.mark.parametrize(
    ("attempt", "doubtful"),
    [
        (Attempt("오늘은 조금 힘들었어", -0.3, 0.1), False),
        (Attempt("오늘은 조금 힘들었어", -1.3, 0.1), True),
        (Attempt("시청해 주셔서 감사합니다 " * 12, -0.1, 0.1), True),
        (Attempt("네 아니요 아니요 아니요 아니요 아니요", -0.2, 0.1), True),
        (Attempt("", -0.2, 0.1), False),
    ],
)
def test_four_doubts(attempt: Attempt, doubtful: bool) -> None:
    assert attempt.doubtful is doubtful


def test_no_speech_counts_only_beside_an_unsure_text() -> None:
    assert Attempt("감사합니다", -1.5, 0.9).silent
    assert not Attempt("감사합니다", -0.2, 0.9).silent
    assert not Attempt("감사합니다", -1.5, 0.1).silent


def test_loops_and_packing() -> None:
    assert loops("가지마 가지마 가지마 가지마 ")
    assert not loops("하하하하 오늘 정말 웃긴 일이 있었어 들어 볼래")
    assert compression_ratio("그래서 그래서 " * 20) > 2.4 > compression_ratio("어제는 비가 왔어")


def test_openais_weights_are_read_by_name_and_by_path(tmp_path: Path) -> None:
    net = random_whisper(51_865, n_text_ctx=16).half()
    kept = {"dims": asdict(net.dims), "model_state_dict": net.state_dict()}
    torch.save(kept, tmp_path / "tiny.pt")
    named = load_transcriber("tiny", [tmp_path])
    assert (named.name, named.synthetic) == ("tiny", False)
    by_path = load_transcriber(str(tmp_path / "tiny.pt"), [])
    note = hum(1.0)
    assert named.transcribe(note, "ko") == by_path.transcribe(note, "ko")


@pytest.mark.slow
def test_real_recordings_are_written_down_within_their_length(transcriber: Transcriber) -> None:
    clips = sorted((RECORDINGS / "ravdess" / "clips").glob("*"))[:20]
    if not clips:
        pytest.skip(f"no recordings in {RECORDINGS / 'ravdess'}")
    listening = Transcriber(
        transcriber._model, transcriber._vocabulary, SpeechActivity(), "random", synthetic=True
    )
    for clip in clips:
        waveform = decode(clip.read_bytes())
        transcript = listening.transcribe(waveform, "en")
        assert transcript is not None
        for segment in transcript.segments:
            assert 0 <= segment.onset_s < segment.offset_s <= waveform.duration_s
