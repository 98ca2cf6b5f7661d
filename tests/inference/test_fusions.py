"""The recognisers of both modalities: one interface, and what each needs."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from inference.analysis import Emotion, EmotionEstimate
from inference.audio import SAMPLE_RATE, Waveform
from inference.checkpoints import save
from inference.emotion_fusion import FUSION_WEIGHTS, LateFusion, Said
from inference.fusions import FUSION_NAMES, load_fusion
from inference.joint_emotion import CROSS_ATTENTION_WEIGHTS, MULTIMODAL_WEIGHTS, WORD_VECTORS
from inference.text_emotion import SPECIAL
from inference.weights import SHIPPED_WEIGHTS, FusionName
from models.cross_attention import CrossAttentionConfig, CrossAttentionTransformer
from models.multimodal_transformer import MultimodalConfig, MultimodalTransformer

CALIBRATED = {"temperature": 1.0, "sure_probability": 0.0}
JOYFUL = EmotionEstimate({e: 0.94 if e is Emotion.JOY else 0.01 for e in Emotion}, (), True)
SAD = EmotionEstimate({e: 0.94 if e is Emotion.SADNESS else 0.01 for e in Emotion}, (), True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small networks that have learned nothing, beside the shipped late fusion."""
    folder = tmp_path_factory.mktemp("weights")
    LateFusion.load(SHIPPED_WEIGHTS / FUSION_WEIGHTS).save(folder / FUSION_WEIGHTS)
    torch.manual_seed(0)
    pieces = [*SPECIAL, "좋", "##아"]
    multimodal = MultimodalConfig(len(pieces), n_hidden=16, n_heads=2, n_feedforward=16)
    net = MultimodalTransformer(multimodal).half()
    save(folder / MULTIMODAL_WEIGHTS, net, multimodal, {"pieces": pieces, **CALIBRATED})
    cross = CrossAttentionConfig(n_hidden=16, n_heads=2)
    save(folder / CROSS_ATTENTION_WEIGHTS, CrossAttentionTransformer(cross), cross, CALIBRATED)
    save_file({"vectors": torch.randn(2, 256)}, folder / WORD_VECTORS, {"words": '["좋", "어"]'})
    return folder


@pytest.fixture
def waveform() -> Waveform:
    samples = 0.1 * np.random.default_rng(0).standard_normal(SAMPLE_RATE)
    return Waveform(samples.astype(np.float32), SAMPLE_RATE)


@pytest.mark.parametrize("name", FUSION_NAMES)
def test_each_hears_words_and_voice_together(
    name: FusionName, folder: Path, waveform: Waveform
) -> None:
    if name == "cross-attention":
        pytest.importorskip("kiwipiepy", reason="needs the package kiwipiepy")
    fusion = load_fusion(name, folder)

    agreeing = fusion.predict(Said("좋아", waveform, JOYFUL, JOYFUL))
    contradicting = fusion.predict(Said("좋아", waveform, JOYFUL, SAD))

    assert agreeing.emotion is not None and contradicting.emotion is not None
    assert sum(agreeing.emotion.posterior.values()) == pytest.approx(1.0)
    assert agreeing.emotion.sure and not agreeing.disagree
    assert contradicting.disagree and not contradicting.emotion.sure
    assert (agreeing.emotion == JOYFUL) is False


@pytest.mark.parametrize("name", FUSION_NAMES[:2])
def test_one_modality_alone_is_itself(name: FusionName, folder: Path, waveform: Waveform) -> None:
    fusion = load_fusion(name, folder)

    assert fusion.predict(Said("좋아", None, JOYFUL, None)).emotion == JOYFUL
    assert fusion.predict(Said(None, waveform, None, SAD)).emotion == SAD
    assert fusion.predict(Said("🌧️", waveform, None, SAD)).emotion == SAD
    assert fusion.predict(Said(None, None, None, None)).emotion is None
    apart = fusion.predict(Said(None, None, JOYFUL, SAD))
    assert apart == LateFusion.load(folder / FUSION_WEIGHTS).fuse(JOYFUL, SAD)


def test_a_network_hears_the_voice_and_reads_the_words(folder: Path, waveform: Waveform) -> None:
    fusion = load_fusion("multimodal-transformer", folder)
    silence = Waveform(np.full(SAMPLE_RATE, 1e-3, np.float32), SAMPLE_RATE)

    said = [Said("좋아", waveform, JOYFUL, JOYFUL), Said("좋아", silence, JOYFUL, JOYFUL)]
    said.append(Said("좋", waveform, JOYFUL, JOYFUL))
    one, other_voice, other_words = (fusion.predict(each).emotion for each in said)

    assert one is not None and one != other_voice and one != other_words


@pytest.mark.parametrize("name", FUSION_NAMES)
def test_missing_weights_say_how_they_are_made(name: FusionName, tmp_path: Path) -> None:
    if name != "late":
        LateFusion.load(SHIPPED_WEIGHTS / FUSION_WEIGHTS).save(tmp_path / FUSION_WEIGHTS)

    with pytest.raises(FileNotFoundError, match="no weights at"):
        load_fusion(name, tmp_path)
