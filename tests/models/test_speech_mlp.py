"""The baseline's net against scikit-learn's, whose weights it takes."""

import numpy as np
import pytest
import torch

from models.speech_mlp import SpeechMlp, SpeechMlpConfig


def test_it_has_the_size_the_document_gives() -> None:
    net = SpeechMlp(SpeechMlpConfig(n_played=8))

    n_parameters = sum(parameter.numel() for parameter in net.parameters())
    assert n_parameters == (180 + 1) * 300 + (300 + 1) * 8


def test_it_says_what_scikit_learn_says() -> None:
    neural_network = pytest.importorskip("sklearn.neural_network")
    rng = np.random.default_rng(0)
    features = rng.standard_normal((60, 6)).astype(np.float32)
    classifier = neural_network.MLPClassifier((5,), solver="lbfgs", max_iter=2000, random_state=0)
    classifier.fit(features, np.arange(60) % 3)
    net = SpeechMlp(SpeechMlpConfig(n_played=3, n_features=6, n_hidden=5))
    with torch.no_grad():
        for layer, weight, bias in zip(
            (net.hidden, net.head), classifier.coefs_, classifier.intercepts_, strict=True
        ):
            layer.weight.copy_(torch.from_numpy(weight.T))
            layer.bias.copy_(torch.from_numpy(bias))

    found = net(torch.from_numpy(features)).softmax(dim=1).detach().numpy()

    assert np.allclose(found, classifier.predict_proba(features), atol=1e-4)
