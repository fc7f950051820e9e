"""Commands that ask a language model: what they say, what they spend, and when they stop."""

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from cli.program import Said, done, lorewright, told
from cli.terminal import Terminal
from flows.small_workspace import TEXT
from lorewright.cli.teaching import money
from lorewright.llms.loopback import Loopback, Rehearsal, in_background

KEY = "geheim-" + "Zq7" * 12


@pytest.fixture
def server() -> Iterator[Loopback]:
    with in_background(Rehearsal(seed=3)) as running:
        yield running


@pytest.fixture(scope="module")
def analyzed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a small document in chunks; nobody changes it."""
    place = tmp_path_factory.mktemp("analyzed")
    file, folder = place / "pumps.md", place / "workspace"
    file.write_text(TEXT, encoding="utf-8")
    done("init", str(folder))
    for words in (("ingest", str(file)), ("analyze", "--rules")):
        done(*words, "--workspace", str(folder))
    return folder


@pytest.fixture
def here(analyzed: Path, tmp_path: Path, server: Loopback, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it with a language model that costs something."""
    folder = tmp_path / "workspace"
    shutil.copytree(analyzed, folder)
    (folder / "lorewright.toml").write_text(
        f'[teacher]\nmodel = "openai:loopback"\nurl = "{server.url}"\ninput_price = 1\n'
        'output_price = 5\nkey_variable = "TEACHERS_KEY"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("LOREWRIGHT_WORKSPACE", str(folder))
    monkeypatch.setenv("TEACHERS_KEY", KEY)
    monkeypatch.chdir(tmp_path)
    return folder


def asked(server: Loopback) -> int:
    return sum(server.counts.asked.values())


def refused(*words: str, settings: dict[str, str] | None = None) -> Said:
    said = lorewright(*words, settings=settings)
    assert said.code == 2, said
    return said


@pytest.mark.parametrize("words", [("analyze",), ("generate", "pairs")])
def test_an_estimate_asks_nothing(here: Path, server: Loopback, words: tuple[str, ...]) -> None:
    out = done(*words, "--estimate").out
    found = told(*words, "--estimate")

    assert asked(server) == 0
    assert [line.split()[0] for line in out.splitlines() if line.startswith("all ")] == ["all"]
    for name in ("prices: teacher.input_price", "tokens: a rule of thumb", "time: "):
        assert name in out
    low, likely, high = map(Decimal, found["estimate"][-1]["cost_usd"])
    assert 0 < low < likely < high
    assert found["teacher"] == "openai:loopback"


@pytest.mark.parametrize("words", [("analyze",), ("generate", "pairs")])
def test_without_a_limit_nothing_is_begun(
    here: Path, server: Loopback, words: tuple[str, ...]
) -> None:
    said = refused(*words)

    assert "nothing says how much it may be" in said.err
    assert "--max-cost" in said.err
    assert said.out == ""
    assert asked(server) == 0


def test_pairs_without_a_language_model_are_refused(here: Path) -> None:
    (here / "lorewright.toml").write_text("", encoding="utf-8")

    said = refused("generate", "pairs")

    assert "no language model is set" in said.err
    assert "--model" in said.err


def test_a_price_that_is_not_known_is_asked_for(here: Path, server: Loopback) -> None:
    said = refused("generate", "pairs", "--model", "openai:another", "--max-cost", "1")

    assert "the price of another is not known" in said.err
    assert "0 for a server of your own" in said.err
    assert asked(server) == 0


@pytest.mark.parametrize("amount", ["-1", "much", "nan", "inf", ""])
def test_an_amount_that_cannot_be_spent_is_refused(here: Path, amount: str) -> None:
    assert "amount" in refused("generate", "pairs", "--max-cost", amount).err


def test_a_run_stops_at_its_limit_and_says_so(here: Path, server: Loopback) -> None:
    said = lorewright("generate", "pairs", "--target", "100", "--max-cost", "$0.05")

    assert said.code == 3
    assert "of the $0.05 that this run may cost are spent" in said.err
    assert "it continues" in said.err
    spent = Decimal(told("calls")["cost_usd"])
    assert 0 < spent <= Decimal("0.05")
    assert f"{asked(server):,} calls paid now, {money(spent)}" in said.out


def test_a_limit_of_nothing_stops_before_the_first_call(here: Path, server: Loopback) -> None:
    said = lorewright("generate", "pairs", "--max-cost", "0", "--json")

    assert said.code == 3
    assert said.told["schema"] == "lorewright.generate/1"
    assert "could cost up to" in said.told["ended"]
    assert said.told["cost_usd"] == "0"
    assert asked(server) == 0


def test_the_account_of_a_run_adds_up(here: Path, server: Loopback) -> None:
    found = told("generate", "pairs", "--level", "1", "--target", "12", "--max-cost", "1")

    assert found["requested"] == (
        found["accepted"] + sum(found["rejected"].values()) + len(found["failed"])
    )
    cost = sum(Decimal(one["cost_usd"]) for one in found["calls"].values())
    assert Decimal(found["cost_usd"]) == cost == Decimal(told("calls")["cost_usd"])
    assert found["examples"] == found["made_now"] > 0
    assert Decimal(found["cost_per_accepted_usd"]) == cost / found["examples"]
    assert found["limit_usd"] == "1"
    assert found["ended"] is None


def test_a_second_run_pays_nothing(here: Path) -> None:
    words = ("generate", "pairs", "--level", "1", "--target", "12", "--max-cost", "1")
    done(*words)

    said = done(*words)

    assert "0 calls paid now, $0.00" in said.out
    assert "done before" in said.out


def test_chunks_are_described_by_rules_and_then_by_the_language_model(
    here: Path, server: Loopback
) -> None:
    words = ("analyze", "--template", "risk_assessment", "--max-cost", "1")

    found = told(*words)

    assert asked(server) > 0
    assert found["taught"]["analyses"] == found["chunks"]
    assert found["taught"]["calls"].keys() == {"analyze/risk_assessment"}
    assert "of work" in done(*words).out


def test_rules_alone_ask_nobody(here: Path, server: Loopback) -> None:
    assert "taught" not in told("analyze", "--rules")
    assert asked(server) == 0


def test_a_call_can_be_looked_at_with_its_reply(here: Path) -> None:
    with in_background(Rehearsal(seed=3, faults={"refusal": 1})) as refuses:
        settings = {"LOREWRIGHT_TEACHER__URL": refuses.url}
        lorewright("generate", "pairs", "--max-cost", "1", settings=settings)

    listed = done("calls", "--failed").out.splitlines()
    failed = told("calls", "--failed")["failed"]
    key = failed[0]["key"]

    assert len(listed) == len(failed) > 0
    assert failed[0]["state"] == "unusable"
    assert "refusal" in done("calls", key[:12], "--raw").out
    assert told("calls", key)["attempts"][0]["key"] == key
    assert "generate/key_facts" in done("calls").out
    run = failed[0]["run"]
    assert told("calls", "--failed", "--run", run)["failed"] == failed


def test_calls_that_there_are_not_are_not_invented(here: Path) -> None:
    assert "no language model was asked yet" in done("calls").err
    assert "every call brought an answer" in done("calls", "--failed").err
    assert "no call whose key" in refused("calls", "abcd").err
    assert "--raw shows the reply of one call" in refused("calls", "--raw").err
    assert "one at a time" in refused("calls", "abcd", "--failed").err


def test_prices_are_shown_with_where_they_stand(here: Path) -> None:
    assert "$5.00 per million tokens" in done("calls", "--prices").out

    settings = {"LOREWRIGHT_TEACHER__MODEL": "anthropic:claude-sonnet-4-5"}
    (here / "lorewright.toml").write_text("", encoding="utf-8")
    out = done("calls", "--prices", settings=settings).out
    assert "genai-prices" in out
    assert "the newest price of the list is of 20" in out


def test_a_key_is_in_no_byte_that_is_written_or_said(here: Path) -> None:
    words = ("generate", "pairs", "--level", "1", "--target", "6", "--max-cost", "1")
    with in_background(Rehearsal(faults={"rate_limited": 0.2}, key=KEY)) as guarded:
        settings = {"LOREWRIGHT_TEACHER__URL": guarded.url}
        said = [lorewright(*words, settings=settings), done("calls"), done("config", "show")]
    with in_background(Rehearsal(key="another")) as closed:
        settings = {"LOREWRIGHT_TEACHER__URL": closed.url}
        wrong = lorewright(*words, "--again", "1", settings=settings)

    assert wrong.code == 4
    assert "TEACHERS_KEY" in wrong.err
    assert all(KEY not in one.out + one.err for one in [*said, wrong])
    files = [file for file in here.rglob("*") if file.is_file()]
    assert files
    assert not [file for file in files if KEY.encode() in file.read_bytes()]


def test_a_terminal_sees_money_and_time(here: Path) -> None:
    code, shown = Terminal(
        "generate", "pairs", "--level", "1", "--target", "12", "--max-cost", "1"
    ).end()

    assert code == 0
    assert "of $1.00" in shown
    assert "left" in shown
    assert "paid now" in shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("0", "$0.00"), ("0.000123", "$0.000123"), ("0.0316", "$0.0316"), ("12.3456", "$12.35")],
)
def test_money_is_shown_as_small_as_it_is(amount: str, shown: str) -> None:
    assert money(Decimal(amount)) == shown


def test_own_prompts_are_listed_shown_and_compared(here: Path) -> None:
    name = "generate/key_facts"

    listed = {one["name"]: one for one in told("prompts", "list")["prompts"]}
    assert {name, "analyze/content_analysis"} <= listed.keys()
    assert not any(one["own"] for one in listed.values())
    assert "used as they are" in done("prompts", "diff").err

    file = Path(told("prompts", "override", name)["file"])
    assert file == here / "prompts" / f"{name}.md"
    file.write_text(file.read_text(encoding="utf-8") + "\nBe brief.\n", encoding="utf-8")

    assert "+Be brief." in done("prompts", "diff", name).out
    assert "Be brief." in done("prompts", "show", name).out
    assert f"own: {file}" in done("prompts", "list").out
    assert told("prompts", "list")["prompts"] != list(listed.values())


def test_an_own_prompt_that_cannot_work_is_refused_before_any_call(
    here: Path, server: Loopback
) -> None:
    file = here / "prompts" / "generate" / "key_facts.md"
    file.parent.mkdir(parents=True)
    file.write_text("# Task\n{{ no_such_fact }}\n", encoding="utf-8")

    for words in (("--estimate",), ("--max-cost", "1")):
        said = refused("generate", "pairs", *words)
        assert "no_such_fact" in said.err
        assert str(file) in said.err
    assert asked(server) == 0


def test_a_document_is_seen_as_a_whole_in_one_go(
    analyzed: Path, here: Path, server: Loopback
) -> None:
    long = "".join(
        f"# Part {number}\n\n{TEXT} In part {number} copper kettle {number} whistles.\n\n"
        for number in range(12)
    )
    (here.parent / "long.md").write_text(long, encoding="utf-8")
    small_groups = {"LOREWRIGHT_CONTEXT__GROUP_CHARACTERS": "1500"}
    done("ingest", str(here.parent / "long.md"))
    done("analyze", "--rules")

    done("context", "--ask", "--max-cost", "5", settings=small_groups)

    runs = told("run", "list")["runs"]
    assert len(runs) > 4  # relations, notes, tiers of themes, contexts
    assert {run["state"] for run in runs} == {"completed"}
    assert all(run["done"] == run["pieces"] for run in runs)
    before = asked(server)
    done("context", "--ask", "--max-cost", "5", settings=small_groups)
    assert asked(server) == before
