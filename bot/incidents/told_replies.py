"""What guardians read: plainly what may have happened, who to call first, and how to answer."""

from datetime import datetime
from html import escape

from bot.incidents.acts import Message, News
from bot.incidents.alarms import Alarm, Source
from bot.incidents.replies import clock_time
from bot.incidents.state import Incident, Word
from bot.reply import Button, Reply, shorten
from bot.wording import Wording
from storage.care_records import Choice, Guarded, Position
from storage.records import Language

OLD_POSITION_MINUTES = 30
WORDS_CHARACTERS = 600
MOST_ONSETS = 3
EMERGENCY = "emergency"
SOUNDS = (Source.SOUND_ALARM, Source.SOUND_ASK, Source.OLD_SOUND)


class ToldReplies:
    """Words each message to guardians in a language."""

    def __init__(self, language: Language) -> None:
        self._say = Wording(language)

    def message(
        self,
        message: Message,
        alarm: Alarm,
        incident: Incident,
        guarded: Guarded,
    ) -> Reply:
        """What comes first. It stays, so nothing stands in it that is taken back."""
        named = {"named": "yes" if guarded.home.shown_name else "no"}
        named["name"] = guarded.home.shown_name or ""
        time = clock_time(alarm.sent_at, self._say.language)
        if message is Message.DRILL:
            seen = self._button(Word.SEEN, Word.SEEN, alarm)
            return Reply(self._say("told-drill", **named), ((seen,),))
        if message is Message.CHECK:
            return Reply(self._say("told-check", time=time, **named), self._buttons(alarm))
        place = message is Message.PLACE
        paragraphs = [self._say("told-place" if place else "told-alarm", **named)]
        if incident.round > 1 and not place:
            paragraphs.insert(0, self._say("told-again"))
        if incident.quiet or incident.duress:
            paragraphs.append(self._say("told-do-not-call"))
        if not place:
            paragraphs.append(" ".join(self._what(alarm, incident, time)))
        return Reply("\n\n".join(paragraphs), self._buttons(alarm))

    def enclosed(
        self, alarm: Alarm, guarded: Guarded, enclosures: frozenset[Choice], now: datetime
    ) -> Reply | None:
        """What of the enclosures is words: in a message of its own, which is taken back.

        It begins neutrally, since a lock screen shows its first line.
        """
        lines = self._enclosed(alarm, guarded, enclosures, now)
        return Reply("\n\n".join((self._say("told-enclosed"), *lines))) if lines else None

    def news(self, news: News, alarm: Alarm) -> Reply:
        """What happened since."""
        answers = {
            News.ANOTHER_LOOKS: (Word.CONFIRMED,),
            News.ANOTHER_CONFIRMED: (Word.CONFIRMED, Word.REOPEN),
            News.REMIND: (Word.CONFIRMED, Word.FALSE),
            News.DURESS: (Word.ACK, Word.CONFIRMED),
        }.get(news, (Word.REOPEN,))
        rows = tuple((self._button(word, word, alarm),) for word in answers)
        return Reply(self._say(f"told-news-{news}"), rows)

    def thanks(self, word: Word, chat_id: int, message_id: int) -> Reply:
        """The answer to a guardian's own word."""
        rows: tuple[tuple[Button, ...], ...] = ()
        if word is Word.ACK:
            rows = tuple(
                (self._labelled(answer, answer, chat_id, message_id),)
                for answer in (Word.CONFIRMED, Word.FALSE)
            )
        return Reply(self._say(f"told-thanks-{word}"), rows)

    def _what(self, alarm: Alarm, incident: Incident, time: str) -> list[str]:
        if incident.source is Source.ASKED:
            return [self._say("told-asked", time=time)]
        kind = self._say(f"told-kind-{incident.kind}")
        sentences = [self._say("told-kind", kind=kind, time=time)]
        onsets = [onset_s for state, onset_s in alarm.heard if state == EMERGENCY][:MOST_ONSETS]
        if onsets:
            shown = ", ".join(f"{int(onset_s) // 60}:{int(onset_s) % 60:02}" for onset_s in onsets)
            by_sound = incident.source in SOUNDS and incident.kind == alarm.kind
            sure = {0: "unknown", 1: "one"}.get(len(alarm.votes), "both")
            votes = sure if by_sound else "unknown"
            sentences.append(self._say("told-heard", onsets=shown, votes=votes))
        if incident.source is Source.CRY:
            sentences.append(self._say("told-cry"))
        return sentences

    def _enclosed(
        self, alarm: Alarm, guarded: Guarded, enclosures: frozenset[Choice], now: datetime
    ) -> list[str]:
        lines = []
        if Choice.WORDS in enclosures and alarm.words:
            # Put together here: Fluent takes at most 1,000 characters for an argument.
            words = escape(shorten(alarm.words, WORDS_CHARACTERS))
            lines.append(f"{self._say('told-words')} <blockquote>{words}</blockquote>")
        if Choice.ADDRESS in enclosures and guarded.home.address:
            lines.append(self._say("told-address", address=guarded.home.address))
        if Choice.LOCATION in enclosures and guarded.position is not None:
            lines.append(self._position(guarded.position, now))
        return lines

    def _position(self, position: Position, now: datetime) -> str:
        minutes = max(0, int((now - position.shared_at).total_seconds()) // 60)
        key = "told-old-position" if minutes > OLD_POSITION_MINUTES else "told-position"
        link = f'<a href="{map_address(position)}">{self._say("told-map")}</a>'
        line = self._say(key, minutes=minutes, hours=minutes // 60, link="\0")
        return line.replace("\0", link)

    def _buttons(self, alarm: Alarm) -> tuple[tuple[Button, ...], ...]:
        words = (Word.ACK, Word.CONFIRMED, Word.FALSE)
        return tuple((self._button(word, word, alarm),) for word in words)

    def _button(self, key: str, word: Word, alarm: Alarm) -> Button:
        return self._labelled(key, word, alarm.chat_id, alarm.message_id)

    def _labelled(self, key: str, word: Word, chat_id: int, message_id: int) -> Button:
        return Button(self._say(f"told-{key}"), f"care:{chat_id}:{message_id}:{word}")


def map_address(position: Position) -> str:
    """A map with the position marked, that opens in a browser without an account."""
    where = f"{position.latitude:.5f}"
    return f"https://www.openstreetmap.org/?mlat={where}&amp;mlon={position.longitude:.5f}#map=17"
