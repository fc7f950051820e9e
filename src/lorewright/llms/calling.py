"""One call over HTTP: the body of a good answer, or an error that says what to do."""

import json
from typing import Any

from lorewright.errors import EndpointError, LorewrightError
from lorewright.llms.http import Http, Response
from lorewright.llms.refusals import Asked, UnknownModel, refusal_of

MOST_NAMES = 20
"""So many language models of a server are listed when the one that was asked for is not there."""


async def called(http: Http, path: str, body: bytes, asked: Asked) -> Response:
    """Ask a language model: post `body` and give back what answered with 200.

    Raises:
        ModelError: when this call failed.
        EndpointError: when every call would.
    """
    response = await http.post(path, body)
    try:
        return settled(response, asked)
    except UnknownModel as refusal:
        raise await _which_there_are(http, asked, refusal) from refusal


def settled(response: Response, asked: Asked) -> Response:
    """`response` when it is a good one; fails as `called` does."""
    if response.status == 200:
        return response
    raise refusal_of(response, asked)


async def _which_there_are(http: Http, asked: Asked, refusal: UnknownModel) -> EndpointError:
    """A 404 with the names that the server does know, if it tells them."""
    names = await _names(http)
    if not names or asked.name in names:
        hint = "are teacher.url and the name after the colon in teacher.model right?"
        return EndpointError(refusal.sentence, where=refusal.where, hint=hint)
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return EndpointError(
        f"the server has no language model called {asked.name!r}",
        where=refusal.where,
        hint=f"it has {', '.join(names[:MOST_NAMES])}{more}",
    )


async def _names(http: Http) -> list[str]:
    try:
        response = await http.get("/models")
    except LorewrightError:  # it was only a courtesy; what failed first is what is told
        return []
    if response.status != 200:
        return []
    try:
        found: Any = json.loads(response.body)
        return sorted({str(one["id"]) for one in found["data"]})
    except (ValueError, TypeError, KeyError, RecursionError):
        return []
