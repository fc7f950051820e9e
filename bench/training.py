"""Training an adapter, beside TRL: time, memory and tokens at equal loss.

QUICK=1 python bench/run.py training     tries everything out once on little; prove nothing by it
ROUNDS=3 python bench/run.py training    takes fewer turns, and says so
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from environments import python_of
from measuring import spread
from page import Section
from trainers.task import Outcome
from training_tasks import EQ12, THREADS, Laid, lay_base, lay_merged, lay_pairs, lay_random

FOLDER = Path(__file__).parent / "trainers"
IS_QUICK = bool(os.environ.get("QUICK"))
EXAMPLES, BATCH, EPOCHS = (16, 8, 1) if IS_QUICK else (64, 8, 1)
RUNS = 1 if IS_QUICK else int(os.environ.get("ROUNDS", "5"))
FEW_RUNS = min(RUNS, 3)
"""For what takes long: TRL as it comes, and the pairs."""
CONVERSATIONS = 2 if IS_QUICK else None
TRL = "1.16.0"
EQUAL = 1e-4
"""Nats that the mean training losses of tools may be apart that train the same batches."""
NEARLY = 5e-3
"""Likewise where one of them computes in bfloat16, which has three digits."""
PLAIN, WITH_PROMPT = "plain", "shared prompt"
OURS = "Lorewright, tree"


class Ran(NamedTuple):
    """One run of a tool in a process of its own."""

    outcome: Outcome
    peak_mib: float
    first_step_s: float
    """From the start of the process to the end of the first step."""


@dataclass(frozen=True, slots=True)
class Tool:
    """Something that trains."""

    name: str
    python: Path
    script: str
    way: str
    off_by: float | None = EQUAL
    """How far its loss may be from ours; None when it makes batches of its own."""
    is_slow: bool = False


def measure() -> Section:
    """Every tool in turn, the round repeated, so that a slow minute meets all of them."""
    with tempfile.TemporaryDirectory(prefix="lorewright-bench-") as scratch:
        folder = Path(scratch)
        lay_base(folder)
        rows = [
            *_side_by_side(PLAIN, _random(folder, 0), [*_ours(), *_trl(PLAIN)]),
            *_side_by_side(WITH_PROMPT, _random(folder, 266), [*_ours(), *_trl(WITH_PROMPT)]),
            *_conversations(folder),
        ]
    return Section(
        title="Training an adapter",
        about=_about(),
        columns=[
            "data",
            "tool",
            "training, CPU",
            "training, wall",
            "to the first step",
            "tokens read",
            "tokens of examples",
            "peak memory",
            "loss",
            "Lorewright's tree beside it",
        ],
        rows=[*rows, *_on_a_gpu()],
    )


def _about() -> str:
    return (
        f"LoRA of rank 16 on every linear layer of a random Llama (hidden 256, 4 layers, "
        f"vocabulary 4,096), {EXAMPLES} examples in steps of {BATCH}, {EPOCHS} epoch, AdamW "
        f"without weight decay, a constant rate of 1e-3, {THREADS} threads; every run is a "
        f"process of its own and the tools take turns, {RUNS} rounds, {FEW_RUNS} of TRL as it "
        "comes and of the conversations. All begin with the same weights, those of the adapter "
        "too, and read the same token ids, labels and batches; that the mean loss over the "
        f"steps is the same to {EQUAL:g} is asserted before a time is written. Two rows differ: "
        f"TRL as it comes computes in bfloat16 and is held to {NEARLY:g} only, and TRL's packing "
        "makes batches of its own, so it trains until the held-out loss is that of Lorewright, "
        "and what it took until then stands here, without the looking. *Plain* examples have 40 "
        "to 136 tokens; with a *shared prompt* 266 equal ones stand before each. *Nested pairs* "
        "are those of 12 real conversations, each with all that was said before it, in steps of "
        "about 8; *merged* has each conversation as one example, which gives other trainers the "
        "same saving. Tokens of examples count every example for itself, per second of training. "
        "The time to the first step is from the start of the process, libraries and the look at "
        f"the gradients included. TRL is {TRL}, with the same torch, transformers and peft as "
        "here. TRL's defaults keep gradient checkpointing on; its other rows have it off and "
        "compute in 32 bits, as one would set it for a CPU. A goal was set beforehand and is "
        "met or missed by the medians."
        + (" **Tried out only (QUICK): the numbers say nothing.**" if IS_QUICK else "")
    )


def _random(folder: Path, shared: int) -> Laid:
    return lay_random(folder, examples=EXAMPLES, batch=BATCH, epochs=EPOCHS, shared=shared)


def _ours(*ways: str) -> list[Tool]:
    names = {"tree": OURS, "plain": "Lorewright, plain rows", "padded": "Lorewright, padded"}
    return [
        Tool(names[way], Path(sys.executable), "ours.py", way) for way in ways or ("tree", "padded")
    ]


def _trl(data: str) -> list[Tool]:
    same = [f"{name}=={version(name).split('+')[0]}" for name in ("torch", "transformers", "peft")]
    python = python_of("trl", [f"trl=={TRL}", *same])

    def tool(name: str, way: str, *, off_by: float | None = EQUAL) -> Tool:
        is_slow = way == "defaults"
        return Tool(f"TRL, {name}", python, "with_trl.py", way, off_by=off_by, is_slow=is_slow)

    tools = [
        tool("padded", "padded"),
        tool("padding-free", "padding-free"),
        tool("packing", "packed", off_by=None),
    ]
    return [tool("defaults", "defaults", off_by=NEARLY), *tools] if data == PLAIN else tools


def _side_by_side(data: str, laid: Laid, tools: Sequence[Tool]) -> list[list[str]]:
    found = _rounds(laid, tools)
    ours = found[tools[0].name]
    goals = GOALS.get(data, {})
    return [
        _row(
            data,
            tool,
            found[tool.name],
            laid,
            _beside(ours, found[tool.name], goals.get(tool.name)),
        )
        for tool in tools
    ]


def _rounds(laid: Laid, tools: Sequence[Tool]) -> dict[str, list[Ran]]:
    """Let the first tool train, and the others beside it, until every one had its turns."""
    found: dict[str, list[Ran]] = {tool.name: [] for tool in tools}
    for turn in range(RUNS):
        for tool in tools:
            if tool.is_slow and turn >= FEW_RUNS:
                continue
            print(f"  {laid.path.stem}, turn {turn + 1}: {tool.name}", file=sys.stderr)
            first = found[tools[0].name]
            until = first[0].outcome.held_out_loss if tool.off_by is None and first else None
            found[tool.name].append(_run(laid, tool, until=until))
            check(tool, found[tool.name][-1], first[0], until)
    return found


def _run(laid: Laid, tool: Tool, *, until: float | None) -> Ran:
    out = laid.path.with_suffix(".outcome")
    out.unlink(missing_ok=True)
    words = [tool.python, FOLDER / tool.script, laid.path, out, f"--way={tool.way}"]
    if until is not None:
        words.append(f"--until={until}")
    threads = str(THREADS)
    environment = os.environ | {
        "OMP_NUM_THREADS": threads,
        "MKL_NUM_THREADS": threads,
        "TOKENIZERS_PARALLELISM": "false",
    }
    begun = time.time()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [str(word) for word in words], env=environment, stdout=said, stderr=said
        )
        # wait4 tells the peak of exactly this child; getrusage would mix it with earlier ones.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            sys.stderr.write(said.read().decode(errors="replace")[-3000:])
            raise RuntimeError(f"{tool.name} ended with {process.returncode}")
    outcome = Outcome(**json.loads(out.read_text(encoding="utf-8")))
    return Ran(outcome, usage.ru_maxrss / 1024, outcome.first_step_at - begun)


def check(tool: Tool, ran: Ran, ours: Ran, until: float | None) -> None:
    """Find out whether a run did the same work; without it its time is worth nothing."""
    outcome, expected = ran.outcome, ours.outcome
    if tool.off_by is None:
        if until is None or outcome.held_out_loss > until:
            raise RuntimeError(
                f"{tool.name} did not come down to a held-out loss of {until}: it is at "
                f"{outcome.held_out_loss}"
            )
        return
    apart = abs(outcome.train_loss - expected.train_loss)
    if outcome.steps != expected.steps or not apart <= tool.off_by:
        raise RuntimeError(
            f"{tool.name} took {outcome.steps} steps to a loss of {outcome.train_loss}, and "
            f"Lorewright {expected.steps} to {expected.train_loss}"
        )
    if tool.script == "ours.py" and outcome.packing != tool.way:
        raise RuntimeError(f"{tool.name} was trained in the packing {outcome.packing}")


class Goal(NamedTuple):
    """What was to be reached."""

    what: str
    of: Callable[[Sequence[Ran], Sequence[Ran]], float]
    """From the runs of ours and of the other tool."""
    at_least: float | None = None
    at_most: float | None = None

    def shown(self, ours: Sequence[Ran], theirs: Sequence[Ran]) -> str:
        """The number, the goal, and whether it was met."""
        found = self.of(ours, theirs)
        if self.at_least is not None:
            is_met, bound = found >= self.at_least, f"at least {self.at_least:g}"
        else:
            is_met, bound = found <= (self.at_most or 0.0), f"at most {self.at_most:g}"
        verdict = "met" if is_met else "**missed**"
        return f"{found:.2f} {self.what} (goal {bound}: {verdict})"


def _cpu(runs: Sequence[Ran]) -> float:
    return spread([run.outcome.cpu_s for run in runs]).median


def less_cpu(ours: Sequence[Ran], theirs: Sequence[Ran]) -> float:
    """How many times less CPU ours took."""
    return _cpu(theirs) / _cpu(ours)


def _memory(ours: Sequence[Ran], theirs: Sequence[Ran]) -> float:
    peaks = [spread([run.peak_mib for run in runs]).median for runs in (ours, theirs)]
    return peaks[0] / peaks[1]


def _start_s(ours: Sequence[Ran], _theirs: Sequence[Ran]) -> float:
    return spread([run.first_step_s for run in ours]).median


def _times(least: float) -> Goal:
    return Goal("times less CPU", less_cpu, at_least=least)


GOALS: Mapping[str, Mapping[str, list[Goal]]] = {
    PLAIN: {
        OURS: [Goal("s to the first step", _start_s, at_most=8)],
        "TRL, defaults": [_times(10)],
        "TRL, padded": [_times(2)],
        "TRL, packing": [_times(1.2)],
    },
    WITH_PROMPT: {
        "TRL, padded": [_times(3), Goal("of its memory", _memory, at_most=0.6)],
        "TRL, packing": [_times(3)],
    },
}


def _beside(ours: Sequence[Ran], theirs: Sequence[Ran], goals: Sequence[Goal] | None) -> str:
    if goals:
        return "; ".join(goal.shown(ours, theirs) for goal in goals)
    return "" if ours is theirs else f"{less_cpu(ours, theirs):.2f} times less CPU"


def _row(data: str, tool: Tool, runs: Sequence[Ran], laid: Laid, beside: str) -> list[str]:
    outcomes = [run.outcome for run in runs]
    read = spread([one.processed_tokens for one in outcomes]).median
    pace = spread([laid.source_tokens / one.wall_s for one in outcomes])
    return [
        data,
        tool.name,
        spread([one.cpu_s for one in outcomes]).shown("s", digits=1),
        spread([one.wall_s for one in outcomes]).shown("s", digits=1),
        spread([run.first_step_s for run in runs]).shown("s", digits=1),
        f"{read:,.0f}",
        # Where batches differ the examples are gone over more or less often than once.
        "" if tool.off_by is None else pace.shown("/s"),
        spread([run.peak_mib for run in runs]).shown("MiB"),
        _loss(tool, outcomes[0]),
        beside,
    ]


def _loss(tool: Tool, outcome: Outcome) -> str:
    if tool.off_by is None:
        return f"held-out {outcome.held_out_loss:.5f} after {outcome.steps} steps"
    return f"{outcome.train_loss:.5f}, held-out {outcome.held_out_loss:.5f}"


def _conversations(folder: Path) -> list[list[str]]:
    if not EQ12.exists():
        absent = "not measured: the conversations are not beside the project"
        return [["nested pairs", absent, *[""] * 8]]
    pairs = lay_pairs(folder, batch=BATCH, most=CONVERSATIONS)
    merged = lay_merged(folder, batch=BATCH, most=CONVERSATIONS)
    tools = [_slow(tool) for tool in _ours("tree", "plain", "padded")]
    rows = _side_by_side("nested pairs", pairs, tools)
    rows[0][-1] = _fewer(pairs, rows[0])
    return [*rows, *_side_by_side("merged", merged, tools[:1])]


def _slow(tool: Tool) -> Tool:
    return Tool(tool.name, tool.python, tool.script, tool.way, is_slow=True)


def _fewer(laid: Laid, row: Sequence[str]) -> str:
    """How many times fewer tokens are read than the pairs have by themselves."""
    least = 1.9
    found = laid.source_tokens / int(row[5].replace(",", ""))
    verdict = "met" if found >= least else "**missed**"
    return f"{found:.2f} times fewer tokens than the pairs have (goal at least {least}: {verdict})"


def _on_a_gpu() -> list[list[str]]:
    """What was to be reached on one, and was not tried."""
    goals = [
        "at least 13,300 tokens/s at length 4,096",
        "at least 1.3 times TRL's defaults, and 1.0 times Unsloth and Liger",
        "at least 2 times all of them with a shared prompt",
        "peak memory within 10 % of the estimate",
    ]
    shape = "Llama 3.1 8B, random, one H200"
    return [[shape, "not measured", *[""] * 7, f"goal {goal}"] for goal in goals]
