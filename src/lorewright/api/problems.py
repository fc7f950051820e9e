"""Errors as other programs read them: the sentence, where, and what to do."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from lorewright.errors import (
    BudgetReached,
    Busy,
    Incomplete,
    LorewrightError,
    MissingExtra,
    NotFound,
    NotYet,
    OutsideError,
    Refused,
    UsageError,
)
from lorewright.train.executors.signing import BadSignature, FromTheFuture, TooOld

STATUS: tuple[tuple[type[LorewrightError], int], ...] = (
    (BadSignature, 401),
    (TooOld, 401),
    (FromTheFuture, 401),
    (NotFound, 404),
    (NotYet, 409),
    (UsageError, 422),
    (Refused, 409),
    (BudgetReached, 402),
    (Busy, 409),
    (Incomplete, 409),
    (MissingExtra, 501),
    (OutsideError, 503),
)
"""The status of each kind of error; the first that fits, and 500 for the rest."""


def install(app: FastAPI) -> None:
    """Let `app` answer every error in the same form."""

    async def ours(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, LorewrightError)
        status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
        return problem(
            status, type(error).__name__, error.sentence, where=error.where, hint=error.hint
        )

    async def malformed(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return problem(
            422, "UsageError", f"the request is off: {first['msg'].lower()}", where=place
        )

    async def of_http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        return problem(
            error.status_code, "NotFound", str(error.detail).lower(), where=request.url.path
        )

    app.add_exception_handler(LorewrightError, ours)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, of_http)


def problem(
    status: int, kind: str, sentence: str, *, where: str | None = None, hint: str | None = None
) -> JSONResponse:
    """An error as a response."""
    told = {"error": kind, "sentence": sentence, "where": where, "hint": hint}
    return JSONResponse(told, status_code=status)
