"""What the benchmarks of generation share: the server, the tools in their environments, checks."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "generation"
ENVIRONMENTS = Path(__file__).parent / ".venvs"
PYTHON = Path(sys.executable)

sys.path[:0] = [str(FOLDER), str(FOLDER / "peers")]

import items  # noqa: E402 - lies in the folder above
from requirements import PEERS  # noqa: E402 - likewise

AT_ONCE = 64
LATENCY_MS = 20


class Counts(NamedTuple):
    """What the server answered."""

    served: int
    numbers: int
    """Different passages among them."""
    refused: int
    most_at_once: int
    span_s: float
    """From the first request to the last answer."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server of the benchmark while it runs."""

    url: str

    def counts(self) -> Counts:
        """What it answered so far."""
        with urllib.request.urlopen(f"{self.url.removesuffix('/v1')}/counts") as reply:
            return Counts(**json.load(reply))


@contextmanager
def a_server(**options: float) -> Generator[Server]:
    """Run the server with options such as `latency_ms=1000`."""
    words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    process = subprocess.Popen(
        [PYTHON, FOLDER / "server.py", *words], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield Server(f"http://127.0.0.1:{int(process.stdout.readline())}/v1")
    finally:
        process.kill()
        process.communicate()


class Ran(NamedTuple):
    """What a tool took, its children included."""

    seconds: float
    cpu_s: float
    peak_mib: float
    """The largest resident set of one of its processes."""


@dataclass(slots=True)
class Tool:
    """Something that does the work: Lorewright or a peer."""

    name: str
    command: Sequence[str | Path]
    prepare: Sequence[str | Path] = ()
    """Run before, and not measured: it stores the passages."""
    export: Sequence[str | Path] = ()
    """Run after, and not measured: it writes `items.jsonl`."""
    resumes: Sequence[str] | None = None
    """The words that make the same command go on; None when it cannot."""
    running: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    def make_ready(self, folder: Path, count: int) -> None:
        """Store what the tool reads from."""
        if self.prepare:
            run([*self.prepare, "--out", folder, "--count", str(count)])

    def words(self, server: Server, folder: Path, count: int) -> list[str | Path]:
        """The command that does `count` items."""
        at_once = ("--at-once", str(AT_ONCE))
        return [
            *self.command,
            "--url",
            server.url,
            "--count",
            str(count),
            *at_once,
            "--out",
            folder,
        ]

    def check(self, folder: Path, count: int) -> None:
        """Find out whether every item is there and right.

        Raises:
            RuntimeError: when one is missing, is there twice or says something else.
        """
        if self.export:
            run([*self.export, "--out", folder])
        found: dict[int, int] = {}
        with (folder / "items.jsonl").open(encoding="utf-8") as lines:
            for line in lines:
                item = json.loads(line)
                number = item.pop("number")
                found[number] = found.get(number, 0) + 1
                if not items.is_right(number, item):
                    raise RuntimeError(f"{self.name}: item {number} is wrong")
        if found != dict.fromkeys(range(count), 1):
            raise RuntimeError(f"{self.name}: {len(found)} items, {sum(found.values())} lines")


def lorewright(*more: str) -> Tool:
    """Lorewright, with the call ledger and the run engine, in this environment."""
    ours = [PYTHON, FOLDER / "ours.py"]
    return Tool(
        "Lorewright", [*ours, "run", *more], [*ours, "prepare"], [*ours, "export"], resumes=()
    )


def peers() -> list[Tool]:
    """The other tools, each installed in an environment of its own when it is not there."""
    return [_peer(name) for name in PEERS]


def _peer(name: str) -> Tool:
    environment = ENVIRONMENTS / name
    python = environment / "bin" / "python"
    if not (environment / ".installed").exists():
        run([sys.executable, "-m", "venv", "--clear", environment])
        run([python, "-m", "pip", "install", "--quiet", *PEERS[name].requirements])
        (environment / ".installed").touch()
    script = FOLDER / "peers" / f"with_{name}.py"
    shown = name.replace("_", "-")
    return Tool(shown, [python, script], resumes=("--resume",) if PEERS[name].resumes else None)


def installed_mib(tool: Tool) -> int:
    """The size of the environment that a tool runs in."""
    folder = Path(tool.command[0]).parents[1]
    return sum(one.stat().st_blocks * 512 for one in folder.rglob("*") if one.is_file()) // 2**20


def run(words: Sequence[str | Path]) -> Ran:
    """Run a command to its end; what it says on stderr is shown when it fails.

    Raises:
        RuntimeError: when it ends with another code than 0.
    """
    begun = time.perf_counter()
    process = start(words)
    code, ran = ended(process, begun)
    if code:
        raise RuntimeError(f"{' '.join(map(str, words))} ended with {code}")
    return ran


def start(words: Sequence[str | Path]) -> "subprocess.Popen[bytes]":
    """Start a command in a process group of its own, so that all of it can be killed."""
    return subprocess.Popen(
        [str(word) for word in words], stdout=subprocess.DEVNULL, start_new_session=True
    )


def ended(process: "subprocess.Popen[bytes]", begun: float) -> tuple[int, Ran]:
    """Wait for a command, and say what it and the children it waited for took."""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, Ran(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """SIGKILL a command and every process that it started."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
