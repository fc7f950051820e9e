"""An error as a person should meet it: what, where, what to do, and the right exit code."""

import json
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence

import click

from lorewright.cli import COMMANDS
from lorewright.errors import LorewrightError, OutsideError, StorageError, UsageError

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
        case click.exceptions.NoArgsIsHelpError():
            click.echo(error.format_message(), err=True)
            return error.exit_code
        case click.ClickException():
            return _say(_usage(error, words), words)
        case BrokenPipeError() | SystemExit():
            # Whoever read our output has gone (Click makes an exit of it); the rest of it goes
            # nowhere, quietly.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        case _:
            return _say(_in_words(error), words)


def _in_words(error: BaseException) -> LorewrightError:
    match error:
        case LorewrightError():
            return error
        case OSError():
            return StorageError.from_system(error)
        case MemoryError():
            return OutsideError(
                "the memory of this machine is used up",
                hint="close other programs, or bring in fewer and smaller files at a time; "
                "what is done is kept, and the same command goes on from there",
            )
        case _:
            return _unexpected(error)


def _interrupted() -> int:
    click.echo(
        "interrupted; what is done is kept, and the same command goes on from there", err=True
    )
    return INTERRUPTED


def _usage(error: click.ClickException, words: Sequence[str]) -> UsageError:
    said = error.format_message().rstrip(".")
    sentence = said[:1].lower() + said[1:]
    if words and words[0] in COMMANDS:
        return UsageError(sentence, hint=f"`lorewright {words[0]} --help` shows how it is used")
    if isinstance(error, click.NoSuchOption):
        return UsageError(sentence, hint="options stand after the command: lorewright status -q")
    return UsageError(sentence, hint="`lorewright --help` lists the commands")


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


def _unexpected(error: BaseException) -> LorewrightError:
    said = next(iter(str(error).splitlines()), "no reason given")
    return LorewrightError(
        f"something unexpected happened: {type(error).__name__}: {said}",
        where=_log_of(error),
        hint="this is a fault of ours; what is done is kept. Please report it with that file, or "
        "with what --debug shows",
    )


def _log_of(error: BaseException) -> str | None:
    """A file with the traceback; None when there is no room for one."""
    try:
        handle, name = tempfile.mkstemp(prefix="lorewright-", suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8") as log:
            traceback.print_exception(error, file=log)
    except OSError:
        return None
    return name
