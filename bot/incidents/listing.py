"""What a person reads of their incidents: who was told what, when, and what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from bot.export_care import named
from bot.incidents.alarms import Source
from bot.reply import Button, Reply
from bot.wording import Wording
from storage.care_records import ENCLOSURES, Disclosure, IncidentRecord
from storage.records import Language

INCIDENTS_A_PAGE = 5
CHARACTERS_A_PAGE = 3_400
"""Telegram takes 4,096; the first lines and what is told once a page need the rest."""

ZONES = {Language.KOREAN: timezone(timedelta(hours=9)), Language.ENGLISH: UTC}


@dataclass(frozen=True, slots=True)
class Entry:
    """One incident: its first line and a line for each disclosure, in Telegram's HTML."""

    heading: str
    lines: tuple[str, ...]


def incident_list(
    say: Wording,
    incidents: Sequence[IncidentRecord],
    disclosures: Mapping[str, Sequence[Disclosure]],
    page: int,
) -> Reply:
    """A page of them, newest first; 0 is the first, and one beyond the last is the last."""
    if not incidents:
        return Reply(say("incidents-none"))
    entries = [entry(say, each, disclosures.get(each.id, ())) for each in incidents]
    pages = divided(entries)
    page = min(page, len(pages) - 1)
    shown = ["\n".join((each.heading, *each.lines)) for each in pages[page]]
    first = say("incidents", page=page + 1, pages=len(pages))
    html = "\n\n".join((f"{first}\n{say('incidents-times')}", *shown))
    turns = []
    if page > 0:
        turns.append(Button(say("button-incidents-newer"), f"incidents:{page - 1}"))
    if page < len(pages) - 1:
        turns.append(Button(say("button-incidents-older"), f"incidents:{page + 1}"))
    return Reply(html, (tuple(turns),) if turns else ())


def entry(say: Wording, incident: IncidentRecord, told: Iterable[Disclosure]) -> Entry:
    """One incident in words. Of one that pretends to be over it does not say who is told."""
    drill = incident.content.get("source") == Source.DRILL
    kind = named(str(incident.content.get("kind")), say, "export-kind")
    heading = say(
        "incidents-heading",
        when=moment(say, incident.opened_at),
        kind=say("incidents-drill") if drill else kind,
        state=named(incident.state, say, "export-state"),
    )
    lines = () if incident.pretends else tuple(_line(say, each) for each in told)
    return Entry(heading, lines or (say("incidents-nobody"),))


def divided(entries: Iterable[Entry]) -> list[list[Entry]]:
    """Pages of at most `INCIDENTS_A_PAGE` entries and `CHARACTERS_A_PAGE` characters.

    An incident too long for what is left of a page goes on at the next, under the same heading.
    Only a line that is too long for a page by itself makes a longer one.
    """
    pages: list[list[Entry]] = []
    n_characters = 0
    for each in entries:
        begun = False  # whether its heading stands on the last page
        for line in each.lines:
            with_heading = len(each.heading) + len(line) + 3
            needed = len(line) + 1 if begun else with_heading
            full = not begun and len(pages[-1]) == INCIDENTS_A_PAGE if pages else True
            if full or n_characters + needed > CHARACTERS_A_PAGE:
                pages.append([])
                n_characters, needed, begun = 0, with_heading, False
            if begun:
                pages[-1][-1] = Entry(each.heading, (*pages[-1][-1].lines, line))
            else:
                pages[-1].append(Entry(each.heading, (line,)))
            n_characters += needed
            begun = True
    return pages


def moment(say: Wording, at: datetime) -> str:
    """A date and time: in Korea for who speaks Korean, else in UTC; the page says so once."""
    local = at.astimezone(ZONES[say.language])
    return say(
        "incidents-moment",
        year=str(local.year),
        month=str(local.month),
        day=str(local.day),
        time=f"{local:%H:%M}",
    )


def _line(say: Wording, told: Disclosure) -> str:
    what = [say(f"export-choice-{each}") for each in ENCLOSURES if each in told.what]
    line = say(
        "incidents-told",
        when=moment(say, told.at),
        name=told.guardian_name,
        enclosed="yes" if what else "no",
        what=", ".join(what),
        outcome=say(f"export-outcome-{told.outcome}"),
    )
    if told.acknowledged_at is None:
        return line
    seen = say("incidents-acknowledged", when=moment(say, told.acknowledged_at))
    return f"{line} {seen}"
