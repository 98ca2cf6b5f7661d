"""What a person reads when they share where they are."""

from bot.home_replies import location_consent
from bot.reply import Button, Reply
from bot.wording import Wording
from storage.records import AgeBand


def consent_question(say: Wording, age_band: AgeBand) -> Reply:
    """Whether positions may be kept, asked where one was sent without that."""
    yes, no = Button(say("consent-yes"), "place:yes"), Button(say("consent-no"), "place:no")
    html = f"{say('location-asked')}\n\n{location_consent(say, age_band)}"
    return Reply(html, ((yes, no),))


def kept(say: Wording, *, anyone: bool, live: bool) -> Reply:
    """A position was kept; whether any guardian would hear of it."""
    lines = [say("location-kept", live="yes" if live else "no")]
    lines.append(say("location-heard" if anyone else "location-unheard"))
    forget = Button(say("button-home-forget-position"), "home:delete:location")
    return Reply(" ".join(lines), ((forget,),))
