"""Starting the program and importing a room stay cheap."""

import json
import subprocess
import sys

import pytest

from architecture.house import rooms_on_the_map

HEAVY = {
    "accelerate",
    "evalica",
    "numpy",
    "pandas",
    "peft",
    "scipy",
    "sklearn",
    "tokenizers",
    "torch",
    "transformers",
}
NOT_FOR_HELP = HEAVY | {
    "aiohttp",
    "alembic",
    "bs4",
    "fastapi",
    "jinja2",
    "jsonschema",
    "nltk",
    "obstore",
    "pydantic",
    "pydantic_settings",
    "rensa",
    "semantic_text_splitter",
    "sqlalchemy",
    "syntok",
    "textblob",
}

REPORT = "import json, sys; print(json.dumps(sorted({n.partition('.')[0] for n in sys.modules})))"


def loaded_by(code: str) -> set[str]:
    """The top-level modules that a fresh Python holds after running `code`."""
    result = subprocess.run(
        [sys.executable, "-c", f"{code}\n{REPORT}"], capture_output=True, text=True, check=True
    )
    return set(json.loads(result.stdout.splitlines()[-1]))


def test_importing_lorewright_loads_nothing_but_the_standard_library() -> None:
    before = loaded_by("")

    assert loaded_by("import lorewright") - before - set(sys.stdlib_module_names) == {"lorewright"}


def test_help_is_printed_without_any_library_that_the_work_needs() -> None:
    ask_for_help = """
import sys
from lorewright.cli import main
sys.argv = ["lorewright", "--help"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""

    assert not loaded_by(ask_for_help) & NOT_FOR_HELP


@pytest.mark.parametrize("room", rooms_on_the_map())
def test_importing_a_room_loads_no_tensors(room: str) -> None:
    assert not loaded_by(f"import lorewright.{room}") & HEAVY
