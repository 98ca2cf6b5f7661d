"""Fits the linear half of the voice emotion model."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from models.speech_emotion import SpeechEmotionConfig
from models.train.voice_corpus import PLAYED, Corpus, Indices
from models.voice_statistics import VoiceStatisticsConfig, VoiceStatisticsNet

N_DAMAGED = 2  # damaged copies of each clip that are learned from beside itself
PENALTY = 3e-3
STEPS = 60
SMALLEST_DEVIATION = 1e-3


@dataclass(frozen=True, slots=True)
class StatisticsOf:
    """Statistics of every clip: `undamaged` (n_clips, n_statistics), and of its damaged copies."""

    undamaged: Tensor
    damaged: tuple[Tensor, ...]

    @classmethod
    def clips(cls, corpus: Corpus) -> "StatisticsOf":
        """Describe all clips of a corpus; some ten seconds."""
        net = VoiceStatisticsNet(VoiceStatisticsConfig(len(PLAYED)))
        with torch.inference_mode():
            described = [
                torch.stack([net.statistics(variants[i].float()) for variants in corpus.variants])
                for i in range(1 + min(N_DAMAGED, len(corpus.variants[0]) - 1))
            ]
        return cls(described[0], tuple(described[1:]))


def fit_statistics(
    corpus: Corpus, described: StatisticsOf, learned: Indices, config: SpeechEmotionConfig
) -> VoiceStatisticsNet:
    """Multinomial logistic regression on the clips `learned`, each scored in its own corpus."""
    net = VoiceStatisticsNet(
        VoiceStatisticsConfig(config.n_played, config.n_mels, config.n_cepstra)
    )
    statistics = torch.cat(
        [part[learned].clone() for part in (described.undamaged, *described.damaged)]
    )
    copies = 1 + len(described.damaged)
    played = corpus.played[learned].repeat(copies)
    allowed = corpus.allowed[learned].repeat(copies, 1)
    net.mean.copy_(statistics.mean(0))
    net.deviation.copy_(statistics.std(0) + SMALLEST_DEVIATION)
    torch.nn.init.zeros_(net.head.weight)
    torch.nn.init.zeros_(net.head.bias)
    optimizer = torch.optim.LBFGS(
        net.head.parameters(), max_iter=STEPS, history_size=10, line_search_fn="strong_wolfe"
    )

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = functional.cross_entropy(net(statistics) + allowed, played)
        value = value + PENALTY * net.head.weight.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    return net.eval()
