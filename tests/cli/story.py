"""The story that several tests look at, and the words that are planted in it."""

from pathlib import Path
from typing import Any, NamedTuple

from cli.program import Said, told

FORMATS = ("openai-chat", "sharegpt", "alpaca", "mistral", "llama3")
NAMES = ("train", "valid", "recall", "transfer")
SPLITS = tuple(word for name in NAMES for word in ("--split", name))
ELSEWHERE = "elsewhere"


class Planted(NamedTuple):
    """A source with a word that stands nowhere else."""

    word: str
    file_name: str
    text: str


def _planted(word: str) -> Planted:
    sections = [
        f"## {title} and {word}\n\n"
        f"{word} is a {what} that a gardener keeps for {title.lower()}. "
        f"{word} needs {number} hours of light because the {what} dries slowly. "
        f"For example, a {what} of {word} that stood for {number} days lost its colour. "
        f"Dr. {word} recommends that beginners water the {what} before noon, "
        f"so that the roots of the {what} are dry at night.\n"
        for number, (title, what) in enumerate(
            {
                "Spring": "seedling",
                "Drought": "cactus",
                "Storage": "tuber",
                "Grafting": "branch",
                "Pruning": "hedge",
                "Watering": "fern",
                "Mulching": "flower bed",
                "Harvest": "vine",
            }.items(),
            start=3,
        )
    ]
    return Planted(word, f"{word}-notes.md", f"# The {word} handbook\n\n" + "\n".join(sections))


PLANTED = _planted("Quäntzelwick")
"""With a letter that has many forms in bytes: UTF-8, UTF-16, JSON, HTML, URL."""


class Story(NamedTuple):
    """Where it was told and what was said."""

    workspace: Path
    elsewhere: Path
    """An export outside the workspace."""
    said: dict[str, Said]


def names_of(kind: str) -> list[str]:
    """Every record of a kind, by its whole name."""
    return [row["name"] for row in told("list", kind, "--limit", "100000")["records"]]


def source_called(file_name: str) -> str:
    """The name of the source that was read from a file."""
    rows: list[dict[str, Any]] = told("list", "source", "--limit", "1000")["records"]
    return next(row["name"] for row in rows if row["summary"].startswith(file_name))
