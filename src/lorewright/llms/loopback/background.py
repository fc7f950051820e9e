"""The server beside a program that has no event loop of its own, in a thread or a process."""

import asyncio
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from threading import Event, Thread

from lorewright.llms.loopback.rehearsal import Rehearsal
from lorewright.llms.loopback.server import Loopback


@contextmanager
def in_background(rehearsal: Rehearsal | None = None) -> Generator[Loopback]:
    """A server in a thread, as long as the context lasts; its counts may be read at any time."""
    server = Loopback(rehearsal)
    loop = asyncio.new_event_loop()
    is_up, is_over = Event(), asyncio.Event()

    async def serve() -> None:
        async with server:
            is_up.set()
            await is_over.wait()

    thread = Thread(target=loop.run_until_complete, args=[serve()], name="loopback", daemon=True)
    thread.start()
    try:
        if not is_up.wait(timeout=30):
            raise TimeoutError("the loopback server did not start")
        yield server
    finally:
        loop.call_soon_threadsafe(is_over.set)
        thread.join()
        loop.close()


@contextmanager
def in_process(*options: str) -> Generator[str]:
    """The URL of a server in a process of its own, as long as the context lasts.

    Args:
        options: as on the command line of `python -m lorewright.llms.loopback`.
    """
    command = [sys.executable, "-m", "lorewright.llms.loopback", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own module
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            if not url:
                raise RuntimeError("the loopback server did not start")
            yield url
        finally:
            process.terminate()
