"""The call ledger: every call to a language model, kept before anybody looks at its reply.

A call is known by its key: what was asked, of which language model, for which purpose, as
which draw. A complete one is found again whoever asks, so nothing is paid for twice.
"""

import hashlib
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from lorewright.errors import NotFound
from lorewright.lineage import Ref
from lorewright.store.call_batches import leave_batches
from lorewright.store.call_rows import NewCall, Tokens, row_of, spend
from lorewright.store.record_store import Store
from lorewright.store.rows import AT_ONCE, batches, living_keys
from lorewright.store.tables import call_uses, calls


def call_key(request: bytes, language_model: Ref, purpose: str, draw: int) -> bytes:
    """What a call is known by: 32 bytes.

    Args:
        request: the fingerprint of what is asked and how.
        language_model: who is asked.
        purpose: the verb and the prompt.
        draw: asked again on purpose, the same request is another draw.
    """
    return hashlib.sha256(request + f"{language_model}\n{purpose}\n{draw}".encode()).digest()


@dataclass(frozen=True, slots=True)
class KeptReply:
    """A complete reply as it was kept."""

    text: str
    stop: str
    tokens: Tokens
    raw: bytes = field(repr=False)
    answered_by: str


@dataclass(slots=True)
class _Group:
    """Calls that go into one transaction."""

    calls: list[NewCall] = field(default_factory=list[NewCall])
    done: Future[None] = field(default_factory=Future[None])


class Ledger:
    """Reads and writes the calls of one store; safe to use from any thread.

    Calls that end while a commit is under way are written together by the next one.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._gate = threading.Lock()
        self._gathering: _Group | None = None
        self._keys: dict[Ref, int] = {}

    def admit(self, refs: Iterable[Ref]) -> None:
        """Make sure that calls about `refs` can be kept.

        Raises:
            NotFound: when one of them is not stored.
            Erased: when one of them was erased.
        """
        unknown = [ref for ref in refs if ref not in self._keys]
        if not unknown:
            return
        with self._store.database.read() as db:
            found = living_keys(db, unknown)
        missing = next((ref for ref in unknown if ref not in found), None)
        if missing is not None:
            raise NotFound(f"a call is about {missing.short}, which is not stored")
        self._keys |= found

    def find(self, keys: Sequence[bytes]) -> dict[bytes, KeptReply]:
        """Those of `keys` that were answered completely, with the reply."""
        found: dict[bytes, KeptReply] = {}
        for batch in batches(keys, AT_ONCE):
            query = (
                sa.select(
                    calls.c.key, calls.c.text, calls.c.stop, calls.c.raw, calls.c.answered_by,
                    calls.c.input_tokens, calls.c.output_tokens, calls.c.cache_read_tokens,
                    calls.c.cache_write_tokens,
                )
                .where(
                    calls.c.key.in_(batch),
                    calls.c.state == "complete",
                    calls.c.erased_at.is_(None),
                )
                .order_by(calls.c.number)
            )  # fmt: skip
            with self._store.database.read() as db:
                for key, text, stop, raw, answered_by, *counts in db.execute(query):
                    said = text.decode(errors="surrogatepass")
                    found[key] = KeptReply(said, stop, Tokens(*counts), raw, answered_by)
        return found

    def keep(self, call: NewCall) -> Future[None]:
        """Queue `call`; the future resolves when it is committed. Several may share a future.

        What it is about must have been admitted.
        """
        with self._gate:
            group = self._gathering
            is_new = group is None
            if group is None:
                group = self._gathering = _Group()
            group.calls.append(call)
        if is_new:  # outside the gate: a full queue is waited for, and the writer needs the gate
            self._queue(group)
        return group.done

    def mark_unusable(self, keys: Sequence[bytes]) -> Future[None]:
        """Let no complete call with one of `keys` be used again; what it said is kept."""
        return self._store.queue(lambda db: spend(db, keys))

    def _queue(self, group: _Group) -> None:
        def settle(written: Future[None]) -> None:
            error = written.exception()
            if error is None:
                group.done.set_result(None)
            else:
                group.done.set_exception(error)

        try:
            self._store.queue(lambda db: self._write(db, group)).add_done_callback(settle)
        except BaseException as error:
            self._close(group)
            group.done.set_exception(error)
            raise

    def _close(self, group: _Group) -> None:
        """Take no more calls into `group`."""
        with self._gate:
            if self._gathering is group:
                self._gathering = None

    def _write(self, db: sa.Connection, group: _Group) -> None:
        self._close(group)
        last = db.scalar(sa.select(sa.func.max(calls.c.number))) or 0
        attempts = _attempts(db, {call.key for call in group.calls})
        rows: list[dict[str, Any]] = []
        uses: list[dict[str, int]] = []
        for number, call in enumerate(group.calls, last + 1):
            attempt = attempts[call.key] = attempts.get(call.key, 0) + 1
            rows.append(row_of(call, number, attempt, self._keys[call.language_model]))
            uses += ({"call": number, "record": self._keys[ref]} for ref in set(call.about))
        db.execute(calls.insert(), rows)
        if uses:
            db.execute(call_uses.insert(), uses)
        leave_batches(db, attempts)


def _attempts(db: sa.Connection, keys: Iterable[bytes]) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    for batch in batches(keys, AT_ONCE):
        rows = db.execute(
            sa.select(calls.c.key, sa.func.max(calls.c.attempt))
            .where(calls.c.key.in_(batch))
            .group_by(calls.c.key)
        )
        found.update((key, attempt) for key, attempt in rows)
    return found
