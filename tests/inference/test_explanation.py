import functools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.analysis import SoundKind
from inference.explanation import Explanation, attention_rollout, relevance, speech_frames
from models.emergency_cnn import N_FRAMES, EmergencyCnn, EmergencyCnnConfig
from models.emergency_encoder import EmergencyEncoder, EmergencyEncoderConfig


@pytest.fixture(scope="module")
def cnn() -> EmergencyCnn:
    torch.manual_seed(1)
    return EmergencyCnn(EmergencyCnnConfig()).eval()


@pytest.fixture(scope="module")
def encoder() -> EmergencyEncoder:
    torch.manual_seed(2)
    return EmergencyEncoder(EmergencyEncoderConfig()).eval()


def heard_between(begin: int, end: int, n_frames: int = 400) -> torch.Tensor:
    log_mel = torch.zeros(80, n_frames)
    log_mel[:, begin:end] = torch.rand(80, end - begin, generator=torch.manual_seed(3)) * 2
    return log_mel


def test_relevance_divides_the_score_up() -> None:
    torch.manual_seed(4)
    unbiased = EmergencyCnn(EmergencyCnnConfig()).eval()
    for name, parameter in unbiased.named_parameters():
        if name.endswith("bias"):
            parameter.data.zero_()
    log_mel = heard_between(0, 3000, 3000)
    with torch.inference_mode():
        logits = unbiased(log_mel[None, None])[0]
    for kind in (0, 4, 18):
        found = relevance(unbiased, log_mel, kind)
        assert found.shape == log_mel.shape
        assert float(found.sum()) == pytest.approx(float(logits[kind]), rel=0.02)


def test_silence_has_no_relevance(cnn: EmergencyCnn) -> None:
    found = relevance(cnn, heard_between(120, 260), 4)
    assert float(found[:, 120:260].abs().sum()) > 0
    assert float(found[:, :120].abs().sum()) == float(found[:, 260:].abs().sum()) == 0


def test_relevance_leaves_the_net_as_it_was(cnn: EmergencyCnn) -> None:
    before = {name: tensor.clone() for name, tensor in cnn.state_dict().items()}
    relevance(cnn, heard_between(0, 100), 4)
    assert all(torch.equal(before[name], tensor) for name, tensor in cnn.state_dict().items())
    assert all(parameter.grad is None for parameter in cnn.parameters())


def test_what_a_band_adds_is_what_the_kind_loses_without_it() -> None:
    """In a net whose every unit is active, relevance is exact: checked by leaving inputs out."""
    torch.manual_seed(5)
    positive = EmergencyCnn(EmergencyCnnConfig()).eval()
    for name, parameter in positive.named_parameters():
        parameter.data = torch.zeros_like(parameter) if "bias" in name else parameter.data.abs()
    for i, block in enumerate(positive.blocks):
        block.pooling = torch.nn.AvgPool2d((2 if i < 4 else 1, 2))
    log_mel = heard_between(0, 400, N_FRAMES)  # of this length the network itself pools
    found = relevance(positive, log_mel, 4)
    without = log_mel.clone()
    without[:40] = 0
    with torch.inference_mode():
        lost = positive(log_mel[None, None])[0, 4] - positive(without[None, None])[0, 4]
    assert float(found[:40].sum()) == pytest.approx(float(lost), rel=0.01)


def test_rollout_is_the_product_of_the_layers(encoder: EmergencyEncoder) -> None:
    log_mel = heard_between(0, 401, 401)
    with torch.inference_mode():
        attentions = encoder.encoder.attentions(log_mel[None])
        mixed = [(layer[0].mean(dim=0) + torch.eye(layer.shape[-1])) / 2 for layer in attentions]
        product = functools.reduce(lambda below, above: above @ below, mixed)
        expected = encoder.head.weights(encoder.encoder(log_mel[None]))[0] @ product
    found = attention_rollout(encoder, log_mel)
    assert found.shape == (401,)
    assert float(found.sum()) == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(found[:400:2], found[1:400:2])
    np.testing.assert_allclose(found[::2] / found[0], expected / expected[0], rtol=1e-3)


@given(
    spans=st.lists(st.tuples(st.floats(0, 9), st.floats(0.1, 5)), max_size=4),
    onset_s=st.floats(0, 8),
    n_frames=st.integers(1, 800),
)
@settings(deadline=None)
def test_shares_are_shares(
    spans: list[tuple[float, float]], onset_s: float, n_frames: int
) -> None:
    speech = speech_frames([(begin, begin + length) for begin, length in spans], onset_s, n_frames)
    rng = np.random.default_rng(n_frames)
    attention = rng.random(n_frames).astype(np.float32)
    found = Explanation(
        SoundKind.FIRE,
        onset_s,
        np.zeros((80, n_frames), np.float32),
        rng.normal(size=(80, n_frames)).astype(np.float32),
        attention / attention.sum(),
        speech,
    )
    assert len(speech) == n_frames
    for share in (found.speech_share, found.relevance_off_speech, found.attention_on_speech):
        assert 0 <= share <= 1 + 1e-5
    if speech.all():
        assert found.relevance_off_speech == 0 and found.attention_on_speech > 0.999


def test_speech_is_marked_where_it_is() -> None:
    frames = speech_frames([(0.5, 1.0), (3.0, 9.0)], 0.8, 300)
    assert frames[:20].all() and not frames[20:220].any() and frames[220:].all()
