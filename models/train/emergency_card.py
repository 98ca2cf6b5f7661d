"""The cards of the two sound detectors, written from what was measured."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

DETECTORS: Final = ("cnn", "encoder", "together")
MEASURES: Final[Mapping[str, Sequence[str]]] = {
    "screams against ordinary speech (iesc), area under the curve": ("screams_auc",),
    "screams at *ask*": ("screams_at_ask",),
    "screams at *alarm*": ("screams_at_alarm",),
    "ordinary at *ask*": ("ordinary_at_ask",),
    "ordinary at *alarm*": ("ordinary_at_alarm",),
    "synthetic ordinary speech at *ask*": ("spoken_at_ask",),
    "19 kinds, synthetic": ("made", "kinds"),
    "emergency or not, synthetic": ("made", "binary"),
}
COMMAND = "todak train emergency --data ../shared/data --seed {seed}"

CNN = """# Emergency sounds: convolutional network

Tells nineteen kinds of sound, fourteen of them emergencies, from a log-mel spectrogram of up to
thirty seconds. It is the source document's network: five convolutions of 8, 16, 32, 64 and 128
maps, 3 x 3, time stride 2, no normalisation, two parallel linear layers twice (added; the document
does not say how they are joined), 607,763 parameters. In the product it hears windows of four
seconds; `emergency_encoder.md` is the other detector, and both decide together.
"""

ENCODER = """# Emergency sounds: encoder

Tells nineteen kinds of sound, fourteen of them emergencies. Whisper's encoder in its own names
and shapes at a size that a processor core can train: 80 bands, 64 numbers a state, three blocks.
Its head adds the logits of two perceptrons: over attentive mean and deviation of the states, and
over 570 statistics of the bands and their modulations, which learns first. {n_parameters:,}
parameters in all. A Whisper's pretrained encoder loads into the same class (`--whisper`). In the
product it hears windows of four seconds, together with `emergency_cnn.md`; this file holds the
calibration of both together as well.
"""

JOINT = """ {:.0%} of the
  loss is that of spelling what is said in made notes (connectionist temporal classification)."""

TABLES = """## Measured on groups it never heard

Three trainings, each without a third of the speakers, phones and original recordings. Screams are
of unknown speakers, so each file is its own group: the same person may stand on both sides, and
the figures on screams are optimistic. A recording counts by its worst window. Thresholds are those
of all folds' held-out scores; below are those found on the other two folds. While the recipe was
made, held-out false alarms of earlier trainings were looked at (more roosters, baby cries and dogs
are drawn since), and architecture and schedule were changed: read all figures as a little kind.

| measure | CNN | encoder | together |
|---|---|---|---|
{rows}

With thresholds of the other folds (together): screams at *ask* {nested_scream_ask}, at *alarm*
{nested_scream_alarm}; ordinary at *ask* {nested_ask}, at *alarm* {nested_alarm}.

Within a collection, where what tells collections apart is of no use (together, area under the
curve):

{within}

What both together take for *ask* and for *alarm*:

| recordings | ask | alarm | number |
|---|---|---|---|
{heard_as}

The upper 95 % bound of the rate of alarms in ordinary notes is {bound}: none is in those at hand,
which does not say that there is none.

Made notes, whose sentences no training had (synthetic, phrases separated): recall of the kinds by
both together: {recall}.
{timeline}"""

TIMELINE = """
Notes put together from recordings that the nets had not heard ({n_notes} of them, {n_steps} half
seconds, an emergency of the phone recordings in half): {emergencies_found:.2f} of the emergencies
found where they are, onset off by {onset_off_s_median} s (median), {emergency_recall:.2f} of their
half seconds, {ordinary_notes_asked_about:.3f} of the notes without one asked about, {accuracy:.3f}
of all half seconds right.
"""

BODY = """
- **Data**: Indian EmoSpeech Command (screams, glass, shots, ordinary words; CC BY-NC-SA 4.0),
  RAVDESS (CC BY-NC-SA 4.0), EmoDB (free for research), Free Spoken Digits (CC BY-SA 4.0),
  donateacry (ODbL), ESC-10 (CC BY 3.0), nature and household sounds (CC0, CC BY and some without a
  licence text), and sounds made for the kinds of which no recording is at hand, with sentences
  spoken by espeak-ng in Korean and English.
- **Licence of these weights**: CC BY-NC-SA 4.0, because of RAVDESS and Indian EmoSpeech.
- **Damage**: every note of every collection alike, by chance: pitch, tempo, room, a narrower band,
  clipping, Opus, another ordinary sound at -5 to 20 dB, noise, masks. Of two recordings in five
  only the loudest 0.6 to 1.5 s are heard, anywhere in an ordinary recording, up to 18 dB above it.
  The level of a note is taken away before it is heard.
- **Command**: `{command}`; `todak evaluate emergency --json` prints
  every figure. CPU, one thread. What was stopped goes on; this run was stopped between trainings.
- **Epochs**: {epochs} of {schedule}, chosen by groups that the first training kept aside.{joint}

{tables}

## Calibration in the files

{judges}

A probability is one for a note drawn as the recordings at hand are, of which a twelfth are
emergencies; in life far fewer are.

## Limits

- **Nine of the fourteen kinds were learned from made sounds alone.** That they are told apart
  says nothing about a real fall, leak or quake.
- **Of real recordings it hears screams, and little else**: the table tells how few of the fires,
  of the glass and shots and of the thunderstorms reach *ask*, and that hardly anything reaches
  *alarm*. What goes wrong is asked about rather than acted on.
- **A short scream within talk is mostly missed** (the notes put together, above): most of what was
  learned from is three seconds and longer, and shouted single words set the threshold of *ask*.
- The labels of Indian EmoSpeech are noisy: many of its screams are single words in a plain voice,
  and seven recordings stand under both "scream" and "safe" (left out here). A part of the screams
  can therefore not be told from ordinary shouted words, which is why the row of screams without a
  word is shown, and why shouted words set the threshold of *alarm*.
- No Korean speech by people is in the data, and no recording of a real emergency: screams are
  played.
- Words are not understood here; they have a detector of their own.
- A microphone that nobody reaches, a far room or music may hide any of these sounds. It is no
  119.
"""


def cnn_card(
    measured: Mapping[str, Any],
    judges: Mapping[str, Mapping[str, float]],
    facts: Mapping[str, Any],
) -> str:
    """The card of the convolutional network in Markdown."""
    return CNN + _body(measured, judges, facts, "cnn")


def encoder_card(
    measured: Mapping[str, Any],
    judges: Mapping[str, Mapping[str, float]],
    facts: Mapping[str, Any],
) -> str:
    """The card of the encoder in Markdown."""
    told_of = ENCODER.format(n_parameters=facts["encoder_parameters"])
    return told_of + _body(measured, judges, facts, "encoder")


def _body(
    measured: Mapping[str, Any],
    judges: Mapping[str, Mapping[str, float]],
    facts: Mapping[str, Any],
    name: str,
) -> str:
    return BODY.format(
        command=COMMAND.format(seed=facts["seed"]),
        epochs=facts["epochs"][name],
        schedule=facts["schedule"][name],
        joint=JOINT.format(facts["text_share"]) if name == "encoder" else "",
        tables=tables(measured),
        judges="\n".join(
            f"- {label}: scale {judge['scale']:.3f}, offset {judge['offset']:.3f}, ask from "
            f"{judge['ask']:.4f}, alarm from {judge['alarm']:.4f}"
            for label, judge in judges.items()
        ),
    )


def tables(measured: Mapping[str, Any]) -> str:
    """Every figure of `emergency_evaluation.report`, in Markdown."""
    nested = measured["together"]["thresholds_of_other_folds"]
    return TABLES.format(
        rows="\n".join(rows(measured)),
        nested_scream_ask=told(nested["screams_at_ask"]),
        nested_scream_alarm=told(nested["screams_at_alarm"]),
        nested_ask=told(nested["ordinary_at_ask"]),
        nested_alarm=told(nested["ordinary_at_alarm"]),
        within="\n".join(
            f"- {label}: {told(found)}" for label, found in measured["within"].items()
        ),
        heard_as="\n".join(
            f"| {label} | {told(of['ask'])} | {told(of['alarm'])} | {of['ask']['notes']} |"
            for label, of in measured["heard_as"].items()
        ),
        bound=f"{100.0 * measured['together']['ordinary_at_alarm']['interval_95'][1]:.2f} %",
        recall=", ".join(
            f"{kind} {value:.2f}" for kind, value in measured["together"]["made"]["recall"].items()
        ),
        timeline=TIMELINE.format(**measured["timeline"]) if "timeline" in measured else "",
    ).rstrip("\n")


def rows(measured: Mapping[str, Any]) -> list[str]:
    """A row of a table for each measure, of both detectors and the two together."""
    return [
        f"| {label} | "
        + " | ".join(told(_inside(measured[name], path)) for name in DETECTORS)
        + " |"
        for label, path in MEASURES.items()
    ]


def _inside(of_detector: Mapping[str, Any], path: Sequence[str]) -> Any:
    for key in path:
        of_detector = of_detector[key]
    return of_detector


def told(found: Mapping[str, Any]) -> str:
    """A figure with its interval."""
    low, high = found["interval_95"]
    return f"{found['value']:.3f} ({low:.3f} to {high:.3f})"
