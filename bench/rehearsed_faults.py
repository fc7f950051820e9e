"""What somebody reads when an endpoint does nothing but one thing wrong."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from lorewright.llms.loopback import FAULTS
from page import Section
from rehearsing import PRICES, counts_of, free_port, served, workspace_with

PASSAGE = """# Pumps

The oil of every pump is checked once a week, because a dry bearing fails within hours.

1. Stop the pump.
2. Open the cap and look at the glass.
3. Fill up to the line.
"""
QUICK = {
    "LOREWRIGHT_TEACHER__ATTEMPTS": "2",
    "LOREWRIGHT_TEACHER__ASKS_AGAIN": "1",
    "LOREWRIGHT_TEACHER__TIMEOUT_S": "2",
}
"""So that trying again takes seconds; what is done in the end is the same."""
KEY = "sk-rehearsal-never-shown-0123456789"


def measure() -> Section:
    """Every fault at every call, and what does not even get as far as a call."""
    rows: list[list[str]] = []
    with tempfile.TemporaryDirectory(prefix="lorewright-bench-") as folder:
        page, prepared = Path(folder) / "pumps.md", Path(folder) / "prepared"
        page.write_text(PASSAGE, encoding="utf-8")
        with served() as (_, settings), workspace_with(page, settings) as workspace:
            shutil.copytree(workspace, prepared)
        rows += [_row(prepared, one, f"`{one}`: {FAULTS[one]}", {}) for one in sorted(FAULTS)]
        rows.append(_row(prepared, None, "nobody listens at the URL", _nobody()))
        rows.append(_row(prepared, None, "a budget of 0", {"LOREWRIGHT_TEACHER__BUDGET_USD": "0"}))
        rows.append(_row(prepared, None, "a price that nobody knows", {}, unpriced=True))
        rows.append(_row(prepared, None, "no limit at all", {}, limit=()))
    return Section(
        title="One fault at every call",
        about="`lorewright analyze --max-cost 1` of one page, each time against a server that "
        "does one thing wrong at every call, with two attempts, one question again and two "
        "seconds of patience. Calls are those that reached the server. Whatever comes back is "
        "kept; a key that the program was given stands in no byte of the workspace or of what "
        "it says, or this table is not written.",
        columns=["what is wrong", "calls", "exit code", "what it says"],
        rows=rows,
    )


def _row(
    prepared: Path,
    fault: str | None,
    title: str,
    more: Mapping[str, str],
    *,
    unpriced: bool = False,
    limit: tuple[str, ...] = ("--max-cost", "1"),
) -> list[str]:
    options = ("--fault", f"{fault}=1") if fault else ()
    with (
        served(*options) as (url, settings),
        tempfile.TemporaryDirectory(prefix="lorewright-bench-") as folder,
    ):
        workspace = Path(shutil.copytree(prepared, folder, dirs_exist_ok=True))
        asked = {**settings, **QUICK, "OPENAI_API_KEY": KEY, **more}
        if unpriced:
            for name in PRICES:
                del asked[f"LOREWRIGHT_TEACHER__{name.upper()}_PRICE"]
        done = subprocess.run(
            [sys.executable, "-m", "lorewright", "analyze", *limit, "--workspace", workspace],
            env=asked,
            capture_output=True,
            text=True,
            check=False,
        )
        calls = counts_of(url)["calls"]
        _no_key_in(workspace, done.stdout + done.stderr)
    if "Traceback" in done.stderr:
        raise RuntimeError(f"{title}: {done.stderr}")
    why = [line for line in done.stdout.splitlines() if line.startswith("failed:")]
    said = [line for line in done.stderr.splitlines() if line.startswith(("error:", "hint:"))]
    said = [*why[:1], *said]
    return [title, str(calls), str(done.returncode), _cell(" ".join(said) or "-", url)]


def _cell(words: str, url: str) -> str:
    return words.replace(url, "URL").replace("|", "\\|").replace("\n", " ")


def _no_key_in(workspace: Path, said: str) -> None:
    if KEY in said:
        raise RuntimeError("the key was shown")
    for file in workspace.rglob("*"):
        if file.is_file() and KEY.encode() in file.read_bytes():
            raise RuntimeError(f"the key stands in {file.name}")


def _nobody() -> dict[str, str]:
    return {"LOREWRIGHT_TEACHER__URL": f"http://127.0.0.1:{free_port()}/v1"}
