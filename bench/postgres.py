"""A PostgreSQL server of one's own, for tests and benchmarks."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
SERVER_READY_S = 30
SERVER_STOP_S = 10


class PostgresServer:
    """A server of Debian's PostgreSQL that runs inside `with`, its data in `folder`.

    It does not wait for the disk. The programs refuse to run as root, so root starts them as
    the user that the package made.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._as: dict[str, Any] = {}
        if os.getuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
            self._as = {"user": "postgres", "group": "postgres", "extra_groups": []}

    @staticmethod
    def is_installed() -> bool:
        """Whether there is one to start."""
        return bool(PROGRAMS) and shutil.which("initdb", path=PROGRAMS[-1]) is not None

    def __enter__(self) -> str:
        """Its address, when it takes connections."""
        data, port = self._folder / "data", _free_port()
        initdb = [
            PROGRAMS[-1] / "initdb",
            "-D",
            data,
            "-U",
            "lore",
            "-A",
            "trust",
            "-N",
            "-E",
            "UTF8",
        ]
        subprocess.run(initdb, check=True, capture_output=True, cwd=self._folder, **self._as)
        settings = {"fsync": "off", "full_page_writes": "off", "max_connections": "200"}
        self._process = subprocess.Popen(
            [
                PROGRAMS[-1] / "postgres", "-D", data, "-k", self._folder, "-p", str(port),
                "-c", "listen_addresses=127.0.0.1",
                *(f"--{name}={value}" for name, value in settings.items()),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            **self._as,
        )  # fmt: skip
        try:
            _wait_for(port, self._process)
        except BaseException:
            self._process.kill()
            raise
        return f"postgresql://lore@127.0.0.1:{port}/postgres"

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGINT)  # a fast shutdown: sessions are cut off
        try:
            self._process.wait(SERVER_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[Any]") -> None:
    ready = [PROGRAMS[-1] / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-q"]
    give_up = time.monotonic() + SERVER_READY_S
    while subprocess.run(ready, check=False).returncode != 0:
        if process.poll() is not None or time.monotonic() > give_up:
            raise RuntimeError("PostgreSQL did not start")
        time.sleep(0.1)
