"""What persons and their guardians read about guardians; buttons name ids, never people."""

from collections.abc import Iterable, Sequence

from bot import help_numbers
from bot.reply import Button, Reply
from bot.wording import Wording
from storage.care_records import (
    ENCLOSURES,
    MOST_GUARDIANS,
    TOPICS,
    Choice,
    Duty,
    Guardian,
    Invitation,
)
from storage.records import AgeBand

NOT_YET = frozenset({Choice.SILENCE})
"""Nothing notices days of silence before there is a nightly check-in, so nobody is asked."""

DIGEST_SHOWN = 16
"""So many characters of a link's digest a button holds: Telegram gives it 64 bytes in all."""

OFFERED_TOPICS = tuple(topic for topic in TOPICS if topic not in NOT_YET)

Buttons = tuple[tuple[Button, ...], ...]


def topics_of(guardian: Guardian) -> frozenset[Choice]:
    """What a guardian may be told; empty while they are paused."""
    return frozenset() if guardian.paused else guardian.choices & set(OFFERED_TOPICS)


def told(say: Wording, guardians: Iterable[Guardian]) -> str:
    """Who would be told if something happened now; the truth for this person."""
    guardians = list(guardians)
    names = ", ".join(guardian.name for guardian in guardians if topics_of(guardian))
    if names:
        return say("told-guardians", names=names)
    return say("told-nothing" if guardians else "told-none")


# What the person reads.


def guardians_page(
    say: Wording, guardians: Sequence[Guardian], invitations: Sequence[Invitation]
) -> Reply:
    """All guardians in their order with what each may be told, and who would be told now."""
    lines = [say("guardians"), ""]
    lines += [_line(say, number, guardian) for number, guardian in enumerate(guardians, 1)]
    lines += [_invited_line(say, invited) for invited in invitations]
    if guardians or invitations:
        lines.append("")
    lines += [told(say, guardians), "", say("guardians-rules")]
    rows = [(Button(each.name, f"guardian:{each.id}:show"),) for each in guardians]
    rows += [(_take_back(say, invited),) for invited in invitations]
    rows.append((Button(say("button-invite"), "guardians:invite"),))
    if guardians or invitations:
        rows.append((Button(say("button-harm"), "guardians:harm"),))
    return Reply("\n".join(lines), tuple(rows))


def _invited_line(say: Wording, invited: Invitation) -> str:
    until = invited.expires_at
    return say("guardian-invited-line", name=invited.name, month=until.month, day=until.day)


def _take_back(say: Wording, invited: Invitation) -> Button:
    label = say("button-take-back", name=invited.name)
    return Button(label, f"guardians:take-back:{invited.token_digest[:DIGEST_SHOWN]}")


def _line(say: Wording, number: int, guardian: Guardian) -> str:
    return say(
        "guardian-line",
        position=number,
        name=guardian.name,
        paused=_yes(guardian.paused),
        topics=len(guardian.choices & set(OFFERED_TOPICS)),
        enclosures=len(guardian.choices & set(ENCLOSURES)),
    )


def guardian_page(say: Wording, guardian: Guardian, place: int, n_guardians: int) -> Reply:
    """One guardian, at a `place` in the order: what is switched on, and what can be done."""
    lines = [
        say("guardian", name=guardian.name),
        say("guardian-topics-on", choices=_named(say, guardian, OFFERED_TOPICS)),
        say("guardian-enclosures-on", choices=_named(say, guardian, ENCLOSURES)),
    ]
    if guardian.paused:
        lines += ["", say("guardian-paused")]
    moves = []
    if place > 0:
        moves.append(_act(say, guardian, "up", str(place - 1)))
    if place < n_guardians - 1:
        moves.append(_act(say, guardian, "down", str(place + 1)))
    pages = (_act(say, guardian, "topics"), _act(say, guardian, "enclosures"))
    pause = _act(say, guardian, "resume" if guardian.paused else "pause")
    rows = (pages, tuple(moves), (pause, _act(say, guardian, "remove")), (_all_guardians(say),))
    return Reply("\n".join(lines), tuple(row for row in rows if row))


def topics_page(say: Wording, guardian: Guardian, whisper: str) -> Reply:
    """What this guardian may be told, each with its meaning and its switch."""
    lines = [
        say("topics", name=guardian.name),
        "",
        *(_choice_line(say, guardian, choice) for choice in OFFERED_TOPICS),
        "",
        say("topics-hearing", whisper=whisper),
    ]
    onward = Button(say("button-next-enclosures"), f"guardian:{guardian.id}:enclosures")
    enough = Button(say("button-enough"), f"guardian:{guardian.id}:show")
    buttons = (*_switches(say, guardian, OFFERED_TOPICS), (onward,), (enough,))
    return Reply("\n".join(lines), buttons)


def enclosures_page(say: Wording, guardian: Guardian, age_band: AgeBand) -> Reply:
    """What goes along with an alert to this guardian, each with its meaning and its switch."""
    youth = _yes(age_band is AgeBand.YOUTH)
    lines = [
        say("enclosures", name=guardian.name),
        "",
        *(_choice_line(say, guardian, choice, youth) for choice in ENCLOSURES),
        "",
        say("enclosures-beyond"),
    ]
    onward = Button(say("button-next-done"), f"guardian:{guardian.id}:done")
    return Reply("\n".join(lines), (*_switches(say, guardian, ENCLOSURES), (onward,)))


def choices_later(say: Wording, *, has_code: bool) -> Reply:
    """The choices are put off; a cancel code is offered all the same where none is set."""
    html = say("choices-later")
    if has_code:
        return Reply(html)
    button = Button(say("button-code"), "home:code")
    return Reply(f"{html}\n\n{say('choices-code')}", ((button,),))


def choices_done(say: Wording, guardian: Guardian, *, has_code: bool) -> Reply:
    """The end of the choices, and what may be set next; a cancel code where none is set."""
    html = say(
        "choices-done",
        name=guardian.name,
        topics=len(guardian.choices & set(OFFERED_TOPICS)),
        enclosures=len(guardian.choices & set(ENCLOSURES)),
    )
    home = Button(say("button-home-data"), "home:flow")
    rows: Buttons = ((home,), (_all_guardians(say),))
    sentences = [html, say("choices-home")]
    if not has_code:
        rows = ((Button(say("button-code"), "home:code"),), *rows)
        sentences.append(say("choices-code"))
    return Reply("\n\n".join(sentences), rows)


def removal_question(say: Wording, guardian: Guardian) -> Reply:
    """Asked before a guardian is removed; they are not told either way."""
    yes = Button(say("button-remove-yes"), f"guardian:{guardian.id}:remove-yes")
    no = Button(say("button-remove-no"), f"guardian:{guardian.id}:show")
    return Reply(say("guardian-remove-question", name=guardian.name), ((yes, no),))


def name_question(say: Wording) -> Reply:
    """What the person calls whom they want to invite; answered by typing."""
    return Reply(
        say("guardian-name-question"), ((Button(say("button-not-now"), "guardians:not-now"),),)
    )


def invitation_to_forward(say: Wording, name: str, link: str) -> tuple[Reply, Reply]:
    """What the person reads, and the text that they forward."""
    return (
        Reply(say("invitation-ready", name=name)),
        Reply(say("invitation-forward", link=link)),
    )


def full(say: Wording) -> Reply:
    """There are as many guardians as there can be."""
    return Reply(say("guardians-full", most=MOST_GUARDIANS))


def accepted_by(say: Wording, guardian: Guardian) -> Reply:
    """The person hears that somebody accepted, and chooses what they may be told, if they like."""
    choose = Button(say("button-choose"), f"guardian:{guardian.id}:topics")
    later = Button(say("button-later"), f"guardian:{guardian.id}:later")
    return Reply(say("guardian-accepted", name=guardian.name), ((choose,), (later,)))


def left_by(say: Wording, name: str, remaining: Iterable[Guardian]) -> Reply:
    """The person hears that a guardian stopped, and who would be told now."""
    return Reply(f"{say('guardian-left', name=name)}\n\n{told(say, remaining)}")


def blocked_by(say: Wording, name: str) -> Reply:
    """The person hears that nothing reaches a guardian any more, who has blocked Todak."""
    return Reply(say("guardian-blocked", name=name))


def harm_done(say: Wording, age_band: AgeBand) -> Reply:
    """Nobody is told anything any more; where help is, and an open question."""
    youth = age_band is AgeBand.YOUTH
    sentences = (
        say("harm-done"),
        say("harm-numbers", youth=_yes(youth)),
        say("harm-question"),
    )
    lines = help_numbers.after_harm(say.language, age_band)
    contacts = tuple((line.number, say(f"line-{line.number}")) for line in lines)
    return Reply("\n\n".join(sentences), (), contacts)


def confirm_notice(say: Wording, guardian_id: int) -> Reply:
    """Every 90 days; whoever looks at the screen learns nothing from it."""
    look = Button(say("button-look"), f"guardian:{guardian_id}:look")
    later = Button(say("button-later"), f"guardian:{guardian_id}:keep-later")
    return Reply(say("confirm-notice"), ((look, later),))


def confirm_question(say: Wording, guardian: Guardian) -> Reply:
    """Whether a guardian should stay."""
    acts = (
        ("button-keep", "keep"),
        ("button-remove-yes", "remove-yes"),
        ("button-decide-later", "keep-later"),
    )
    rows = tuple((Button(say(key), f"guardian:{guardian.id}:{act}"),) for key, act in acts)
    return Reply(say("confirm-question", name=guardian.name), rows)


# What guardians read.


def invitation(say: Wording, shown_name: str | None, token: str, whisper: str) -> Reply:
    """What a guardian takes on, before they do: automatic, fallible, no 119, ended any time."""
    html = say("invitation", named=_yes(shown_name), name=shown_name or "", whisper=whisper)
    language = say.language.value
    accept = Button(say("button-accept"), f"invited:accept:{language}:{token}")
    decline = Button(say("button-decline"), f"invited:decline:{language}:{token}")
    languages = tuple(
        Button(say(f"language-{name}"), f"invited:show:{code}:{token}")
        for code, name in (("ko", "korean"), ("en", "english"))
    )
    return Reply(html, ((accept, decline), languages))


def adult_question(say: Wording, token: str) -> Reply:
    """Only adults can be guardians."""
    language = say.language.value
    adult = Button(say("button-adult"), f"invited:adult:{language}:{token}")
    minor = Button(say("button-minor"), f"invited:minor:{language}:{token}")
    return Reply(say("adult-question"), ((adult, minor),))


def taken_on(say: Wording, shown_name: str | None) -> Reply:
    """A guardian accepted."""
    return Reply(say("accepted", named=_yes(shown_name), name=shown_name or ""))


def leave_page(say: Wording, duties: Sequence[tuple[Duty, str | None]]) -> Reply:
    """Whose guardian somebody stops being: asked at once, or chosen where there are several.

    Args:
        say: the guardian's language.
        duties: what they took on, with the name that each person shows them.
    """
    match duties:
        case []:
            return Reply(say("leave-nobody"))
        case [(duty, shown_name)]:
            return leave_question(say, duty, shown_name)
    rows = tuple(
        (Button(shown_name or _since(say, duty), f"leave:{duty.guardian_id}:ask"),)
        for duty, shown_name in duties
    )
    return Reply(say("leave-which"), rows)


def leave_question(say: Wording, duty: Duty, shown_name: str | None) -> Reply:
    """Asked once before a guardian leaves."""
    yes = Button(say("button-leave"), f"leave:{duty.guardian_id}:yes")
    no = Button(say("button-stay"), f"leave:{duty.guardian_id}:no")
    html = say("leave-question", named=_yes(shown_name), name=shown_name or "")
    return Reply(html, ((yes, no),))


def _since(say: Wording, duty: Duty) -> str:
    return say("someone-since", month=duty.accepted_at.month, day=duty.accepted_at.day)


def _named(say: Wording, guardian: Guardian, group: Iterable[Choice]) -> str:
    names = [say(f"choice-{choice}") for choice in group if choice in guardian.choices]
    return ", ".join(names) or say("guardian-none-on")


def _choice_line(say: Wording, guardian: Guardian, choice: Choice, youth: str = "no") -> str:
    meaning = say(f"meaning-{choice}", **({"youth": youth} if choice is Choice.LOCATION else {}))
    on = _yes(choice in guardian.choices)
    return say("choice-line", on=on, choice=say(f"choice-{choice}"), meaning=meaning)


def _switches(say: Wording, guardian: Guardian, group: Sequence[Choice]) -> Buttons:
    switches = [_switch(say, guardian, choice) for choice in group]
    return tuple(tuple(switches[i : i + 2]) for i in range(0, len(switches), 2))


def _switch(say: Wording, guardian: Guardian, choice: Choice) -> Button:
    turn = "off" if choice in guardian.choices else "on"
    label = say(f"button-choice-{turn}", choice=say(f"choice-{choice}"))
    return Button(label, f"choice:{guardian.id}:{choice}:{turn}")


def _act(say: Wording, guardian: Guardian, label: str, act: str | None = None) -> Button:
    return Button(say(f"button-{label}"), f"guardian:{guardian.id}:{act or label}")


def _all_guardians(say: Wording) -> Button:
    return Button(say("button-guardians"), "guardians:list")


def _yes(value: object) -> str:
    return "yes" if value else "no"
