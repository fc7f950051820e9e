"""The way to one server: few connections kept open, every answer bounded in time and size."""

from collections.abc import AsyncIterator, Mapping
from typing import NamedTuple

import aiohttp

from lorewright.errors import BadReply, EndpointError, LorewrightError, ModelError
from lorewright.llms.endpoint import Endpoint

MOST_BYTES = 8 * 2**20
"""The largest answer that is read; nothing that is asked here needs a tenth of it."""
MOST_LINE_BYTES = MOST_BYTES
KEPT_BYTES = 64 * 2**10
"""How much of an answer that is too large is kept as evidence."""
CONNECT_S = 15.0
KEEP_ALIVE_S = 60.0
HIDDEN = b"[key]"
"""Stands where a server repeats the key that it was sent."""


class Response(NamedTuple):
    """What a server answered, whatever it means."""

    status: int
    headers: Mapping[str, str]
    """Their names are found in any case."""
    body: bytes


class Http:
    """Sends to one endpoint; one session, made when first used and good for one event loop.

    It follows no redirect, which could carry the key elsewhere, keeps no cookies and heeds no
    proxy variables. Exceptions of the library below are not chained to ours: some of them
    hold the headers that were sent, and with them the key.

    Args:
        endpoint: where to.
        headers: sent with every request.
        at_once: the most connections.
        timeout_s: how long one exchange may take, all in all.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        headers: Mapping[str, str],
        *,
        at_once: int = 16,
        timeout_s: float = 180.0,
    ) -> None:
        self.endpoint = endpoint
        self._headers = dict(headers)
        self._at_once = at_once
        self._timeout_s = timeout_s
        self._session: aiohttp.ClientSession | None = None
        self._key = endpoint.key.encode()

    async def post(self, path: str, body: bytes | aiohttp.FormData) -> Response:
        """Send `body`, JSON unless it is a form.

        Raises:
            ModelError: when no whole answer came back.
            EndpointError: when none can.
        """
        return await self._exchange("POST", path, body)

    async def get(self, path: str) -> Response:
        """Fetch `path`; fails as `post` does."""
        return await self._exchange("GET", path, None)

    async def lines(self, path: str) -> AsyncIterator[bytes]:
        """The lines of an answer of any length, one after the other.

        Raises:
            ModelError: when the server does not answer 200, or stops before the end.
        """
        failure: LorewrightError | None = None
        try:
            async with self._open().request(
                "GET",
                self.endpoint.url + path,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(sock_read=self._timeout_s),
            ) as response:
                if response.status != 200:
                    raise self._no_lines(response.status)
                rest = b""
                async for part in response.content.iter_any():
                    *whole, rest = (rest + part).split(b"\n")
                    for line in whole:
                        yield self._without_key(line)
                    if len(rest) > MOST_LINE_BYTES:
                        raise self._too_long(rest)
                if rest.strip():
                    yield self._without_key(rest)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            failure = self._explained(error)
        if failure is not None:
            raise failure

    async def close(self) -> None:
        """Close every connection; the next request opens a new session."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _exchange(
        self, method: str, path: str, body: bytes | aiohttp.FormData | None
    ) -> Response:
        typed = {"Content-Type": "application/json"} if isinstance(body, bytes) else None
        try:
            async with self._open().request(
                method, self.endpoint.url + path, data=body, headers=typed, allow_redirects=False
            ) as response:
                whole = await self._read(response)
                return Response(response.status, response.headers, self._without_key(whole))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            failure = self._explained(error)
        raise failure  # out here it carries no context, and with it no header

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        parts: list[bytes] = []
        size = 0
        async for part in response.content.iter_any():
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES:
                raise self._too_long(b"".join(parts))
        return b"".join(parts)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._at_once, keepalive_timeout=KEEP_ALIVE_S, ttl_dns_cache=300
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=self._headers,
                timeout=aiohttp.ClientTimeout(
                    total=self._timeout_s, sock_connect=min(CONNECT_S, self._timeout_s)
                ),
                trust_env=False,
            )
        return self._session

    def _without_key(self, body: bytes) -> bytes:
        if self._key and self._key in body:
            return body.replace(self._key, HIDDEN)
        return body

    def _no_lines(self, status: int) -> ModelError:
        again = status == 429 or status >= 500
        said = f"the server answered {status} where a file should be"
        return ModelError(said, where=self.endpoint.origin, fault="no_file", again=again)

    def _too_long(self, whole: bytes) -> BadReply:
        return BadReply(
            f"the server's answer is longer than {MOST_BYTES // 2**20} MB; the rest was not read",
            fault="too_long",
            raw=self._without_key(whole)[:KEPT_BYTES],
            where=self.endpoint.origin,
        )

    def _explained(self, error: BaseException) -> LorewrightError:
        """What the network did, as an error of ours."""
        where = self.endpoint.origin
        match error:
            case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
                hint = "does its certificate name this host, and does this machine trust it?"
                return EndpointError("the server cannot prove who it is", where=where, hint=hint)
            case aiohttp.InvalidURL():
                return EndpointError("teacher.url is no address of a server", where=where)
            case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
                hint = "is the server running, and is teacher.url right?"
                said = "the server cannot be reached"
                return ModelError(said, where=where, hint=hint, fault="down", again=True)
            case TimeoutError():
                said = f"no whole answer came within {self._timeout_s:g} s"
                hint = "raise teacher.timeout_s when the model needs longer"
                return ModelError(said, where=where, hint=hint, fault="slow", again=True)
            case aiohttp.ClientResponseError():
                said = "what answers there does not speak HTTP as it should"
                return ModelError(said, where=where, fault="server", again=True)
            case _:
                said = "the connection broke before the answer was whole"
                return ModelError(said, where=where, fault="cut_off", again=True)
