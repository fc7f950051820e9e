"""Commands that hand calls over in batches: for half the money, and never twice."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from cli.program import Running, done, lorewright, told, until
from flows.small_workspace import TEXT
from lorewright.llms.loopback import Loopback, Rehearsal, in_background

KEY = "geheim-" + "Zq7" * 12
PROTOCOLS = ("openai", "anthropic")


class Here:
    """A workspace with a small document, and a server that answers for it."""

    def __init__(self, folder: Path, server: Loopback) -> None:
        self.folder = folder
        self.server = server

    @property
    def batches(self) -> int:
        """Batches that were handed over."""
        paths = self.server.counts.paths
        return paths["/v1/batches"] + paths["/v1/messages/batches"]

    @property
    def one_by_one(self) -> int:
        """Calls that were made by themselves."""
        paths = self.server.counts.paths
        return paths["/v1/chat/completions"] + paths["/v1/messages"]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What stands in the database."""
        with closing(sqlite3.connect(f"file:{self.folder}/lorewright.db?mode=ro", uri=True)) as db:
            return db.execute(query).fetchall()


@pytest.fixture(params=PROTOCOLS)
def protocol(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def rehearsal() -> Rehearsal:
    return Rehearsal(seed=3)


@pytest.fixture
def here(
    tmp_path: Path, protocol: str, rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Here]:
    folder = tmp_path / "workspace"
    monkeypatch.setenv("LOREWRIGHT_WORKSPACE", str(folder))
    monkeypatch.setenv("TEACHERS_KEY", KEY)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pumps.md").write_text(TEXT, encoding="utf-8")
    done("init", str(folder))
    with in_background(rehearsal) as server:
        (folder / "lorewright.toml").write_text(
            f'[teacher]\nmodel = "{protocol}:loopback"\nurl = "{server.url}"\ninput_price = 1\n'
            'output_price = 5\nkey_variable = "TEACHERS_KEY"\n',
            encoding="utf-8",
        )
        done("ingest", "pumps.md")
        done("analyze", "--rules")
        yield Here(folder, server)


ASKED = ("analyze", "--max-cost", "1", "--batch")


def is_under_way(here: Here) -> bool:
    return here.rows("SELECT count(known_as) FROM call_batches") != [(0,)]


def test_calls_go_out_in_batches_and_cost_half(here: Here) -> None:
    taught = told(*ASKED)["taught"]

    assert here.one_by_one == 0
    assert here.batches > 0
    assert taught["accepted"] == taught["requested"] > 0
    tokens = here.server.counts.tokens
    cost = (tokens["input"] * Decimal("0.5") + tokens["output"] * Decimal("2.5")) / 1_000_000
    assert Decimal(taught["cost_usd"]) == cost
    assert here.rows("SELECT count(*) FROM batched_calls") == [(0,)]


def test_an_estimate_shows_half_the_price_and_promises_no_time(here: Here) -> None:
    alone, batched = (told("analyze", "--estimate", *more) for more in ((), ("--batch",)))

    usual, less = ([*map(float, one["estimate"][-1]["cost_usd"])] for one in (alone, batched))
    assert [2 * one for one in less] == pytest.approx(usual, abs=2e-6)
    assert batched["estimate"][-1]["seconds"] is None
    assert (alone["batch"], batched["batch"]) == (False, True)
    assert "at most a day" in done("analyze", "--estimate", "--batch").out
    assert not here.server.counts.asked


@pytest.mark.parametrize("rehearsal", [Rehearsal(script=[None, "overloaded", "bad_request"])])
def test_what_fails_in_a_batch_is_kept_and_what_may_succeed_is_tried_again(here: Here) -> None:
    said = lorewright(*ASKED, "--json")

    assert said.code == 3
    assert len(said.told["taught"]["failed"]) == 1
    failed = here.rows("SELECT fault, count(*) FROM calls WHERE state = 'failed' GROUP BY fault")
    assert sorted(failed) == [("bad_request", 1), ("overloaded", 1)]
    assert here.server.counts.paid_again == 0
    assert done(*ASKED, "--json").told["taught"]["failed"] == []
    assert here.server.counts.paid_again == 0


@pytest.mark.slow
@pytest.mark.parametrize("rehearsal", [Rehearsal(batch_polls=3)])
@pytest.mark.parametrize("known", [True, False], ids=["handed over", "not known whether"])
def test_a_batch_outlives_kill_and_is_waited_for(here: Here, *, known: bool) -> None:
    running = Running(*ASKED)
    until(lambda: is_under_way(here))
    running.kill()
    asked = dict(here.server.counts.asked)
    if not known:  # as if killed after the provider had it and before that was written down
        with closing(sqlite3.connect(here.folder / "lorewright.db")) as database:
            database.execute("UPDATE call_batches SET known_as = NULL")
            database.commit()

    said = done(*ASKED, "--json")

    taught = said.told["taught"]
    assert "calls under way since 20" in said.err
    assert taught["accepted"] == taught["requested"] > 0
    assert here.one_by_one == 0
    assert here.server.counts.paid_again == 0
    assert asked.items() <= here.server.counts.asked.items()
    assert set(here.server.counts.asked.values()) == {1}


@pytest.mark.slow
@pytest.mark.parametrize("rehearsal", [Rehearsal(batch_polls=3)])
def test_ctrl_c_leaves_a_batch_to_the_provider_and_the_same_command_collects_it(
    here: Here,
) -> None:
    running = Running(*ASKED)
    until(lambda: is_under_way(here))
    running.interrupt()
    said = running.wait()

    assert said.code == 130, said
    assert here.rows("SELECT count(*) FROM batched_calls") != [(0,)]

    taught = told(*ASKED)["taught"]

    assert taught["accepted"] == taught["requested"] > 0
    assert set(here.server.counts.asked.values()) == {1}


@pytest.mark.parametrize("protocol", ["openai"])
@pytest.mark.parametrize("words", [ASKED, ("analyze", "--batch", "--estimate")])
def test_a_model_without_batches_is_refused(here: Here, words: tuple[str, ...]) -> None:
    (here.folder / "answers.jsonl").touch()

    said = lorewright(*words, "--model", f"replay:{here.folder / 'answers.jsonl'}")

    assert said.code == 2
    assert "cannot be asked in batches" in said.err
