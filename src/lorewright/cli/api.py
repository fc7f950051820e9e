"""`lorewright api`: HTTP for other programs."""

import os
import socket
from typing import TYPE_CHECKING

import click

from lorewright.cli.face import Face, face_command
from lorewright.errors import MissingExtra, OutsideError
from lorewright.flows.webhooks import delivering

if TYPE_CHECKING:
    from fastapi import FastAPI

BACKLOG = 128


@click.command()
@click.option("--host", help="The address to listen on; 127.0.0.1 by default.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; 0 takes a free one.")
@face_command
def api(face: Face, host: str | None, port: int | None) -> None:
    """Let other programs order, watch and steer training over HTTP, until Ctrl-C.

    It works on nothing itself: `lorewright worker` does what was ordered, and goes on when this
    ends. Beyond this machine callers must show the token in LOREWRIGHT_API_TOKEN.

    \b
    Examples:
      lorewright api
      lorewright api --port 9000
    """
    try:
        import uvicorn

        from lorewright.api.app import create_app
        from lorewright.api.guard import refuse_open_doors
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"HTTP needs {error.name}, which is not installed",
            hint='pip install "lorewright[web]"',
        ) from error
    settings = face.settings.api
    address = host or settings.host
    token = os.environ.get(settings.token_variable) or None
    refuse_open_doors(address, token, variable=settings.token_variable)
    with face.store() as store, delivering(store, face.settings):
        app: FastAPI = create_app(face.workspace, store, face.settings, token=token)
        with _listening(address, settings.port if port is None else port) as door:
            at = f"http://{address if ':' not in address else f'[{address}]'}:{_port(door)}"
            face.say(f"listening on {at}")
            face.result("api", url=at, token=token is not None)
            face.note("it only orders; start `lorewright worker` beside it. Ctrl-C ends it")
            config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2)
            uvicorn.Server(config).run(sockets=[door])


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        OutsideError: when the address is taken or is not one of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise OutsideError(
            f"nothing can listen there: {(error.strerror or str(error)).lower()}",
            where=f"{host}:{port}",
            hint="name another --port, or 0 for a free one",
        ) from error


def _port(door: socket.socket) -> int:
    found: int = door.getsockname()[1]
    return found
