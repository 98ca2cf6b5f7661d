"""Why a recording was taken for an emergency: what each of its two detectors looked at.

For the convolutions, relevance is passed back from the score of the kind to the spectrogram
(layer-wise relevance propagation: Bach et al., 2015; rules by depth as in Montavon et al., 2019).
For the encoder, attention is followed through its layers (rollout: Abnar and Zuidema, 2020). Both
are compared with where somebody speaks: the document's question is whether the convolutions go by
what is not speech, and the transformer by what is.

The rules stand here, a page long: captum's give the whole relevance of a sum to each of its terms,
and the convolutional network adds two linear layers twice.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from inference.analysis import Emergency, SoundKind
from inference.audio import Waveform
from inference.emergency import (
    KINDS,
    EmergencyEar,
    bels_of,
    emergency_logit,
    frames_between,
    levelled,
    windows_of,
)
from models.emergency_cnn import N_FRAMES, Block, EmergencyCnn
from models.emergency_encoder import EmergencyEncoder

FRAME_S: Final = 0.01
STATE_FRAMES: Final = 2
EPSILON: Final = 1e-6  # keeps a neuron whose inputs cancel out from being divided by nothing

Rule = Callable[[Tensor], Tensor]
Span = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """What the detectors looked at in an excerpt of a recording, 10 ms a frame.

    `log_mel` and `relevance` have shape (n_mels, n_frames); relevance is positive where the sound
    speaks for `kind` and negative where it speaks against it. `attention` (n_frames,) sums to 1.
    `speech` (n_frames,) says where somebody speaks. `onset_s` is where the excerpt begins.
    """

    kind: SoundKind
    onset_s: float
    log_mel: NDArray[np.float32]
    relevance: NDArray[np.float32]
    attention: NDArray[np.float32]
    speech: NDArray[np.bool_]

    @property
    def speech_share(self) -> float:
        """Share of frames in which somebody speaks, which the other two compare with."""
        return float(self.speech.mean())

    @property
    def relevance_off_speech(self) -> float:
        """Share of the convolutions' relevance, of either sign, on frames without speech."""
        by_frame = np.abs(self.relevance).sum(axis=0)
        total = float(by_frame.sum())
        return float(by_frame[~self.speech].sum()) / total if total > 0 else 0.0

    @property
    def attention_on_speech(self) -> float:
        """Share of the encoder's attention on frames with speech."""
        return float(self.attention[self.speech].sum())


def explain(
    ear: EmergencyEar, waveform: Waveform, emergency: Emergency, spans: Iterable[Span]
) -> Explanation:
    """Explain a judgement by the window that decided it.

    Args:
        ear: what judged.
        waveform: the recording, not silent.
        emergency: what it was judged to be.
        spans: where somebody speaks in it, in seconds.
    """
    bels = bels_of(waveform)
    cut = [
        (onset_s, levelled(frames_between(bels, onset_s, onset_s + piece.duration_s)))
        for onset_s, piece in windows_of(waveform)
    ]
    heard = ear.listen([log_mel for _, log_mel in cut])
    onset_s, log_mel = cut[int(emergency_logit(heard.together).argmax())]
    return Explanation(
        emergency.kind,
        onset_s,
        log_mel.numpy(),
        relevance(ear.cnn, log_mel, KINDS.index(emergency.kind)).numpy(),
        attention_rollout(ear.encoder, log_mel).numpy(),
        speech_frames(spans, onset_s, log_mel.shape[-1]),
    )


def relevance(cnn: EmergencyCnn, log_mel: Tensor, kind: int) -> Tensor:
    """How much each band of each frame speaks for a kind, (n_mels, n_frames).

    Epsilon rule in the linear layers, where a bias keeps its own part; in the convolutions what
    speaks for a neuron takes all of its relevance (alpha 1, beta 0). Silence gets none.

    Args:
        cnn: in evaluation mode.
        log_mel: (n_mels, n_frames), n_frames <= 3000.
        kind: index of the kind, whose logit is divided up.
    """
    n_frames = log_mel.shape[-1]
    found = functional.pad(log_mel, (0, N_FRAMES - n_frames))[None, None]
    passed: list[tuple[Rule, Tensor]] = []
    with torch.no_grad():
        for block in cnn.blocks:
            assert isinstance(block, Block)
            passed.append((partial(_supporting, block.convolution), found))
            found = block.relu(block.convolution(found))
            passed.append((block.pooling, found))
            found = block.pooling(found)
        passed.append((partial(torch.flatten, start_dim=1), found))
        found = found.flatten(1)
        for pair, joined in zip((cnn.inner, cnn.outer), cnn.joined, strict=True):
            passed.append((partial(_summed, pair), found))
            found = joined(_summed(pair, found))
        passed.append((cnn.head, found))
        logits = cnn.head(found)
    carried = torch.zeros_like(logits)
    carried[0, kind] = logits[0, kind]
    for rule, inputs in reversed(passed):
        carried = _passed_back(rule, inputs, carried)
    return carried[0, 0, :, :n_frames]


@torch.no_grad()
def attention_rollout(encoder: EmergencyEncoder, log_mel: Tensor) -> Tensor:
    """How much of the head's attention goes back to each frame, (n_frames,); sums to 1.

    Half of what a layer hands on comes by the residual path, half by its heads' mean attention.

    Args:
        encoder: in evaluation mode.
        log_mel: (n_mels, n_frames), n_frames <= 3000.
    """
    carried = encoder.head.weights(encoder.encoder(log_mel[None]))
    for attention in reversed(encoder.encoder.attentions(log_mel[None])):
        carried = (carried + (carried[:, None] @ attention.mean(dim=1))[:, 0]) / 2.0
    by_frame = carried[0].repeat_interleave(STATE_FRAMES)[: log_mel.shape[-1]]
    return by_frame / by_frame.sum()


def speech_frames(spans: Iterable[Span], onset_s: float, n_frames: int) -> NDArray[np.bool_]:
    """Which frames of an excerpt from `onset_s` on lie in spans of speech, in seconds."""
    frames = np.zeros(n_frames, np.bool_)
    for begin_s, end_s in spans:
        begin, end = (round((at_s - onset_s) / FRAME_S) for at_s in (begin_s, end_s))
        frames[max(0, begin) : max(0, end)] = True
    return frames


def _supporting(convolution: nn.Conv2d, inputs: Tensor) -> Tensor:
    """What speaks for each neuron: inputs and weights of the same sign."""
    assert isinstance(convolution.padding, tuple), "not a name such as 'same'"

    def through(inputs: Tensor, weight: Tensor) -> Tensor:
        return functional.conv2d(
            inputs, weight, stride=convolution.stride, padding=convolution.padding
        )

    weight = convolution.weight
    for_it = through(inputs.clamp(min=0), weight.clamp(min=0))
    return for_it + through(inputs.clamp(max=0), weight.clamp(max=0))


def _summed(pair: nn.ModuleList, inputs: Tensor) -> Tensor:
    first, second = pair
    total: Tensor = first(inputs) + second(inputs)
    return total


def _passed_back(rule: Rule, inputs: Tensor, relevance: Tensor) -> Tensor:
    """The relevance of a layer's outputs, divided among its inputs by what each adds to them."""
    inputs = inputs.detach().requires_grad_()
    with torch.enable_grad():
        outputs = rule(inputs)
    share = relevance / (outputs + EPSILON * torch.where(outputs < 0, -1.0, 1.0)).detach()
    [slope] = torch.autograd.grad(outputs, inputs, share)
    return (inputs * slope).detach()
