"""The time as the store writes it down, and the seal over rows that are not hashed by a name."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime

import sqlalchemy as sa


def now() -> str:
    """UTC to the second, ISO 8601."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seal(*values: str | int) -> str:
    """The SHA-256 over `values`, so that a changed row is noticed."""
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()


def tombstone_seal(name: str, reason: str, at: str, parents: Iterable[str]) -> str:
    """The seal over a tombstone and over what the erased record was made from."""
    return seal(name, reason, at, *parents)


def database_seconds(db: sa.Connection) -> float:
    """The database's own clock, in seconds: the one clock that all workers share."""
    asked = (
        "SELECT (julianday('now') - 2440587.5) * 86400.0"
        if db.dialect.name == "sqlite"
        else "SELECT CAST(extract(epoch FROM clock_timestamp()) AS double precision)"
    )
    return float(db.scalar(sa.text(asked)) or 0.0)
