"""A command that asks a language model, from its plan to its account, as durable runs."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal
from uuid import uuid4

from pydantic import JsonValue

from lorewright.errors import Incomplete, LorewrightError
from lorewright.flows.durable import Ordered, Plan, PricedHandler
from lorewright.flows.runs import run_work
from lorewright.flows.teaching import Account, Allowed, Prospect, Standing, limited
from lorewright.jobs import Priced, Report
from lorewright.jobs.batching import UnderWay
from lorewright.jobs.recounting import kinds_made, recount
from lorewright.jobs.steward import Pace
from lorewright.jobs.turns import Urgency
from lorewright.jobs.watching import Watched
from lorewright.llms import Asker
from lorewright.settings import Settings
from lorewright.store import Store, Tokens, Totals, totals
from lorewright.store.run_views import RunView
from lorewright.store.work_runs import runs_under_way

TELL_EVERY_S = 0.2
IN_BATCHES = Pace(shards_at_once=128)
"""So many shards that a batch holds as many calls as may be under way."""


def run_durably(  # noqa: PLR0913 - what is done, how much it may cost, and how soon
    store: Store,
    settings: Settings,
    work: str,
    choice: Mapping[str, JsonValue],
    plan: Plan,
    *,
    allowed: Allowed,
    urgency: Urgency = Urgency.NORMAL,
    watch: Callable[[Standing], None] = lambda _standing: None,
) -> Account:
    """Do the works of a choice one after the other, with any worker that is there.

    Every start has an account of its own, which its limit counts; a start that was cut off
    goes on under the account that it had.

    Args:
        store: where everything is kept.
        settings: with the language model.
        work: the name under which workers know it.
        choice: what is to be done, in names and numbers.
        plan: from the choice to its works.
        allowed: what may be spent.
        urgency: which of the runs that a worker has goes first.
        watch: is told how far it is, a few times a second.

    Raises:
        UsageError: when it may not begin; see `refuse_without_limit`.
        OutsideError: when the store or the endpoint fails.
    """
    teacher, _ = limited(settings.teacher, allowed)
    settings = settings.model_copy(update={"teacher": teacher})
    return _Start(store, settings, work, plan, watch).do(choice, urgency)


class _Start:
    """One start of a command while it lasts."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        work: str,
        plan: Plan,
        watch: Callable[[Standing], None],
    ) -> None:
        self._store = store
        self._settings = settings
        self._work = work
        self._plan = plan
        self._watch = watch
        self._limit = settings.teacher.max_cost_usd
        self._prospect = Prospect(store, settings.teacher)
        self._watched: Watched | None = None
        self._doing = work
        self._standing: Standing | None = None
        self._told_at = 0.0
        self._waits_for: UnderWay | None = None

    def do(self, choice: Mapping[str, JsonValue], urgency: Urgency) -> Account:
        began, teacher = time.monotonic(), self._settings.teacher.model or ""
        account = Account(self._account(choice, teacher), Report("teach"), self._limit)
        before = totals(self._store, account.run)
        works = self._plan(self._store, self._settings, self._prospect.asker, choice)
        for number, work in enumerate(works):
            self._prospect.estimator.expect(work.forecasts())
            self._begin(work.step.name)
            batch = self._settings.teacher.batch
            ordered = Ordered(choice, number, teacher, account.run, self._limit, batch, urgency)
            account.ended = self._one(work, ordered, account)
            if account.ended is not None:
                break
        after = totals(self._store, account.run)
        account.calls = {
            purpose: _less(one, before.get(purpose, Totals())) for purpose, one in after.items()
        }
        account.report.took_s = time.monotonic() - began
        return account

    def _begin(self, doing: str) -> None:
        """Say what comes next, and how long it may take, before its first call."""
        self._doing = doing
        left, watched = self._prospect.estimator.remaining()[-1], self._watched
        made, spent = (watched.made, watched.spent) if watched else (0, Decimal(0))
        self._standing = Standing(doing, made, left, spent, self._limit)
        self._watch(self._standing)

    def _one(self, work: Priced, ordered: Ordered, account: Account) -> Incomplete | None:
        """Do one work; why it ended early, or None."""
        there, ended = kinds_made(work, self._store), None
        before = account.report.counts.copy()
        handler = PricedHandler(
            self._store, self._settings, self._plan, around=self._around, on_batch=self._wait_for
        )
        try:
            view = run_work(
                self._store,
                self._work,
                ordered.as_request(),
                handlers={self._work: handler},
                watch=self._tell,
                pace=IN_BATCHES if self._settings.teacher.batch else None,
            )
            account.report.again += view.counts.again
        except Incomplete as error:
            ended = error
        recount(
            work,
            self._store,
            report=account.report,
            failed=dict(handler.failed),
            trouble=handler.trouble,
            is_over=ended is None,
        )
        account.fresh += account.report.counts - before - there
        return ended

    def _account(self, choice: Mapping[str, JsonValue], teacher: str) -> str:
        """That of the same start when it was cut off, else a new one."""
        for order in runs_under_way(self._store, self._work):
            with suppress(LorewrightError):  # what another version ordered is not this start
                ordered = Ordered.of(order.request)
                if (ordered.choice, ordered.teacher) == (choice, teacher):
                    return ordered.account
        return uuid4().hex

    def _around(self, asker: Asker) -> Asker:
        """Let the estimator learn from every call, and remember how things stand."""
        if self._watched is not None:
            self._watched.pass_on_to(asker)
            return self._watched
        self._watched = Watched(
            asker,
            self._prospect.estimator,
            at_once=self._settings.teacher.under_way,
            is_free=self._prospect.pricer.is_free,
            tell=self._note,
        )
        return self._watched

    def _note(self) -> None:
        """How things stand; written where the calls are made, read where they are shown."""
        now = time.monotonic()
        if self._watched is None or now - self._told_at < TELL_EVERY_S:
            return
        self._told_at = now
        left = self._watched.remaining()[-1]
        self._standing = Standing(
            self._doing, self._watched.made, left, self._watched.spent, self._limit
        )

    def _wait_for(self, under_way: UnderWay | None) -> None:
        self._waits_for = under_way

    def _tell(self, _view: RunView) -> None:
        if self._standing is not None:
            self._watch(
                self._standing._replace(
                    in_batches=self._settings.teacher.batch, waits_for=self._waits_for
                )
            )


def _less(one: Totals, other: Totals) -> Totals:
    """What came to `other` until it was `one`."""
    tokens = (now - then for now, then in zip(one.tokens, other.tokens, strict=True))
    return Totals(
        one.complete - other.complete,
        one.unusable - other.unusable,
        one.failed - other.failed,
        one.cost_usd - other.cost_usd,
        Tokens(*tokens),
        one.characters - other.characters,
    )
