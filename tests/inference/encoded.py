"""Recordings as phones and browsers encode them."""

import io
import wave

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from inference.audio import (
    Waveform,
)

TONE_HZ = 440.0
FORMATS = [
    pytest.param("ogg", "libopus", 48_000, "mono", id="telegram voice note"),
    pytest.param("webm", "libopus", 48_000, "mono", id="webm of a browser"),
    pytest.param("mp3", "libmp3lame", 44_100, "stereo", id="mp3"),
    pytest.param("mp4", "aac", 44_100, "mono", id="m4a"),
    pytest.param("wav", "pcm_s16le", 8_000, "stereo", id="wav 8 kHz stereo"),
    pytest.param("wav", "pcm_f32le", 96_000, "mono", id="wav 96 kHz float"),
    pytest.param("flac", "flac", 22_050, "mono", id="flac"),
    pytest.param("adts", "aac", 16_000, "mono", id="raw aac"),
]

DAMAGED = [
    (("ogg", "libopus", 48_000), 48_000),
    (("mp3", "libmp3lame", 44_100), 44_100),
    (("wav", "pcm_s16le", 8_000), 8_000),
    (("adts", "aac", 16_000), 16_000),
    (("flac", "flac", 16_000), 16_000),
]


def tone(duration_s: float, rate: int, amplitude: float = 0.5) -> NDArray[np.float32]:
    time_s = np.arange(round(duration_s * rate)) / rate
    return (amplitude * np.sin(2 * np.pi * TONE_HZ * time_s)).astype(np.float32)


def encode(
    samples: NDArray[np.float32],
    container: str = "ogg",
    codec: str = "libopus",
    rate: int = 48_000,
    layout: str = "mono",
    bit_rate: int | None = None,
) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate, layout=layout)
        assert isinstance(stream, av.AudioStream)
        if bit_rate:
            stream.bit_rate = bit_rate
        _mux_sound(output, stream, samples, rate, layout)
    return buffer.getvalue()


def wav(samples: NDArray[np.float32], claimed_rate: int, channels: int) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as output:
        output.setnchannels(channels)
        output.setsampwidth(2)
        output.setframerate(claimed_rate)
        output.writeframes((samples * 32767).astype("<i2").tobytes())
    return buffer.getvalue()


def video_note(samples: NDArray[np.float32], rate: int, with_sound: bool = True) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as output:
        picture = output.add_stream("mpeg4", rate=10)
        picture.width = picture.height = 64
        picture.pix_fmt = "yuv420p"
        sound = output.add_stream("aac", rate=rate, layout="mono") if with_sound else None
        for _ in range(10):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "rgb24")
            output.mux(picture.encode(frame))
        output.mux(picture.encode(None))
        if sound is not None:
            _mux_sound(output, sound, samples, rate, "mono")
    return buffer.getvalue()


def _mux_sound(
    output: av.container.OutputContainer,
    stream: av.AudioStream,
    samples: NDArray[np.float32],
    rate: int,
    layout: str,
) -> None:
    channels = 2 if layout == "stereo" else 1
    for block in np.array_split(samples, max(1, len(samples) // rate)):
        packed = np.repeat(block, channels)[None]
        frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=layout)
        frame.sample_rate = rate
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


def strongest_hz(waveform: Waveform) -> float:
    spectrum = np.abs(np.fft.rfft(waveform.samples * np.hanning(len(waveform.samples))))
    return float(np.argmax(spectrum) * waveform.sample_rate / len(waveform.samples))
