"""The card of the voice emotion model, written from what was measured."""

from collections.abc import Mapping
from typing import Any

COMMAND = "todak train speech-emotion --data ../shared/data --seed {seed} --epochs {schedule}"

CARD = """# Voice emotion model

Names the feeling in how a person speaks: joy, sadness, anger, anxiety or neutral. It does not hear
words, and claims neither hurt (상처) nor embarrassment (당황): no recording it learned from plays
them.

- **Model**: {n_statistics:,} statistics of a recording, of 64 log-mel bands and 20 cepstra (64 ms
  window, 16 ms step), of pitch, harmonicity, level and ten measures of spectral shape after
  eGeMAPS (Eyben et al., 2016), of how they move, of rhythm and of modulation; two networks of 128
  hidden units, their logits averaged; {n_parameters:,} parameters in all. No convolutions.
- **Data**: RAVDESS speech, actors 1 to 20, 1,200 clips, two English sentences
  (Livingstone and Russo, 2018, CC BY-NC-SA 4.0); EmoDB, 8 German speakers, 421 clips cut or padded
  to 2 s (Burkhardt et al., 2005, free for research). Both are actors in a studio.
- **Licence of these weights**: CC BY-NC-SA 4.0, because of RAVDESS.
- **Augmentation**: one damaged copy of each clip: pitch and tempo each by up to 14 %, synthetic
  rooms, noise at 5 to 35 dB, Opus at 8 to 32 kbit/s, level. The level of a recording is not among
  the statistics, so that a phone's gain does not look like a mood.
- **Command**: `{command}`, one call
  from recordings to this card; `--evaluate` repeats the measurements without writing weights; what
  was stopped goes on. CPU, one thread. This run was stopped once, after listening. The shipped
  weights: every speaker, {n_epochs} of {schedule} epochs (the median of those chosen by three
  inner speakers in the eight trainings below).

## Measured on speakers it never heard

Eight trainings; number k leaves out EmoDB's speaker k and, up to 5, RAVDESS's published fold k
(four actors). The epoch is chosen on three further speakers, never on those measured; then the
networks learn from these three too. Temperature and threshold are fitted on the other seven folds
each time. Intervals are 95 % bootstrap intervals over speakers. Which kinds of statistics and
which size of network to use was decided by seven trials on inner speakers (of the same two
corpora, each trial averaged over speakers that its training had not heard). Two networks and
16 epochs stand where those trials had one and 30; that was chosen for time, not by a figure.

| measure | value | 95 % | clips |
|---|---|---|---|
{rows}

For comparison: the source document's mean features and multilayer perceptron on the same folds,
see `speech_mlp.md`; a pretrained audio tagger of 3.7 M parameters with logistic regression reaches
a UAR of 0.442 on RAVDESS and of 0.519 on EmoDB.

Expected calibration error over the five classes: {ece} (ten bins of equal count). Called sure:
{coverage} of all clips, {coverage_told} of those that have a Todak class; of what is called sure
{sure} is right, where clips of disgust and surprise always count as wrong.

Recall, RAVDESS (eight): {ravdess}.

Recall, EmoDB (seven): {emodb2s}.

Recall as Todak classes: RAVDESS {ravdess_told}; EmoDB {emodb2s_told}.

## Arousal and valence

From the emotions actors were asked to play, as halves of the circumplex (Russell, 1980), not from
ratings: aroused are happy, angry, fearful, surprised, calm are neutral, calm, sad, bored; pleasant
is happy, unpleasant are sad, angry, fearful, disgust. The area under the curve on unheard
speakers, 0.5 being chance:

| half | RAVDESS | EmoDB |
|---|---|---|
{circumplex}

So a voice tells how stirred somebody is far better than whether it is pleasant.

## How emotions become Todak classes

happy → joy, sad → sadness, angry → anger, fearful → anxiety, neutral, calm and bored → neutral.
Disgust and surprise speak for no class: their probability is spread evenly over the five. Left to
choose among the five, the net takes held-out

{instead}

so neither follows one class. In the Korean corpus whose classes Todak uses, 당황 holds shame,
guilt and confusion and not the startled surprise that RAVDESS plays.

Under words that carry no feeling (0.82 neutral) the fusion is right on {fused} of the clips, the
voice alone on {voice}.

## Calibration in the file

temperature {temperature:.3f}, sure from a probability of {sure_probability:.3f}.

## Limits

- **Korean speech is unseen**, and so are children, old people, dialects and real distress. Actors
  exaggerate; people on a phone do not. Expect less than the figures above; in Todak the voice
  counts less than words.
- **Of sad voices it hears {sad_english} (RAVDESS) and {sad_german} (EmoDB) as sadness.** That a
  voice does not sound sad to it says nothing.
- RAVDESS has two sentences and EmoDB ten, so what was said hardly varies in training.
- The classes of the training sets are nearly balanced; most real voice notes are neutral.
- A laugh, music or two people speaking are not told apart from one voice.
- Nothing here measures mood or health, and it must not be used to judge a person.
"""


def card(
    measured: Mapping[str, Any],
    extra: Mapping[str, Any],
    n_parameters: int,
    n_statistics: int,
    seed: int,
    schedule: int,
    n_epochs: int,
) -> str:
    """Return the card in Markdown; `measured` is from `voice_evaluation.report`."""
    corpora = measured["corpora"]
    rows = [
        _row("RAVDESS, 8 emotions, UAR", corpora["ravdess"]["uar"]),
        _row("EmoDB, 7 emotions, leave one speaker out, UAR", corpora["emodb2s"]["uar"]),
        _row("five Todak classes, accuracy", measured["todak_accuracy"]),
        _row("five Todak classes, UAR", measured["todak_uar"]),
        _row("right where sure", measured["sure_precision"]),
    ]
    instead = [
        f"- {name} as {_listed(taken)}" for name, taken in measured["without_a_class"].items()
    ]
    recalls = {name: _listed(corpora[name]["recall"]) for name in corpora}
    told = {f"{name}_told": _listed(corpora[name]["todak_recall"]) for name in corpora}
    return CARD.format(
        n_parameters=n_parameters,
        n_statistics=n_statistics,
        command=COMMAND.format(seed=seed, schedule=schedule),
        schedule=schedule,
        n_epochs=n_epochs,
        rows="\n".join(rows),
        ece=measured["expected_calibration_error"],
        coverage=_percent(measured["sure_coverage"]),
        coverage_told=_percent(measured["sure_coverage_of_told"]),
        sure=_percent(measured["sure_precision"]["value"]),
        instead="\n".join(instead),
        circumplex="\n".join(_halves(name, of) for name, of in measured["circumplex"].items()),
        sad_english=_percent(corpora["ravdess"]["todak_recall"]["sadness"]),
        sad_german=_percent(corpora["emodb2s"]["todak_recall"]["sadness"]),
        **recalls,
        **told,
        **{name: _percent(value) for name, value in measured["under_neutral_words"].items()},
        temperature=extra["temperature"],
        sure_probability=extra["sure_probability"],
    )


def _row(name: str, found: Mapping[str, Any]) -> str:
    low, high = found["interval_95"]
    return f"| {name} | {found['value']:.3f} | {low:.3f} to {high:.3f} | {found['clips']} |"


def _halves(name: str, of_corpus: Mapping[str, Any]) -> str:
    told = []
    for corpus in ("ravdess", "emodb2s"):
        low, high = of_corpus[corpus]["interval_95"]
        told.append(f"{of_corpus[corpus]['value']:.3f} ({low:.3f} to {high:.3f})")
    return f"| {name} | {' | '.join(told)} |"


def _listed(shares: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {share:.2f}" for name, share in shares.items())


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %"
