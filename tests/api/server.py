"""`lorewright api` as a process of its own, and somebody who calls it."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

SECRET = "both sides know this"
SECRETS = {"LOREWRIGHT_WEBHOOK_SECRET": SECRET}


class Reply(NamedTuple):
    """An answer."""

    status: int
    told: Any


class Server:
    """The interface of a workspace on a free port."""

    def __init__(self, workspace: Path, *options: str, **environment: str) -> None:
        # A suite in the background ignores Ctrl-C, and its children would inherit that.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "lorewright", "api", "--port", "0", "--json", *options],
                cwd=workspace,
                env={**os.environ, **environment},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        finally:
            signal.signal(signal.SIGINT, before)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate()
        self.said = json.loads(line)
        self.at: str = urlsplit(str(self.said["url"])).netloc

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(signal.SIGKILL)

    def stop(self, by: signal.Signals) -> int:
        """End it, and wait for that."""
        if self.process.poll() is None:
            self.process.send_signal(by)
        self.process.communicate(timeout=60)
        return self.process.returncode

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | bytes | None = None,
        /,
        **headers: str,
    ) -> Reply:
        """Send a request; `user_agent="x"` is the header User-Agent."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, Mapping):
            body, sent = json.dumps(body).encode(), {"Content-Type": "application/json", **sent}
        link = http.client.HTTPConnection(self.at, timeout=60)
        try:
            link.request(method, path, body, sent)
            answer = link.getresponse()
            return Reply(answer.status, json.loads(answer.read()))
        finally:
            link.close()

    def events(self, path: str, **headers: str) -> Iterator[tuple[str, str, Any]]:
        """The events of a stream until it ends: name, id and data."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        link = http.client.HTTPConnection(self.at, timeout=120)
        try:
            link.request("GET", path, headers=sent)
            answer = link.getresponse()
            assert answer.status == 200, answer.read()
            assert answer.headers.get_content_type() == "text/event-stream"
            found: dict[str, str] = {}
            for line in map(bytes.decode, answer):
                name, _, value = line.rstrip("\n").partition(": ")
                if line == "\n" and "data" in found:
                    data = json.loads(found["data"])
                    yield found.get("event", ""), found.get("id", ""), data
                    found = {}
                elif name in {"event", "id", "data"}:
                    found[name] = value
        finally:
            link.close()
