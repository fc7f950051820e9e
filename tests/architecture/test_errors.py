"""The tree in the docstring of `errors` is the tree of its classes."""

import inspect
import re

from lorewright import errors
from lorewright.errors import LorewrightError

LEAF = re.compile(r"^( *)[*·-] ([A-Z]\w+)(?:.*\(exit (\d)\))?", re.MULTILINE)


def classes() -> dict[str, type[LorewrightError]]:
    found = inspect.getmembers(errors, inspect.isclass)
    return {name: error for name, error in found if issubclass(error, LorewrightError)}


def drawn() -> list[tuple[str, str, str]]:
    """(parent, name, exit code or nothing) of every line of the tree but its root."""
    above: dict[int, str] = {}
    rows: list[tuple[str, str, str]] = []
    for indent, name, code in LEAF.findall(errors.__doc__ or ""):
        depth = len(indent) // 2
        above[depth] = name
        if depth:
            rows.append((above[depth - 1], name, code))
    return rows


def test_every_error_stands_in_the_tree_once_below_its_parent() -> None:
    inherited = sorted(
        (error.__bases__[0].__name__, name)
        for name, error in classes().items()
        if error is not LorewrightError
    )

    assert sorted((parent, name) for parent, name, _ in drawn()) == inherited


def test_the_exit_codes_in_the_tree_are_those_of_the_classes() -> None:
    codes = {name: int(code) for _, name, code in drawn() if code}

    assert codes
    assert codes == {name: classes()[name].exit_code for name in codes}


def test_an_error_without_a_code_in_the_tree_takes_the_one_above_it() -> None:
    for parent, name, code in drawn():
        if not code:
            assert classes()[name].exit_code == classes()[parent].exit_code, name
