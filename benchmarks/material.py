"""What people say in the benchmark: short ordinary messages, and voice notes of ten seconds."""

import io
import os
import shutil
import subprocess
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from inference.audio import SAMPLE_RATE, decode

NOTE_S = 10.0
NOTES = 4
BITS_PER_S = 32_000

TEXTS = (
    "오늘 발표를 무사히 마쳐서 하루 종일 기분이 좋았어요",
    "친구가 약속을 또 잊어버려서 조금 서운했어요",
    "내일 면접인데 잠이 안 오고 자꾸 걱정돼요",
    "그냥 집에서 밥 먹고 드라마 봤어",
    "동생이 내 옷을 말도 없이 입고 나가서 화가 났다",
    "사람들 앞에서 이름을 잘못 불러서 얼굴이 빨개졌어요",
    "오랜만에 할머니 목소리를 들으니까 눈물이 났어요",
    "퇴근하고 시장에 들러서 귤이랑 두부를 사 왔어요. 저녁에는 찌개를 끓여서 같이 먹었어요",
    "팀장님이 내 말만 안 들어 주는 것 같아서 마음이 안 좋아",
    "드디어 시험이 끝났다",
    "I finally finished the garden with my dad and we were both so proud of it",
    "My best friend moved away today and the house feels empty",
    "My exam is tomorrow and I am so nervous that I cannot eat dinner",
    "He laughed at my drawing in front of everyone and I did not know what to say",
    "Nothing much, I did the laundry and cooked some soup",
    "They cancelled our trip one day before and nobody said sorry",
)

_SPOKEN = (
    ("ko", " ".join(TEXTS[:3])),
    ("ko", " ".join(TEXTS[4:7])),
    ("en-us", " ".join(TEXTS[10:12])),
    ("en-us", " ".join(TEXTS[13:16])),
)
_ACTORS_CLIPS = "audio/ravdess/clips"


class NoVoice(RuntimeError):
    """This machine has neither a speech synthesiser nor recordings of voices."""


def voice_notes() -> tuple[str, list[bytes]]:
    """Where the voices come from, and `NOTES` different notes of `NOTE_S` s as Ogg/Opus.

    People's voices where they are here: the ear takes three of four synthetic notes for something
    to ask about (docs/emergency.md), and a question is not the answer whose time is measured.

    Raises:
        NoVoice: neither espeak-ng nor the recordings are here.
    """
    folder = Path(os.environ.get("TODAK_DATA", "../shared/data")) / _ACTORS_CLIPS
    clips = sorted(folder.glob("*.ogg"))
    if clips:
        joined = [
            np.concatenate([decode(path.read_bytes()).samples for path in clips[first::NOTES][:6]])
            for first in range(NOTES)
        ]
        return "actors' clips joined (RAVDESS)", [opus(samples) for samples in joined]
    synthesiser = shutil.which("espeak-ng")
    if synthesiser is None:
        raise NoVoice(f"espeak-ng is not installed and {folder} is not there")
    spoken = [_synthesised(synthesiser, voice, text) for voice, text in _SPOKEN]
    return "synthetic speech (espeak-ng)", [opus(samples) for samples in spoken]


def _synthesised(synthesiser: str, voice: str, text: str) -> NDArray[np.float32]:
    # The program was found on the path, and the texts are those above.
    spoken = subprocess.run(  # noqa: S603
        [synthesiser, "-v", voice, "--stdout", text], capture_output=True, check=True
    )
    return decode(spoken.stdout).samples


def opus(samples: NDArray[np.float32]) -> bytes:
    """16 kHz mono, repeated or cut to `NOTE_S` seconds, as phones send it."""
    samples = np.resize(samples, round(NOTE_S * SAMPLE_RATE))
    content = io.BytesIO()
    with av.open(content, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=SAMPLE_RATE, layout="mono")
        stream.bit_rate = BITS_PER_S
        frame = av.AudioFrame.from_ndarray(samples[None], format="flt", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return content.getvalue()
