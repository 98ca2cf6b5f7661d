"""What is really sent, small: updates of every kind, and a sound in every container and codec."""

import io
import json
from typing import Any

import numpy as np
import soundfile  # type: ignore[import-untyped]

from tests.bot.sounds import encoded, wav

CODECS = (
    ("ogg", "libopus", 48_000),
    ("webm", "libopus", 48_000), ("matroska", "pcm_s16le", 8_000),
    ("mp3", "libmp3lame", 44_100), ("mp4", "aac", 44_100), ("mp4", "alac", 16_000),
    ("mov", "pcm_s16be", 16_000), ("3gp", "aac", 16_000), ("adts", "aac", 16_000),
    ("flac", "flac", 16_000), ("wav", "pcm_s16le", 8_000), ("wav", "pcm_mulaw", 8_000),
    ("wav", "adpcm_ms", 16_000), ("wav", "adpcm_ima_wav", 16_000), ("w64", "pcm_f32le", 16_000),
    ("aiff", "pcm_s16be", 16_000), ("caf", "pcm_s16le", 16_000), ("avi", "mp2", 44_100),
    ("asf", "libmp3lame", 44_100), ("flv", "libmp3lame", 44_100), ("mpegts", "aac", 44_100),
    ("mpeg", "mp2", 44_100),
)  # fmt: skip

USER = {"id": 5, "is_bot": False, "first_name": "이름", "language_code": "ko"}
CHAT = {"id": 5, "type": "private", "first_name": "이름"}
FILE = {"file_id": "a", "file_unique_id": "b", "file_size": 9}
BASE: dict[str, Any] = {"message_id": 7, "date": 1_800_000_000, "chat": CHAT, "from": USER}
COMMAND = {"type": "bot_command", "offset": 0, "length": 6}
CONTENTS: tuple[dict[str, Any], ...] = (
    {"text": "오늘 힘들었어"},
    {"text": "죽고 싶어 I want to die"},
    {"text": "/start guardian-1", "entities": [COMMAND]},
    {"text": "/settings", "entities": [COMMAND | {"length": 9}]},
    {"text": "/delete", "entities": [COMMAND | {"length": 7}]},
    {"voice": {**FILE, "duration": 3, "mime_type": "audio/ogg"}, "caption": "들어 줘"},
    {"audio": {**FILE, "duration": 3, "file_name": "a.mp3"}},
    {"video_note": {**FILE, "duration": 3, "length": 240}},
    {"document": {**FILE, "file_name": "a.wav", "mime_type": "audio/wav"}},
    {"photo": [{**FILE, "width": 9, "height": 9}], "caption": "사진"},
    {"location": {"latitude": 37.5, "longitude": 127.0, "live_period": 60}},
    {"contact": {"phone_number": "+82", "first_name": "x", "user_id": 6}},
    {
        "poll": {
            "id": "1",
            "question": "죽고 싶어?",
            "options": [{"text": "a", "voter_count": 0}],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
        }
    },
    {"sticker": {**FILE, "width": 1, "height": 1, "is_animated": False, "is_video": False,
                 "type": "regular"}},
    {"dice": {"emoji": "🎲", "value": 3}},
    {"text": "전달", "forward_origin": {"type": "hidden_user", "sender_user_name": "x",
                                     "date": 1}},
    {"text": "답", "reply_to_message": {**BASE, "text": "전"}},
)  # fmt: skip
ACTIONS = (
    "begin:ko", "age:ko:19_and_over", "age:en:under_14", "consent:words:yes", "right:7:joy",
    "feel:7:hurt", "again:7", "misheard:7", "crisis:cry:7:safe", "crisis:thoughts:7:misread",
    "language:en",
    "switch:history:off", "record:ask", "record:delete", "record:keep", "erase:no", "odd",
    "guardians:list", "guardians:invite", "guardians:harm", "guardian:1:show", "guardian:1:0",
    "choice:1:crime:on", f"invited:accept:ko:{'A' * 22}", "leave:1:yes",
)  # fmt: skip


def updates() -> list[dict[str, Any]]:
    """One valid update of each kind."""
    found: list[dict[str, Any]] = [{"message": BASE | content} for content in CONTENTS]
    edited = BASE | {"edit_date": 1_800_000_001}
    found += [{"edited_message": edited | content} for content in CONTENTS[:2]]
    query = {"id": "1", "from": USER, "chat_instance": "1", "message": BASE | {"text": "?"}}
    found += [{"callback_query": query | {"data": action}} for action in ACTIONS]
    gone = {"chat": CHAT, "message_id": 7, "date": 0}
    found.append({"callback_query": query | {"message": gone, "data": "again:7"}})
    return [{"update_id": number, **content} for number, content in enumerate(found, 1)]


def bodies() -> list[bytes]:
    """The same as a webhook receives them."""
    return [json.dumps(update, ensure_ascii=False).encode() for update in updates()]


def recordings() -> list[bytes]:
    """A third of a second of a buzz in each container and codec that this build can write."""
    return [
        *(encoded(*each, seconds=0.3) for each in CODECS),
        _vorbis(),
        wav(0.3),
        wav(0.3, channels=2),
    ]


def _vorbis() -> bytes:
    """PyAV's build writes no Vorbis; libsndfile's does."""
    samples = np.frombuffer(wav(0.3)[44:], "<i2")
    content = io.BytesIO()
    soundfile.write(content, samples, 16_000, format="OGG", subtype="VORBIS")
    return content.getvalue()
