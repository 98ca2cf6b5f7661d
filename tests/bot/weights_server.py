"""An HTTP server on this machine that serves bytes, in parts, and misbehaves on request."""

import http.server
import threading
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for."""

    path: str
    range: str | None


@dataclass(slots=True)
class WeightsServer:
    """`files` by path; `break_after`: how many bytes are sent at most, request by request."""

    files: dict[str, bytes] = field(default_factory=dict)
    break_after: list[int] = field(default_factory=list)
    knows_ranges: bool = True
    status: int = 200
    requests: list[Request] = field(default_factory=list)
    _server: http.server.ThreadingHTTPServer | None = None

    @property
    def address(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        this = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                this.answer(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def answer(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        path, asked = handler.path.partition("?")[0], handler.headers["Range"]
        self.requests.append(Request(path, asked))
        content = self.files.get(path)
        if self.status != 200 or content is None:
            handler.send_error(self.status if self.status != 200 else 404)
            return
        start = 0
        if asked and self.knows_ranges:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            if start >= len(content):
                handler.send_error(416)
                return
        handler.send_response(206 if start else 200)
        handler.send_header("Content-Length", str(len(content) - start))
        handler.end_headers()
        most = self.break_after.pop(0) if self.break_after else len(content)
        handler.wfile.write(content[start : start + most])
