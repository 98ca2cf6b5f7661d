"""When in a recording an emergency is heard: what windows that slide over it sound like.

A window as long as a scream moves over the recording in half-second steps. Windows that hold only
a part of an emergency hear it too, so a step is as likely as the more doubtful of the windows that
hold it: that puts onset and offset within a step or two. Two thresholds keep it from flickering
(hysteresis, as in Canny's edges, 1986).
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.analysis import SoundState, Stretch
from inference.audio import Waveform, is_quiet

STEP_S: Final = 0.5
WINDOW_S: Final = 2.0
FRAMES_PER_S: Final = 100  # of a log-mel like Whisper's
STEP_FRAMES: Final = round(STEP_S * FRAMES_PER_S)
WINDOW_FRAMES: Final = round(WINDOW_S * FRAMES_PER_S)
DOUBTFUL: Final = 1 / 3
SHORTEST_STEPS: Final = 2  # any sound at all is in four windows, and so in more than one step
BATCH: Final = 32  # windows at once: a long note takes no more memory than a minute

Probabilities = NDArray[np.float32]
Score = Callable[[Tensor], Tensor]


def window_onsets(n_frames: int) -> list[int]:
    """First frame of each window; the last ends where the recording ends.

    What is said last is thus heard in a whole window. A recording shorter than one has one.
    """
    last = max(0, n_frames - WINDOW_FRAMES)
    return [*range(0, last, STEP_FRAMES), last]


@torch.inference_mode()
def slide(log_mel: Tensor, score: Score) -> Probabilities:
    """What each window sounds like.

    Args:
        log_mel: the whole recording, (n_mels, n_frames), 10 ms a frame.
        score: the probability of an emergency in each of (n, n_mels, n_frames) windows, (n,).

    Returns:
        shape (n_windows,), in the order of `window_onsets`.
    """
    onsets = window_onsets(log_mel.shape[-1])
    scored = []
    for begin in range(0, len(onsets), BATCH):
        windows = [log_mel[:, at : at + WINDOW_FRAMES] for at in onsets[begin : begin + BATCH]]
        scored.append(score(torch.stack(windows)))
    probabilities: Probabilities = torch.cat(scored).float().numpy()
    return probabilities


def by_step(probabilities: Probabilities, n_frames: int) -> Probabilities:
    """How likely an emergency is in each half second, (ceil(n_frames / 50),).

    Of the four windows that hold a step, the second lowest counts; of fewer, their lower third.
    """
    onsets = np.array(window_onsets(n_frames))
    begins = np.arange(0, max(1, n_frames), STEP_FRAMES)
    return np.array(
        [
            np.quantile(
                probabilities[(onsets < begin + STEP_FRAMES) & (onsets + WINDOW_FRAMES > begin)],
                DOUBTFUL,
            )
            for begin in begins
        ],
        np.float32,
    )


def stretches(
    waveform: Waveform, steps: Probabilities, begins_at: float, ends_below: float
) -> tuple[Stretch, ...]:
    """The recording divided into emergency, ordinary and silence, in order and without gaps.

    An emergency goes over every step from `ends_below` on around one from `begins_at` on; shorter
    than two steps it is none. Pauses in it that hold no sound are silence.

    Args:
        waveform: at 16 kHz.
        steps: the probability of an emergency in each half second, from `by_step`.
        begins_at: in [0, 1].
        ends_below: in [0, begins_at].
    """
    quiet = is_quiet(waveform, STEP_S)
    # A log-mel has a frame more or less than the sound.
    steps = np.pad(steps, (0, max(0, len(quiet) - len(steps))), "edge")[: len(quiet)]
    emergency = _hysteresis(steps, begins_at, ends_below)
    states = [
        SoundState.SILENCE if silent else SoundState.EMERGENCY if urgent else SoundState.ORDINARY
        for silent, urgent in zip(quiet, emergency, strict=True)
    ]
    return _joined(states, waveform.duration_s)


def worst(
    probabilities: Probabilities, n_frames: int, length_s: float, n: int = 1
) -> list[tuple[int, int]]:
    """First and last frame of the `n` most alarming excerpts that lie apart, the worst first.

    Each is `length_s` seconds long around a window, or all there is. A long recording is so
    judged by what is worst in it and not squeezed into the half minute that a model hears.
    """
    length = min(n_frames, round(length_s * FRAMES_PER_S))
    onsets = window_onsets(n_frames)
    found: list[tuple[int, int]] = []
    for i in np.argsort(-probabilities, kind="stable"):
        middle = onsets[i] + WINDOW_FRAMES // 2
        begin = max(0, min(middle - length // 2, n_frames - length))
        if all(abs(begin - other) >= length for other, _ in found):
            found.append((begin, begin + length))
        if len(found) == n:
            break
    return found


def _hysteresis(steps: Probabilities, begins_at: float, ends_below: float) -> NDArray[np.bool_]:
    """Runs of two steps or more from `ends_below` on that reach `begins_at`; (n_steps,)."""
    held = steps >= ends_below
    edges = np.flatnonzero(np.diff(held, prepend=False, append=False))
    emergency = np.zeros(len(steps), np.bool_)
    shortest = min(SHORTEST_STEPS, len(steps))
    for begin, end in edges.reshape(-1, 2):
        if end - begin >= shortest and steps[begin:end].max() >= begins_at:
            emergency[begin:end] = True
    return emergency


def _joined(states: Sequence[SoundState], duration_s: float) -> tuple[Stretch, ...]:
    """Neighbouring steps of one state as one stretch; the last ends with the recording."""
    first = [i for i in range(len(states)) if i == 0 or states[i] is not states[i - 1]]
    return tuple(
        Stretch(i * STEP_S, duration_s if end == len(states) else end * STEP_S, states[i])
        for i, end in zip(first, [*first[1:], len(states)], strict=True)
    )
