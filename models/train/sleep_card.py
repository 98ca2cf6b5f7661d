"""The card of the sleep sounds' networks: what they learned from and under which licences."""

import json
from collections.abc import Sequence
from pathlib import Path

from safetensors import safe_open

from models.train.sound_recordings import Part, SoundClip, kinds_in

VOICES = ("texture", "tonal")
MEASURED = "<!-- measured: todak evaluate sounds -->"


def write_card(folder: Path, clips: Sequence[SoundClip]) -> None:
    """Write `sleep_sounds.md`; what stands below the mark of the measured figures is kept."""
    path = folder / "sleep_sounds.md"
    below = ""
    if path.exists():
        below = path.read_text(encoding="utf-8").partition(MEASURED)[2]
    path.write_text(_above(folder, clips) + MEASURED + (below or "\n"), encoding="utf-8")


def _above(folder: Path, clips: Sequence[SoundClip]) -> str:
    networks = "\n".join(_network(folder / f"sleep_{name}.safetensors", name) for name in VOICES)
    learned = [clip for clip in clips if clip.part is not Part.EAR]
    rows = "\n".join(
        f"| {kind} | {n} | {kinds_in([c for c in clips if c.part is Part.EAR]).get(kind, 0)} |"
        for kind, n in kinds_in(learned).items()
    )
    sources = sorted({f"{clip.recording} ({clip.licence})" for clip in learned})
    return f"""# Sleep sounds

Two variational autoencoders over band levels, from which rain, waves, stream, wind, fireplace and
thunder, birds and crickets are drawn anew. No recording is in them or in what they make: a latent
of 256 numbers walks around places it was found at in recordings, a decoder of five layers (two
dense ones from latent and kind, a GRU, a dense one, a mixture of Gaussians) draws the levels frame
by frame, and the sound is white noise given these levels.

{networks}

| kind | recordings the generator learned from | recordings only the ear heard |
|---|---|---|
{rows}

- **Levels**: 40 mel bands every 4 ms (256/64 at 16 kHz), because a drop of rain lasts
  milliseconds; 128 linear bands every 8 ms (512/128) for birds and crickets.
- **Command**: `todak train sleep-sounds --data ../shared/data --seed 1`; what was stopped goes on.
  One CPU thread.
- **Chosen** by the bound (-log p + KL) on recordings set aside; where a kind has two recordings
  (stream, wind, crickets), one is the ear's and the last sixth of the other chooses: such figures
  are of the same recording.
- **Posterior collapse**: the price of information rises over the first 30 % of steps, 0.02 nats
  of each latent are free, and the units in use (variance of the posterior's mean over 0.01) are
  counted above.
- **Licence of these weights**: CC BY 4.0. Recordings: {"; ".join(sources)}.

"""


def _network(path: Path, name: str) -> str:
    with safe_open(path, framework="pt") as file:
        extra = json.loads(file.metadata()["extra"])
        n_numbers = sum(file.get_tensor(key).numel() for key in file.keys())  # noqa: SIM118
    measured = extra["measured"]
    return (
        f"- **{name}** ({', '.join(extra['kinds'])}): {n_numbers:,} numbers, "
        f"{path.stat().st_size / 1e6:.1f} MB; {measured['steps']} steps, seed {extra['seed']}; "
        f"bound {measured['held_out_nats_a_frame']} nats a frame on recordings set aside, where "
        f"linear prediction with Gaussians has {measured['held_out_nats_a_frame_linear']}; "
        f"{measured['active_units']} of 256 latents in use."
    )
