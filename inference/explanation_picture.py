"""A picture of why a recording was taken for an emergency, for operators."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from inference.analysis import Emergency, SoundState
from inference.explanation import FRAME_S, Explanation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INCHES: Final = (9.0, 6.5)
DOTS_PER_INCH: Final = 120
STATE_COLOURS: Final = {  # those of the source document's figure
    SoundState.EMERGENCY: "tab:red",
    SoundState.ORDINARY: "tab:blue",
    SoundState.SILENCE: "black",
}


class CannotDraw(Exception):
    """The drawing library is not installed."""


def draw(explanation: Explanation, emergency: Emergency, path: Path) -> None:
    """Write a picture: the whole recording's timeline, and what decided over its window.

    Raises:
        CannotDraw: matplotlib, of the extra `train`, is not installed.
        OSError: the file cannot be written.
        ValueError: its name has no ending of a kind of picture.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        sentence = "matplotlib is not installed: .venv/bin/python -m pip install -e '.[train]'"
        raise CannotDraw(sentence) from error
    figure = Figure(INCHES, DOTS_PER_INCH, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(
        f"{emergency.kind} · {emergency.level} · probability {emergency.probability:.2f}"
    )
    timeline, spectrogram, attention = figure.subplots(3, 1, height_ratios=(1, 6, 2))
    _draw_timeline(timeline, explanation, emergency)
    _draw_relevance(spectrogram, explanation)
    _draw_attention(attention, explanation)
    figure.savefig(path)


def _draw_timeline(axes: "Axes", explanation: Explanation, emergency: Emergency) -> None:
    """Emergency red, ordinary blue, silence black; the window that decided is framed."""
    for stretch in emergency.timeline:
        length_s = stretch.offset_s - stretch.onset_s
        axes.barh(0, length_s, 0.8, stretch.onset_s, color=STATE_COLOURS[stretch.state])
    length_s = explanation.log_mel.shape[1] * FRAME_S
    axes.barh(0, length_s, 1.0, explanation.onset_s, fill=False, edgecolor="orange", linewidth=2)
    axes.set_xlim(0, emergency.timeline[-1].offset_s)
    axes.set_yticks([])
    axes.set_title("emergency (red), ordinary (blue), silence (black)", fontsize="small")


def _draw_relevance(axes: "Axes", explanation: Explanation) -> None:
    """The spectrogram in grey; what speaks for the kind in red and against it in blue."""
    extent = (*_span_s(explanation), 0, len(explanation.log_mel))
    axes.imshow(explanation.log_mel, cmap="Greys", aspect="auto", origin="lower", extent=extent)
    strength = float(np.quantile(np.abs(explanation.relevance), 0.995)) or 1.0
    shown = np.clip(explanation.relevance / strength, -1.0, 1.0)
    axes.imshow(
        shown,
        cmap="seismic",
        vmin=-1.0,
        vmax=1.0,
        alpha=np.abs(shown),
        aspect="auto",
        origin="lower",
        extent=extent,
    )
    axes.set_ylabel("mel band")
    share = explanation.relevance_off_speech
    axes.set_title(
        f"convolutions: {share:.0%} of the relevance on frames without speech,"
        f" which are {1 - explanation.speech_share:.0%}",
        fontsize="small",
    )


def _draw_attention(axes: "Axes", explanation: Explanation) -> None:
    """How much of the encoder's attention each frame has; frames with speech are shaded."""
    begin_s, end_s = _span_s(explanation)
    at_s = np.linspace(begin_s, end_s, len(explanation.attention), endpoint=False)
    axes.plot(at_s, explanation.attention, color="black", linewidth=1)
    highest = float(explanation.attention.max())
    axes.fill_between(at_s, 0, highest * explanation.speech, color="tab:green", alpha=0.2)
    axes.set_xlim(begin_s, end_s)
    axes.set_yticks([])
    axes.set_xlabel("seconds")
    axes.set_title(
        f"encoder: {explanation.attention_on_speech:.0%} of the attention on speech (green),"
        f" which is {explanation.speech_share:.0%} of the frames",
        fontsize="small",
    )


def _span_s(explanation: Explanation) -> tuple[float, float]:
    length_s = explanation.log_mel.shape[1] * FRAME_S
    return explanation.onset_s, explanation.onset_s + length_s
