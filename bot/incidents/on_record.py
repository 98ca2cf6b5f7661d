"""Incidents and tellings as the database keeps them."""

from dataclasses import replace
from datetime import datetime

from bot.incidents.acts import Sent, Telling
from bot.incidents.alarms import Alarm, Source, incident_id
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
        },
    )


def only_asked_about(record: IncidentRecord) -> bool:
    """Whether it is a question about what was passed on or is old, which sends nothing."""
    old = record.content.get("source") == Source.OLD_SOUND
    return old and record.state == Phase.ASKING


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
    )
