"""An error as a person should meet it: what, where, what to do, and the right exit code."""

import errno
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from lorewright.errors import LorewrightError, StorageError

INTERRUPTED = 130


def tell(error: BaseException, words: Sequence[str]) -> int:
    """Print `error` and return the exit code.

    With `--json` among the words it is one JSON object on stdout, so that a program that
    reads our results also gets our errors; `--debug` adds the traceback.
    """
    if "--debug" in words:
        traceback.print_exception(error)
    match error:
        case click.exceptions.Exit():
            return error.exit_code
        case click.Abort() | KeyboardInterrupt():
            return _interrupted()
        case click.ClickException():
            return _usage(error, words)
        case BrokenPipeError():
            # Whoever read our output has gone; the rest of it goes nowhere, quietly.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        case _:
            return _say(_in_words(error), words)


def _in_words(error: BaseException) -> LorewrightError:
    if isinstance(error, LorewrightError):
        return error
    return _from_system(error) if isinstance(error, OSError) else _unexpected(error)


def _interrupted() -> int:
    click.echo(
        "interrupted; what is done is kept, and the same command goes on from there", err=True
    )
    return INTERRUPTED


def _usage(error: click.ClickException, words: Sequence[str]) -> int:
    wrong = LorewrightError(
        error.format_message().rstrip("."), hint="`lorewright --help` lists the commands"
    )
    if isinstance(error, click.UsageError) and error.ctx is not None:
        wrong.hint = f"`{error.ctx.command_path} --help` shows how it is used"
    _say(wrong, words)
    return 2


def _say(error: LorewrightError, words: Sequence[str]) -> int:
    if "--json" in words:
        told = {
            "schema": "lorewright.error/1",
            "code": error.exit_code,
            "error": type(error).__name__,
            "sentence": error.sentence,
            "where": error.where,
            "hint": error.hint,
        }
        click.echo(json.dumps(told, ensure_ascii=False))
        return error.exit_code
    lines = [f"error: {error.sentence}"]
    if error.where:
        lines.append(f"  --> {error.where}")
    if error.hint:
        lines.append(f"hint: {error.hint}")
    click.echo("\n".join(lines), err=True)
    return error.exit_code


def _from_system(error: OSError) -> StorageError:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    return StorageError(
        (error.strerror or "the system refused something").lower(),
        where=str(error.filename) if error.filename else None,
        hint="free some space and run the same command again; it continues" if full else None,
    )


def _unexpected(error: BaseException) -> LorewrightError:
    handle, name = tempfile.mkstemp(prefix="lorewright-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8") as log:
        traceback.print_exception(error, file=log)
    return LorewrightError(
        f"something unexpected happened: {type(error).__name__}: {error}",
        where=str(Path(name)),
        hint="this is a fault of ours; what is done is kept. Please report it with that file",
    )
