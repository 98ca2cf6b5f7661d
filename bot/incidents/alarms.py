"""What raises an alarm: plain values from those who notice a danger to those who bring help."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.records import AgeBand, Language


class Source(StrEnum):
    """What a danger was noticed by: the rows of the safety table.

    OLD_SOUND is a recording that was forwarded, uploaded or is older than five minutes, whatever
    it sounds like. ASKED is somebody who thinks of suicide and taps that guardians be told. DRILL
    is an exercise that the person starts.
    """

    SOUND_ALARM = "sound_alarm"
    SOUND_ASK = "sound_ask"
    CRY = "cry"
    SELFHARM = "selfharm"
    OLD_SOUND = "old_sound"
    ASKED = "asked"
    DRILL = "drill"


EDITS = 10**8
"""How many edits of one message have numbers of their own: one a second for three years."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One message that sounds like a danger.

    Attributes:
        chat_id: the chat of the person in danger.
        message_id: the message it was noticed in, or the number of its edit; with the chat it
            names the incident.
        source: which row of the safety table it is.
        kind: an emergency kind, "selfharm", or "help" where none is known.
        sent_at: when the message was sent.
        language: what the person is spoken to in.
        age_band: the age they told; None for somebody who is not registered.
        heard: what was heard and where it began, as (state, onset_s); empty for written words.
        words: what was written or, where it is trusted, said.
        file_id: Telegram's name of the recording, with its kind: "voice", "audio" or "video_note".
        recording_digest: of the recording's bytes, so that the same one sent twice is one
            incident.
        recorded_at: of a recording that was passed on, when its first message was sent.
        votes: which of the two detectors of sounds took it for an emergency by itself.
    """

    chat_id: int
    message_id: int
    source: Source
    kind: str
    sent_at: datetime
    language: Language
    age_band: AgeBand | None
    heard: tuple[tuple[str, float], ...] = ()
    words: str | None = None
    file_id: str | None = None
    file_kind: str | None = None
    recording_digest: str | None = None
    recorded_at: datetime | None = None
    votes: tuple[str, ...] = ()


def number_of_edit(message_id: int, edited_at: datetime) -> int:
    """What names the alarm of an edit in the place of its message; 18 digits at most."""
    return message_id * EDITS + int(edited_at.timestamp()) % EDITS


def incident_id(bot_id: int, chat_id: int, message_id: int) -> str:
    """The name of an incident: of its workflow, and of its row."""
    return f"incident:{bot_id}:{chat_id}:{message_id}"
