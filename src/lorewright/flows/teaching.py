"""Language models at work: estimated before, limited while they are asked, accounted for after."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from lorewright.errors import Incomplete, NotYet, UsageError
from lorewright.flows.current import current_documents
from lorewright.jobs import Priced, Report
from lorewright.jobs.batching import Batching, UnderWay
from lorewright.jobs.caller import Caller, Made
from lorewright.jobs.estimating import Estimate, Estimator, Terms
from lorewright.jobs.work import Forecast
from lorewright.lineage import Ref
from lorewright.llms import Asker, Call, ChatModel, Purpose, Request
from lorewright.llms.models import open_batches, open_model
from lorewright.llms.prices import Pricer
from lorewright.llms.tokens import SAMPLE, Density, density_of
from lorewright.records import LanguageModel
from lorewright.settings import Settings, TeacherSettings
from lorewright.store import Store, Totals, every_call

Works = Callable[[Asker], Iterable[Priced]]
"""Works for an asker, each planned when the one before is done."""

REMEMBERED = 20_000
"""Calls of earlier runs that are looked at to learn how many characters a token has, at most."""


class Standing(NamedTuple):
    """How far a run is, and what it has cost so far."""

    doing: str
    calls: int
    """Answers so far, those that were there already included."""
    left: Estimate
    """What the work at hand still takes."""
    spent: Decimal
    limit: Decimal | None
    in_batches: bool = False
    """Whether calls are handed over in batches: then nobody knows how long it takes."""
    waits_for: UnderWay | None = None
    """The batches that are under way."""


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
    in_batches: bool = False
    """Whether calls are handed over in batches: then nobody knows how long it takes."""

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


def in_batches(settings: Settings, *, batch: bool = True) -> Settings:
    """The settings with calls handed over in batches, or not."""
    teacher = settings.teacher.model_copy(update={"batch": batch})
    return settings.model_copy(update={"teacher": teacher})


def refuse_without_limit(settings: Settings, allowed: Allowed) -> None:
    """Find out at once whether a run may begin, before anything else is done.

    Raises:
        UsageError: when no language model is set, its price is not known, it cannot be asked in
            batches and should be, or a run that costs money has no limit.
    """
    limited(settings.teacher, allowed)
    if settings.teacher.batch:
        open_batches(settings.teacher)


def estimate_priced(store: Store, settings: Settings, works: Works) -> Quote:
    """What works would take; no call is made.

    Works that are planned from the results of others are not in it: they are estimated when
    those are there.

    Raises:
        UsageError: when no language model is set, its price is not known, or it cannot be asked
            in batches and should be.
        EndpointError: when it cannot be opened.
    """
    if settings.teacher.batch:
        open_batches(settings.teacher)
    prospect = Prospect(store, settings.teacher)
    return prospect.quote(one for work in works(prospect.asker) for one in work.forecasts())


class Prospect:
    """A language model before it is asked: who it is, what it costs, what to expect of it.

    Args:
        store: in which its name is kept, since works look up under it what was done already.
        teacher: the settings that hold.

    Raises:
        UsageError: when no language model is set or its price is not known.
        EndpointError: when it cannot be opened.
    """

    def __init__(self, store: Store, teacher: TeacherSettings) -> None:
        self.pricer = Pricer(teacher, batch=teacher.batch)
        self._teacher = teacher
        chat = open_model(teacher)
        try:
            store.put(chat.record)
            self.asker: Asker = _Silent(chat, teacher)
            """Says who would be asked, and refuses to ask."""
            self.density = _density(store, chat.record)
            terms = _terms(teacher, self.pricer, self.density, caches=chat.can.caches)
        finally:
            asyncio.run(chat.close())
        self.estimator = Estimator(terms)

    def quote(self, forecasts: Iterable[Forecast]) -> Quote:
        """What calls would take; none is made."""
        self.estimator.expect(forecasts)
        return Quote(
            tuple(self.estimator.remaining()),
            self._teacher.model or "",
            self.pricer.source,
            self.pricer.as_of,
            self.density.basis,
            self._teacher.max_cost_usd,
            self._teacher.batch,
        )


@asynccontextmanager
async def open_teacher(
    store: Store,
    settings: Settings,
    allowed: Allowed = Allowed(),
    *,
    on_call: Callable[[Made], None] = lambda _made: None,
    on_batch: Callable[[UnderWay | None], None] = lambda _under_way: None,
) -> AsyncGenerator[Asker]:
    """The language model of the settings, ready to be asked: kept, limited and paid for.

    Raises:
        UsageError: when no language model is set, its price is not known, or a run that costs
            money has no limit.
        EndpointError: when it cannot be opened.
    """
    teacher, pricer = limited(settings.teacher, allowed)
    batching = (
        Batching(open_batches(teacher), store, teacher, tell=on_batch) if teacher.batch else None
    )
    caller = Caller(
        open_model(teacher),
        store,
        teacher,
        pricer=pricer,
        stop=allowed.stop,
        run=allowed.run,
        on_call=on_call,
        batching=batching,
    )
    async with caller:
        yield caller


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


def limited(teacher: TeacherSettings, allowed: Allowed) -> tuple[TeacherSettings, Pricer]:
    """The settings with the limit that holds, and the prices.

    Raises:
        UsageError: when no language model is set, its price is not known, or a run that costs
            money has no limit.
    """
    if teacher.model is None:
        raise NotYet(
            "no language model is set",
            where="teacher.model",
            hint="set it in the settings or name one with --model, as in "
            "anthropic:claude-sonnet-4-5",
        )
    pricer = Pricer(teacher, batch=teacher.batch)
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
        teacher.under_way,
        teacher.most_tokens,
        caches,
        teacher.requests_per_minute,
        teacher.tokens_per_minute,
    )


def _density(store: Store, language_model: LanguageModel) -> Density:
    """How many characters a token has: of these documents, and by the calls made so far."""
    sample = ""
    for document in _current(store):
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


def _current(store: Store) -> list[Ref]:
    """The current documents; not everything that is asked for rests on one."""
    try:
        return current_documents(store)
    except NotYet:
        return []
