"""The outbox of webhooks: what is to be told elsewhere stands here until it was heard.

A message is kept in the transaction that makes it true, so none is lost and none is sent of
what did not happen. Whoever delivers tries again, later and later.
"""

import secrets
from typing import NamedTuple

import sqlalchemy as sa

from lorewright.store.record_store import Store
from lorewright.store.run_tables import clock
from lorewright.store.training_tables import webhook_outbox

FIRST_WAIT_S = 10.0
LONGEST_WAIT_S = 3600.0
MOST_ATTEMPTS = 12
"""About nine hours; after that a message stays where it is and is tried no more."""


class Webhook(NamedTuple):
    """A message to be delivered."""

    id: str
    """Sent along, so that whoever hears it twice knows."""
    url: str
    event: str
    body: str
    attempts: int
    last_error: str | None


def post_webhook(db: sa.Connection, url: str, event: str, body: str) -> str:
    """Put a message into the outbox, within the transaction `db`; its name."""
    name = secrets.token_hex(16)
    values = {"id": name, "url": url, "event": event, "body": body, "attempts": 0}
    db.execute(webhook_outbox.insert().values(**values, created_at=clock(db), next_try=clock(db)))
    return name


def take_due_webhooks(store: Store, *, limit: int = 20) -> list[Webhook]:
    """Messages whose time has come; each is one attempt more, and nobody else gets it before
    its next one is due."""  # noqa: D205,D209 - one sentence

    def change(db: sa.Connection) -> list[Webhook]:
        is_due = (
            webhook_outbox.c.delivered_at.is_(None),
            webhook_outbox.c.next_try <= clock(db),
            webhook_outbox.c.attempts < MOST_ATTEMPTS,
        )
        columns = [webhook_outbox.c[name] for name in Webhook._fields]
        query = sa.select(*columns).where(*is_due).order_by(webhook_outbox.c.next_try)
        due = [Webhook(*row) for row in db.execute(query.limit(limit))]
        for one in due:
            wait = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**one.attempts)
            db.execute(
                webhook_outbox.update()
                .where(webhook_outbox.c.id == one.id)
                .values(attempts=one.attempts + 1, next_try=clock(db) + wait)
            )
        return [one._replace(attempts=one.attempts + 1) for one in due]

    return store.write(change)


def webhook_heard(store: Store, name: str) -> None:
    """Say that a message was delivered."""
    store.write(
        lambda db: db.execute(
            webhook_outbox.update()
            .where(webhook_outbox.c.id == name)
            .values(delivered_at=clock(db), last_error=None)
        )
    )


def webhook_failed(store: Store, name: str, why: str) -> None:
    """Say why a message could not be delivered this time."""
    store.write(
        lambda db: db.execute(
            webhook_outbox.update().where(webhook_outbox.c.id == name).values(last_error=why[:500])
        )
    )
