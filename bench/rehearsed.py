"""The knowledge path with a language model behind it, against the rehearsal server.

python bench/rehearsed.py               everything: writes docs/rehearsed.md
python bench/rehearsed.py kills books   only the table of kills and that of the books

The server's answers have the right shape and no sense, so this shows what becomes of them, and
says nothing of quality.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import rehearsed_books
import rehearsed_conversations
import rehearsed_estimates
import rehearsed_faults
from books import HANDBOOK
from dimensions import dimension_table, view_of
from killing import kill_and_repeat, run_to_end
from lorewright.records import Example, Rejection
from lorewright.settings import Settings
from lorewright.store import KeptCall, Workspace, every_call
from page import Section, replace_section
from rehearsing import PRICES, SEED, counts_of, free_port, said, served, workspace_with

PAGE = Path(__file__).parents[1] / "docs" / "rehearsed.md"
KILLS = 6
TARGET_PAIRS, TARGET_COST, TARGET_RATING = 200, 0.05, 8.5
STEPS = (
    ("analyze", "--max-cost", "5"),
    ("generate", "pairs", "--max-cost", "5"),
    ("context", "--ask", "--max-cost", "5"),
    ("judge", "--max-cost", "5"),
)


def main() -> int:
    """Write the page, or some parts of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    asked: list[str] = parser.parse_args().parts or list(PARTS)
    if unknown := set(asked) - set(PARTS):
        parser.error(f"there is no part {min(unknown)!r}; there are {', '.join(PARTS)}")
    for part in asked:
        for name, section in PARTS[part]().items():
            replace_section(PAGE, name, section)
    print(PAGE.read_text(encoding="utf-8"))
    return 0


def _told() -> dict[str, Section]:
    """The story told once: what was made, and one chunk of it."""
    with served() as (url, settings), workspace_with(HANDBOOK, settings) as workspace:
        estimate = said(("generate", "pairs", "--estimate"), workspace, settings)
        said(("analyze", "--max-cost", "5"), workspace, settings)
        capped = said(("generate", "pairs", "--max-cost", "0.10"), workspace, settings, code=3)
        pairs = said(("generate", "pairs", "--max-cost", "5"), workspace, settings)
        checked = said(("verify",), workspace, settings)
        counts = counts_of(url)
        with Workspace(workspace).open(Settings()) as store:
            view = view_of(store, Settings())
            calls = list(every_call(store))
            examples = list(store.get_many(store.names("example"), Example))
            rejected = Counter(
                (one.outcome, one.reason)
                for one in store.get_many(store.names("rejection"), Rejection)
                if one.step == "pairs"
            )
    if not checked["intact"]:
        raise RuntimeError("the store is not intact")
    return {
        "pairs": _pairs(pairs, capped, estimate, counts, calls),
        "counts": _made(examples),
        "rejected": _turned_down(rejected),
        "chunk": dimension_table(view, "`ingest`, `analyze` and `generate pairs`"),
    }


def _pairs(
    pairs: Mapping[str, Any],
    capped: Mapping[str, Any],
    estimate: Mapping[str, Any],
    counts: Mapping[str, Any],
    calls: Sequence[KeptCall],
) -> Section:
    accepted, spent = pairs["written"], float(pairs["cost_usd"]) + float(capped["cost_usd"])
    each = spent / accepted
    whole_ones = [one for one in calls if one.state == "complete"]
    unusable = len(calls) - len(whole_ones)
    twice = len(whole_ones) - len({one.key for one in whole_ones})
    whole = estimate["estimate"][-1]
    rows = [
        [
            "accepted pairs",
            f"at least {TARGET_PAIRS}",
            str(accepted),
            _met(accepted >= TARGET_PAIRS),
        ],
        ["cost of one", f"at most ${TARGET_COST:.2f}", f"${each:.5f}", _met(each <= TARGET_COST)],
        [
            "mean rating",
            f"at least {TARGET_RATING} of 10",
            "-",
            "not measured: a judge without sense rates nothing",
        ],
    ]
    return Section(
        title="Pairs from the sample handbook",
        about="`lorewright ingest`, `analyze --max-cost 5`, `generate pairs --max-cost 0.10`, "
        f"which stops with exit code 3 after ${float(capped['cost_usd']):.4f} and "
        f"{capped['accepted']:,} accepted results, then `generate pairs --max-cost 5`, which goes "
        f"on. Prices are set to ${PRICES['input']} and ${PRICES['output']} for a million tokens of "
        "input and output. The estimate for the first round, before the first call, was "
        f"{_estimated(whole)}. The server answered {counts['answers']:,} calls of both commands, "
        f"{unusable} of them in a way that could not be used. {counts['paid_again']} were the same "
        f"request again: {twice} by mistake, the others as another draw of a later round. The "
        "targets are those of the reference.",
        columns=["", "target", "here", ""],
        rows=rows,
    )


def _estimated(row: Mapping[str, Any]) -> str:
    fewest, likely, most = row["calls"]
    low, middle, high = map(float, row["cost_usd"])
    return f"{likely} calls ({fewest} to {most}) and ${middle:.2f} (${low:.2f} to ${high:.2f})"


def _met(yes: bool) -> str:  # noqa: FBT001 - it is the question
    return "met" if yes else "missed"


def _made(examples: list[Example]) -> Section:
    levels = Counter(one.level.value for one in examples)
    forms = Counter(one.task_form for one in examples)
    turns = Counter(sum(turn.role == "user" for turn in one.turns) for one in examples)
    rows = [["level", name, str(number)] for name, number in levels.most_common()]
    rows += [["task form", name, str(number)] for name, number in forms.most_common()]
    rows += [["questions in a row", str(name), str(turns[name])] for name in sorted(turns)]
    return Section(
        title="What was accepted",
        about=f"All {len(examples):,} accepted examples, counted from the records; one that "
        "repeats the question of another is among them, and a dataset takes one of the two.",
        columns=["by", "", "examples"],
        rows=rows,
    )


def _turned_down(rejected: Counter[tuple[str, str]]) -> Section:
    return Section(
        title="What was not, and why",
        about="Counted from the records, each of which says why.",
        columns=["outcome", "reason", "results"],
        rows=[
            [outcome, f"`{reason}`", f"{number:,}"]
            for (outcome, reason), number in rejected.most_common()
        ],
    )


def _kills() -> Section:
    """Each command killed at random points and run again, the server's own count beside it."""
    chance = random.Random(SEED)
    rows: list[list[str]] = []
    whole = dict[str, int]()
    # The same address both times: it is part of the language model's name, and so of all names.
    port = ("--port", str(free_port()))
    with served(*port) as (url, settings), workspace_with(HANDBOOK, settings) as workspace:
        before = 0
        for step in STEPS:
            run_to_end(step, workspace, settings)
            whole[" ".join(step)] = counts_of(url)["answers"] - before
            before = counts_of(url)["answers"]
        expected = _names(workspace)
    with served(*port) as (url, settings), workspace_with(HANDBOOK, settings) as workspace:
        answers = again = 0
        for step in STEPS:
            found = kill_and_repeat(
                step, workspace, settings, whole_s=20, kills=KILLS, chance=chance
            )
            counts = counts_of(url)
            rows.append(
                [
                    f"`{' '.join(step)}`",
                    str(found.kills),
                    f"{min(found.at, default=0):.1f} to {max(found.at, default=0):.1f} s",
                    str(whole[" ".join(step)]),
                    str(counts["answers"] - answers),
                    str(counts["paid_again"] - again),
                ]
            )
            answers, again = counts["answers"], counts["paid_again"]
        lost = sorted(expected - _names(workspace))
        intact = said(("verify",), workspace, settings)["intact"]
    if not intact:
        raise RuntimeError("the store is not intact")
    kinds = Counter(kind for kind, _ in lost)
    missing = ", ".join(f"{number} {kind}" for kind, number in kinds.items()) or "none"
    return Section(
        title="kill -9 while a language model is asked",
        about=f"Each command killed up to {KILLS} times and run again until it ends. Calls are "
        "counted by the server, in a workspace that nobody killed and in this one; asked twice are "
        "answers to a request that had been answered before: those under way at a kill. Records of "
        f"the undisturbed workspace that this one lacks: {missing}. Afterwards `lorewright verify` "
        "finds it intact.",
        columns=["command", "kills", "after", "calls undisturbed", "calls here", "asked twice"],
        rows=rows,
    )


def _names(workspace: Path) -> set[tuple[str, str]]:
    """What was made, without the records of single runs."""
    with Workspace(workspace).open(Settings()) as store:
        return {
            (kind, str(ref))
            for kind in ("chunk", "analysis", "fact", "example", "context", "judgement")
            for ref in store.names(kind)
        }


PARTS: dict[str, Callable[[], dict[str, Section]]] = {
    "story": _told,
    "books": lambda: {"books": rehearsed_books.measure()},
    "estimates": lambda: {"estimates": rehearsed_estimates.measure()},
    "faults": lambda: {"faults": rehearsed_faults.measure()},
    "kills": lambda: {"kills": _kills()},
    "conversations": lambda: {"conversations": rehearsed_conversations.measure()},
}

if __name__ == "__main__":
    sys.exit(main())
