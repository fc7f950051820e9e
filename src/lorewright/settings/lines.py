"""The line of a settings file that sets something."""

from collections.abc import Iterator, Sequence


def line_of(path: Sequence[str], text: str) -> int | None:
    """The number of the line that sets `path`, counted from 1.

    For a setting in an inline table it is the line of that table.
    """
    wanted = list(path)
    found = list(_keys(text))
    for length in range(len(wanted), 0, -1):
        for number, key in found:
            if key == wanted[:length]:
                return number
    return None


def _keys(text: str) -> Iterator[tuple[int, list[str]]]:
    """(line, whole path) of everything that is assigned."""
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped.startswith("["):
            table = stripped.partition("#")[0].strip("[] ")
        elif "=" in stripped and not stripped.startswith("#"):
            key = stripped.partition("=")[0]
            parts = (part.strip().strip("\"'") for part in f"{table}.{key}".split("."))
            yield number, [part for part in parts if part]
