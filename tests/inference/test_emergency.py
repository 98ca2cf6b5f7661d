"""The ear: windows over the whole note, level-free spectrograms, thresholds, and the vote."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch

from inference import checkpoints
from inference.analysis import (
    Distress,
    DistressKind,
    DistressLevel,
    Emergency,
    EmergencyLevel,
    SoundKind,
)
from inference.audio import SAMPLE_RATE, Waveform
from inference.emergency import (
    EMERGENCIES,
    KINDS,
    EmergencyEar,
    Heard,
    Judge,
    emergency_logit,
    log_mel_of,
    windows_of,
    with_words,
)
from inference.weights import CNN_WEIGHTS, ENCODER_WEIGHTS
from models.emergency_cnn import EmergencyCnn, EmergencyCnnConfig
from models.emergency_encoder import EmergencyEncoder, EmergencyEncoderConfig
from models.train.emergency_signals import levelled
from models.train.emergency_sounds import scream
from models.train.ordinary_sounds import washer

WEIGHTS = Path(__file__).parents[2] / "models" / "weights"
JUDGE = Judge(scale=1.0, offset=0.0, ask=0.5, alarm=0.9)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    alone = {"kinds": [kind.value for kind in KINDS], "alone": asdict(JUDGE)}
    cnn, encoder = EmergencyCnnConfig(), EmergencyEncoderConfig()
    checkpoints.save(tmp_path / CNN_WEIGHTS, EmergencyCnn(cnn).half(), cnn, alone)
    checkpoints.save(
        tmp_path / ENCODER_WEIGHTS,
        EmergencyEncoder(encoder),
        encoder,
        {**alone, "together": asdict(JUDGE)},
    )
    return tmp_path


def noise(duration_s: float, level: float = 0.1) -> Waveform:
    rng = np.random.default_rng(3)
    samples = level * rng.standard_normal(round(duration_s * SAMPLE_RATE))
    return Waveform(samples.astype(np.float32), SAMPLE_RATE)


def logits(of: dict[SoundKind, float]) -> torch.Tensor:
    return torch.tensor([[of.get(kind, -9.0) for kind in KINDS]])


@pytest.mark.parametrize("duration_s", [0.03, 1.0, 4.0, 9.3, 61.0])
def test_windows_leave_nothing_out(duration_s: float) -> None:
    waveform = noise(duration_s)

    windows = windows_of(waveform)

    heard = np.zeros(len(waveform.samples), bool)
    for onset_s, piece in windows:
        onset = round(onset_s * SAMPLE_RATE)
        assert np.array_equal(piece.samples, waveform.samples[onset : onset + len(piece.samples)])
        heard[onset : onset + len(piece.samples)] = True
    assert heard.all()


@pytest.mark.parametrize("duration_s", [0.01, 0.5, 4.0, 31.0])
@pytest.mark.parametrize("level", [0.0, 1e-5, 0.3])
def test_a_note_of_any_length_and_level_is_judged(
    folder: Path, duration_s: float, level: float
) -> None:
    emergency = EmergencyEar.load(folder).hear(noise(duration_s, level))

    assert 0.0 <= emergency.probability <= 1.0
    assert set(emergency.votes) == {"cnn", "encoder"}


def test_silence_is_ordinary(folder: Path) -> None:
    emergency = EmergencyEar.load(folder).hear(noise(6.0, 0.0))

    assert emergency.level is EmergencyLevel.NONE
    assert emergency.probability == 0.0
    assert not any(emergency.votes.values())


def test_the_level_of_a_recording_changes_nothing() -> None:
    loud, quiet = log_mel_of(noise(2.0, 0.3)), log_mel_of(noise(2.0, 0.003))

    assert loud.shape == (80, 200)
    assert loud.max() == pytest.approx(2.0)
    assert torch.allclose(loud, quiet, atol=1e-3)


def test_silence_is_zero_in_the_spectrogram() -> None:
    waveform = noise(2.0)
    waveform.samples[SAMPLE_RATE:] = 0.0

    log_mel = log_mel_of(waveform)

    assert log_mel[:, 110:].abs().max() == 0.0
    assert log_mel_of(noise(1.0, 0.0)).abs().max() == 0.0


def test_the_spectrogram_is_whispers_but_for_its_level() -> None:
    from whisper.audio import log_mel_spectrogram  # type: ignore[import-untyped]

    waveform = noise(2.0)
    whispers = log_mel_spectrogram(torch.from_numpy(waveform.samples))

    ours = log_mel_of(waveform)

    difference = (whispers - ours)[:, 2:-2]  # Whisper mirrors the ends
    assert float(difference.std()) < 1e-3


def test_the_worst_window_decides(folder: Path) -> None:
    ear = EmergencyEar.load(folder)
    ordinary, fire = logits({SoundKind.INDOOR: 3.0}), logits({SoundKind.FIRE: 4.0})
    windows = torch.cat([ordinary, fire, ordinary])

    emergency = ear.judge(Heard(windows, windows))

    assert emergency.kind is SoundKind.FIRE
    assert emergency.level is EmergencyLevel.ALARM
    assert emergency.votes == {"cnn": True, "encoder": True}


def test_between_the_thresholds_is_ask(folder: Path) -> None:
    ear = EmergencyEar.load(folder)
    doubtful = logits({SoundKind.GAS: 1.0, SoundKind.APPLIANCE: 0.5})

    emergency = ear.judge(Heard(doubtful, doubtful))

    assert emergency.level is EmergencyLevel.ASK
    assert emergency.kind is SoundKind.GAS


def test_an_emergency_is_the_sum_of_its_kinds() -> None:
    even = torch.zeros(1, len(KINDS))

    assert float(emergency_logit(even)) == pytest.approx(np.log(14 / 5))


def test_the_file_of_other_kinds_is_refused(folder: Path) -> None:
    config = EmergencyCnnConfig()
    extra = {"kinds": ["scream"], "alone": asdict(JUDGE)}
    checkpoints.save(folder / CNN_WEIGHTS, EmergencyCnn(config), config, extra)

    with pytest.raises(checkpoints.CheckpointMismatch, match="other kinds"):
        EmergencyEar.load(folder)


def test_a_file_without_thresholds_is_refused(folder: Path) -> None:
    config = EmergencyEncoderConfig()
    extra = {"kinds": [kind.value for kind in KINDS], "alone": asdict(JUDGE)}
    checkpoints.save(folder / ENCODER_WEIGHTS, EmergencyEncoder(config), config, extra)

    with pytest.raises(checkpoints.CheckpointMismatch, match="together"):
        EmergencyEar.load(folder)


def sounds(level: EmergencyLevel, cnn: bool, encoder: bool) -> Emergency:
    return Emergency(0.3, level, SoundKind.HELP, {"cnn": cnn, "encoder": encoder}, ())


CRY = Distress(DistressKind.FIRE, DistressLevel.CRY, 0.97, 0.95)
HARMLESS = Distress(DistressKind.NONE, DistressLevel.NONE, 0.01)
THOUGHTS = Distress(DistressKind.SELFHARM, DistressLevel.THOUGHTS, 0.99)


@pytest.mark.parametrize("level", EmergencyLevel)
@pytest.mark.parametrize("distress", [HARMLESS, THOUGHTS])
def test_harmless_words_lower_nothing(level: EmergencyLevel, distress: Distress) -> None:
    heard = sounds(level, True, True)

    both = with_words(heard, distress)

    assert (both.level, both.kind, both.probability) == (level, heard.kind, heard.probability)
    assert both.votes["words"] is False


def test_a_cry_and_one_net_are_two_of_three() -> None:
    both = with_words(sounds(EmergencyLevel.NONE, True, False), CRY)

    assert both.level is EmergencyLevel.ALARM
    assert both.kind is SoundKind.FIRE
    assert both.probability == CRY.cry_probability


def test_a_cry_that_no_sound_supports_asks() -> None:
    both = with_words(sounds(EmergencyLevel.NONE, False, False), CRY)

    assert both.level is EmergencyLevel.ASK


def test_a_cry_for_help_leaves_sounds_their_kind() -> None:
    heard = Emergency(0.9, EmergencyLevel.ALARM, SoundKind.GAS, {"cnn": True}, ())

    both = with_words(heard, Distress(DistressKind.HELP, DistressLevel.CRY, 0.9))

    assert both.kind is SoundKind.GAS


def test_without_a_transcript_words_have_no_vote() -> None:
    heard = sounds(EmergencyLevel.ASK, True, False)

    assert with_words(heard, None) is heard


def test_the_shipped_weights_tell_a_scream_from_a_washing_machine() -> None:
    ear = EmergencyEar.load(WEIGHTS)
    rng = np.random.default_rng(0)

    loud, humming = (
        ear.hear(Waveform(0.1 * levelled(sound(4 * SAMPLE_RATE, rng)), SAMPLE_RATE))
        for sound in (scream, washer)
    )

    assert loud.level is not EmergencyLevel.NONE
    assert loud.kind in EMERGENCIES
    assert humming.level is EmergencyLevel.NONE
    assert humming.kind is SoundKind.WASHER
