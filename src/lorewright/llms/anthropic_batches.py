"""Anthropic's message batches."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from pydantic import JsonValue

from lorewright.errors import ModelError
from lorewright.llms.anthropic_messages import body_of, reply_of
from lorewright.llms.batches import (
    HALF,
    BatchProgress,
    BatchResult,
    BatchState,
    ListedBatch,
    incomplete,
    lost,
    not_ended,
    of_one_call,
    too_many,
    unsure,
)
from lorewright.llms.calling import settled
from lorewright.llms.http import Http, Response
from lorewright.llms.reading import Heard, encoded, heard
from lorewright.llms.refusals import Asked, UnknownModel, refusal_of
from lorewright.llms.wire import Reply, Request
from lorewright.records import LanguageModel

_STATES = {
    "in_progress": BatchState.RUNNING,
    "canceling": BatchState.CANCELLING,
    "ended": BatchState.ENDED,
}
_STATUSES = {
    "authentication_error": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "overloaded_error": 529,
}
"""A line of results tells the kind of an error, not its status."""


class _Counts(Heard):
    processing: int = 0
    succeeded: int = 0
    errored: int = 0
    canceled: int = 0
    expired: int = 0

    @property
    def failed(self) -> int:
        return self.errored + self.canceled + self.expired

    @property
    def total(self) -> int:
        return self.processing + self.succeeded + self.failed


class _Batch(Heard):
    id: str
    processing_status: str
    request_counts: _Counts = _Counts()
    created_at: datetime = datetime.fromtimestamp(0, UTC)


class _Batches(Heard):
    data: tuple[_Batch, ...] = ()


class _Fault(Heard):
    type: str = ""


class _Error(Heard):
    error: _Fault = _Fault()


class _Result(Heard):
    type: str
    message: JsonValue = None
    error: JsonValue = None


class _Line(Heard):
    custom_id: str
    result: _Result


class AnthropicBatches:
    """A language model of Anthropic's behind the batch API."""

    discount = HALF
    most_requests = 100_000

    def __init__(self, http: Http, name: str) -> None:
        self.record = LanguageModel(provider="anthropic", name=name, endpoint=http.endpoint.origin)
        self._http = http
        self._asked = Asked(http.endpoint, name)

    async def submit(self, requests: Sequence[tuple[str, Request]], *, mark: str = "") -> str:
        """Hand over `requests`; see `BatchModel`. There is no place for `mark`."""
        del mark
        if len(requests) > self.most_requests:
            raise too_many(len(requests), self.most_requests, self._http.endpoint.origin)
        calls = [
            {"custom_id": known_as, "params": body_of(request, self._asked.name)}
            for known_as, request in requests
        ]
        body = encoded({"requests": calls})
        try:
            response = settled(await self._http.post("/messages/batches", body), self._asked)
            return heard(response.body, _Batch).id
        except ModelError as error:
            raise unsure(error) from error

    async def listed(self) -> list[ListedBatch]:
        """The newest batches of the account; they carry no marks."""
        response = settled(await self._http.get("/messages/batches?limit=100"), self._asked)
        return [
            ListedBatch(one.id, one.created_at.timestamp(), one.request_counts.total, None)
            for one in heard(response.body, _Batches).data
        ]

    async def poll(self, batch: str) -> BatchProgress:
        """How far `batch` is."""
        response = await self._http.get(f"/messages/batches/{batch}")
        try:
            found = heard(settled(response, self._asked).body, _Batch)
        except UnknownModel as error:
            raise lost(batch, error) from error
        counts = found.request_counts
        state = _STATES.get(found.processing_status, BatchState.RUNNING)
        return BatchProgress(state, counts.total, counts.succeeded, counts.failed)

    async def results(self, batch: str) -> AsyncIterator[BatchResult]:
        """What came of each call."""
        progress = await self.poll(batch)
        if progress.state is not BatchState.ENDED:
            raise not_ended(self._http.endpoint.origin)
        seen = 0
        async for line in self._http.lines(f"/messages/batches/{batch}/results"):
            if line.strip():
                one = heard(line, _Line)
                seen += 1
                yield one.custom_id, self._outcome(one.result, line)
        if seen < progress.total:
            raise incomplete(seen, progress.total, self._http.endpoint.origin)

    async def cancel(self, batch: str) -> None:
        """Have no further call begun."""
        settled(await self._http.post(f"/messages/batches/{batch}/cancel", b"{}"), self._asked)

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.close()

    def _outcome(self, result: _Result, line: bytes) -> Reply | ModelError:
        match result.type:
            case "succeeded":
                try:
                    return replace(reply_of(json.dumps(result.message).encode(), None), raw=line)
                except ModelError as error:
                    return error
            case "errored":
                body = json.dumps(result.error).encode()
                kind = heard(body, _Error, whole=line).error.type
                response = Response(_STATUSES.get(kind, 400), {}, body)
                return of_one_call(refusal_of(response, self._asked))
            case kind:
                said = f"the call {'ran out of time' if kind == 'expired' else 'was cancelled'}"
                where = self._http.endpoint.origin
                return ModelError(said, where=where, fault=kind, again=kind == "expired")
