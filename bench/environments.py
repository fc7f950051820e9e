"""Virtual environments of their own for the tools that are compared with."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ENVIRONMENTS = Path(__file__).parent / ".venvs"


def python_of(name: str, requirements: Sequence[str]) -> Path:
    """The Python of the environment `name`, which is made first when it is not there.

    Args:
        name: of its folder.
        requirements: what pip installs into it; other ones make it anew.
    """
    folder = ENVIRONMENTS / name
    python, mark = folder / "bin" / "python", folder / ".installed"
    wanted = "\n".join(requirements)
    if not mark.exists() or mark.read_text(encoding="utf-8") != wanted:
        print(f"installing {name} into an environment of its own ...", file=sys.stderr)
        _run([sys.executable, "-m", "venv", "--clear", folder])
        _run([python, "-m", "pip", "install", "--quiet", *requirements])
        mark.write_text(wanted, encoding="utf-8")
    return python


def _run(words: Sequence[str | Path]) -> None:
    subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL)
