"""Pictures of the sleep sounds: where made ones lie among recordings, and what each looks like."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib import pyplot as plt
from sklearn.manifold import TSNE  # type: ignore[import-untyped]

from inference.bands import SAMPLE_RATE, Array
from inference.sleep_sounds import SleepSounds
from inference.sound_recipe import Recipe
from inference.texture_statistics import Scale, statistics_of
from models.train.house_style import MUTED, TEXT, in_house_colours, save
from models.train.sound_recordings import SoundClip
from models.train.sounds import PIECE_S, Pieces, drawn_pieces, pieces_of, real_pieces

# Told apart with any colour vision (Okabe and Ito, 2008), on a dark ground.
COLOURS: Final = (
    "#56b4e9", "#0072b2", "#009e73", "#bbbbbb", "#f0e442", "#e69f00", "#d55e00", "#cc79a7"
)  # fmt: skip
MOST_RECORDED: Final = 24  # pieces of a kind on the map, spread over its recordings
N_MADE: Final = 10
RANGE_DB: Final = 70.0


def draw(sounds: SleepSounds, clips: Sequence[SoundClip], folder: Path) -> list[Path]:
    """Write both pictures as PNG; return where they are.

    Recordings are those that the generator never heard.
    """
    recorded = {
        kind: _spread(pieces, MOST_RECORDED)
        for kind, pieces in real_pieces(clips, of_ear=True).items()
        if kind in sounds.kinds
    }
    in_house_colours()
    figures = {
        "sounds-map": _map(
            {kind: [statistics_of(one) for one in pieces] for kind, pieces in recorded.items()},
            {kind: drawn_pieces(sounds, [kind], N_MADE) for kind in recorded},
        ),
        "sounds-spectrograms": _spectrograms(
            {kind: pieces[0] for kind, pieces in recorded.items()},
            {kind: _made(sounds, kind) for kind in recorded},
        ),
    }
    return save(figures, folder)


def _spread(pieces: Sequence[Array], most: int) -> list[Array]:
    if len(pieces) <= most:
        return list(pieces)
    return [pieces[i] for i in np.linspace(0, len(pieces) - 1, most).round().astype(int)]


def _made(sounds: SleepSounds, kind: str) -> Array:
    recipe = Recipe(((kind, 1.0),), 0.25, seed=1, fade_in_s=0.0, fade_out_s=0.0)
    return next(pieces_of(np.concatenate(list(sounds.render(recipe, SAMPLE_RATE)))))


def _map(recorded: Mapping[str, Pieces], made: Mapping[str, Pieces]) -> Any:
    """t-SNE (van der Maaten & Hinton 2008) of texture statistics, in deviations of recordings."""
    scale = Scale.of([one for pieces in recorded.values() for one in pieces])
    groups = [(kind, of, of[kind]) for of in (recorded, made) for kind in recorded]
    rows = np.stack([scale.vector(one) for _, _, pieces in groups for one in pieces])
    near = min(20.0, (len(rows) - 1) / 3)
    places = TSNE(perplexity=near, init="pca", random_state=0).fit_transform(rows)
    figure, axes = plt.subplots(figsize=(9, 6.4))
    begin = 0
    for kind, of, pieces in groups:
        mine = places[begin : begin + len(pieces)]
        begin += len(pieces)
        colour = COLOURS[list(recorded).index(kind) % len(COLOURS)]
        if of is recorded:
            axes.scatter(mine[:, 0], mine[:, 1], s=26, color=colour, label=kind, alpha=0.8)
        else:
            axes.scatter(
                mine[:, 0], mine[:, 1], s=70, color=colour, marker="*", edgecolor=TEXT, lw=0.4
            )
    axes.set(xticks=[], yticks=[])
    axes.set_title("Five seconds of sound each, t-SNE: recordings (dots), made by Todak (stars)")
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def _spectrograms(recorded: Mapping[str, Array], made: Mapping[str, Array]) -> Any:
    """A recording above, a made sound below, each against its own loudest moment."""
    figure, plots = plt.subplots(
        2, len(recorded), figsize=(2.1 * len(recorded), 5.2), sharex=True, sharey=True
    )
    for column, kind in enumerate(recorded):
        for row, (of, samples) in enumerate((("recorded", recorded[kind]), ("made", made[kind]))):
            axes = plots[row, column]
            power, _, _, _ = axes.specgram(
                samples, NFFT=512, Fs=SAMPLE_RATE, noverlap=384, cmap="magma"
            )
            loudest = 10 * np.log10(power.max() + 1e-12)
            axes.images[0].set_clim(loudest - RANGE_DB, loudest)
            axes.set_title(kind if row == 0 else "", fontsize=10)
            axes.set(xlim=(0, PIECE_S), ylim=(0, SAMPLE_RATE / 2), xticks=[0, 5])
            axes.set_yticks([0, 4000, 8000], ["0", "4", "8"], color=MUTED)
            if column == 0:
                axes.set_ylabel(f"{of}, kHz")
    figure.supxlabel("seconds", fontsize=9)
    return figure
