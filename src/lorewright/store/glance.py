"""Names that begin in a certain way, read in a few milliseconds for somebody who is typing.

This file stands alone: it is loaded without the room around it, whose libraries take most of
a second, and it needs nothing beyond the standard library.
"""

import sqlite3
import string
from pathlib import Path
from urllib.parse import quote

MOST = 40
"""Names of one kind that are offered at once; the newest of them."""
SHORT = 12
"""Digits of a name that are offered."""


def names_beginning(database: Path, typed: str, *kinds: str) -> list[str]:
    """Aliases, and names of the records of `kinds`, that begin with `typed`.

    Nothing is offered when the file is not there or is not what it should be: somebody is
    typing, and the command itself says what is wrong.
    """
    if not database.is_file():
        return []
    try:
        db = sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True, timeout=0.1)
        try:
            return [*_aliases(db, typed, kinds), *_names(db, typed, kinds)]
        finally:
            db.close()
    except sqlite3.Error:
        return []


def _aliases(db: sqlite3.Connection, typed: str, kinds: tuple[str, ...]) -> list[str]:
    rows = db.execute(
        "SELECT aliases.name, records.kind FROM aliases JOIN records"
        " ON records.key = aliases.record WHERE records.body IS NOT NULL ORDER BY aliases.name"
    )
    return [name for name, kind in rows if kind in kinds and name.startswith(typed)]


def _names(db: sqlite3.Connection, typed: str, kinds: tuple[str, ...]) -> list[str]:
    kind, colon, digits = typed.partition(":")
    asked = [one for one in kinds if one == kind or (not colon and one.startswith(kind))]
    if set(digits) - set(string.hexdigits.lower()) or len(digits) > 64:
        return []
    low, high = (bytes.fromhex(f"{digits:{fill}<64}") for fill in "0f")
    found: list[str] = []
    for one in asked:
        rows = db.execute(
            "SELECT id FROM records WHERE kind = ? AND id BETWEEN ? AND ? AND body IS NOT NULL"
            " ORDER BY key DESC LIMIT ?",
            (one, low, high, MOST),
        )
        found += (f"{one}:{id_.hex()[: max(SHORT, len(digits))]}" for (id_,) in rows)
    return found
