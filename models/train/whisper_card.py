"""The card of the small Whisper: what it learned from and what it must not be used for."""

from typing import Any

from models.train.synthetic_speech import TEST_VARIANTS, VARIANTS

CARD = """# whisper_synthetic

> **Synthetic speech only.** These weights learned from the speech synthesiser espeak-ng alone.
> They do not recognise people, Todak does not use them, and no figure below says anything about
> human speech. They exist to run the whole path from sound to words in tests and to measure the
> code, since no pretrained Whisper can be shipped here.

- Made by `todak train whisper --seed {seed} --batches {n_batches}`; figures by `todak evaluate
  whisper --seed {seed}`.
- Shape: OpenAI's Whisper class with {n_audio_layer} encoder and {n_text_layer} decoder blocks of
  {n_audio_state} values, {n_parameters:,} parameters, float16; {n_vocab} tokens: jamo, Latin
  letters, space, and Whisper's own marks.
- Learned from: {n_clips:,} clips of at most five seconds, sentences and phrases of
  `models/train/sentences` (Korean 60 %, English 40 %), in {n_voices} espeak-ng voices of random
  speed and pitch; seven in ten went through noise, a room or Opus. {n_batches:,} batches of 16,
  on one core.
- Chosen by the error on sentences and voices of their own ({choosing_error:.3f} of the
  characters).
- Test: sentences of `tests/sentences` in {n_test_voices} voices that nothing was learned from or
  chosen by. The decoder is told the language.
- Licence: MIT, as the sentences are the project's; nothing of espeak-ng (GPL-3) is in the
  weights.

## Character error rate

Letters and digits only, 95 % bootstrap intervals over recordings. {verdict}

| condition | Korean | English | trusted by the guards | s of processing for a second |
|---|---|---|---|---|
{rows}

The language is detected rightly in {language_found:.0%} of the test's recordings that hold
words.

## Only the frames of the note, against 30 s

The row "filled to 30 s" encodes the same recordings followed by silence, as OpenAI's code does.
This model learned from clips of at most five seconds with up to half a second of silence after
them, so its error there is no measure of Whisper, which learned from 30-second windows and may
lose by shorter ones. What carries over is the time. With pretrained weights: `todak evaluate
transcription --data FOLDER --weights base --padded`.
"""

CONDITIONS = {
    "clean": "clean",
    "codec": "Opus, 16 kbit/s",
    "noise": "noise, 5 to 35 dB",
    "padded": "clean, filled to 30 s",
}


def card(measured: dict[str, Any], facts: dict[str, Any]) -> str:
    """The card's text.

    Args:
        measured: what `measured_on_test` returns.
        facts: dimensions of the model and of its training.
    """
    rows = "\n".join(_row(name, measured[key]) for key, name in CONDITIONS.items())
    return CARD.format(
        **facts,
        rows=rows,
        verdict=_verdict(measured["clean"]),
        n_voices=len(VARIANTS),
        n_test_voices=len(TEST_VARIANTS),
        language_found=measured["language_found"],
    )


def _row(name: str, found: dict[str, Any]) -> str:
    rates = " | ".join(
        f"{found[code]['rate']:.3f} ({found[code]['low']:.3f} to {found[code]['high']:.3f})"
        for code in ("ko", "en")
    )
    return f"| {name} | {rates} | {found['trusted']:.0%} | {found['seconds_a_second']:.3f} |"


def _verdict(clean: dict[str, Any]) -> str:
    worst = max(clean[code]["rate"] for code in ("ko", "en"))
    if worst > 0.5:
        return "At this error a sentence cannot be understood: the training was too short for it."
    if worst > 0.2:
        return "At this error a sentence can be guessed at, not read."
    return "At this error a sentence can be read."
