"""A message as it arrived, what its recording sounds like, and what to answer: plain values."""

from dataclasses import dataclass
from datetime import datetime

from bot.halves import Half
from bot.policy import Act
from inference.analysis import Analysis, Emergency, Utterance
from storage.records import Language, Person, Purpose


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as it arrived. `language` is the client's, used until the person chose one.

    `edited_at` is when it was changed. `own` says that it was not forwarded: what is typed here is
    the person's own below an uploaded file too. `recorded_here` says that nothing of it was
    forwarded or uploaded. `spoken` is the language in which a recording is listened to, None to
    detect it. `beside` is what else they wrote, as in a poll, and `names` what others named: of
    files, contacts, venues. Both are screened, and no feeling is looked for in them. `file_id` is
    Telegram's name of a recording and `file_kind` what it is: "voice", "video_note" or "audio".
    `first_sent_at` is when what was forwarded was sent at first.
    """

    chat_id: int
    message_id: int
    sent_at: datetime
    language: Language
    utterance: Utterance
    edited_at: datetime | None = None
    own: bool = True
    recorded_here: bool = True
    spoken: Language | None = None
    beside: str | None = None
    names: str | None = None
    file_id: str | None = None
    file_kind: str | None = None
    first_sent_at: datetime | None = None

    @property
    def own_words(self) -> str | None:
        """What whoever sent it wrote."""
        return "\n".join(filter(None, (self.utterance.text, self.beside))) or None

    @property
    def words(self) -> str | None:
        """Everything that can be read in it."""
        return "\n".join(filter(None, (self.own_words, self.names))) or None


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A recording and what it sounds like.

    `unheard` says why it could not be decoded. `emergency` is None where nothing could judge it.
    """

    recording: bytes
    emergency: Emergency | None = None
    unheard: Exception | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """What to answer. `person` is None for somebody who is not registered, and in danger, where
    nobody was looked up.

    `act` is None when the person has still to be asked something first: `ask` names the consent,
    or is None where even age and language are unknown. `analysis` is what `act` was chosen for;
    where the message was heard together with an earlier one, that is `joined`; `puts_right` is
    the voice note that was misheard and whose words these are. `said` is what was dangerous in a
    recording, where its words are trusted; `spoken` says that the danger is of a recording's.
    """

    person: Person | None
    act: Act | None
    ask: Purpose | None = None
    analysis: Analysis | None = None
    joined: Half | None = None
    puts_right: int | None = None
    spoken: bool = False
    said: str | None = None
