"""Calls of language models as rows: what stands in one, and the seal over it.

A row has two parts. Its numbers and names stay for ever; its words (the reply, the error)
are destroyed with the documents they repeat. A digest stands for the words in the seal over
the rest, so that a row can be sealed anew without them.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from lorewright.lineage import Ref
from lorewright.store.clock import now
from lorewright.store.rows import AT_ONCE, batches, named
from lorewright.store.tables import call_uses, calls, records

CallState = Literal["complete", "unusable", "failed"]
"""Whole and reusable; a reply that is kept and never used again; no reply at all."""

UNITS = 10**12
"""Money is added up in whole millionths of a millionth of a dollar, so that sums are exact."""

_SEALED = (
    "attempt", "purpose", "draw", "run", "state", "cost", "seconds", "input_tokens",
    "output_tokens", "cache_read_tokens", "cache_write_tokens", "characters", "at", "stop",
    "fault", "answered_by", "erased_at",
)  # fmt: skip


class Tokens(NamedTuple):
    """Tokens as the provider counted them; the four do not overlap."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0


NO_TOKENS = Tokens()


@dataclass(frozen=True, slots=True)
class NewCall:
    """One attempt that has ended, as it goes into the ledger."""

    key: bytes
    language_model: Ref
    purpose: str
    draw: int
    about: tuple[Ref, ...]
    """The records whose words it repeats: erasing one destroys its words."""
    run: str | None
    state: CallState
    seconds: Decimal
    cost_usd: Decimal = Decimal(0)
    tokens: Tokens = NO_TOKENS
    characters: int = 0
    """Of the request, so that characters and tokens can be compared later."""
    stop: str | None = None
    fault: str | None = None
    answered_by: str = ""
    text: str | None = None
    raw: bytes | None = None
    error: str | None = None


def row_of(call: NewCall, number: int, attempt: int, language_model: int) -> dict[str, Any]:
    """The row that keeps `call`, sealed."""
    text = None if call.text is None else call.text.encode(errors="surrogatepass")
    error = None if call.error is None else _writable(call.error)
    row: dict[str, Any] = {
        "number": number,
        "key": call.key,
        "attempt": attempt,
        "language_model": language_model,
        "purpose": call.purpose,
        "draw": call.draw,
        "run": call.run,
        "state": call.state,
        "cost": units_of(call.cost_usd),
        "seconds": str(call.seconds),
        "input_tokens": call.tokens.input,
        "output_tokens": call.tokens.output,
        "cache_read_tokens": call.tokens.cache_read,
        "cache_write_tokens": call.tokens.cache_write,
        "characters": call.characters,
        "at": now(),
        "stop": call.stop,
        "fault": call.fault,
        "answered_by": _writable(call.answered_by),
        "erased_at": None,
        "digest": words_digest(error, text, call.raw),
        "error": error,
        "text": text,
        "raw": call.raw,
    }
    row["seal"] = call_seal(row, call.language_model, call.about)
    return row


def units_of(usd: Decimal) -> int:
    """Dollars in the unit that is added up; never less than they are."""
    return int((usd * UNITS).to_integral_value(ROUND_CEILING))


def usd_of(units: int) -> Decimal:
    """Whole units in dollars."""
    return Decimal(units) / UNITS


def words_digest(error: str | None, text: bytes | None, raw: bytes | None) -> bytes:
    """The SHA-256 over the words of a call."""
    hasher = hashlib.sha256()
    for part in (error.encode() if error is not None else None, text, raw):
        hasher.update(b"-" if part is None else b"%d:" % len(part))
        hasher.update(part or b"")
    return hasher.digest()


def call_seal(row: Mapping[Any, Any], language_model: str, about: Iterable[str]) -> bytes:
    """The SHA-256 over all of a row but its words, for which their digest stands."""
    sealed = [row["key"].hex(), row["digest"].hex(), language_model, sorted(about)]
    sealed += (row[name] for name in _SEALED)
    return hashlib.sha256(json.dumps(sealed).encode()).digest()


class Sealed(NamedTuple):
    """A row of the ledger without its words, and the names that its seal covers."""

    row: Mapping[Any, Any]
    language_model: str
    about: tuple[str, ...]


def with_names(db: sa.Connection, rows: Sequence[Mapping[Any, Any]]) -> list[Sealed]:
    """`rows` of `calls` with the names of their language models and of what they repeat."""
    numbers = [row["number"] for row in rows]
    names = _names(db, {row["language_model"] for row in rows})
    about: dict[int, list[str]] = {}
    found = db.execute(
        sa.select(call_uses.c.call, records.c.kind, records.c.id)
        .join(records, records.c.key == call_uses.c.record)
        .where(call_uses.c.call.in_(numbers))
    )
    for number, kind, id_ in found:
        about.setdefault(number, []).append(f"{kind}:{id_.hex()}")
    return [
        Sealed(row, names.get(row["language_model"], ""), tuple(about.get(row["number"], ())))
        for row in rows
    ]


def forget_words(db: sa.Connection, refs: Sequence[Ref]) -> None:
    """Destroy the words of every call that repeats one of `refs`; numbers and names stay."""
    for batch in batches(refs, AT_ONCE):
        repeating = (
            sa.select(call_uses.c.call)
            .join(records, records.c.key == call_uses.c.record)
            .where(named(batch))
        )
        _change(
            db,
            sa.and_(calls.c.number.in_(repeating), calls.c.erased_at.is_(None)),
            {"erased_at": now(), "error": None, "text": None, "raw": None},
        )


def spend(db: sa.Connection, keys: Sequence[bytes]) -> None:
    """Let no complete call with one of `keys` be used again."""
    for batch in batches(keys, AT_ONCE):
        _change(
            db,
            sa.and_(calls.c.key.in_(batch), calls.c.state == "complete"),
            {"state": "unusable"},
        )


def _change(db: sa.Connection, where: sa.ColumnElement[bool], values: dict[str, Any]) -> None:
    """Set `values` in the rows of `where`, each with a new seal."""
    rows = db.execute(sa.select(*WITHOUT_WORDS).where(where)).mappings().all()
    for part in batches(rows, AT_ONCE):
        changed = [
            {
                "changed": one.row["number"],
                "seal": call_seal({**one.row, **values}, one.language_model, one.about),
                **values,
            }
            for one in with_names(db, part)
        ]
        db.execute(calls.update().where(calls.c.number == sa.bindparam("changed")), changed)


WITHOUT_WORDS = [one for one in calls.c if one.name not in {"error", "text", "raw"}]
"""The columns that are never long."""


def _names(db: sa.Connection, keys: Iterable[int]) -> dict[int, str]:
    rows = db.execute(
        sa.select(records.c.key, records.c.kind, records.c.id).where(records.c.key.in_(keys))
    )
    return {key: f"{kind}:{id_.hex()}" for key, kind, id_ in rows}


def _writable(text: str) -> str:
    """`text` as every database takes it: what servers say may hold anything."""
    return text.encode(errors="backslashreplace").decode().replace("\0", "\\0")
