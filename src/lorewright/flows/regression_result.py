"""What came of a look for regressions: its file, its rows on a page, its words."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from lorewright.errors import Unreadable
from lorewright.evaluate.regression import Kept
from lorewright.lineage import Ref
from lorewright.pictures import RegressionShown
from lorewright.statistics import signed
from lorewright.store import Workspace

_ROWS = TypeAdapter(tuple[Kept, ...])


def regression_file(workspace: Workspace, adapter: Ref) -> Path:
    """Where the result about an adapter stands."""
    return workspace.reports / f"regression-{adapter.id[:12]}.json"


def read_regression(workspace: Workspace, adapter: Ref) -> tuple[Kept, ...]:
    """The newest result about an adapter; empty where it was never looked at.

    Raises:
        Unreadable: when the file was altered into something else.
    """
    file = regression_file(workspace, adapter)
    if not file.exists():
        return ()
    try:
        return _ROWS.validate_python(json.loads(file.read_bytes())["rows"])
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise Unreadable(
            "the file holds no result of `lorewright regression`",
            where=str(file),
            hint="run `lorewright regression` again",
        ) from error


def regression_shown(rows: Sequence[Kept]) -> tuple[RegressionShown, ...]:
    """The rows as the report of a proof shows them."""
    return tuple(
        RegressionShown(
            about=f"{row.part.value}: {row.about}",
            n=row.n,
            unit=row.units,
            base=_number(row.base),
            tuned=_number(row.tuned),
            change=change_in_words(row),
            margin=f"{row.margin:g}",
            state=state_in_words(row),
        )
        for row in rows
    )


def change_in_words(row: Kept) -> str:
    """The change with its interval; above zero is better."""
    if row.change is None:
        return "none"
    if row.low is None or row.high is None:
        return signed(row.change, digits=3)
    return (
        f"{signed(row.change, digits=3)} ({signed(row.low, digits=3)} to "
        f"{signed(row.high, digits=3)})"
    )


def state_in_words(row: Kept) -> str:
    """The outcome, and why where there is none."""
    return row.outcome.value if row.state == "sound" else f"{row.outcome.value}, {row.state}"


def rows_told(rows: Sequence[Kept]) -> list[dict[str, Any]]:
    """The rows for programs."""
    return [asdict(row) for row in rows]


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}".replace("-", "\N{MINUS SIGN}")
