"""The alarm that words raise: a cry for help, or self-harm that is happening."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

from bot.exchange import Incoming
from bot.incidents.alarms import Alarm, Source
from bot.incidents.consent import is_quiet, is_told
from bot.todak import Todak
from inference.analysis import Distress, DistressKind, DistressLevel
from storage.records import AgeBand, Language

_SOURCES = {DistressLevel.CRY: Source.CRY, DistressLevel.IN_PROGRESS: Source.SELFHARM}


@dataclass(frozen=True, slots=True)
class Noticed:
    """What becomes of a danger in words.

    Attributes:
        alarm: that it raises; None where guardians are never told of it.
        told: whether somebody is told, or may be, where nobody knows yet.
        quiet: whether nothing is to show: the incident answers, in neutral words.
        fresh: whether that was known from the database, and not a snapshot.
    """

    alarm: Alarm | None
    told: bool = False
    quiet: bool = False
    fresh: bool = True


async def noticed(
    todak: Todak,
    incoming: Incoming,
    distress: Distress,
    language: Language,
    age_band: AgeBand | None,
) -> Noticed:
    """What a danger in a message raises, by what the person chose.

    A name that sounds like a danger, of a file or a venue, tells guardians nothing.
    """
    if incoming.names is not None:
        distress = await asyncio.to_thread(todak.responder.danger_in, incoming.own_words)
    if distress.level not in _SOURCES:
        return Noticed(None)
    alarm = _alarm_of(incoming, distress, language, age_band)
    guards = await todak.look_up.guards(incoming.chat_id, todak.clock())
    quiet = is_quiet(guards.guarded, distress.kind)
    told = incoming.own and (is_told(alarm, guards.guarded) or not guards.surely)
    if not incoming.own:
        # Passed on, it is asked about; where nothing is to show, as an old sound is.
        if not quiet:
            return Noticed(None)
        alarm = replace(alarm, source=Source.OLD_SOUND)
    if incoming.edited_at is not None:
        alarm = await todak.of_edit(alarm)
    return Noticed(alarm, told, quiet, guards.fresh)


def asked_for(
    chat_id: int, message_id: int, at: datetime, language: Language, age_band: AgeBand | None
) -> Alarm:
    """What somebody who thinks of suicide raises by asking that guardians be told.

    Their words were written to Todak, not to guardians, and do not go along.
    """
    kind = DistressKind.SELFHARM.value
    return Alarm(chat_id, message_id, Source.ASKED, kind, at, language, age_band)


def _alarm_of(
    incoming: Incoming, distress: Distress, language: Language, age_band: AgeBand | None
) -> Alarm:
    """The alarm of a message; a file that was made elsewhere does not go along."""
    return Alarm(
        chat_id=incoming.chat_id,
        message_id=incoming.message_id,
        source=_SOURCES[distress.level],
        kind=distress.kind.value,
        sent_at=incoming.edited_at or incoming.sent_at,
        language=language,
        age_band=age_band,
        words=incoming.own_words,
        file_id=incoming.file_id if incoming.recorded_here else None,
        file_kind=incoming.file_kind if incoming.recorded_here else None,
    )
