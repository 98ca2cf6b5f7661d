"""What a person reads about what they set once for emergencies: /home."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.codes import FEWEST_DIGITS, MOST_DIGITS
from bot.reply import Button, Reply
from bot.wording import Wording
from storage.care_records import Home, Position
from storage.records import AgeBand


class Step(StrEnum):
    """What may be set, in the order in which it is asked."""

    NAME = "name"
    ADDRESS = "address"
    CODE = "code"
    DURESS = "duress"
    QUIET = "quiet"
    LOCATION = "location"


TYPED = (Step.NAME, Step.ADDRESS, Step.CODE, Step.DURESS)
CODES = (Step.CODE, Step.DURESS)


@dataclass(frozen=True, slots=True)
class AtHome:
    """What a person has set until now; `remembers` says whether positions are kept."""

    home: Home
    age_band: AgeBand
    remembers: bool
    position: Position | None
    now: datetime

    def is_set(self, step: Step) -> bool:
        """Whether there is something to show, to change or to delete."""
        home = self.home
        return {
            Step.NAME: home.shown_name is not None,
            Step.ADDRESS: home.address is not None,
            Step.CODE: home.cancel_code_digest is not None,
            Step.DURESS: home.duress_code_digest is not None,
            Step.QUIET: home.quiet,
            Step.LOCATION: self.remembers,
        }[step]

    def after(self, step: Step | None) -> Step | None:
        """The next one that is not set; from the beginning after None.

        A second code is asked about only where there is a first.
        """
        steps = list(Step)
        rest = steps if step is None else steps[steps.index(step) + 1 :]
        has_code = self.is_set(Step.CODE)
        wanted = (each for each in rest if each is not Step.DURESS or has_code)
        return next((each for each in wanted if not self.is_set(each)), None)


def page(say: Wording, at_home: AtHome) -> Reply:
    """All of it at a glance. Whether there is a second code it does not tell."""
    home = at_home.home
    nothing = say("home-nothing")
    lines = [
        say("home"),
        "",
        say("home-line-name", value=home.shown_name or nothing),
        say("home-line-address", value=home.address or nothing),
        say("home-line-code", set=_yes(at_home.is_set(Step.CODE))),
        say("home-line-quiet", state=_state(say, home.quiet)),
        say("home-line-location", state=_state(say, at_home.remembers)),
    ]
    rows: list[tuple[Button, ...]] = []
    if at_home.after(None) is not None:
        rows.append((Button(say("button-home-flow"), "home:flow"),))
    rows.append((_step(say, Step.NAME), _step(say, Step.ADDRESS)))
    rows.append((_step(say, Step.CODE), _step(say, Step.QUIET)))
    rows.append((_step(say, Step.LOCATION),))
    return Reply("\n".join(lines), tuple(rows))


def view(say: Wording, step: Step, at_home: AtHome) -> Reply:
    """One thing that is set, or can be switched, with what may be done about it."""
    return _VIEWS[step](say, at_home)


def question(say: Wording, step: Step, at_home: AtHome, *, in_flow: bool) -> Reply:
    """Ask for one thing; in the flow it can be passed over, and left at any time."""
    if step is Step.LOCATION:
        html = location_consent(say, at_home.age_band)
    else:
        html = say(f"home-ask-{step}", fewest=FEWEST_DIGITS, most=MOST_DIGITS)
    rows: list[tuple[Button, ...]] = []
    if step not in TYPED:
        flow = "flow:" if in_flow else ""
        rows.append((Button(say(f"button-{step}-on"), f"home:{flow}{step}:on"),))
    if in_flow:
        following = at_home.after(step)
        onward = "home:page" if following is None else f"home:flow:{following}"
        rows.append((Button(say("button-home-skip"), onward),))
        if following is not None:
            rows.append((Button(say("button-home-enough"), "home:page"),))
    else:
        rows.append((Button(say("button-home-not-now"), "home:page"),))
    return Reply(html, tuple(rows))


def code_set(say: Wording, step: Step, at_home: AtHome) -> Reply:
    """A code was set; the first offers the second, of which nothing stays on the screen."""
    html = say("home-code-set")
    if step is Step.CODE and not at_home.is_set(Step.DURESS):
        offer = Button(say("button-home-second-code"), "home:duress")
        not_now = Button(say("button-home-not-now"), "home:page")
        return Reply(f"{html}\n\n{say('home-second-code')}", ((offer,), (not_now,)))
    return Reply(html, ((_back(say),),))


def location_consent(say: Wording, age_band: AgeBand) -> str:
    """What of positions is kept, why and for how long."""
    return say("consent-location", youth=_yes(age_band is AgeBand.YOUTH))


def _name(say: Wording, at_home: AtHome) -> Reply:
    html = say("home-name", value=at_home.home.shown_name or "")
    return Reply(html, _change_or_delete(say, Step.NAME))


def _address(say: Wording, at_home: AtHome) -> Reply:
    html = say("home-address", value=at_home.home.address or "")
    return Reply(html, _change_or_delete(say, Step.ADDRESS))


def _code(say: Wording, at_home: AtHome) -> Reply:
    change, back = _change_or_delete(say, Step.CODE)
    second = (Button(say("button-home-second-code"), "home:duress"),)
    return Reply(say("home-code"), (change, second, back))


def _duress(say: Wording, at_home: AtHome) -> Reply:
    return Reply(say("home-duress"), _change_or_delete(say, Step.DURESS))


def _quiet(say: Wording, at_home: AtHome) -> Reply:
    turn = "off" if at_home.home.quiet else "on"
    html = f"{say('home-ask-quiet')}\n\n{say('home-now', state=_state(say, at_home.home.quiet))}"
    switch = Button(say(f"button-quiet-{turn}"), f"home:quiet:{turn}")
    return Reply(html, ((switch,), (_back(say),)))


def _location(say: Wording, at_home: AtHome) -> Reply:
    turn = "off" if at_home.remembers else "on"
    lines = [
        location_consent(say, at_home.age_band),
        "",
        say("home-now", state=_state(say, at_home.remembers)),
    ]
    rows = [(Button(say(f"button-location-{turn}"), f"home:location:{turn}"),)]
    if at_home.position is not None:
        lines.append(_kept(say, at_home.now - at_home.position.shared_at))
        rows.append((Button(say("button-home-forget-position"), "home:delete:location"),))
    return Reply("\n".join(lines), (*rows, (_back(say),)))


_VIEWS: dict[Step, Callable[[Wording, AtHome], Reply]] = {
    Step.NAME: _name,
    Step.ADDRESS: _address,
    Step.CODE: _code,
    Step.DURESS: _duress,
    Step.QUIET: _quiet,
    Step.LOCATION: _location,
}


def _kept(say: Wording, age: timedelta) -> str:
    minutes = max(0, round(age.total_seconds() / 60))
    unit, count = ("minutes", minutes) if minutes < 60 else ("hours", minutes // 60)
    return say("home-position-kept", unit=unit, count=count)


def _change_or_delete(say: Wording, step: Step) -> tuple[tuple[Button, ...], ...]:
    change = Button(say("button-home-change"), f"home:change:{step}")
    delete = Button(say("button-home-delete"), f"home:delete:{step}")
    return (change, delete), (_back(say),)


def _step(say: Wording, step: Step) -> Button:
    return Button(say(f"button-home-{step}"), f"home:{step}")


def _back(say: Wording) -> Button:
    return Button(say("button-home-back"), "home:page")


def _state(say: Wording, on: bool) -> str:
    return say("state-on" if on else "state-off")


def _yes(value: bool) -> str:
    return "yes" if value else "no"
