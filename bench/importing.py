"""Bring in training files of several sizes: time and peak memory."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measuring import peak_mib
from page import Section

SIZES = (10, 100, 1_000)
"""Megabytes of a file."""
TURNS = 8
ASKED, TOLD = 350, 1_800
"""Characters of a message of the client and of the advisor: 60 and 300 words."""

_WORDS = (
    "the reserve covers three months of what the household spends and the rest goes where it "
    "grows slowly without anybody having to look at it every day "
)
_PROMPT = (
    "You advise people about money. (1) feelings (2) respect (3) reasons (4) small steps. " * 8
)


def measure() -> Section:
    """Each size in a process of its own, so that its peak memory is its own."""
    rows: list[list[str]] = []
    for size in SIZES:
        with tempfile.TemporaryDirectory(prefix="lorewright-bench-") as folder:
            file = Path(folder) / "talks.json"
            made = make_file(file, size * 1_000_000)
            found = import_alone(file, Path(folder) / "workspace")
            again = import_alone(file, Path(folder) / "workspace")
        rows.append(
            [
                f"{size:,} MB",
                f"{made:,}",
                f"{found['seconds']:.1f} s",
                f"{made / found['seconds']:,.0f}",
                f"{found['mib']:.0f} MiB",
                f"{again['seconds']:.1f} s",
                f"{again['mib']:.0f} MiB",
            ]
        )
    return Section(
        title="Import training files",
        about="A made-up file in the format brightrun-lora-v4 with the defects of those that are "
        f"around: {TURNS} turns a conversation, {ASKED} characters of the client and {TOLD:,} of "
        "the advisor, each history repeated in each pair. Imported and enriched through all five "
        "stages, then imported again, which makes nothing new. Memory is the peak of the resident "
        "set of a process that does nothing else. One run each.",
        columns=[
            "file",
            "conversations",
            "import",
            "conversations per second",
            "peak memory",
            "again",
            "peak memory",
        ],
        rows=rows,
    )


def make_file(path: Path, size: int) -> int:
    """Write a file of about `size` bytes; how many conversations it holds."""
    with path.open("w", encoding="utf-8") as file:
        file.write('{"training_file_metadata": {"format_spec": "brightrun-lora-v4"},\n')
        file.write('"conversations": [\n')
        count = 0
        while file.tell() < size:
            file.write(f"{',' if count else ''}{json.dumps(_member(count), indent=1)}\n")
            count += 1
        file.write("]}\n")
    return count


def import_alone(path: Path, workspace: Path) -> dict[str, Any]:
    """Import a file in a process of its own: what it tells, the seconds and the peak memory.

    Raises:
        RuntimeError: with what it said, when it fails.
    """
    command = [sys.executable, __file__, str(path), str(workspace)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the import ended with {done.returncode}: {done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _member(number: int) -> dict[str, Any]:
    name = f"talk-{number:07}"
    turns = list(_turns(number))
    return {
        "conversation_metadata": {
            "conversation_id": name,
            "created_date": "2025-12-09",
            "scaffolding": {
                "persona_key": "anxious_planner",
                "emotional_arc_key": "fear_to_confidence",
                "training_topic_key": "hsa_vs_fsa",
            },
        },
        "training_pairs": [_pair(at, turns) for at in range(len(turns))],
    }


def _turns(number: int) -> Iterator[tuple[str, str]]:
    for at in range(TURNS):
        length = TOLD if at % 2 else ASKED
        text = f"{number} {at} " + _WORDS * (length // 100)
        yield ("user", "assistant")[at % 2], text[:length]


def _pair(at: int, turns: list[tuple[str, str]]) -> dict[str, Any]:
    """A pair with every defect that files around have."""
    is_answer = turns[at][0] == "assistant"
    felt = {"primary": "fear", "secondary": "doubt", "intensity": round(0.8 - at / 20, 2)}
    return {
        "id": f"fp_turn{at + 1}",
        "conversation_id": "fp",
        "turn_number": at + 1,
        "conversation_metadata": {
            "client_persona": "The Planner",
            "session_context": "a first talk",
            "conversation_phase": "initial_crisis_disclosure",
            "expected_outcome": "a plan",
        },
        "system_prompt": _PROMPT,
        "conversation_history": [
            {"turn": number, "role": role, "content": text, "emotional_state": felt}
            for number, (role, text) in enumerate(turns[:at], start=1)
        ],
        "current_user_input": turns[at - 1 if is_answer else at][1],
        "emotional_context": {"detected_emotions": felt},
        "target_response": turns[at][1] if is_answer else None,
        "training_metadata": {
            "demonstrates_skills": ["anxious_planner"],
            "emotional_progression_target": "fear(0.8) -> confidence(0.8)",
            "quality_score": 3,
            "quality_criteria": {"empathy_score": 2.9, "clarity_score": 3.2},
        },
    }


def _import(path: Path, folder: Path) -> dict[str, Any]:
    from lorewright.flows.conversation_files import import_conversations
    from lorewright.settings import Settings
    from lorewright.store import Workspace

    workspace, settings = Workspace(folder), Settings()
    if not workspace.exists():
        workspace.make()
    begun = time.perf_counter()
    with workspace.open(settings) as store:
        (one,) = import_conversations([path], store=store, settings=settings).files
    return {
        "accepted": one.accepted,
        "new": one.new,
        "seconds": time.perf_counter() - begun,
        "mib": peak_mib(),
    }


if __name__ == "__main__":
    print(json.dumps(_import(Path(sys.argv[1]), Path(sys.argv[2]))))
