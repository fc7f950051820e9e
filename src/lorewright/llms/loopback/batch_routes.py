"""The parts of the server that take batches and give back what came of them."""

import json
from typing import Any

from aiohttp import web

from lorewright.llms.loopback.asked import Asked, Protocol, asked_of
from lorewright.llms.loopback.batching import (
    Batch,
    Shelf,
    cancelled_line,
    jsonl,
    told_by_anthropic,
    told_by_openai,
)
from lorewright.llms.loopback.counting import Counts
from lorewright.llms.loopback.deciding import Director, with_attempt
from lorewright.llms.loopback.faults import FAILING, Failing, failing_body
from lorewright.llms.loopback.rehearsal import Rehearsal
from lorewright.llms.loopback.writing import usage_of, whole


class BatchRoutes:
    """Answers every call of a batch at once, and keeps that to itself until it has been polled."""

    def __init__(self, rehearsal: Rehearsal, director: Director, counts: Counts) -> None:
        self._rehearsal = rehearsal
        self._director = director
        self._counts = counts
        self._shelf = Shelf()

    def routes(self) -> list[web.RouteDef]:
        """What is served where."""
        return [
            web.post("/v1/messages/batches", self._anthropic_submit),
            web.get("/v1/messages/batches", self._anthropic_list),
            web.get("/v1/messages/batches/{batch}", self._anthropic_poll),
            web.get("/v1/messages/batches/{batch}/results", self._anthropic_results),
            web.post("/v1/messages/batches/{batch}/cancel", self._anthropic_cancel),
            web.post("/v1/files", self._upload),
            web.get("/v1/files/{file}/content", self._download),
            web.post("/v1/batches", self._openai_submit),
            web.get("/v1/batches", self._openai_list),
            web.get("/v1/batches/{batch}", self._openai_poll),
            web.post("/v1/batches/{batch}/cancel", self._openai_cancel),
        ]

    async def _anthropic_submit(self, request: web.Request) -> web.Response:
        said = await request.json()
        lines = [
            self._answered("anthropic", one["custom_id"], one["params"]) for one in said["requests"]
        ]
        batch = self._shelf.put_batch(lines, self._rehearsal.batch_polls)
        return web.json_response(told_by_anthropic(batch))

    async def _anthropic_list(self, _request: web.Request) -> web.Response:
        return web.json_response({"data": [told_by_anthropic(one) for one in self._newest()]})

    async def _anthropic_poll(self, request: web.Request) -> web.Response:
        return web.json_response(told_by_anthropic(self._looked_at(request)))

    async def _anthropic_results(self, request: web.Request) -> web.Response:
        batch = self._named(request)
        if not batch.has_ended:
            raise web.HTTPNotFound
        return web.Response(body=jsonl(batch.lines), content_type="application/x-jsonl")

    async def _anthropic_cancel(self, request: web.Request) -> web.Response:
        return web.json_response(told_by_anthropic(self._cancelled("anthropic", request)))

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        file = form["file"]
        if form["purpose"] != "batch" or not isinstance(file, web.FileField):
            raise web.HTTPBadRequest
        known_as = self._shelf.put_file(file.file.read())
        return web.json_response({"id": known_as, "object": "file", "purpose": "batch"})

    async def _download(self, request: web.Request) -> web.Response:
        body = self._shelf.files.get(request.match_info["file"])
        if body is None:
            raise web.HTTPNotFound
        return web.Response(body=body, content_type="application/octet-stream")

    async def _openai_submit(self, request: web.Request) -> web.Response:
        said = await request.json()
        calls = [json.loads(one) for one in self._shelf.files[said["input_file_id"]].splitlines()]
        lines = [self._answered("openai", one["custom_id"], one["body"]) for one in calls]
        batch = self._shelf.put_batch(lines, self._rehearsal.batch_polls)
        batch.metadata = said.get("metadata") or {}
        return web.json_response(told_by_openai(batch, self._shelf))

    async def _openai_list(self, _request: web.Request) -> web.Response:
        data = [told_by_openai(one, self._shelf) for one in self._newest()]
        return web.json_response({"object": "list", "data": data})

    async def _openai_poll(self, request: web.Request) -> web.Response:
        return web.json_response(told_by_openai(self._looked_at(request), self._shelf))

    async def _openai_cancel(self, request: web.Request) -> web.Response:
        return web.json_response(told_by_openai(self._cancelled("openai", request), self._shelf))

    def _answered(
        self, protocol: Protocol, known_as: str, body: dict[str, Any]
    ) -> tuple[str, bool, dict[str, Any]]:
        asked = asked_of(protocol, json.dumps(body).encode())
        asked = with_attempt(asked, self._counts.begin(asked.digest))
        self._counts.now -= 1
        fault = self._director.fault_of(asked)
        if fault is not None:
            self._counts.faults[fault] += 1
        if fault in FAILING:
            return known_as, False, _failed_line(asked, known_as, FAILING[fault])
        said = self._director.said_to(asked, fault)
        self._counts.paid(asked.digest, usage_of(asked, said))
        answer = whole(asked, said)
        if protocol == "anthropic":
            result = {"type": "succeeded", "message": answer}
            return known_as, True, {"custom_id": known_as, "result": result}
        response = {"status_code": 200, "request_id": known_as, "body": answer}
        line = {"id": known_as, "custom_id": known_as, "response": response, "error": None}
        return known_as, True, line

    def _newest(self) -> list[Batch]:
        return list(self._shelf.batches.values())[::-1]

    def _looked_at(self, request: web.Request) -> Batch:
        batch = self._named(request)
        batch.polls_left -= 1
        return batch

    def _cancelled(self, protocol: Protocol, request: web.Request) -> Batch:
        """The first half was done already; the rest is never begun."""
        batch = self._named(request)
        if not (batch.is_cancelled or batch.has_ended):
            batch.is_cancelled = True
            half = len(batch.lines) // 2
            batch.lines[half:] = [
                (known_as, False, cancelled_line(protocol, known_as))
                for known_as, _, _ in batch.lines[half:]
            ]
        return batch

    def _named(self, request: web.Request) -> Batch:
        batch = self._shelf.batches.get(request.match_info["batch"])
        if batch is None:
            raise web.HTTPNotFound
        return batch


def _failed_line(asked: Asked, known_as: str, fault: Failing) -> dict[str, Any]:
    error = json.loads(failing_body(asked.protocol, fault))
    if asked.protocol == "anthropic":
        return {"custom_id": known_as, "result": {"type": "errored", "error": error}}
    response = {"status_code": fault.status, "request_id": known_as, "body": error}
    return {"id": known_as, "custom_id": known_as, "response": response, "error": None}
