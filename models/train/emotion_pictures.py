"""Pictures of what the text model learns from and of how it does, in the house's colours."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from kiwipiepy import Kiwi  # type: ignore[import-untyped]
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from numpy.typing import NDArray
from sklearn.manifold import TSNE  # type: ignore[import-untyped]
from wordcloud import WordCloud  # type: ignore[import-untyped]

from inference.analysis import Emotion
from inference.text_emotion import Language
from models.train.house_style import ACCENT, GROUND, MUTED, TEXT, font_path, in_house_colours, save
from models.train.texts import Example

Array = NDArray[Any]

# Told apart with any colour vision (Okabe and Ito, 2008), on a dark ground.
COLOURS: Final[Mapping[Emotion, str]] = {
    Emotion.JOY: "#f0e442",
    Emotion.SADNESS: "#56b4e9",
    Emotion.ANGER: "#d55e00",
    Emotion.ANXIETY: "#cc79a7",
    Emotion.EMBARRASSMENT: "#e69f00",
    Emotion.HURT: "#009e73",
    Emotion.NEUTRAL: "#bbbbbb",
}
KOREAN: Final[Mapping[Emotion, str]] = {
    Emotion.JOY: "기쁨",
    Emotion.SADNESS: "슬픔",
    Emotion.ANGER: "분노",
    Emotion.ANXIETY: "불안",
    Emotion.EMBARRASSMENT: "당황",
    Emotion.HURT: "상처",
    Emotion.NEUTRAL: "중립",
}
LONGEST = 120  # characters shown in the picture of lengths
N_BINS = 10
WORDS_OF_A_CLASS = 60
CONTENT_TAGS = ("NNG", "VV", "VA", "XR", "MAG")  # nouns, verbs, adjectives, roots, adverbs


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Sentences with what the model made of them.

    `posterior` (n, 7) and `states` (n, n_hidden); `labels` (n,) index into the seven emotions.
    """

    language: Language
    posterior: Array
    states: Array
    labels: Array


def draw(written: Sequence[Example], judged: Sequence[Judged], folder: Path) -> list[Path]:
    """Draw every picture into `folder`; their paths.

    Args:
        written: the sentences that the model learns from.
        judged: the test sentences of each language.
        folder: is made if need be.
    """
    in_house_colours()
    drawn = {
        "emotion-sentences": _sentences(written),
        "emotion-confusion": _confusions(judged),
        "emotion-reliability": _reliability(judged),
        "emotion-map": _maps(judged),
        "emotion-words": _words([e for e in written if e.language is Language.KOREAN]),
    }
    return save(drawn, folder)


def _sentences(written: Sequence[Example]) -> Any:
    """How many sentences a class has, and how long they are, in each language."""
    figure, (classes, lengths) = plt.subplots(1, 2, figsize=(12, 4.2))
    places = np.arange(len(Emotion))
    for shift, (language, colour) in enumerate(zip(Language, (ACCENT, "#56b4e9"), strict=True)):
        mine = [e for e in written if e.language is language]
        counts = Counter(e.emotion for e in mine)
        heights = [counts[emotion] for emotion in Emotion]
        name = f"{language} ({len(mine):,})"
        classes.bar(places + 0.4 * shift - 0.2, heights, 0.38, color=colour, label=name)
        sizes = [min(len(e.text), LONGEST) for e in mine]
        lengths.hist(
            sizes, range(0, LONGEST + 4, 4), histtype="step", color=colour, label=language, lw=2
        )
    classes.set_xticks(places, [f"{KOREAN[e]}\n{e}" for e in Emotion], fontsize=9)
    classes.set_title("Sentences a class")
    classes.margins(y=0.25)  # room for the legend
    lengths.set_title(f"Characters a sentence ({LONGEST} and more in the last bar)")
    for axes in (classes, lengths):
        axes.legend(frameon=False)
    return figure


def _confusions(judged: Sequence[Judged]) -> Any:
    """Rows are what was meant, columns what was said, in shares of the row."""
    figure, plots = plt.subplots(1, len(judged), figsize=(6 * len(judged), 5.2), squeeze=False)
    names = [KOREAN[e] for e in Emotion]
    for axes, one in zip(plots[0], judged, strict=True):
        shares = np.zeros((len(Emotion), len(Emotion)))
        np.add.at(shares, (one.labels, one.posterior.argmax(1)), 1.0)
        shares /= np.maximum(shares.sum(1, keepdims=True), 1.0)
        axes.imshow(shares, cmap="cividis", vmin=0.0, vmax=1.0)
        for row, column in np.ndindex(*shares.shape):
            if shares[row, column] >= 0.005:
                dark = shares[row, column] < 0.6
                told = f"{100 * shares[row, column]:.0f}"
                axes.text(
                    column, row, told, ha="center", va="center", color=TEXT if dark else GROUND
                )
        axes.set_xticks(range(len(names)), names)
        axes.set_yticks(range(len(names)), names)
        axes.set_title(f"{one.language}: % of what was meant (row) said as (column)")
    return figure


def _reliability(judged: Sequence[Judged]) -> Any:
    """How often the model is right against how sure it is."""
    figure, axes = plt.subplots(figsize=(6, 5.2))
    axes.plot((0, 1), (0, 1), color=MUTED, ls=":", label="as sure as right")
    for one, colour in zip(judged, (ACCENT, "#56b4e9"), strict=False):
        highest, right = one.posterior.max(1), one.posterior.argmax(1) == one.labels
        bins = np.array_split(np.argsort(highest), N_BINS)
        sure, often = ([values[b].mean() for b in bins] for values in (highest, right))
        axes.plot(sure, often, "o-", color=colour, label=f"{one.language} ({len(right)})")
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="probability of the class named")
    axes.set_ylabel("share that was right")
    axes.set_title(f"Reliability on the test sentences, {N_BINS} bins of equal count")
    axes.legend(frameon=False)
    return figure


def _maps(judged: Sequence[Judged]) -> Any:
    """t-SNE (van der Maaten & Hinton 2008) of the encoder's sentence vectors."""
    figure, plots = plt.subplots(1, len(judged), figsize=(6 * len(judged), 5.6), squeeze=False)
    for axes, one in zip(plots[0], judged, strict=True):
        near = min(30.0, (len(one.labels) - 1) / 3)
        places = TSNE(perplexity=near, init="pca", random_state=0).fit_transform(one.states)
        for number, emotion in enumerate(Emotion):
            mine = one.labels == number
            _scatter(axes, places[mine], emotion)
        axes.set_title(f"{one.language}: {len(one.labels)} test sentences, t-SNE")
        axes.set(xticks=[], yticks=[])
    plots[0][-1].legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def _scatter(axes: Axes, places: Array, emotion: Emotion) -> None:
    axes.scatter(
        places[:, 0], places[:, 1], s=14, color=COLOURS[emotion], label=KOREAN[emotion], alpha=0.85
    )


def _words(korean: Sequence[Example]) -> Any:
    """The words that a class has more often than the others do."""
    figure, plots = plt.subplots(2, 4, figsize=(14, 6.4))
    counts = _counted(korean)
    total = sum(counts.values(), Counter())
    n_total = total.total()
    for axes, emotion in zip(plots.flat, Emotion, strict=False):
        mine = counts[emotion]
        # Log-odds against all classes, times the square root of the count: telling and frequent.
        told = {
            word: np.sqrt(n) * np.log(n * n_total / (mine.total() * total[word]))
            for word, n in mine.items()
            if n >= 4 and n * n_total > mine.total() * total[word]
        }
        cloud = WordCloud(
            str(font_path()),
            width=520,
            height=420,
            background_color=GROUND,
            color_func=lambda *_, colour=COLOURS[emotion], **__: colour,
            max_words=WORDS_OF_A_CLASS,
            random_state=0,
        )
        axes.imshow(cloud.generate_from_frequencies(told), interpolation="bilinear")
        axes.set_title(KOREAN[emotion])
    for axes in plots.flat:
        axes.axis("off")
    return figure


def _counted(korean: Sequence[Example]) -> dict[Emotion, Counter[str]]:
    """Content words of each class, verbs and adjectives in their dictionary form."""
    counts: dict[Emotion, Counter[str]] = {emotion: Counter() for emotion in Emotion}
    kiwi = Kiwi(num_workers=1)
    tokenised = kiwi.tokenize([example.text for example in korean])
    for example, tokens in zip(korean, tokenised, strict=True):
        assert example.emotion is not None
        counts[example.emotion].update(
            token.form + ("다" if token.tag in ("VV", "VA") else "")
            for token in tokens
            if token.tag in CONTENT_TAGS and len(token.form) + (token.tag in ("VV", "VA")) > 1
        )
    return counts
