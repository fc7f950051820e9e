"""OpenAI's batch API: a file of calls goes up, and files of answers come down."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import aiohttp
from pydantic import JsonValue

from lorewright.errors import ModelError
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
from lorewright.llms.openai_chat import Dialect, body_of, reply_of
from lorewright.llms.reading import Heard, encoded, heard
from lorewright.llms.refusals import Asked, UnknownModel, refusal_of
from lorewright.llms.wire import Reply, Request
from lorewright.records import LanguageModel

PATH = "/v1/chat/completions"
MARK = "lorewright"
"""The name under which a batch carries its mark."""
_ENDED = frozenset({"failed", "completed", "expired", "cancelled"})
_FAULTS = {"batch_expired": "expired", "batch_cancelled": "canceled"}


class _File(Heard):
    id: str


class _Counts(Heard):
    total: int = 0
    completed: int = 0
    failed: int = 0


class _Fault(Heard):
    code: str | None = None
    message: str | None = None


class _Faults(Heard):
    data: tuple[_Fault, ...] = ()


class _Batch(Heard):
    id: str
    status: str
    output_file_id: str | None = None
    error_file_id: str | None = None
    request_counts: _Counts | None = None
    errors: _Faults | None = None
    created_at: float = 0.0
    metadata: dict[str, str] | None = None


class _Batches(Heard):
    data: tuple[_Batch, ...] = ()


class _Answer(Heard):
    status_code: int
    body: JsonValue = None


class _Line(Heard):
    custom_id: str
    response: _Answer | None = None
    error: _Fault | None = None


class OpenAiBatches:
    """A language model behind OpenAI's batch API."""

    discount = HALF
    most_requests = 50_000

    def __init__(self, http: Http, name: str, dialect: Dialect) -> None:
        self.record = LanguageModel(provider="openai", name=name, endpoint=http.endpoint.origin)
        self._http = http
        self._asked = Asked(http.endpoint, name)
        self._dialect = dialect._replace(stream=False)

    async def submit(self, requests: Sequence[tuple[str, Request]], *, mark: str = "") -> str:
        """Hand over `requests`; see `BatchModel`."""
        if len(requests) > self.most_requests:
            raise too_many(len(requests), self.most_requests, self._http.endpoint.origin)
        body = {
            "input_file_id": await self._uploaded(requests),
            "endpoint": PATH,
            "completion_window": "24h",
            **({"metadata": {MARK: mark}} if mark else {}),
        }
        try:
            response = settled(await self._http.post("/batches", encoded(body)), self._asked)
            return heard(response.body, _Batch).id
        except ModelError as error:
            raise unsure(error) from error

    async def listed(self) -> list[ListedBatch]:
        """The newest batches of the account, with their marks."""
        response = settled(await self._http.get("/batches?limit=100"), self._asked)
        return [
            ListedBatch(
                one.id,
                one.created_at,
                one.request_counts.total if one.request_counts else 0,
                (one.metadata or {}).get(MARK, ""),
            )
            for one in heard(response.body, _Batches).data
        ]

    async def poll(self, batch: str) -> BatchProgress:
        """How far `batch` is."""
        found = await self._found(batch)
        counts = found.request_counts or _Counts()
        state = BatchState.RUNNING
        if found.status in _ENDED:
            state = BatchState.ENDED
        elif found.status == "cancelling":
            state = BatchState.CANCELLING
        return BatchProgress(state, counts.total, counts.completed, counts.failed, _said(found))

    async def results(self, batch: str) -> AsyncIterator[BatchResult]:
        """What came of each call: the answers first, then what failed."""
        found = await self._found(batch)
        where = self._http.endpoint.origin
        if said := _said(found):
            sentence = f"the provider turned the batch down: {said}"
            raise ModelError(sentence, where=where, fault="refused_batch")
        if found.status not in _ENDED:
            raise not_ended(where)
        seen, total = 0, found.request_counts.total if found.request_counts else 0
        for file in (found.output_file_id, found.error_file_id):
            if file is None:
                continue
            async for line in self._http.lines(f"/files/{file}/content"):
                if line.strip():
                    one = heard(line, _Line)
                    seen += 1
                    yield one.custom_id, self._outcome(one, line)
        if seen < total and found.status == "completed":
            raise incomplete(seen, total, where)

    async def cancel(self, batch: str) -> None:
        """Have no further call begun."""
        settled(await self._http.post(f"/batches/{batch}/cancel", b"{}"), self._asked)

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.close()

    async def _uploaded(self, requests: Sequence[tuple[str, Request]]) -> str:
        """Upload the calls, one a line; a file alone costs nothing."""
        lines = [
            encoded(
                {
                    "custom_id": known_as,
                    "method": "POST",
                    "url": PATH,
                    "body": body_of(request, self._asked.name, self._dialect),
                }
            )
            for known_as, request in requests
        ]
        form = aiohttp.FormData({"purpose": "batch"})
        form.add_field(
            "file", b"\n".join(lines), filename="calls.jsonl", content_type="application/jsonl"
        )
        response = await self._http.post("/files", form)
        return heard(settled(response, self._asked).body, _File).id

    async def _found(self, batch: str) -> _Batch:
        response = await self._http.get(f"/batches/{batch}")
        try:
            return heard(settled(response, self._asked).body, _Batch)
        except UnknownModel as error:
            raise lost(batch, error) from error

    def _outcome(self, line: _Line, raw: bytes) -> Reply | ModelError:
        where = self._http.endpoint.origin
        if line.response is None:
            fault = line.error or _Fault()
            kind = _FAULTS.get(fault.code or "", "server")
            said = f"the call came to nothing: {fault.message or fault.code or 'no reason given'}"
            return ModelError(said, where=where, fault=kind, again=kind != "canceled")
        body = json.dumps(line.response.body).encode()
        if line.response.status_code != 200:
            response = Response(line.response.status_code, {}, body)
            return of_one_call(refusal_of(response, self._asked))
        try:
            return replace(reply_of(body, None), raw=raw)
        except ModelError as error:
            return error


def _said(batch: _Batch) -> str:
    """Why the whole batch was turned down, if it was."""
    if batch.status != "failed":
        return ""
    faults = batch.errors.data if batch.errors else ()
    return "; ".join(one.message or one.code or "" for one in faults[:3]) or "no reason given"
