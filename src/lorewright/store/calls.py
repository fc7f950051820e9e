"""What was asked of language models, what it cost, and what came back; every number from rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa

from lorewright.errors import BadRef, NotFound
from lorewright.lineage import Ref
from lorewright.store.call_rows import WITHOUT_WORDS, Tokens, usd_of
from lorewright.store.record_store import Store
from lorewright.store.rows import AT_ONCE
from lorewright.store.tables import calls, records

_COLUMNS = (*WITHOUT_WORDS, calls.c.error, records.c.kind, records.c.id)


@dataclass(frozen=True, slots=True)
class KeptCall:
    """One attempt as the ledger knows it; `words_of` brings its reply."""

    number: int
    key: bytes
    attempt: int
    language_model: Ref
    purpose: str
    draw: int
    run: str | None
    state: str
    cost_usd: Decimal
    seconds: Decimal
    tokens: Tokens
    characters: int
    """Of the request."""
    at: str
    """UTC, ISO 8601 with seconds."""
    stop: str | None
    fault: str | None
    answered_by: str
    error: str | None
    erased_at: str | None
    """When its words were destroyed together with a document that they repeat."""


class Words(NamedTuple):
    """What a language model said, and the body of the response as it came."""

    text: str | None
    raw: bytes | None


class Totals(NamedTuple):
    """Calls counted and added up."""

    complete: int = 0
    unusable: int = 0
    failed: int = 0
    cost_usd: Decimal = Decimal(0)
    tokens: Tokens = Tokens()
    characters: int = 0
    """Of all requests that were answered."""

    @property
    def calls(self) -> int:
        """Attempts of any outcome."""
        return self.complete + self.unusable + self.failed


def calls_of(store: Store, run: str) -> Iterator[KeptCall]:
    """Every attempt that a run made, in the order of their commits."""
    return _walk(store, calls.c.run == run)


def failed_calls(store: Store) -> Iterator[KeptCall]:
    """Every attempt that brought no usable reply, the oldest first."""
    return _walk(store, calls.c.state != "complete")


def every_call(store: Store) -> Iterator[KeptCall]:
    """Every attempt there is, the oldest first."""
    return _walk(store, sa.true())


def call_named(store: Store, name: str) -> list[KeptCall]:
    """Every attempt of the call whose key begins with the digits `name`, the oldest first.

    Raises:
        BadRef: when `name` has fewer than 4 digits, or fits several calls.
        NotFound: when it fits none.
    """
    if not 4 <= len(name) <= 64 or set(name) - set("0123456789abcdef"):
        raise BadRef(
            f"{name[:100]!r} is not the key of a call", hint="write at least its first 4 digits"
        )
    low, high = bytes.fromhex(f"{name:0<64}"), bytes.fromhex(f"{name:f<64}")
    found = list(_walk(store, calls.c.key.between(low, high)))
    if not found:
        raise NotFound(f"there is no call whose key begins with {name}")
    if len({one.key for one in found}) > 1:
        raise BadRef(f"{name} fits several calls", hint="write more digits of the key")
    return found


def words_of(store: Store, number: int) -> Words:
    """What came back from the attempt with this number; nothing once it was erased.

    Raises:
        NotFound: when there is no such attempt.
    """
    query = sa.select(calls.c.text, calls.c.raw).where(calls.c.number == number)
    with store.database.read() as db:
        row = db.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"there is no call with the number {number}")
    text = None if row.text is None else row.text.decode(errors="surrogatepass")
    return Words(text, row.raw)


def spent(store: Store, run: str | None = None) -> Decimal:
    """What a run cost, or all of them together, in US dollars."""
    query = sa.select(sa.func.sum(calls.c.cost))
    if run is not None:
        query = query.where(calls.c.run == run)
    with store.database.read() as db:
        return usd_of(int(db.scalar(query) or 0))


def totals(store: Store, run: str | None = None) -> dict[str, Totals]:
    """Calls by purpose: of one run, or of the whole workspace."""
    added = [
        calls.c.cost, calls.c.input_tokens, calls.c.output_tokens, calls.c.cache_read_tokens,
        calls.c.cache_write_tokens,
    ]  # fmt: skip
    answered = sa.case((calls.c.state != "failed", calls.c.characters), else_=0)
    query = sa.select(
        calls.c.purpose,
        *(sa.func.sum(sa.case((calls.c.state == one, 1), else_=0)) for one in _STATES),
        *(sa.func.sum(one) for one in added),
        sa.func.sum(answered),
    ).group_by(calls.c.purpose)
    if run is not None:
        query = query.where(calls.c.run == run)
    with store.database.read() as db:
        rows = db.execute(query.order_by(calls.c.purpose)).all()
    return {purpose: _totals(*map(int, sums)) for purpose, *sums in rows}


_STATES = ("complete", "unusable", "failed")


def _totals(complete: int, unusable: int, failed: int, cost: int, *rest: int) -> Totals:
    *counts, characters = rest
    return Totals(complete, unusable, failed, usd_of(cost), Tokens(*counts), characters)


def _walk(store: Store, where: sa.ColumnElement[bool]) -> Iterator[KeptCall]:
    """The attempts of `where`, some at a time; memory does not grow with their number."""
    after = 0
    while True:
        query = (
            sa.select(*_COLUMNS)
            .join(records, records.c.key == calls.c.language_model)
            .where(where, calls.c.number > after)
            .order_by(calls.c.number)
            .limit(AT_ONCE)
        )
        with store.database.read() as db:
            rows = db.execute(query).all()
        if not rows:
            return
        yield from map(_kept, rows)
        after = rows[-1].number


def _kept(row: sa.Row[Any]) -> KeptCall:
    return KeptCall(
        number=row.number,
        key=row.key,
        attempt=row.attempt,
        language_model=Ref(row.kind, row.id.hex()),
        purpose=row.purpose,
        draw=row.draw,
        run=row.run,
        state=row.state,
        cost_usd=usd_of(row.cost),
        seconds=Decimal(row.seconds),
        tokens=Tokens(
            row.input_tokens, row.output_tokens, row.cache_read_tokens, row.cache_write_tokens
        ),
        characters=row.characters,
        at=row.at,
        stop=row.stop,
        fault=row.fault,
        answered_by=row.answered_by,
        error=row.error,
        erased_at=row.erased_at,
    )
