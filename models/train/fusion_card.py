"""The card of the fusion of words and voice, written from what was measured."""

from collections.abc import Mapping
from typing import Any

from inference.emotion_fusion import LateFusion
from inference.fusions import FUSION_NAMES

CARD = """# Words and voice together

Three ways to hear the words and the voice of one utterance together, behind one interface
(`inference/fusions.py`), chosen by `TODAK_FUSION`:

- **`late`, the product's** (`fusion.json`, eight numbers): the text model and the voice model each
  give probabilities; the part of the words that carries no feeling follows the voice, the rest
  stays with the words and is moved a little by the voice.
- **`multimodal-transformer`** (A5, 3,471,943 parameters): 20 MFCCs with two differences,
  [1000, 60], inform 60 text tokens by cross-attention; only the text's states classify.
- **`cross-attention`** (A6, 3,959,303 parameters): 128 mel bands with their difference,
  [1000, 256], and 40 word vectors of 256 numbers after Kiwi's morphological analysis attend to
  each other; a convolutional head reads both. Its 12,000 word vectors lie in a file of their own
  and are not counted.

The weights of the last two are not shipped; the command makes them.{missing} Where only one
modality is there, the single recogniser's estimate stands, whichever is chosen.

- **Data**: the project's own sentences and RAVDESS and EmoDB voices (actors, English and German).
  **No corpus of real Korean pairs is open: all pairs here are synthetic, a text and a voice of the
  same class drawn from disjoint splits, never said by one person** (`models/train/fusion_pairs.py`
  says which situations are drawn).
- **Licence**: `fusion.json` MIT; transformers trained by the command CC BY-NC-SA 4.0 (RAVDESS).
- **Command**: `todak train fusion --data ../shared/data --seed {seed}`, after
  `todak train speech-emotion`, whose folds it reads; `todak evaluate fusion` measures without
  training; `--only late` leaves the transformers out. CPU, one thread.

## Measured

Sentences: the project's separate tests (`tests/sentences/emotion_*_test.tsv`). Voices: eight
actors of RAVDESS and two speakers of EmoDB (folds 1 and 5) that neither the transformers nor any
fitted number has heard; what the voice model says of them is from the fold that left them out. The
late fusion is fitted on sentences held out of the text model and on voices of the other folds.
Accuracy, with bootstrap 95 % intervals over the pairs. Hurt and embarrassment have no voice of
their own; their sentences are paired with calm voices and with those of disgust and surprise.

| synthetic pairs | {ways} |
|---|{rule}|
{rows}

"RAVDESS as spoken" are real recordings with the two neutral sentences that were really said: there
the voice is right, alone in {voice_spoken}, fused in {late_spoken}. A feeling told in a calm or an
unclear voice is named right in {late_calm}, by the words alone in {words_calm}: what it costs to
hear a voice whose words carry nothing. On text without a voice the late fusion is the text model.

How much neutral is preferred (`neutral_weight`) is set to 1 and not fitted, because the corpora of
actors hold every emotion alike. A first fit had it free (0.47); its figures on this test were seen
(0.800, 0.778, 0.706 and 0.656 in the first four rows) before it was fixed.

## Words and voice that contradict

Neutral and joyful sentences ("괜찮아") with sad, angry and fearful test voices; 44 sentences were
written for choosing and 44 others for this test. The threshold is the one that at most 5 % of the
agreeing development pairs of any kind reach. Todak says "your words and your voice differ" for

| pairs | share | 95 % | pairs |
|---|---|---|---|
{contradictions}

It is missed mostly because the voice model does not hear the voice as heavy. The intervals are
over pairs; of 44 sentences and ten speakers they are too narrow.

## In the file

{numbers}

## Limits

- Same-class synthetic pairs say how well two independent witnesses are put together, not how
  people speak: in life words and voice depend on each other.
- Actors, English and German voices; no Korean voice, no person in real distress.
- The contradictions are synthetic too: who hides how they feel does not sound like an actor.
- The two sentences of RAVDESS are all there is of "real voice whose words carry nothing".
- Joyful words in an excited voice are sometimes taken for a contradiction: see the same-class row.
"""

NOT_MEASURED = """
**They are not in the table below**: no weights of both were there when it was measured."""


def card(measured: Mapping[str, Any], late: LateFusion, seed: int) -> str:
    """Return the card in Markdown; `measured` is from `fusion.evaluate`."""
    accuracy = measured["accuracy"]
    ways = list(dict.fromkeys(way for row in accuracy.values() for way in row))
    rows = [
        f"| {name} ({max(cell['pairs'] for cell in row.values())}) | "
        + " | ".join(_cell(row[way]) if way in row else "–" for way in ways)
        + " |"
        for name, row in accuracy.items()
    ]
    spoken, calm = accuracy["RAVDESS as spoken"], accuracy["feelings told calmly"]
    said = [
        f"| {name} | {found['value']:.3f} | {_interval(found)} | {found['pairs']} |"
        for name, found in measured["says a contradiction"].items()
    ]
    numbers = [f"- `{name}` {getattr(late, name):.3f}" for name in LateFusion.__dataclass_fields__]
    missing = "" if set(FUSION_NAMES) <= {*ways} else NOT_MEASURED
    return CARD.format(
        missing=missing,
        seed=seed,
        ways=" | ".join(ways),
        rule="|".join("---" for _ in ways),
        rows="\n".join(rows),
        voice_spoken=spoken["voice alone"]["value"],
        late_spoken=spoken["late"]["value"],
        words_calm=calm["words alone"]["value"],
        late_calm=calm["late"]["value"],
        contradictions="\n".join(said),
        numbers="\n".join(numbers),
    )


def _cell(found: Mapping[str, Any]) -> str:
    return f"{found['value']:.3f} ({_interval(found)})"


def _interval(found: Mapping[str, Any]) -> str:
    low, high = found["interval_95"]
    return f"{low:.3f} to {high:.3f}"
