"""The sounds of the page's mixer: a loop for each kind and strength, from whoever makes them."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

FindLoop = Callable[[str, str], Awaitable[Path]]
"""Gives the file of a kind's loop at a strength, or raises NoLoop."""

_REFUSALS = {
    "no_sound": (404, "There is no such sound."),
    "no_networks": (503, "The networks that sounds are drawn from are not installed here."),
    "no_loop": (500, "The sound could not be made."),
}


class NoLoop(Exception):
    """A loop that there is not, with the key of the reason: one of `_REFUSALS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def no_loops(kind: str, strength: str) -> Path:
    """For a chat that nobody makes sounds for."""
    raise NoLoop("no_networks")


def sound_route(find_loop: FindLoop) -> Route:
    """`/sounds/rain/soft`: behind the page's cookie, as everything but the Bot API."""

    async def loop(request: Request) -> Response:
        kind, strength = request.path_params["kind"], request.path_params["strength"]
        try:
            path = await find_loop(kind, strength)
        except NoLoop as error:
            code, description = _REFUSALS[error.reason]
            return JSONResponse({"error": error.reason, "description": description}, code)
        return FileResponse(path, media_type="audio/ogg")

    return Route("/sounds/{kind}/{strength}", loop)
