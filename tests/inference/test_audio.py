"""Decoding: what phones and browsers really send, and what strangers might."""

import io
import os
import time
from pathlib import Path

import av
import numpy as np
import pytest

from inference.audio import (
    SAMPLE_RATE,
    RecordingTooLong,
    UnreadableAudio,
    Waveform,
    decode,
    is_silent,
    level_dbfs,
    trim,
)
from tests.inference.encoded import (
    DAMAGED,
    FORMATS,
    TONE_HZ,
    encode,
    strongest_hz,
    tone,
    video_note,
    wav,
)


@pytest.mark.parametrize(("container", "codec", "rate", "layout"), FORMATS)
def test_every_format_becomes_the_same_sound(
    container: str, codec: str, rate: int, layout: str
) -> None:
    waveform = decode(encode(tone(2.0, rate), container, codec, rate, layout))

    assert waveform.sample_rate == SAMPLE_RATE
    assert waveform.samples.dtype == np.float32
    assert waveform.samples.ndim == 1
    assert waveform.duration_s == pytest.approx(2.0, abs=0.15)
    assert strongest_hz(waveform) == pytest.approx(TONE_HZ, abs=3.0)
    assert level_dbfs(waveform) == pytest.approx(-9.0, abs=1.0)


def test_the_sound_of_a_video_note_is_heard() -> None:
    waveform = decode(video_note(tone(1.0, 48_000), 48_000))

    assert waveform.duration_s == pytest.approx(1.0, abs=0.1)
    assert strongest_hz(waveform) == pytest.approx(TONE_HZ, abs=3.0)


@pytest.mark.parametrize("kind", [b"\x42\x42", b"\x22\x00"], ids=["unknown", "unwanted"])
def test_a_codec_that_no_recorder_uses_is_refused(kind: bytes) -> None:
    note = bytearray(wav(tone(1.0, 16_000), 16_000, 1))
    note[20:22] = kind

    with pytest.raises(UnreadableAudio):
        decode(bytes(note))


def test_a_video_without_sound_says_so() -> None:
    with pytest.raises(UnreadableAudio, match="no sound"):
        decode(video_note(tone(1.0, 48_000), 48_000, with_sound=False))


@pytest.mark.parametrize(
    "junk",
    [
        pytest.param(b"", id="0 bytes"),
        pytest.param("오늘 너무 힘들었어".encode() * 50, id="a text file"),
        pytest.param(b"%PDF-1.7\n" + bytes(1000), id="a document"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(1000), id="a picture"),
        pytest.param(b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n", id="a playlist"),
        pytest.param(b"ffconcat version 1.0\nfile /etc/hostname\n", id="a concat script"),
        pytest.param(bytes(100_000), id="zeros"),
    ],
)
def test_what_is_no_sound_is_refused(junk: bytes) -> None:
    with pytest.raises(UnreadableAudio):
        decode(junk)


def test_25_megabytes_of_garbage_are_refused_quickly() -> None:
    garbage = np.random.default_rng(1).bytes(25_000_000)
    started_s = time.perf_counter()

    with pytest.raises(UnreadableAudio):
        decode(garbage)

    assert time.perf_counter() - started_s < 2.0


def test_a_truncated_note_gives_what_arrived() -> None:
    note = encode(tone(8.0, 48_000))

    waveform = decode(note[: len(note) // 2])

    assert 2.0 < waveform.duration_s < 6.0
    assert strongest_hz(waveform) == pytest.approx(TONE_HZ, abs=3.0)


@pytest.mark.parametrize("kept_bytes", [1, 20, 100, 200])
def test_a_note_cut_in_its_header_is_refused(kept_bytes: int) -> None:
    with pytest.raises(UnreadableAudio):
        decode(encode(tone(3.0, 48_000))[:kept_bytes])


def test_damage_in_the_middle_costs_only_the_middle() -> None:
    note = bytearray(encode(tone(10.0, 44_100), "mp3", "libmp3lame", 44_100))
    middle = len(note) // 2
    note[middle : middle + 2_000] = os.urandom(2_000)

    waveform = decode(bytes(note))

    assert waveform.duration_s > 8.0
    assert strongest_hz(waveform) == pytest.approx(TONE_HZ, abs=3.0)


def test_a_blip_is_not_a_recording() -> None:
    with pytest.raises(UnreadableAudio):
        decode(encode(tone(0.02, 48_000), "wav", "pcm_s16le", 48_000))


def test_samples_that_are_not_numbers_become_silence() -> None:
    samples = tone(1.0, 16_000, amplitude=4.0)
    samples[100:200] = np.nan
    samples[200:300] = np.inf

    waveform = decode(encode(samples, "wav", "pcm_f32le", 16_000))

    assert np.all(np.isfinite(waveform.samples))
    assert np.max(np.abs(waveform.samples)) <= 1.0


@pytest.mark.parametrize("channels", [3, 7, 24, 64])
def test_any_number_of_channels_is_mixed(channels: int) -> None:
    waveform = decode(wav(np.repeat(tone(1.0, 16_000), channels), 16_000, channels))

    assert waveform.duration_s == pytest.approx(1.0, abs=0.01)
    assert level_dbfs(waveform) == pytest.approx(-9.0, abs=0.5)


@pytest.mark.parametrize("claimed_rate", [1, 100, 2_000_000_000])
def test_a_rate_that_no_recorder_has_is_refused(claimed_rate: int) -> None:
    with pytest.raises((UnreadableAudio, RecordingTooLong)):
        decode(wav(tone(1.0, 16_000), claimed_rate, 1))


@pytest.mark.parametrize("seed", range(5))
def test_damaged_files_end_in_sound_or_in_one_of_two_errors(seed: int) -> None:
    rng = np.random.default_rng(seed)
    intact = [encode(tone(0.5, rate), *rest) for rest, rate in DAMAGED]
    intact.append(video_note(tone(0.5, 48_000), 48_000))
    for _ in range(60):
        damaged = bytearray(intact[rng.integers(len(intact))])
        for _ in range(rng.integers(1, 30)):
            at = int(rng.integers(min(len(damaged), 200) if rng.random() < 0.6 else len(damaged)))
            damaged[at : at + int(rng.integers(0, 9))] = rng.bytes(int(rng.integers(1, 9)))
        try:
            waveform = decode(bytes(damaged))
        except (UnreadableAudio, RecordingTooLong):
            continue
        assert np.all(np.abs(waveform.samples) <= 1.0)


def test_an_hour_of_silence_is_refused_before_it_is_decoded() -> None:
    silence = np.zeros(16_000 * 60, np.float32)
    hour = 60 * encode(silence, "adts", "aac", 16_000, bit_rate=8_000)
    started_s = time.perf_counter()

    with pytest.raises(RecordingTooLong) as caught:
        decode(hour)

    assert caught.value.limit_s == 600.0
    assert time.perf_counter() - started_s < 1.0


def test_the_limit_holds_where_packets_do_not_tell_their_length() -> None:
    samples = tone(5.0, 8_000)
    container = encode(samples, "flac", "flac", 8_000)

    assert decode(container, limit_s=6.0).duration_s == pytest.approx(5.0, abs=0.1)
    with pytest.raises(RecordingTooLong):
        decode(container, limit_s=2.0)


def test_silence_and_a_humming_room_are_silent_and_a_voice_is_not() -> None:
    rng = np.random.default_rng(0)
    hiss = rng.standard_normal(SAMPLE_RATE * 3).astype(np.float32)
    syllables = np.tile(np.repeat([1.0, 0.02], SAMPLE_RATE // 4), 6).astype(np.float32)

    assert is_silent(Waveform(np.zeros(SAMPLE_RATE, np.float32), SAMPLE_RATE))
    assert is_silent(Waveform(hiss * 0.001, SAMPLE_RATE))
    assert is_silent(Waveform(hiss * 0.008, SAMPLE_RATE))
    assert not is_silent(Waveform(tone(3.0, SAMPLE_RATE, 0.015) * syllables, SAMPLE_RATE))
    assert not is_silent(Waveform(tone(3.0, SAMPLE_RATE, 0.5), SAMPLE_RATE))


def test_one_word_in_a_minute_of_silence_is_heard_and_a_click_is_not() -> None:
    minute = np.zeros(60 * SAMPLE_RATE, np.float32)
    word, click = minute.copy(), minute.copy()
    word[SAMPLE_RATE : SAMPLE_RATE + SAMPLE_RATE // 3] = tone(1 / 3, SAMPLE_RATE)
    click[SAMPLE_RATE : SAMPLE_RATE + SAMPLE_RATE // 50] = tone(1 / 50, SAMPLE_RATE)

    assert not is_silent(Waveform(word, SAMPLE_RATE))
    assert is_silent(Waveform(click, SAMPLE_RATE))


def test_the_level_is_that_of_the_loud_parts() -> None:
    samples = np.concatenate([np.zeros(SAMPLE_RATE, np.float32), tone(1.0, SAMPLE_RATE, 0.1)])

    assert level_dbfs(Waveform(samples, SAMPLE_RATE)) == pytest.approx(-23.0, abs=0.3)


def test_trimming_cuts_both_ends_and_leaves_the_pause() -> None:
    pause = np.zeros(SAMPLE_RATE, np.float32)
    word = tone(1.0, SAMPLE_RATE)
    samples = np.concatenate([pause, word, pause, word, pause])

    trimmed = trim(Waveform(samples, SAMPLE_RATE))

    assert trimmed.duration_s == pytest.approx(3.2, abs=0.05)
    assert trim(Waveform(pause, SAMPLE_RATE)).duration_s == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("layout", ["mono", "stereo"])
def test_a_note_decoded_at_once_is_the_sound_of_its_packets(
    layout: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(5)
    intact = encode(
        tone(4.0, 48_000) * 0.5 + 0.1 * rng.standard_normal(4 * 48_000).astype(np.float32),
        layout=layout,
    )
    damaged = bytearray(intact)
    damaged[len(damaged) // 2 : len(damaged) // 2 + 500] = rng.bytes(500)
    for note in (intact, bytes(damaged), intact[: len(intact) // 2]):
        at_once = decode(note)
        with monkeypatch.context() as patched:
            patched.setattr("inference.audio.LARGEST_NOTE_BYTES", 0)
            by_packet = decode(note)
        assert len(at_once.samples) > SAMPLE_RATE // 2
        np.testing.assert_array_equal(at_once.samples, by_packet.samples)


def test_a_packet_of_a_note_that_cannot_be_decoded_is_skipped() -> None:
    """Ogg's checksum is right: the recorder itself wrote a packet of no frames."""
    note = io.BytesIO()
    with (
        av.open(io.BytesIO(encode(tone(2.0, 48_000))), "r") as source,
        av.open(note, "w", format="ogg") as target,
    ):
        stream = target.add_stream_from_template(source.streams.audio[0])
        for i, packet in enumerate(source.demux(source.streams.audio[0])):
            if packet.dts is None:
                continue
            written = av.Packet(b"\x03\x00") if i == 20 else packet
            written.pts, written.dts, written.duration = packet.pts, packet.dts, packet.duration
            written.time_base, written.stream = packet.time_base, stream
            target.mux(written)

    assert decode(note.getvalue()).duration_s == pytest.approx(2.0, abs=0.1)


def test_a_note_decoded_at_once_keeps_to_the_limit() -> None:
    note = encode(tone(3.0, 48_000))

    assert decode(note, limit_s=4.0).duration_s == pytest.approx(3.0, abs=0.1)
    with pytest.raises(RecordingTooLong):
        decode(note, limit_s=2.0)


@pytest.mark.slow
def test_real_recordings_decode_to_their_length() -> None:
    default = Path(__file__).parents[2] / ".." / "shared" / "data"
    clips = Path(os.environ.get("TODAK_DATA", default)) / "audio" / "ravdess" / "clips"
    if not clips.is_dir():
        pytest.skip("no recordings: set TODAK_DATA to the data folder")
    for path in sorted(clips.iterdir())[::100]:
        waveform = decode(path.read_bytes())
        assert 2.0 < waveform.duration_s < 7.0
        assert not is_silent(waveform)


@pytest.mark.slow
def test_every_clip_at_hand_can_be_decoded() -> None:
    folder = Path(os.environ.get("TODAK_DATA", "../shared/data")) / "audio"
    sets = ("esc10", "noisekun", "cc_misc")
    clips = [clip for name in sets for clip in folder.glob(f"{name}/clips/*")]
    if not clips:
        pytest.skip(f"no recordings in {folder}")
    for clip in clips:
        assert decode(clip.read_bytes()).duration_s < 601, clip.name
