"""Runs that ask a language model over a real wire: estimated, limited, accounted for."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from flows.small_workspace import Small, small
from lorewright.errors import BudgetReached, NotYet, UsageError
from lorewright.flows.current import step_of
from lorewright.flows.datasets import candidates
from lorewright.flows.pairs import PairChoice, pair_works
from lorewright.flows.teaching import (
    Account,
    Allowed,
    Standing,
    Works,
    asked_of,
    estimate_priced,
    open_teacher,
    refuse_without_limit,
)
from lorewright.flows.teaching_runs import run_durably
from lorewright.jobs import Forecast, Priced, Step, WaitingPiece, WaitingPrepared
from lorewright.lineage import Ref
from lorewright.llms import Asker, Message, Purpose, Request
from lorewright.llms.loopback import Loopback, Rehearsal, in_background
from lorewright.records import Document, Example, Record, Rejection
from lorewright.settings import Settings, TeacherSettings
from lorewright.store import every_call, spent, totals

PRICED = {"input_price": Decimal(1), "output_price": Decimal(5)}
FREE = {"input_price": Decimal(0), "output_price": Decimal(0)}


@pytest.fixture
def server() -> Iterator[Loopback]:
    with in_background(Rehearsal(seed=3)) as running:
        yield running


@pytest.fixture
def here(tmp_path: Path, server: Loopback) -> Iterator[Small]:
    with small(tmp_path, settings=settings_for(server, **PRICED)) as made:
        made.analyze()
        yield made


def settings_for(server: Loopback, **teacher: object) -> Settings:
    values = {"model": "openai:loopback", "url": server.url, "at_once": 4, **teacher}
    return Settings(teacher=TeacherSettings.model_validate(values))


def asked(server: Loopback) -> int:
    return sum(server.counts.asked.values())


def run_priced(
    here: Small,
    works: Works,
    allowed: Allowed | None = None,
    watch: Callable[[Standing], None] = lambda _standing: None,
) -> Account:
    return run_durably(
        here.store,
        here.settings,
        "asking",
        {},
        lambda _store, _settings, asker, _choice: works(asker),
        allowed=allowed or Allowed(),
        watch=watch,
    )


def pairs_of(here: Small, target: int = 12) -> Works:
    return lambda asker: pair_works(
        here.store, here.settings, asker, PairChoice(levels=(1,), target=target)
    )


class Questions:
    """A work that asks one question for each number."""

    def __init__(self, here: Small, asker: Asker, count: int, code: str, name: str) -> None:
        self._here = here
        self._asker = asker
        self._count = count
        self.step = Step(
            name, code, step_of(here.store, "generate", here.settings.generation).recipe
        )

    def shards(self) -> Iterator[tuple[str, ...]]:
        yield from ((str(number),) for number in range(self._count))

    def pieces(self, shard: tuple[str, ...]) -> Iterator[WaitingPiece]:
        def begin() -> WaitingPrepared:
            nobody = Ref("chunk", f"{int(shard[0]):064x}")
            return WaitingPrepared((nobody,), lambda: self._ask(shard[0]))

        yield WaitingPiece(shard[0], begin)

    def forecasts(self) -> Iterator[Forecast]:
        yield Forecast(f"{self.step.name}/question", self._count, 20 * self._count)

    async def _ask(self, number: str) -> Iterable[Record]:
        request = Request((Message("user", f"What about {self.step.code} {number}?"),), 64)
        await self._asker.call(request, Purpose(f"{self.step.name}/question", ()))
        return ()


def questions(here: Small, count: int) -> Works:
    code = uuid4().hex

    def works(asker: Asker) -> Iterator[Priced]:
        yield Questions(here, asker, count, code, "rehearse")
        yield Questions(here, asker, count, code, "repeat")

    return works


def test_an_estimate_asks_nothing_and_names_what_it_rests_on(here: Small, server: Loopback) -> None:
    quote = estimate_priced(here.store, here.settings, pairs_of(here))

    assert asked(server) == 0
    assert quote.whole.calls.low > 0
    assert quote.whole.cost.low < quote.whole.cost.likely < quote.whole.cost.high
    assert {row.purpose for row in quote.rows} >= {"generate/key_facts", "generate/chunk_pure"}
    assert "teacher.input_price" in quote.prices
    assert "rule of thumb" in quote.tokens
    assert quote.teacher == "openai:loopback"
    assert not list(every_call(here.store))


def test_what_a_run_makes_and_costs_adds_up(here: Small, server: Loopback) -> None:
    told: list[Standing] = []
    allowed = Allowed(Decimal(1))
    account = run_priced(here, pairs_of(here), allowed=allowed, watch=told.append)

    report = account.report
    assert account.ended is None
    assert report.counts[Example.kind] > 0
    assert report.requested == report.accepted + report.rejected.total() + len(report.failed)
    assert report.rejected.total() == report.counts[Rejection.kind]
    assert account.cost == spent(here.store) == spent(here.store, account.run) > 0
    assert sum(one.calls for one in account.calls.values()) == asked(server)
    assert account.cost_per(Example.kind) == account.cost / report.counts[Example.kind]
    assert told[0].calls == 0
    assert all(one.limit == 1 for one in told)
    assert [one.calls for one in told] == sorted(one.calls for one in told)


def test_what_was_done_is_neither_asked_nor_paid_again(here: Small, server: Loopback) -> None:
    allowed = Allowed(Decimal(1))
    first = run_priced(here, pairs_of(here), allowed=allowed)
    before = asked(server)

    second = run_priced(here, pairs_of(here), allowed=allowed)
    quote = estimate_priced(here.store, here.settings, pairs_of(here))

    assert asked(server) == before
    assert second.cost == 0
    assert second.cost_per(Example.kind) is None
    assert second.report.counts[Example.kind] == first.report.counts[Example.kind]
    assert "calls made so far" in quote.tokens


def test_whoever_curates_rules_is_told_of_pairs_that_are_there(
    here: Small, server: Loopback
) -> None:
    with pytest.raises(NotYet) as before:
        candidates(here.store, here.settings)
    run_priced(here, pairs_of(here), allowed=Allowed(Decimal(1)))

    with pytest.raises(NotYet) as after:
        candidates(here.store, here.settings)

    assert "pairs" not in str(before.value.hint)
    assert 'generation.teacher is "pairs" or "extractive+pairs"' in str(after.value.hint)


def test_a_run_stops_before_the_call_that_could_cost_too_much(
    here: Small, server: Loopback
) -> None:
    limit = Decimal("0.05")

    account = run_priced(here, pairs_of(here, 200), allowed=Allowed(limit))

    assert isinstance(account.ended, BudgetReached)
    assert 0 < account.cost <= limit
    assert account.report.pieces > 0
    assert server.counts.paid_again == 0


def test_a_budget_of_nothing_stops_before_the_first_call(here: Small, server: Loopback) -> None:
    account = run_priced(here, pairs_of(here), allowed=Allowed(Decimal(0)))

    assert isinstance(account.ended, BudgetReached)
    assert account.cost == 0
    assert asked(server) == 0


def test_the_limit_in_the_settings_holds_when_none_is_named(here: Small, server: Loopback) -> None:
    here.settings = settings_for(server, **PRICED, max_cost_usd=Decimal(0))

    account = run_priced(here, pairs_of(here))

    assert isinstance(account.ended, BudgetReached)
    assert account.limit == 0


def test_works_follow_each_other_and_are_added_up(here: Small, server: Loopback) -> None:
    told: list[Standing] = []

    account = run_priced(
        here,
        questions(here, 6),
        allowed=Allowed(Decimal(1)),
        watch=told.append,
    )

    assert account.report.pieces == 12
    assert {one.doing for one in told} == {"rehearse", "repeat"}
    assert list(account.calls) == ["rehearse/question", "repeat/question"]


def test_a_server_of_ones_own_needs_no_limit(here: Small, server: Loopback) -> None:
    here.settings = settings_for(server, **FREE)

    account = run_priced(here, questions(here, 3))
    assert account.cost == 0
    assert account.limit is None
    assert asked(server) == 6


def no_model(here: Small, server: Loopback) -> Settings:
    return Settings()


def no_price(here: Small, server: Loopback) -> Settings:
    return settings_for(server)


@pytest.mark.parametrize(
    ("settings", "error", "said"),
    [(no_model, NotYet, "no language model is set"), (no_price, UsageError, "is not known")],
)
def test_what_cannot_begin_is_refused_before_anything_else(
    here: Small,
    server: Loopback,
    settings: Callable[[Small, Loopback], Settings],
    error: type[UsageError],
    said: str,
) -> None:
    here.settings = settings(here, server)

    with pytest.raises(error, match=said):
        refuse_without_limit(here.settings, Allowed(Decimal(1)))
    with pytest.raises(error, match=said):
        run_priced(here, questions(here, 1), allowed=Allowed(Decimal(1)))
    with pytest.raises(UsageError):
        estimate_priced(here.store, here.settings, questions(here, 1))
    assert asked(server) == 0


def test_what_costs_money_needs_a_limit(here: Small, server: Loopback) -> None:
    with pytest.raises(UsageError, match="nothing says how much") as caught:
        run_priced(here, questions(here, 1))

    assert "--max-cost" in (caught.value.hint or "")
    assert asked(server) == 0


def test_an_estimate_that_would_ask_is_stopped(here: Small, server: Loopback) -> None:
    class Hasty(Questions):
        def forecasts(self) -> Iterator[Forecast]:
            import asyncio

            asyncio.run(self._ask_now())
            yield Forecast("never", 1, 1)

        async def _ask_now(self) -> None:
            await self._ask("0")

    with pytest.raises(UsageError, match="about to make a call"):
        estimate_priced(
            here.store, here.settings, lambda asker: [Hasty(here, asker, 1, "now", "rehearse")]
        )
    assert asked(server) == 0


def test_an_asker_can_be_had_without_a_run(here: Small, server: Loopback) -> None:
    import asyncio

    async def ask() -> Ref:
        async with open_teacher(here.store, here.settings, Allowed(Decimal(1), "mine")) as asker:
            request = Request((Message("user", "Why?"),), 64)
            await asker.call(request, Purpose("a/b", (here.document,)))
            return asker.model

    model = asyncio.run(ask())

    assert model.kind == "language_model"
    assert totals(here.store, "mine")["a/b"].complete == 1


def test_another_model_does_not_inherit_the_prices_of_the_one_in_the_settings(
    server: Loopback,
) -> None:
    settings = settings_for(server, **FREE, key_variable="MINE")

    same = asked_of(settings, "openai:loopback").teacher
    sibling = asked_of(settings, "openai:other").teacher
    stranger = asked_of(settings, "anthropic:claude-sonnet-4-5").teacher

    assert same == settings.teacher
    assert (sibling.url, sibling.key_variable, sibling.input_price) == (server.url, "MINE", None)
    assert (stranger.url, stranger.key_variable, stranger.output_price) == (None, None, None)
    assert asked_of(settings, None) is settings


@pytest.mark.parametrize("name", ["gpt-4.1", "openai:", ":x", ""])
def test_a_name_that_names_no_model_is_refused(server: Loopback, name: str) -> None:
    with pytest.raises(UsageError, match="names no language model"):
        asked_of(settings_for(server), name)


def test_an_account_without_results_says_no_price_for_each() -> None:
    from lorewright.jobs import Report

    account = Account("run", Report("teach"), None)

    assert account.cost == 0
    assert account.cost_per(Document.kind) is None
