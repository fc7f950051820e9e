"""A server that answers with whatever bytes a test gives it."""

import asyncio
import gzip
import re
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import Self

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


def http(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """An answer as it goes over the wire; `length` says another one than the body has."""
    size = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {size}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def bomb(megabytes: int) -> bytes:
    """A small answer that unpacks to a large one."""
    body = gzip.compress(b" " * (megabytes * 2**20))
    return http(body, "Content-Encoding: gzip", "Content-Type: application/json")


class RawServer:
    """Gives one answer for each connection, in their order, and then hangs up.

    Args:
        answers: what is written, byte for byte.
    """

    def __init__(self, answers: Iterable[bytes]) -> None:
        self._answers = iter(answers)
        self.requests: list[bytes] = []
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()[:2]
        self.url = f"http://{host}:{port}/v1"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            self.requests.append(await _read(reader))
            writer.write(next(self._answers, b""))
            await writer.drain()
        with suppress(ConnectionError):
            writer.close()
            await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> bytes:
    """One request; of what is no HTTP only the first four bytes."""
    begins = await reader.readexactly(4)
    if begins not in {b"POST", b"GET "}:
        return begins
    head = begins + await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return head + await reader.readexactly(int(length[1]) if length else 0)
