"""The alarm that words raise: a cry for help, or self-harm that is happening."""

from bot.incidents.alarms import Alarm, Source
from bot.responder import Incoming
from inference.analysis import Distress, DistressLevel
from storage.records import AgeBand, Language

_SOURCES = {DistressLevel.CRY: Source.CRY, DistressLevel.IN_PROGRESS: Source.SELFHARM}


def alarm_of(
    incoming: Incoming, distress: Distress, language: Language, age_band: AgeBand | None
) -> Alarm | None:
    """The alarm of a message; None for thoughts, and for what was only passed on.

    Guardians are never told of either.
    """
    source = _SOURCES.get(distress.level)
    if source is None or not incoming.own:
        return None
    return Alarm(
        chat_id=incoming.chat_id,
        message_id=incoming.message_id,
        source=source,
        kind=distress.kind.value,
        sent_at=incoming.sent_at,
        language=language,
        age_band=age_band,
        words=incoming.utterance.text,
        file_id=incoming.file_id,
        file_kind=incoming.file_kind,
    )
