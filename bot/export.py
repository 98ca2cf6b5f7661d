"""Everything held about a person as a zip of JSON and CSV, made in memory.

The JSON is complete and exact. The tables are for reading: UTF-8 with a byte order mark, which
spreadsheet programs need for Korean, and a cell that a spreadsheet would run as a formula begins
with an apostrophe (OWASP, CSV injection).
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bot.chat_workflows import HeldLookAfter, HeldUpdate
from bot.export_care import CareHoldings, care_as_plain, care_tables
from bot.sleep_replies import described, named
from bot.wording import Wording
from storage.records import Consent, Observation, Person
from storage.sleep_choices import SleepMemory

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Holdings:
    """All that is held; `person` is None for somebody who is not registered."""

    made_at: datetime
    person: Person | None
    consents: Sequence[Consent]
    observations: Sequence[Observation]
    updates: Sequence[HeldUpdate]
    look_afters: Sequence[HeldLookAfter]
    care: CareHoldings
    sleep: SleepMemory = SleepMemory()  # noqa: RUF009  a frozen value


def archive(holdings: Holdings, say: Wording) -> bytes:
    """The zip file's bytes; column names and feelings in the person's language."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr(say("export-readme-file"), say("export-readme"))
        target.writestr("todak.json", _as_json(holdings))
        for name, columns, rows in (
            ("observations", OBSERVATION_COLUMNS, _observation_rows(holdings, say)),
            ("consents", CONSENT_COLUMNS, _consent_rows(holdings, say)),
            ("messages", MESSAGE_COLUMNS, _message_rows(holdings)),
            ("questions", QUESTION_COLUMNS, _question_rows(holdings, say)),
            *care_tables(holdings.care, say),
            ("sleep", SLEEP_COLUMNS, _sleep_rows(holdings.sleep, say)),
        ):
            names = [say(f"export-column-{column}") for column in columns]
            target.writestr(f"{name}.csv", _as_csv(names, rows))
    return content.getvalue()


OBSERVATION_COLUMNS = ("time", "message", "words", "transcript", "guess", "probability", "sure",
                       "corrected", "heard", "model")  # fmt: skip
CONSENT_COLUMNS = ("time", "purpose", "version", "decision")
MESSAGE_COLUMNS = ("time", "message", "words", "kind")
QUESTION_COLUMNS = ("time", "message", "level", "open")
SLEEP_COLUMNS = ("kind", "value", "time")


def _observation_rows(holdings: Holdings, say: Wording) -> Iterable[Sequence[object]]:
    for each in holdings.observations:
        estimate = each.estimate
        heard = ", ".join(say(f"export-heard-{modality}") for modality in each.modalities)
        yield (
            each.observed_at.isoformat(),
            _message_numbers(each),
            each.words or "",
            each.transcript or "",
            "" if estimate is None else say.feeling(estimate.label.value),
            "" if estimate is None else f"{estimate.posterior[estimate.label]:.3f}",
            "" if estimate is None else _yes_or_no(estimate.sure, say),
            "" if each.corrected is None else say.feeling(each.corrected),
            heard,
            each.model_version,
        )


def _message_numbers(observation: Observation) -> str:
    numbers = (observation.message_id, observation.also_message_id)
    return ", ".join(str(number) for number in numbers if number is not None)


def _consent_rows(holdings: Holdings, say: Wording) -> Iterable[Sequence[object]]:
    for each in holdings.consents:
        yield (
            each.decided_at.isoformat(),
            say(f"export-purpose-{each.purpose}"),
            each.version,
            _yes_or_no(each.granted, say),
        )


def _message_rows(holdings: Holdings) -> Iterable[Sequence[object]]:
    for each in holdings.updates:
        kind = next((key for key in each.update if key != "update_id"), "")
        body: dict[str, Any] = each.update.get(kind) or {}
        message = body.get("message", {}) if kind == "callback_query" else body
        words = body.get("data") or message.get("text") or message.get("caption") or ""
        yield each.received_at.isoformat(), message.get("message_id", ""), words, kind


def _question_rows(holdings: Holdings, say: Wording) -> Iterable[Sequence[object]]:
    for each in holdings.look_afters:
        yield (
            each.begun_at.isoformat(),
            each.content["message_id"],
            say(f"export-level-{each.content['level']}"),
            _yes_or_no(each.open, say),
        )


def _sleep_rows(sleep: SleepMemory, say: Wording) -> Iterable[Sequence[object]]:
    if sleep.last is not None:
        yield say("export-sleep-last"), described(say, sleep.last), ""
    for favourite in sleep.favourites:
        yield say("export-sleep-favourite"), described(say, favourite), ""
    for rating in sleep.ratings:
        liked = say("export-sleep-up" if rating.liked else "export-sleep-down")
        yield liked, described(say, rating.recipe), rating.at.isoformat()
    for making in sleep.made:
        yield say("export-sleep-made"), described(say, making.recipe), making.at.isoformat()
    if sleep.found is not None:
        yield say("export-sleep-found"), named(say, sleep.found.kinds), sleep.found.at.isoformat()


def _yes_or_no(value: bool, say: Wording) -> str:
    return say("export-yes" if value else "export-no")


def _as_csv(names: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _as_json(holdings: Holdings) -> str:
    content = asdict(holdings) | {"care": care_as_plain(holdings.care)}
    for observation, shown in zip(holdings.observations, content["observations"], strict=True):
        shown["feeling"] = observation.feeling
    return json.dumps(content, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if hasattr(value, "items"):
        return dict(value.items())
    raise TypeError(f"a value of type {type(value).__name__} is not exported")
