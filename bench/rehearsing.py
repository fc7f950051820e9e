"""The rehearsal server and the program against it, for all that is rehearsed."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from killing import run_to_end
from lorewright.llms.loopback import in_process

PRICES = {"input": "0.40", "output": "1.60"}
"""Dollars for a million tokens: about those of a small model of a large vendor."""
SEED, LATENCY_MS = 7, 20


@contextmanager
def served(*options: str) -> Generator[tuple[str, dict[str, str]]]:
    """The rehearsal server with options of its own, and the settings that lead to it."""
    usual = ("--latency-ms", str(LATENCY_MS), "--seed", str(SEED))
    with in_process(*usual, *options) as url:
        yield (
            url,
            {
                **os.environ,
                "LOREWRIGHT_GENERATION__TEACHER": "pairs",
                "LOREWRIGHT_TEACHER__MODEL": "openai:rehearsal",
                "LOREWRIGHT_TEACHER__URL": url,
                "LOREWRIGHT_TEACHER__INPUT_PRICE": PRICES["input"],
                "LOREWRIGHT_TEACHER__OUTPUT_PRICE": PRICES["output"],
            },
        )


@contextmanager
def workspace_with(book: Path, settings: Mapping[str, str]) -> Generator[Path]:
    """A workspace with a book in it, cut into chunks."""
    with tempfile.TemporaryDirectory(prefix="lorewright-bench-") as folder:
        (Path(folder) / "lorewright.toml").touch()
        run_to_end(("ingest", str(book)), Path(folder), settings)
        run_to_end(("analyze", "--rules"), Path(folder), settings)
        yield Path(folder)


def said(
    step: tuple[str, ...], workspace: Path, settings: Mapping[str, str], *, code: int | None = 0
) -> dict[str, Any]:
    """What a command tells programs.

    Raises:
        RuntimeError: when it ends with another code; None takes any at which it has a result.
    """
    done = subprocess.run(
        [sys.executable, "-m", "lorewright", *step, "--workspace", workspace, "--json"],
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != code and (code is not None or not done.stdout):
        raise RuntimeError(f"{' '.join(step)} ended with {done.returncode}: {done.stdout}")
    return json.loads(done.stdout)


def counts_of(url: str) -> dict[str, Any]:
    """What the server counted so far."""
    with urllib.request.urlopen(f"{url.removesuffix('/v1')}/counts") as reply:
        return json.load(reply)


def free_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
