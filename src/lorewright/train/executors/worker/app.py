"""The worker over HTTP."""

import hmac
import tempfile
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from lorewright.errors import (
    BadRecord,
    Busy,
    LorewrightError,
    NotFound,
    StorageError,
    UsageError,
)
from lorewright.train.executors import parcel
from lorewright.train.executors.worker.desk import Desk, Order, Status
from lorewright.train.job import PATIENCE_S

MOST_BASE_BYTES = 2**38
STATUS_CODES: tuple[tuple[type[LorewrightError], int], ...] = (
    (Busy, 409),
    (NotFound, 404),
    (StorageError, 507),
    (UsageError, 422),
    (BadRecord, 422),
)


def create_app(desk: Desk, *, token: str) -> FastAPI:
    """The application.

    Args:
        desk: does the work.
        token: whoever sends it as `Authorization: Bearer TOKEN` may use everything; without
            it only `/health` answers.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        yield
        desk.close()

    def may(authorization: Annotated[str | None, Header()] = None) -> None:
        if not hmac.compare_digest((authorization or "").encode(), f"Bearer {token}".encode()):
            raise HTTPException(
                401, "the token is missing or wrong", headers={"WWW-Authenticate": "Bearer"}
            )

    app = FastAPI(
        title="Lorewright worker",
        lifespan=lifespan,
        # The page that shows an API is made of scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.add_exception_handler(LorewrightError, _told)
    app.add_exception_handler(RequestValidationError, _misread)
    app.add_api_route("/health", desk.health, methods=["GET"])
    guards = [Depends(may)]
    for path, method, act in _routes(desk):
        app.add_api_route(path, act, methods=[method], response_model=None, dependencies=guards)
    return app


def _routes(desk: Desk) -> tuple[tuple[str, str, Callable[..., Any]], ...]:
    async def take_job(job_id: str, request: Request) -> Mapping[str, str]:
        await _taken(request, desk, desk.most_job_bytes, lambda tar: desk.take_job(job_id, tar))
        return {"job_id": job_id}

    async def take_base(request: Request) -> Mapping[str, str]:
        name = await _taken(request, desk, MOST_BASE_BYTES, desk.take_base)
        return {"base_model": name}

    def start(order: Order) -> Status:
        return desk.start(order)

    def status(job_id: str) -> Status:
        return desk.status(job_id)

    def stop(job_id: str, patience_s: float = PATIENCE_S) -> Status:
        return desk.stop(job_id, patience_s=max(0.0, min(patience_s, 600.0)))

    def result(job_id: str) -> FileResponse:
        return _packed(desk, desk.result(job_id), f"{job_id}.tar")

    def checkpoint(job_id: str) -> FileResponse:
        name, files = desk.checkpoint(job_id)
        return _packed(desk, files, f"{name}.tar")

    return (
        ("/training/jobs/{job_id}", "PUT", take_job),
        ("/training/bases", "PUT", take_base),
        ("/training/start", "POST", start),
        ("/training/status/{job_id}", "GET", status),
        ("/training/stop/{job_id}", "POST", stop),
        ("/training/result/{job_id}", "GET", result),
        ("/training/checkpoint/{job_id}", "GET", checkpoint),
    )


async def _taken(request: Request, desk: Desk, most_bytes: int, take: Callable[[Path], Any]) -> Any:
    """Write the body to a file, no further than it may be long, and hand it on."""
    with tempfile.NamedTemporaryFile(dir=desk.folder, prefix=".upload-") as file:
        size = 0
        async for part in request.stream():
            size += len(part)
            if size > most_bytes:
                raise HTTPException(413, f"at most {most_bytes} bytes are taken")
            await run_in_threadpool(file.write, part)
        file.flush()
        return await run_in_threadpool(take, Path(file.name))


def _packed(desk: Desk, files: Mapping[str, Path], name: str) -> FileResponse:
    with tempfile.NamedTemporaryFile(dir=desk.folder, prefix=".packed-", delete=False) as file:
        parcel.pack(file.file, files)
    path = Path(file.name)
    return FileResponse(
        path,
        media_type="application/x-tar",
        filename=name,
        background=BackgroundTask(path.unlink, missing_ok=True),
    )


async def _told(_request: Request, error: Exception) -> JSONResponse:
    """An error of ours, as the program tells it."""
    assert isinstance(error, LorewrightError)
    code = next((code for kind, code in STATUS_CODES if isinstance(error, kind)), 502)
    told = {
        "kind": type(error).__name__,
        "sentence": error.sentence,
        "where": error.where,
        "hint": error.hint,
    }
    return JSONResponse({"error": told}, status_code=code)


async def _misread(_request: Request, error: Exception) -> JSONResponse:
    """What of an order cannot be read, without repeating it: it may hold a secret."""
    assert isinstance(error, RequestValidationError)
    wrong = [{"where": list(one["loc"]), "what": one["msg"]} for one in error.errors()]
    return JSONResponse({"detail": wrong}, status_code=422)
