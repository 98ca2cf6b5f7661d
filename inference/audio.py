"""Any recording a person may send, as a mono waveform."""

from __future__ import annotations  # Packet takes its stream only for type checkers

import base64
import contextlib
import ctypes
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import av
import av._core
import numpy as np
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.filter import Graph
from av.packet import Packet
from numpy.typing import NDArray

SAMPLE_RATE: Final = 16_000  # Hz
LIMIT_S: Final = 600.0

# The demuxers a phone, a browser or a file manager has a use for. None of them opens a second file
# or an address (as playlists do), so what a stranger sends cannot read anything but itself.
FORMATS: Final = (
    "aac,aiff,amr,asf,avi,caf,flac,flv,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mp3,mpeg,mpegts,ogg,"
    "wav,w64"
)
# What recorders write. Pictures are not decoded: a cover of a megabyte may fill a gigabyte.
CODECS: Final = (
    "aac,aac_latm,ac3,adpcm_ima_qt,adpcm_ima_wav,adpcm_ms,adpcm_swf,alac,amrnb,amrwb,eac3,flac,gsm,"
    "gsm_ms,libgsm,libgsm_ms,libopencore_amrnb,libopencore_amrwb,libopus,libspeex,libvorbis,mp1,"
    "mp1float,mp2,mp2float,mp3,mp3float,nellymoser,opus,pcm_alaw,pcm_f32be,pcm_f32le,pcm_f64be,"
    "pcm_f64le,pcm_mulaw,pcm_s16be,pcm_s16le,pcm_s24be,pcm_s24le,pcm_s32be,pcm_s32le,pcm_s8,pcm_u8,"
    "qcelp,speex,vorbis,wmalossless,wmapro,wmav1,wmav2,wmavoice"
)
# A header may claim any rate. One hertz would turn a kilobyte into hours of samples.
LOWEST_RATE: Final = 4_000  # Hz
HIGHEST_RATE: Final = 384_000
LONGEST_PACKET_S: Final = 1.0  # some Vorbis files give their last packet 2^32 samples
MOST_STREAMS: Final = 16
LARGEST_BLOCK_BYTES: Final = 24 << 20  # of FFmpeg's memory; a file of 20 MB needs no larger one
# An index of four bytes a packet may point at the same sound again and again, and silence of any
# rate and any number of channels takes next to no bytes. Ten minutes of 4 ms packets, or of stereo
# at 96 kHz, stay below.
MOST_PACKETS: Final = 150_000
MOST_SAMPLES: Final = 120_000_000  # of all channels, decoded
MOST_SAMPLES_A_PACKET: Final = 400_000  # of one channel
FILE_SLACK_BYTES: Final = 1_000_000  # containers may leave out bytes that each packet shares
LARGEST_NOTE_BYTES: Final = 1_000_000  # four minutes as Telegram records them
MOST_NOTE_CHANNELS: Final = 2
SHORTEST_S: Final = 0.05  # less than a syllable: nothing can be heard in it

FRAME_S: Final = 0.02
WORD_S: Final = 0.2
CLICK_S: Final = 0.06
SILENCE_DBFS: Final = -55.0
QUIET_DBFS: Final = -38.0
STEADY_DB: Final = 8.0  # speech rises and falls by 20 dB and more; a fan or a hiss does not


class UnreadableAudio(ValueError):
    """The bytes hold no sound that can be decoded."""


class RecordingTooLong(ValueError):
    """The recording is longer than `limit_s` seconds; none of it was kept."""

    def __init__(self, limit_s: float) -> None:
        super().__init__(f"the recording is longer than {limit_s:.0f} s")
        self.limit_s = limit_s

    def __reduce__(self) -> tuple[type[RecordingTooLong], tuple[float]]:
        """It travels between processes with its limit, not with its sentence."""
        return RecordingTooLong, (self.limit_s,)


@dataclass(frozen=True, slots=True, eq=False)
class Waveform:
    """Mono sound: `samples` float32 in [-1, 1], shape (n_samples,), at `sample_rate` Hz."""

    samples: NDArray[np.float32]
    sample_rate: int

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate


def decode(recording: bytes, limit_s: float = LIMIT_S) -> Waveform:
    """Decode one audio or video file, whatever its name said, to 16 kHz mono.

    The format is read from the content. Damaged parts are skipped and a truncated file gives what
    can still be decoded. Length is judged from the packets before anything is decoded and again
    while decoding, so that neither an hour of sound nor a decompression bomb takes memory.

    Raises:
        UnreadableAudio: empty, not a known media file, without sound, or damaged beyond use.
        RecordingTooLong: longer than `limit_s` seconds.
    """
    _bound_allocations()
    try:
        with av.open(
            io.BytesIO(recording),
            "r",
            metadata_errors="replace",
            container_options={
                "format_whitelist": FORMATS,
                "codec_whitelist": CODECS,
                "max_streams": str(MOST_STREAMS),
            },
        ) as container:
            if not container.streams.audio:
                raise UnreadableAudio("the file has no sound")
            stream = container.streams.audio[0]
            _prepare(stream)
            blocks = _blocks(container, stream, recording, limit_s)
    except (av.FFmpegError, EOFError) as error:
        raise UnreadableAudio("the file is not a sound that can be decoded") from error
    samples = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
    if len(samples) < SHORTEST_S * SAMPLE_RATE:
        raise UnreadableAudio("nothing of the sound could be decoded")
    # Float formats may hold anything, not-a-number included.
    return Waveform(np.clip(np.nan_to_num(samples), -1.0, 1.0), SAMPLE_RATE)


def level_dbfs(waveform: Waveform) -> float:
    """Level of the loud parts: the 95th percentile of 20 ms frames, in dB below full scale."""
    return float(np.percentile(_frame_levels_dbfs(waveform), 95))


def is_silent(waveform: Waveform) -> bool:
    """Whether there is nothing to hear but silence or the steady noise of a quiet room.

    The loudest 0.2 s decide: one word in a minute of silence is a word, a click is not.
    """
    levels_dbfs = np.sort(_frame_levels_dbfs(waveform))
    loud_part = levels_dbfs[-min(round(WORD_S / FRAME_S), len(levels_dbfs))]
    steady = loud_part - np.percentile(levels_dbfs, 10) < STEADY_DB
    return bool(loud_part < SILENCE_DBFS or (loud_part < QUIET_DBFS and steady))


def is_quiet(waveform: Waveform, step_s: float) -> NDArray[np.bool_]:
    """Which steps hold nothing but silence or the steady noise of a quiet room.

    Returns:
        shape (ceil(duration_s / step_s),); the loudest 60 ms of a step decide, as a shot or a
        breaking glass is that short.
    """
    levels_dbfs = _frame_levels_dbfs(waveform)
    floor_dbfs = np.percentile(levels_dbfs, 10)
    frames_a_step = round(step_s / FRAME_S)
    n_steps = max(1, -(-len(waveform.samples) // round(step_s * waveform.sample_rate)))
    quiet = np.zeros(n_steps, np.bool_)
    for i in range(n_steps):
        step = np.sort(levels_dbfs[i * frames_a_step :][:frames_a_step])
        # The rest of a frame at the end of a recording holds no sound of its own.
        loud_part = step[-min(round(CLICK_S / FRAME_S), len(step))] if len(step) else -np.inf
        steady = loud_part - floor_dbfs < STEADY_DB
        quiet[i] = loud_part < SILENCE_DBFS or (loud_part < QUIET_DBFS and steady)
    return quiet


def trim(waveform: Waveform, range_db: float = 35.0, margin_s: float = 0.1) -> Waveform:
    """Cut what is more than `range_db` below the loud parts off both ends, but for `margin_s`."""
    levels_dbfs = _frame_levels_dbfs(waveform)
    heard = np.flatnonzero(levels_dbfs >= np.percentile(levels_dbfs, 95) - range_db)
    margin = round(margin_s * waveform.sample_rate)
    frame = _frame_length(waveform)
    onset = max(0, int(heard[0]) * frame - margin)
    offset = (int(heard[-1]) + 1) * frame + margin
    return Waveform(waveform.samples[onset:offset], waveform.sample_rate)


def _bound_allocations() -> None:
    """Let FFmpeg take no larger block at once.

    It builds an MP4 file's whole index before the first packet: half a megabyte of chunks that
    share their bytes would become gigabytes. PyAV does not pass this setting on.
    """
    ctypes.CDLL(av._core.__file__).av_max_alloc(ctypes.c_size_t(LARGEST_BLOCK_BYTES))


def _prepare(stream: AudioStream) -> None:
    """Refuse decoders that no recorder needs, and packets that unfold without measure."""
    # PyAV gives no context to a stream of a codec that FFmpeg does not know.
    if stream.codec_context is None or stream.codec_context.name not in CODECS.split(","):
        raise UnreadableAudio("the sound is of a kind that no recorder writes")
    stream.codec_context.options = {"max_samples": str(MOST_SAMPLES_A_PACKET)}


def _blocks(
    container: av.container.InputContainer,
    stream: AudioStream,
    recording: bytes,
    limit_s: float,
) -> list[NDArray[np.float32]]:
    """Decode to blocks of 16 kHz mono, the quick way where that is safe."""
    if _is_note(container, stream, recording):
        # It gives up at a damaged packet, which is skipped below.
        with contextlib.suppress(av.FFmpegError):
            return list(_note_blocks(recording, limit_s))
    most_bytes = 2 * len(recording) + FILE_SLACK_BYTES
    packets = _packets(container, stream, limit_s, most_bytes)
    return list(_resampled(packets, limit_s))


def _is_note(
    container: av.container.InputContainer, stream: AudioStream, recording: bytes
) -> bool:
    """Whether this is what Telegram makes of a voice: nothing but Opus in Ogg, and not much of it.

    Ogg shares no bytes between packets and Opus has one rate and short packets, so that the size
    alone bounds what a note unfolds into.
    """
    return (
        len(recording) <= LARGEST_NOTE_BYTES
        and container.format.name == "ogg"
        and len(container.streams) == 1
        and stream.codec_context.name == "opus"
        and stream.codec_context.layout.nb_channels <= MOST_NOTE_CHANNELS
    )


def _note_blocks(recording: bytes, limit_s: float) -> Iterator[NDArray[np.float32]]:
    """Decode a note to blocks of 16 kHz mono, a second at once outside of Python.

    The same sound as packet by packet, in half the time; and where five hundred packets are each
    handed to Python and back, each waits for whatever else Python does.
    """
    content = base64.b64encode(recording).decode()
    graph = Graph()
    graph.threads = 1
    note = graph.add(
        "amovie", filename=f"data:audio/ogg;base64,{content}", format_name="ogg", dec_threads="1"
    )
    resampled = graph.add("aformat", sample_rates=str(SAMPLE_RATE), sample_fmts="flt")
    heard = graph.add("abuffersink")
    graph.link_nodes(note, resampled, heard).configure()
    graph.set_audio_frame_size(SAMPLE_RATE)
    n_samples = 0
    while True:
        try:
            frame = heard.pull()
        except EOFError:
            return
        assert isinstance(frame, av.AudioFrame), "only sound comes out of its sink"
        n_samples += frame.samples
        if n_samples > limit_s * SAMPLE_RATE:
            raise RecordingTooLong(limit_s)
        yield _mixed(frame)


def _packets(
    container: av.container.InputContainer,
    stream: AudioStream,
    limit_s: float,
    most_bytes: int,
) -> list[Packet[AudioStream]]:
    """Return the sound's packets, still encoded, up to where the file breaks off."""
    packets: list[Packet[AudioStream]] = []
    tick_s = float(stream.time_base or 0)
    length_s = 0.0
    n_bytes = 0
    try:
        for packet in container.demux(stream):
            length_s += min((packet.duration or 0) * tick_s, LONGEST_PACKET_S)
            if length_s > limit_s:
                raise RecordingTooLong(limit_s)
            n_bytes += packet.size
            if n_bytes > most_bytes or len(packets) >= MOST_PACKETS:
                raise UnreadableAudio("the file unfolds into more than it holds")
            packets.append(packet)
    except (av.FFmpegError, EOFError):
        if not packets:
            raise
    return packets


def _resampled(
    packets: list[Packet[AudioStream]], limit_s: float
) -> Iterator[NDArray[np.float32]]:
    """Decode packets to blocks of 16 kHz mono, skipping those that are damaged."""
    n_samples = 0
    for frame in _resampled_frames(packets):
        n_samples += frame.samples
        if n_samples > limit_s * SAMPLE_RATE:
            raise RecordingTooLong(limit_s)
        yield _mixed(frame)


def _resampled_frames(packets: list[Packet[AudioStream]]) -> Iterator[av.AudioFrame]:
    """Resampled frames of a second: each costs the same to pass on, however short."""
    resampler: AudioResampler | None = None
    shape: tuple[str, str, int] | None = None
    n_decoded = 0
    for packet in packets:
        try:
            frames = packet.decode()
        except (av.FFmpegError, EOFError):
            continue
        for frame in frames:
            n_decoded += frame.samples * frame.layout.nb_channels
            if n_decoded > MOST_SAMPLES:
                raise UnreadableAudio("the file unfolds into more than it holds")
            if not LOWEST_RATE <= frame.sample_rate <= HIGHEST_RATE:
                continue
            # Streams may change their rate or channels half-way (chained Ogg, HE-AAC).
            found = (frame.format.name, frame.layout.name, frame.sample_rate)
            if resampler is None or found != shape:
                if resampler is not None:
                    yield from resampler.resample(None)
                resampler = AudioResampler(
                    "flt", frame.layout, SAMPLE_RATE, frame_size=SAMPLE_RATE
                )
                shape = found
            frame.pts = None
            yield from resampler.resample(frame)
    if resampler is not None:
        yield from resampler.resample(None)


def _mixed(frame: av.AudioFrame) -> NDArray[np.float32]:
    """Average the channels: the resampler's own mix of two equal ones would be 3 dB too loud."""
    samples = frame.to_ndarray().reshape(frame.samples, -1)
    if samples.shape[1] == 1:
        return np.asarray(samples[:, 0], np.float32)
    return np.asarray(samples.mean(axis=1), np.float32)


def _frame_length(waveform: Waveform) -> int:
    return max(1, min(round(FRAME_S * waveform.sample_rate), len(waveform.samples)))


def _frame_levels_dbfs(waveform: Waveform) -> NDArray[np.float32]:
    """Level of each 20 ms frame in dBFS, at least -120; shape (n_frames,), n_frames >= 1."""
    frame = _frame_length(waveform)
    n_frames = max(1, len(waveform.samples) // frame)
    frames = np.resize(waveform.samples, n_frames * frame).reshape(n_frames, frame)
    power: NDArray[np.float32] = np.mean(np.square(frames, dtype=np.float32), axis=1)
    return np.asarray(10.0 * np.log10(np.maximum(power, 1e-12)), np.float32)
