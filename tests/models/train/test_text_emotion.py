"""The recipe of the text emotion model: going on from earlier weights."""

from pathlib import Path

import pytest
import torch

pytest.importorskip("kiwipiepy", reason="needs the extra `train`")

from inference import checkpoints
from inference.analysis import Emotion
from inference.text_emotion import SPECIAL, Language
from models.text_emotion import TextEmotionConfig, TextEmotionNet
from models.train.text_distillation import Schedule
from models.train.text_emotion import from_weights, of_pieces, tuned
from models.train.text_tuning import Labelled
from models.train.texts import Example

PIECES = [*SPECIAL, "glad", "sorry", "i", "am", "so"]


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    config = TextEmotionConfig(len(PIECES), 9, 8, 24, 2, 16, 1, 128, n_feeling_ngrams=5)
    path = tmp_path / "text_emotion.safetensors"
    checkpoints.save(path, TextEmotionNet(config).half(), config, {"pieces": PIECES})
    return path


def test_it_starts_from_the_network_and_vocabulary_of_earlier_weights(weights: Path) -> None:
    start = from_weights(weights)
    kept = checkpoints.load(weights, TextEmotionConfig, TextEmotionNet).module
    assert list(start.pieces.names) == PIECES
    assert start.config.n_feeling_ngrams == 1
    for name, tensor in of_pieces(kept).items():
        assert torch.equal(start.net.state_dict()[name], tensor), name


def test_what_was_tuned_is_kept_for_a_run_that_goes_on(weights: Path, tmp_path: Path) -> None:
    texts = [("i am so glad", Emotion.JOY), ("i am so sorry", Emotion.SADNESS)] * 40
    examples = [
        Example(text, Language.ENGLISH, emotion, frozenset({emotion})) for text, emotion in texts
    ]
    labelled, schedule = Labelled(examples, examples[:2]), Schedule(tune_epochs=2, tune_rate=1e-2)
    net = tuned(from_weights(weights), labelled, tmp_path, schedule, 0).net
    again = tuned(from_weights(weights), labelled, tmp_path, schedule, 0).net
    before = from_weights(weights).net
    for name, tensor in of_pieces(again).items():
        assert torch.equal(net.state_dict()[name], tensor), name
    assert not torch.equal(before.emotion.weight, net.emotion.weight)
