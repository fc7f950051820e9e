"""The server itself: both wire formats, the list of models, batches, and what was counted."""

import asyncio
from functools import partial
from types import TracebackType
from typing import Self

from aiohttp import web
from aiohttp.typedefs import Handler

from lorewright.llms.loopback.asked import Asked, Protocol, asked_of
from lorewright.llms.loopback.batch_routes import BatchRoutes
from lorewright.llms.loopback.counting import Counts
from lorewright.llms.loopback.deciding import Director, with_attempt
from lorewright.llms.loopback.faults import FAILING
from lorewright.llms.loopback.rehearsal import Rehearsal
from lorewright.llms.loopback.sending import failed, failed_by_name, key_in, sent
from lorewright.llms.loopback.writing import NAME, usage_of

LONGEST_REQUEST = 256 * 2**20
SHUTDOWN_S = 0.1
"""How long calls under way may still take when the server ends."""


class Loopback:
    """A rehearsal that answers while it is entered: `async with Loopback() as server`.

    Args:
        rehearsal: how it answers, and what goes wrong.
        host: the address that it listens on.
        port: 0 takes one that is free.
    """

    def __init__(
        self, rehearsal: Rehearsal | None = None, *, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.rehearsal = rehearsal or Rehearsal()
        self.counts = Counts()
        self.url = ""
        """What goes into `teacher.url`, while the server runs."""
        self._host = host
        self._port = port
        self._director = Director(self.rehearsal)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=LONGEST_REQUEST, middlewares=[self._count])
        batches = BatchRoutes(self.rehearsal, self._director, self.counts)
        app.add_routes(
            [
                web.post("/v1/messages", partial(self._complete, "anthropic")),
                web.post("/v1/chat/completions", partial(self._complete, "openai")),
                web.get("/v1/models", self._list),
                web.get("/counts", self._tell),
                *batches.routes(),
            ]
        )
        runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=SHUTDOWN_S
        )
        await runner.setup()
        site = web.TCPSite(runner, self._host, self._port, backlog=1024)
        await site.start()
        self._runner = runner
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/v1"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _complete(self, protocol: Protocol, request: web.Request) -> web.StreamResponse:
        try:
            asked = asked_of(protocol, await request.read())
        except ValueError as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        asked = with_attempt(asked, self.counts.begin(asked.digest))
        try:
            return await self._answered(request, asked)
        finally:
            self.counts.now -= 1

    async def _answered(self, request: web.Request, asked: Asked) -> web.StreamResponse:
        refusal = self._director.refusal_of(asked, key_in(request))
        if refusal is not None:
            return failed(asked, refusal)
        fault = self._director.fault_of(asked)
        if fault is not None:
            self.counts.faults[fault] += 1
        if self.rehearsal.latency_ms:
            await asyncio.sleep(self.rehearsal.latency_ms / 1000)
        if fault in FAILING:
            return failed_by_name(asked, fault, self.rehearsal)
        said = self._director.said_to(asked, fault)
        response = await sent(request, asked, said, fault, self.rehearsal.slow_s)
        if response.status == 200:
            self.counts.paid(asked.digest, usage_of(asked, said))
        return response

    async def _list(self, request: web.Request) -> web.Response:
        if self.rehearsal.key not in {None, key_in(request)}:
            raise web.HTTPUnauthorized
        names = self.rehearsal.names or (NAME,)
        listed = [{"id": name, "object": "model"} for name in names]
        return web.json_response({"object": "list", "data": listed})

    async def _tell(self, _request: web.Request) -> web.Response:
        return web.json_response(self.counts.told())

    @web.middleware
    async def _count(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.counts.paths[request.path] += 1
        return await handler(request)
