"""Commands on another machine, through the system's own `ssh`.

The user's configuration, keys and agent are used as they are; a password is never asked for,
and a machine whose key is not known is refused. Every word of a remote command is quoted.
"""

import json
import re
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

from pydantic import TypeAdapter, ValidationError

from lorewright import errors
from lorewright.errors import (
    BadRecord,
    BadSettings,
    LorewrightError,
    MissingExtra,
    OutsideError,
    Unreachable,
)
from lorewright.records import HashedFile
from lorewright.train.executors import parcel

HELPER = "lorewright.train.executors.there"
HOST = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9_][A-Za-z0-9_.-]*")
"""`host` or `user@host`; nothing that ssh could take for an option or a shell for a word."""
SSH_FAILED = 255
ANSWER_S = 60.0
CONNECT_S = 10
_OBJECT = TypeAdapter(dict[str, Any])


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine that ssh reaches and that has Lorewright."""

    host: str
    """A host of the ssh configuration, or `user@host`."""
    python: str = "python3"
    """Its Python with Lorewright and the extra `train`; `~/` at the beginning is its home."""
    folder: str = "~/.lorewright"
    """Where base models and jobs are kept there."""
    config: Path | None = None
    """An ssh configuration other than the user's own."""

    def __post_init__(self) -> None:
        if not HOST.fullmatch(self.host):
            raise BadSettings(
                "this is no name of a machine",
                where=repr(self.host),
                hint="name a host of your ~/.ssh/config, or user@host; ports and keys belong "
                "into that file",
            )


class Connection:
    """Asks a machine; every question is one run of `ssh`."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def ask(
        self, command: str, /, *, timeout_s: float = ANSWER_S, **request: Any
    ) -> Mapping[str, Any]:
        """Run one command of the helper there, and return what it answers.

        Raises:
            Unreachable: when the machine does not answer.
            LorewrightError: as the helper met it.
        """
        with tempfile.TemporaryFile() as said:
            try:
                done = subprocess.run(  # noqa: S603 - no shell here; quoted for the one there
                    self._argv(command, request),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=said,
                    timeout=timeout_s,
                    check=False,
                )
            except FileNotFoundError as error:
                raise _without_ssh() from error
            except subprocess.TimeoutExpired as error:
                raise self._unreachable(f"no answer within {timeout_s:.0f} s") from error
            self._check(done.returncode, said)
        return self._object(done.stdout)

    def send(self, command: str, paths: Mapping[str, Path], /, **request: Any) -> Mapping[str, Any]:
        """Send files to a command there, and return what it answers.

        Raises:
            Unreachable: when the machine does not answer or vanishes meanwhile.
            LorewrightError: as the helper met it.
        """
        with tempfile.TemporaryFile() as said:
            with self._open(command, request, said, takes=True) as process:
                assert process.stdin is not None
                assert process.stdout is not None
                try:
                    parcel.pack(process.stdin, paths)
                    process.stdin.close()
                except BrokenPipeError:  # it stopped listening; why, it says below
                    with suppress(BrokenPipeError):
                        process.stdin.close()
                except BaseException:
                    process.kill()
                    raise
                answer = process.stdout.read()
            self._check(process.returncode, said)
        return self._object(answer)

    def receive(self, command: str, folder: Path, /, **request: Any) -> list[HashedFile]:
        """Fill an empty folder with the files that a command there sends.

        Raises:
            Unreachable: when the machine does not answer or vanishes meanwhile.
            LorewrightError: as the helper met it, or when what came is not whole.
        """
        trouble: LorewrightError | None = None
        files: list[HashedFile] = []
        with tempfile.TemporaryFile() as said:
            with self._open(command, request, said, takes=False) as process:
                assert process.stdout is not None
                try:
                    files = parcel.unpack(process.stdout, folder)
                except LorewrightError as error:
                    trouble = error  # often only the echo of what ended the other side
                    if process.stdout.read(1):
                        process.kill()  # it goes on sending what cannot be taken
            if trouble is None or process.returncode > 0:
                self._check(process.returncode, said)
        if trouble is not None:
            raise trouble
        return files

    def _open(
        self, command: str, request: Mapping[str, Any], said: IO[bytes], *, takes: bool
    ) -> "subprocess.Popen[bytes]":
        try:
            return subprocess.Popen(  # noqa: S603 - no shell here; quoted for the one there
                self._argv(command, request),
                stdin=subprocess.PIPE if takes else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=said,
            )
        except FileNotFoundError as error:
            raise _without_ssh() from error

    def _argv(self, command: str, request: Mapping[str, Any]) -> list[str]:
        body = json.dumps({"root": self.machine.folder, **request})
        config = ["-F", str(self.machine.config)] if self.machine.config else []
        options = (
            "BatchMode=yes",
            "PasswordAuthentication=no",
            "KbdInteractiveAuthentication=no",
            "ClearAllForwardings=yes",
            "ForwardAgent=no",
            "PermitLocalCommand=no",
            f"ConnectTimeout={CONNECT_S}",
            "ServerAliveInterval=5",
            "ServerAliveCountMax=3",
        )
        there = [
            _python(self.machine.python),
            *map(shlex.quote, ("-P", "-m", HELPER, command, body)),
        ]
        return [
            *("ssh", "-T", *config),
            *(word for option in options for word in ("-o", option)),
            *("--", self.machine.host, " ".join(there)),
        ]

    def _check(self, code: int, said: IO[bytes]) -> None:
        """Raise what a failed run of ssh means."""
        if code == 0:
            return
        said.seek(0)
        lines = said.read().decode(errors="replace").split("\n")
        lines = [line.strip() for line in lines if line.strip()]
        last = lines[-1] if lines else "it said nothing"
        if code == SSH_FAILED or code < 0:
            raise self._unreachable(last if code > 0 else "the connection was cut")
        self._raise_as_met(last)

    def _raise_as_met(self, last: str) -> NoReturn:
        host = self.machine.host
        try:
            trouble = _OBJECT.validate_json(last)["error"]
            kind = _kind(str(trouble["kind"]))
            where = trouble["where"]
            met = kind(
                f"{host}: {trouble['sentence']}",
                where=str(where) if where else None,
                hint=trouble["hint"],
            )
        except (ValidationError, KeyError, TypeError) as error:
            raise OutsideError(
                f"the other machine cannot run Lorewright: {_printable(last)}",
                where=host,
                hint=f"is Lorewright installed there for {self.machine.python}, with the "
                "extra train?",
            ) from error
        raise met

    def _unreachable(self, why: str) -> Unreachable:
        why = _printable(why)
        hint = "is it switched on, and does `ssh` reach it from this terminal?"
        if "host key" in why.lower():
            hint = "its key is not known here: connect once by hand and compare the key"
        elif "permission denied" in why.lower():
            hint = "no key of yours is accepted there; passwords are never used"
        return Unreachable(
            f"the machine does not answer: {why}", where=self.machine.host, hint=hint
        )

    def _object(self, answer: bytes) -> Mapping[str, Any]:
        try:
            return _OBJECT.validate_json(answer)
        except ValidationError as error:
            raise BadRecord(
                "the other machine answers what cannot be read",
                where=self.machine.host,
                hint="does its shell print something when nobody is logged in?",
            ) from error


def _kind(name: str) -> type[LorewrightError]:
    found: Any = getattr(errors, name, None)
    if isinstance(found, type) and issubclass(found, LorewrightError):
        return found
    return OutsideError


def _python(path: str) -> str:
    return f"~/{shlex.quote(path[2:])}" if path.startswith("~/") else shlex.quote(path)


def _printable(text: str, most: int = 300) -> str:
    """What came from outside is shown, never obeyed by a terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)[:most]


def _without_ssh() -> MissingExtra:
    return MissingExtra(
        "training by ssh needs the system's `ssh`, which is not installed",
        hint="on Debian and Ubuntu, `apt-get install openssh-client`",
    )
