"""Who may call: whoever names this host and, where one is set, shows the token."""

import hmac
from collections.abc import Awaitable, Callable, Sequence

from fastapi import FastAPI, Request, Response

from lorewright.api.problems import problem
from lorewright.errors import UsageError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
OPEN = ("/health", "/api/training/webhook")
"""Answered without the token: the one says nothing, the other is signed."""
MOST_BYTES = 1_000_000
"""Of a request's body."""

Next = Callable[[Request], Awaitable[Response]]


def refuse_open_doors(host: str, token: str | None, *, variable: str) -> None:
    """Listen beyond this machine only when callers must show a token.

    Raises:
        UsageError: when anybody on the network could start and cancel jobs.
    """
    if host not in LOOPBACK and not token:
        raise UsageError(
            f"listening on {host} without a token would let anybody there train and cancel",
            hint=f"export {variable}=..., or listen on 127.0.0.1",
        )


def guard(app: FastAPI, *, token: str | None, hosts: Sequence[str]) -> None:
    """Turn away who may not call `app`, before anything is read of what he says.

    A page in somebody's browser can send requests to this machine under a name of its own, so
    the host that a request names is compared. A page cannot show the token.
    """
    known = {*LOOPBACK, *(host.lower() for host in hosts)}

    async def check(request: Request, call_next: Next) -> Response:
        named = (request.url.hostname or "").lower()
        if named not in known:
            return problem(
                421,
                "Refused",
                f"this is not {named or 'the host that was named'}",
                hint="name 127.0.0.1, or list the name in api.hosts",
            )
        length = request.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            return problem(413, "UsageError", f"a request may have {MOST_BYTES:,} bytes at most")
        origin = request.headers.get("origin")
        if (
            origin is not None
            and request.method not in {"GET", "HEAD"}
            and not _is_ours(origin, known)
        ):
            return problem(403, "Refused", "a page of another site may change nothing here")
        shown = request.headers.get("authorization", "")
        if token and request.url.path not in OPEN and not _is_token(shown, token):
            return problem(
                401,
                "Refused",
                "this needs the token",
                hint="send the header Authorization: Bearer TOKEN",
            )
        return await call_next(request)

    app.middleware("http")(check)


def _is_token(shown: str, token: str) -> bool:
    return hmac.compare_digest(shown.encode(), f"Bearer {token}".encode())


def _is_ours(origin: str, known: set[str]) -> bool:
    _, _, rest = origin.partition("://")
    name = rest.rpartition(":")[0] if rest.rpartition(":")[2].isdecimal() else rest
    return name.strip("[]").lower() in known
