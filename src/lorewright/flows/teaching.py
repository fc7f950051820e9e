"""Language models at work: estimated before, limited while they are asked, accounted for after."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import NamedTuple
from uuid import uuid4

from lorewright.errors import Incomplete, NotYet, UsageError
from lorewright.flows.current import current_documents
from lorewright.jobs import Priced, Report, WaitingPiece, WaitingPrepared, run_waiting
from lorewright.jobs.caller import Caller, Made
from lorewright.jobs.estimating import Estimate, Estimator, Terms
from lorewright.jobs.watching import Watched
from lorewright.llms import Asker, Call, ChatModel, Purpose, Request
from lorewright.llms.models import open_model
from lorewright.llms.prices import Pricer
from lorewright.llms.tokens import SAMPLE, Density, density_of
from lorewright.records import LanguageModel, Record
from lorewright.settings import Settings, TeacherSettings
from lorewright.store import Store, Totals, every_call, totals

Works = Callable[[Asker], Iterable[Priced]]
"""Works for an asker, each planned when the one before is done."""

REMEMBERED = 20_000
"""Calls of earlier runs that are looked at to learn how many characters a token has, at most."""
TOLD_EVERY_S = 0.2


class Standing(NamedTuple):
    """How far a run is, and what it has cost so far."""

    doing: str
    calls: int
    """Answers so far, those that were there already included."""
    left: Estimate
    """What the work at hand still takes."""
    spent: Decimal
    limit: Decimal | None


@dataclass(frozen=True, slots=True)
class Quote:
    """What works would take, before the first call."""

    rows: tuple[Estimate, ...]
    """One for each purpose, and the last one for all."""
    teacher: str
    prices: str
    """Where they are written."""
    prices_as_of: str | None
    tokens: str
    """How the number of tokens is known."""
    limit: Decimal | None

    @property
    def whole(self) -> Estimate:
        """All purposes together."""
        return self.rows[-1]


@dataclass(slots=True)
class Account:
    """What a run made and what it cost."""

    run: str
    """What its calls are kept under."""
    report: Report
    """Of all its works together."""
    limit: Decimal | None
    calls: dict[str, Totals] = field(default_factory=dict[str, Totals])
    """By purpose, counted from the ledger; what had been paid before is not in it."""
    fresh: Counter[str] = field(default_factory=Counter[str])
    """Records that were made now, by kind; the report counts those that were there, too."""
    ended: Incomplete | None = None
    """Why it stopped before its end."""

    @property
    def is_whole(self) -> bool:
        """Whether everything was done."""
        return self.ended is None and not self.report.failed

    @property
    def cost(self) -> Decimal:
        """In US dollars."""
        return sum((one.cost_usd for one in self.calls.values()), Decimal(0))

    def cost_per(self, kind: str) -> Decimal | None:
        """What each record of a kind cost that was made now; None when there are none."""
        return self.cost / self.fresh[kind] if self.fresh[kind] else None


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a run may spend, and when it stops.

    Args:
        max_cost: the most it may cost in US dollars; None takes what the settings say.
        run: what its calls are kept under; another opening of the same run shares its limit.
        stop: raises Stopped when somebody paused or cancelled it; read before every call.
    """

    max_cost: Decimal | None = None
    run: str | None = None
    stop: Callable[[], None] = lambda: None


def asked_of(settings: Settings, model_name: str | None) -> Settings:
    """The settings with another language model, as `plug-in:name`.

    What was set for the one in the settings, such as its prices, is not carried over to
    another; neither is a URL or a key to another plug-in.

    Raises:
        UsageError: when the name has another form.
    """
    teacher = settings.teacher
    if model_name is None or model_name == teacher.model:
        return settings
    plug_in, _, name = model_name.partition(":")
    if not plug_in or not name:
        raise UsageError(
            f"{model_name!r} names no language model",
            hint="write a plug-in and a name, as in anthropic:claude-sonnet-4-5",
        )
    change: dict[str, object] = {"model": model_name, "input_price": None, "output_price": None}
    if plug_in != (teacher.model or plug_in).partition(":")[0]:
        change |= {"url": None, "key_variable": None}
    asked = TeacherSettings.model_validate({**teacher.model_dump(), **change})
    return settings.model_copy(update={"teacher": asked})


def refuse_without_limit(settings: Settings, allowed: Allowed) -> None:
    """Find out at once whether a run may begin, before anything else is done.

    Raises:
        UsageError: when no language model is set, its price is not known, or a run that costs
            money has no limit.
    """
    _limited(settings.teacher, allowed)


def estimate_priced(store: Store, settings: Settings, works: Works) -> Quote:
    """What works would take; no call is made.

    Works that are planned from the results of others are not in it: they are estimated when
    those are there.

    Raises:
        UsageError: when no language model is set or its price is not known.
        EndpointError: when it cannot be opened.
    """
    teacher = settings.teacher
    pricer = Pricer(teacher)
    chat = open_model(teacher)
    try:
        store.put(chat.record)  # works look up what was done already under its name
        density = _density(store, chat.record)
        estimator = Estimator(_terms(teacher, pricer, density, caches=chat.can.caches))
        asker = _Silent(chat, teacher)
        estimator.expect(one for work in works(asker) for one in work.forecasts())
    finally:
        asyncio.run(chat.close())
    return Quote(
        tuple(estimator.remaining()),
        teacher.model or "",
        pricer.source,
        pricer.as_of,
        density.basis,
        teacher.max_cost_usd,
    )


@asynccontextmanager
async def open_teacher(
    store: Store,
    settings: Settings,
    allowed: Allowed = Allowed(),
    *,
    on_call: Callable[[Made], None] = lambda _made: None,
) -> AsyncGenerator[Asker]:
    """The language model of the settings, ready to be asked: kept, limited and paid for.

    Raises:
        UsageError: when no language model is set, its price is not known, or a run that costs
            money has no limit.
        EndpointError: when it cannot be opened.
    """
    teacher, pricer = _limited(settings.teacher, allowed)
    chat = open_model(teacher)
    caller = Caller(
        chat,
        store,
        teacher,
        pricer=pricer,
        stop=allowed.stop,
        run=allowed.run,
        on_call=on_call,
    )
    async with caller:
        yield caller


def run_priced(
    store: Store,
    settings: Settings,
    works: Works,
    *,
    allowed: Allowed = Allowed(),
    watch: Callable[[Standing], None] = lambda _standing: None,
) -> Account:
    """Do works one after the other, and add up what they made and what they cost.

    A run that reaches its limit or is stopped keeps what it has; the account says why it ended.

    Raises:
        UsageError: when it may not begin; see `refuse_without_limit`.
        OutsideError: when the store or the endpoint fails.
    """
    allowed = Allowed(allowed.max_cost, allowed.run or uuid4().hex, allowed.stop)
    return asyncio.run(_Run(store, settings, allowed, watch).do(works))


class _Run:
    """One run while it lasts."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        allowed: Allowed,
        watch: Callable[[Standing], None],
    ) -> None:
        self._store = store
        self._settings = settings
        self._allowed = allowed
        self._watch = watch
        self._told_at = 0.0

    async def do(self, works: Works) -> Account:
        teacher, pricer = _limited(self._settings.teacher, self._allowed)
        run = self._allowed.run or ""
        account = Account(run, Report("teach"), teacher.max_cost_usd)
        began = time.monotonic()
        async with open_teacher(self._store, self._settings, self._allowed) as asker:
            spoken = self._store.get(asker.model, LanguageModel)
            density = _density(self._store, spoken)
            terms = _terms(teacher, pricer, density, caches=asker.can.caches)
            estimator = Estimator(terms)
            watched = Watched(asker, estimator, at_once=teacher.at_once, is_free=pricer.is_free)
            try:
                for work in works(watched):
                    estimator.expect(work.forecasts())
                    self._tell(watched, work, teacher, at_once=True)
                    await run_waiting(
                        _pieces(work, account.fresh),
                        step=work.step,
                        store=self._store,
                        at_once=teacher.at_once,
                        watch=lambda _done, work=work: self._tell(watched, work, teacher),
                        report=account.report,
                    )
            except Incomplete as error:
                account.ended = error
        account.calls = totals(self._store, run)
        account.report.took_s = time.monotonic() - began
        return account

    def _tell(
        self, watched: Watched, work: Priced, teacher: TeacherSettings, *, at_once: bool = False
    ) -> None:
        now = time.monotonic()
        if not at_once and now - self._told_at < TOLD_EVERY_S:
            return
        self._told_at = now
        left = watched.remaining()[-1]
        self._watch(
            Standing(work.step.name, watched.made, left, watched.spent, teacher.max_cost_usd)
        )


class _Silent:
    """An asker that only says who would be asked: for estimates."""

    def __init__(self, chat: ChatModel, teacher: TeacherSettings) -> None:
        self.model = chat.record.ref
        self.can = chat.can
        self.most_tokens = teacher.most_tokens
        self.temperature = teacher.temperature
        self.asks_again = teacher.asks_again

    async def call(self, request: Request, purpose: Purpose) -> Call:
        """Refuse: an estimate makes no call."""
        del request
        raise UsageError(f"{purpose.name} was about to make a call for an estimate")

    async def discard(self, keys: Sequence[bytes]) -> None:
        """Nothing was asked, so there is nothing to discard."""


def _limited(teacher: TeacherSettings, allowed: Allowed) -> tuple[TeacherSettings, Pricer]:
    """The settings with the limit that holds, and the prices."""
    if teacher.model is None:
        raise NotYet(
            "no language model is set",
            where="teacher.model",
            hint="set it in the settings or name one with --model, as in "
            "anthropic:claude-sonnet-4-5",
        )
    pricer = Pricer(teacher)
    if allowed.max_cost is not None:
        teacher = teacher.model_copy(update={"max_cost_usd": allowed.max_cost})
    if teacher.max_cost_usd is None and not pricer.is_free:
        raise UsageError(
            f"{teacher.model} costs money, and nothing says how much it may be",
            hint="say it with --max-cost, in US dollars, or set teacher.max_cost_usd; --estimate "
            "shows what to expect",
        )
    return teacher, pricer


def _terms(teacher: TeacherSettings, pricer: Pricer, density: Density, *, caches: bool) -> Terms:
    return Terms(
        pricer.rates,
        density,
        teacher.at_once,
        teacher.most_tokens,
        caches,
        teacher.requests_per_minute,
        teacher.tokens_per_minute,
    )


def _density(store: Store, language_model: LanguageModel) -> Density:
    """How many characters a token has: of these documents, and by the calls made so far."""
    sample = ""
    for document in current_documents(store):
        sample += store.document(document).words[: SAMPLE - len(sample)]
        if len(sample) >= SAMPLE:
            break
    density = density_of(sample, language_model.name)
    answered = (
        one
        for one in islice(every_call(store), REMEMBERED)
        if one.language_model == language_model.ref and one.state != "failed"
    )
    characters = tokens = 0
    for one in answered:
        characters += one.characters
        tokens += one.tokens.input + one.tokens.cache_read + one.tokens.cache_write
    return density.learnt(characters, tokens)


def _pieces(work: Priced, fresh: Counter[str]) -> Iterator[WaitingPiece]:
    """The pieces of a work, which count what they make."""
    for shard in work.shards():
        for piece in work.pieces(shard):
            yield WaitingPiece(piece.label, partial(_begin, piece, fresh))


def _begin(piece: WaitingPiece, fresh: Counter[str]) -> WaitingPrepared:
    ready = piece.begin()

    async def work() -> Iterable[Record]:
        made = list(await ready.work())
        fresh.update(record.kind for record in made)
        return made

    return WaitingPrepared(ready.inputs, work, ready.weight)
