"""Incidents and tellings as the database keeps them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.incidents.acts import Sent, Telling
from bot.incidents.alarms import EDITS, Alarm, Source, incident_id, number_of_edit
from bot.incidents.state import Incident, Phase
from storage.care_records import Disclosure, Guardian, IncidentRecord, Outcome


def record_of(bot_id: int, alarm: Alarm, incident: Incident, now: datetime) -> IncidentRecord:
    """An incident as it stands."""
    live = [
        (each.guardian_chat_id, each.live_location_id)
        for each in incident.shown
        if each.live_location_id is not None
    ]
    return IncidentRecord(
        id=incident_id(bot_id, alarm.chat_id, alarm.message_id),
        chat_id=alarm.chat_id,
        opened_at=alarm.sent_at,
        ended_at=now if incident.phase is Phase.ENDED else None,
        state=incident.state,
        content={
            "source": incident.source.value,
            "kind": incident.kind,
            "heard": [list(each) for each in alarm.heard],
            "words": alarm.words,
            "file_id": alarm.file_id,
            "recording_digest": alarm.recording_digest,
            "live": live,
            "wants_code": incident.wants_code,
            "quiet": incident.quiet,
        },
    )


def is_danger(record: IncidentRecord) -> bool:
    """Whether somebody may be in danger, and what they type may be about that.

    Not in a drill; nor in a question about what was passed on or is old, which sends nothing and
    waits a day for its answer, unless that answer asked for a code.
    """
    source = record.content.get("source")
    if source == Source.OLD_SOUND and record.state == Phase.ASKING:
        return bool(record.content.get("wants_code"))
    return source != Source.DRILL


def number_for_edit(alarm: Alarm, records: Iterable[IncidentRecord]) -> int:
    """The incident that an edited message speaks of: an open one that takes it, or its own.

    One that was cancelled, also under duress, does not hear what is written anew.
    """
    for record in records:
        number = int(record.id.rpartition(":")[2])
        if alarm.message_id in (number, number // EDITS) and _takes(record, alarm):
            return number
    return number_of_edit(alarm.message_id, alarm.sent_at)


def _takes(record: IncidentRecord, alarm: Alarm) -> bool:
    """Whether an incident is about the same danger, or becomes so when it is told of it."""
    source, kind = record.content.get("source"), record.content.get("kind")
    if record.state not in (Phase.ASKING, Phase.COUNTING, Phase.TELLING, Phase.ACKNOWLEDGED):
        return False
    if (source, kind) == (alarm.source, alarm.kind):
        return True
    asked = record.state == Phase.ASKING and source == Source.SOUND_ASK
    unclear = record.state == Phase.COUNTING and kind == "help"
    return alarm.source is Source.CRY and (asked or unclear)


def disclosure_of(bot_id: int, alarm: Alarm, telling: Telling) -> Disclosure:
    """What a guardian was told, or may have been."""
    outcomes = {Sent.ACCEPTED: Outcome.ACCEPTED, Sent.UNCERTAIN: Outcome.UNCERTAIN}
    return Disclosure(
        incident_id=incident_id(bot_id, alarm.chat_id, alarm.message_id),
        chat_id=alarm.chat_id,
        guardian_id=telling.guardian_id,
        guardian_chat_id=telling.guardian_chat_id,
        guardian_name=telling.guardian_name,
        round=telling.round,
        what=telling.what,
        at=telling.at,
        outcome=outcomes.get(telling.sent, Outcome.REFUSED),
        message_ids=telling.message_ids,
        enclosure_ids=telling.enclosure_ids,
        live_location_id=telling.live_location_id,
    )


def told_before(known: Disclosure, guardian: Guardian) -> Telling:
    """What a process that was killed had sent for certain, as if it were sent now."""
    telling = Telling(
        guardian.id,
        guardian.guardian_chat_id,
        known.guardian_name,
        known.round,
        Sent.ACCEPTED,
        known.at,
    )
    return replace(
        telling,
        what=known.what,
        message_ids=known.message_ids,
        enclosure_ids=known.enclosure_ids,
        live_location_id=known.live_location_id,
    )
