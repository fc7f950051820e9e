"""An order of letters as somebody writes it, `B>A=C`, and the votes that it holds."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from lorewright.errors import UsageError
from lorewright.evaluate.rating_lines import BOTH_BAD, TIE, VoteLine

ALL_BAD = "bad"
"""Nobody's answer is any good."""
_ALL_TIED = {"tie", "ties", "equal", "="}
_ALL_BAD = {ALL_BAD, "both bad", "all bad", "both-bad", "all-bad", "x"}
_BETWEEN = re.compile(r"[>,;\s]+")


class Choice(NamedTuple):
    """Letters in groups, the best one first; those in one group are tied."""

    groups: tuple[tuple[str, ...], ...]
    all_bad: bool = False

    def __str__(self) -> str:
        """As it is kept: `B>A=C`, or `bad`."""
        return ALL_BAD if self.all_bad else ">".join("=".join(group) for group in self.groups)


def choice_of(said: str, letters: Collection[str]) -> Choice:
    """Read an order of `letters`.

    The best comes first. `B>A=C` and `ba=c` are the same; letters that are left out share the
    last place, so `b` alone says that B is best. `tie` ties all, and `bad` says that none is
    any good.

    Raises:
        UsageError: when something else is said, or a letter twice.
    """
    words = " ".join(said.casefold().replace("_", " ").split())
    known = tuple(sorted(letters))
    if words in _ALL_BAD - {letter.casefold() for letter in known}:
        return Choice((known,), all_bad=True)
    if words in _ALL_TIED:
        return Choice((known,))
    groups: list[list[str]] = []
    is_joined = False
    for sign in _BETWEEN.sub("", words.upper()):
        if sign == "=":
            is_joined = bool(groups)
        elif is_joined:
            groups[-1].append(sign)
            is_joined = False
        else:
            groups.append([sign])
    used = [letter for group in groups for letter in group]
    if not used or set(used) - set(known):
        strange = next((letter for letter in used if letter not in known), said.strip()[:20])
        raise UsageError(
            f"{strange!r} is none of the answers",
            hint=f"write letters of {', '.join(known)}, the best first, such as "
            f"{'>'.join(known)}; or `tie`, or `{ALL_BAD}`",
        )
    if len(set(used)) < len(used):
        twice = next(letter for letter in used if used.count(letter) > 1)
        raise UsageError(f"{twice} stands there twice", hint="name each answer once")
    rest = tuple(letter for letter in known if letter not in used)
    ordered = tuple(tuple(sorted(group)) for group in groups)
    return Choice((*ordered, rest) if rest else ordered)


def votes_of(
    choice: Choice, letters: Mapping[str, str], *, scenario: str, question: str, repeat: int
) -> Iterator[VoteLine]:
    """What an order says about each two arms; the one with the earlier letter was shown first."""
    places = {letter: place for place, group in enumerate(choice.groups) for letter in group}
    known = sorted(letters)
    for at, first in enumerate(known):
        for second in known[at + 1 :]:
            ahead = places[second] - places[first]
            better = letters[first if ahead > 0 else second]
            preferred = BOTH_BAD if choice.all_bad else better if ahead else TIE
            yield VoteLine(
                scenario, letters[first], letters[second], preferred, question, repeat, ""
            )
