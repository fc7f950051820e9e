"""Every test of the store runs on SQLite and, where Debian's packages are there, on PostgreSQL."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from lorewright.settings import Settings
from lorewright.store import Store, Workspace

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
SERVER_READY_S = 30
SERVER_STOP_S = 10


@pytest.fixture(scope="session")
def fresh_postgres() -> Generator[Callable[[], str]]:
    """Starts a server of its own; each call names an empty schema on it."""
    psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
    if not PROGRAMS or (os.getuid() == 0 and shutil.which("initdb", path=PROGRAMS[-1]) is None):
        pytest.skip("Debian's postgresql is not installed")
    folder = Path(tempfile.mkdtemp(prefix="lorewright-postgres-"))
    try:
        with _server(folder) as address, psycopg.connect(address, autocommit=True) as admin:
            numbers = count()

            def fresh() -> str:
                schema = f"w{next(numbers)}"
                admin.execute(f"CREATE SCHEMA {schema}")
                return f"{address}?options=-csearch_path%3D{schema}"

            yield fresh
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _server:  # noqa: N801 - reads as the verb it is in `with`
    """A PostgreSQL server that runs inside `with`; initdb refuses to run as root."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._as: dict[str, Any] = {}
        if os.getuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
            self._as = {"user": "postgres", "group": "postgres", "extra_groups": []}

    def __enter__(self) -> str:
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
        settings = {"fsync": "off", "full_page_writes": "off", "max_connections": "50"}
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
            pytest.fail("PostgreSQL did not start")
        time.sleep(0.1)


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest) -> Settings:
    """Settings of a workspace on each of the databases."""
    if request.param == "sqlite":
        return Settings()
    fresh: Callable[[], str] = request.getfixturevalue("fresh_postgres")
    return Settings(database=fresh())


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "workspace")
    workspace.make()
    return workspace


@pytest.fixture
def store(workspace: Workspace, settings: Settings) -> Generator[Store]:
    with workspace.open(settings) as store:
        yield store


@pytest.fixture
def sqlite_store(workspace: Workspace) -> Generator[Store]:
    """For what has nothing to do with the database."""
    with workspace.open(Settings()) as store:
        yield store
