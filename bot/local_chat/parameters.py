"""What a Bot API request carries, whichever of the three body types it came in."""

import json
import math
from typing import Any, NoReturn

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.local_chat.bot_errors import bad_request, too_large
from bot.local_chat.store import Json

MOST_UPLOAD_BYTES = 50 << 20
MOST_PLAIN_BYTES = 1 << 20  # of a body without files: a message has at most 4096 characters
_FORM_SLACK_BYTES = 2 << 20
_LARGEST_INTEGER = 2**63 - 1


class Parameters:
    """Named parameters, read as the type a method wants; files by the name of their part."""

    def __init__(self, values: Json, files: dict[str, UploadFile]) -> None:
        """Take parameters as they were sent: strings in forms, any JSON type in JSON."""
        self._values = values
        self.files = files

    def __contains__(self, name: str) -> bool:
        """Whether the parameter was sent."""
        return self._values.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        """A string; numbers are written out."""
        value = self._values.get(name)
        return default if value is None else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number.

        Raises:
            BotApiError: 400, something else was sent.
        """
        value = self._values.get(name)
        if value is None or value == "":
            return default
        try:
            number = int(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise bad_request(f"can't parse {name}: an integer is expected") from error
        if abs(number) > _LARGEST_INTEGER:
            raise bad_request(f"can't parse {name}: the number is out of range")
        return number

    def number(self, name: str) -> float | None:
        """A number, None where absent.

        Raises:
            BotApiError: 400, something else was sent.
        """
        value = self._values.get(name)
        if value is None or value == "":
            return None
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise bad_request(f"can't parse {name}: a number is expected") from error
        if not math.isfinite(number):  # an answer that holds one is no JSON
            raise bad_request(f"can't parse {name}: a number is expected")
        return number

    def flag(self, name: str) -> bool:
        """A boolean; absent is False."""
        return str(self._values.get(name, "")).lower() in {"true", "1", "yes"}

    def json(self, name: str) -> Any:
        """An object or array, itself or written as a JSON string; None where absent.

        Raises:
            BotApiError: 400, the string is no JSON.
        """
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return parse_json(value)
        except ValueError as error:
            raise bad_request(f"can't parse {name} JSON object") from error

    def object(self, name: str) -> Json:
        """As `json`, an object; empty where absent.

        Raises:
            BotApiError: 400, it is no object.
        """
        value = self.json(name)
        if value is not None and not isinstance(value, dict):
            raise bad_request(f"can't parse {name}: an Object is expected")
        return value or {}

    def objects(self, name: str) -> list[Json]:
        """An array of objects; empty where absent.

        Raises:
            BotApiError: 400, it is something else.
        """
        values = self.array(name) or []
        if not all(isinstance(value, dict) for value in values):
            raise bad_request(f"can't parse {name}: an Array of Objects is expected")
        return values

    def array(self, name: str) -> list[Any] | None:
        """As `json`, an array.

        Raises:
            BotApiError: 400, it is no array.
        """
        value = self.json(name)
        if value is not None and not isinstance(value, list):
            raise bad_request(f"can't parse {name}: an Array is expected")
        return value

    async def close(self) -> None:
        """Let go of the uploaded files."""
        for file in self.files.values():
            await file.close()


async def read_parameters(
    request: Request, most_upload_bytes: int = MOST_UPLOAD_BYTES
) -> Parameters:
    """Read query and body: JSON, urlencoded or multipart.

    Raises:
        BotApiError: 413, a file is larger than `most_upload_bytes`; 400, the body cannot be read.
    """
    values: Json = dict(request.query_params)
    files: dict[str, UploadFile] = {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method == "GET" or not kind:
        return Parameters(values, files)
    with_files = kind == "multipart/form-data"
    most_bytes = most_upload_bytes + _FORM_SLACK_BYTES if with_files else MOST_PLAIN_BYTES
    await _refuse_large(request, most_bytes)
    if kind == "application/json":
        values |= await read_json(request)
    elif kind in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        form = await _read_form(request)
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                files[name] = value
            else:
                values[name] = value
    parameters = Parameters(values, files)
    if any((file.size or 0) > most_upload_bytes for file in files.values()):
        await parameters.close()
        raise too_large()
    return parameters


async def _refuse_large(request: Request, most_bytes: int) -> None:
    """Read a body that is too long to its end, so that the client hears the refusal.

    Raises:
        BotApiError: 413, the announced length is over `most_bytes`.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > most_bytes:
        async for _ in request.stream():
            pass
        raise too_large()


def parse_json(text: str | bytes) -> Any:
    """A JSON text's value.

    Raises:
        ValueError: it is no JSON, holds what no answer may hold (NaN), or is nested too deeply.
    """
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError("the JSON is nested too deeply") from error


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


async def read_json(request: Request) -> Json:
    """The JSON object of a request's body; an empty body is an empty object.

    Raises:
        BotApiError: 413, it is larger than 1 MB; 400, it is no object.
    """
    await _refuse_large(request, MOST_PLAIN_BYTES)
    try:
        body = parse_json(await request.body() or b"{}")
    except ValueError as error:
        raise bad_request("can't parse request JSON object") from error
    if not isinstance(body, dict):
        raise bad_request("an object is expected in the request body")
    return body


async def _read_form(request: Request) -> FormData:
    try:
        return await request.form()
    except HTTPException as error:
        raise bad_request("can't parse the request body") from error
