"""A sheet that came back: each row is used, or says why it is not."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lorewright.errors import UsageError
from lorewright.evaluate.dimensions import HIGHEST, LOWEST
from lorewright.evaluate.ranking import Choice, choice_of, votes_of
from lorewright.evaluate.rating_lines import PREFERENCE, RatingLine, VoteLine
from lorewright.evaluate.sheets.layout import (
    PREFERENCE_COLUMN,
    REASON_COLUMN,
    Layout,
    Row,
)

CANNOT_TELL = frozenset({"?", "-", "n/a", "cannot tell"})
EMPTY = "left empty"
GONE = "the row is gone"
NO_NUMBER = "no number"
OUTSIDE = "a value outside the scale"
PARTLY = "filled in by half"
UNKNOWN = "an unknown code"
TWICE = "the same row twice"
ALTERED = "the answer was altered"
ANOTHER_RATER = "another rater's row"
NO_RATER = "the rater's name is missing"
TORN = "two preferences for one block"
NO_ORDER = "no order of the letters"

Cells = Mapping[str, str]


class Trouble(NamedTuple):
    """A row that was not used."""

    line: int
    """Of the file."""
    code: str
    reason: str
    """A few words, the same for all alike."""
    sentence: str


@dataclass
class Reading:
    """What a sheet says: requested = accepted + failed, over answers and preferences."""

    ratings: list[RatingLine] = field(default_factory=list[RatingLine])
    votes: list[VoteLine] = field(default_factory=list[VoteLine])
    accepted: int = 0
    failed: Counter[str] = field(default_factory=Counter[str])
    troubles: list[Trouble] = field(default_factory=list[Trouble])
    """Rows that somebody may want to mend; rows that were left empty are not among them."""
    attended: int = 0
    """Attention blocks in which the answer that was given to this client is preferred."""
    distracted: int = 0
    """Those in which it is not."""

    @property
    def requested(self) -> int:
        """Answers and preferences that the sheet asks for, and rows that nobody asked for."""
        return self.accepted + self.failed.total()


class _Fault(NamedTuple):
    reason: str
    sentence: str


def read_rows(layout: Layout, rows: Sequence[tuple[int, Cells]], *, rater: str) -> Reading:
    """Read the rows of a sheet that was filled in.

    Args:
        layout: what was written.
        rows: the line of the file and the cells by their columns.
        rater: who filled it in.
    """
    reading = Reading()
    found, spoilt = _usable(layout, rows, rater, reading)
    for row in layout.rows:
        if row.is_attention or row.code in spoilt:
            continue
        if row.code not in found:
            reading.failed[GONE] += 1
        else:
            _rate(layout, row, *found[row.code], reading)
    altered = {code for code, reason in spoilt.items() if reason == ALTERED}
    for block in layout.blocks.values():
        if not altered.isdisjoint(row.code for row in block):
            # Whoever preferred one of them may have read the words that were put there.
            if not block[0].is_attention:
                reading.failed[ALTERED] += 1
        else:
            _prefer(block, found, reading)
    return reading


def _usable(
    layout: Layout, rows: Sequence[tuple[int, Cells]], rater: str, reading: Reading
) -> tuple[dict[str, tuple[int, Cells]], dict[str, str]]:
    """The rows that are as they were written, and what is wrong with the others, by their codes.

    What is wrong is counted.
    """
    found: dict[str, tuple[int, Cells]] = {}
    spoilt: dict[str, str] = {}
    for line, cells in rows:
        code = cells.get("code", "").strip()
        fault = _fault_of(layout, code, cells, rater, seen=code in found)
        if fault is None:
            found[code] = (line, cells)
            continue
        reading.troubles.append(Trouble(line, code, fault.reason, fault.sentence))
        row = layout.by_code.get(code)
        if row is None or not row.is_attention:
            reading.failed[fault.reason] += 1
        if fault.reason not in {UNKNOWN, TWICE}:
            spoilt[code] = fault.reason
    return found, spoilt


def _fault_of(layout: Layout, code: str, cells: Cells, rater: str, *, seen: bool) -> _Fault | None:
    row = layout.by_code.get(code)
    if row is None:
        return _Fault(UNKNOWN, f"no row of this sheet has the code {code[:20]!r}")
    if seen:
        return _Fault(TWICE, "the first one counts")
    said = " ".join(cells.get("rater", "").split())
    if not said:
        return _Fault(NO_RATER, f"the sheet is that of {rater}")
    if said != rater:
        return _Fault(ANOTHER_RATER, f"it says {said[:40]!r}, and the sheet is that of {rater}")
    if _words(cells.get("answer", "")) != _words(row.answer):
        return _Fault(ALTERED, "what was rated is not what was answered")
    return None


def _rate(layout: Layout, row: Row, line: int, cells: Cells, reading: Reading) -> None:
    cells_by = {key: cells.get(key, "").strip() for key in layout.profile.keys}
    if not any(cells_by.values()):
        reading.failed[EMPTY] += 1
        return
    values: dict[str, float | None] = {}
    for key, said in cells_by.items():
        fault = _fault_of_value(key, said)
        if fault is not None:
            reading.failed[fault.reason] += 1
            reading.troubles.append(Trouble(line, row.code, fault.reason, fault.sentence))
            return
        values[key] = None if said.casefold() in CANNOT_TELL else float(_number(said) or 0)
    reading.accepted += 1
    reading.ratings += [
        RatingLine(
            row.scenario.scenario_id, row.scenario.family, row.arm, key, row.generation, row.turn,
            row.repeat, value, cells.get(REASON_COLUMN, "").strip(),
        )
        for key, value in values.items()
    ]  # fmt: skip


def _fault_of_value(key: str, said: str) -> _Fault | None:
    if not said:
        return _Fault(PARTLY, f"{key} is empty; write ? where you cannot tell")
    if said.casefold() in CANNOT_TELL:
        return None
    number = _number(said)
    if number is None:
        return _Fault(NO_NUMBER, f"{key} is {said[:20]!r}")
    if not (LOWEST <= number <= HIGHEST and number == int(number)):
        return _Fault(OUTSIDE, f"{key} is {said[:20]}; the scale has whole numbers from 1 to 5")
    return None


def _number(said: str) -> float | None:
    """A number as spreadsheets write it; None for anything else, and for what is no value."""
    try:
        number = float(said.replace(",", "."))
    except ValueError:
        return None
    return number if abs(number) < 1e9 else None  # NaN compares with nothing


def _prefer(block: Sequence[Row], found: Mapping[str, tuple[int, Cells]], reading: Reading) -> None:
    letters = {row.letter: row.arm for row in block}
    if len(letters) < 2:
        return
    first = block[0]
    said = [
        (line, row.code, words)
        for row in block
        if row.code in found
        for line, cells in [found[row.code]]
        if (words := cells.get(PREFERENCE_COLUMN, "").strip())
    ]
    choice = _choice(said, letters, reading, is_attention=first.is_attention)
    if choice is None:
        return
    if first.is_attention:
        real = next(row.letter for row in block if not row.is_decoy)
        has_read = choice.groups[0] == (real,) and not choice.all_bad
        reading.attended += has_read
        reading.distracted += not has_read
        return
    reading.accepted += 1
    reason = next(
        (cells.get(REASON_COLUMN, "").strip() for _, cells in _cells_of(block, found)), ""
    )
    reading.votes += [
        vote._replace(reason=reason)
        for vote in votes_of(
            choice,
            letters,
            scenario=first.scenario.scenario_id,
            question=PREFERENCE,
            repeat=first.repeat,
        )
    ]


def _cells_of(
    block: Sequence[Row], found: Mapping[str, tuple[int, Cells]]
) -> Iterator[tuple[int, Cells]]:
    return (found[row.code] for row in block if row.code in found)


def _choice(
    said: Sequence[tuple[int, str, str]],
    letters: Mapping[str, str],
    reading: Reading,
    *,
    is_attention: bool,
) -> Choice | None:
    """What a block prefers; None when nothing can be made of it, which is counted."""
    fault, choices = _Fault(EMPTY, ""), set[Choice]()
    try:
        choices = {choice_of(one, letters) for _, _, one in said}
    except UsageError as error:
        fault = _Fault(NO_ORDER, error.sentence)
    if len(choices) == 1:
        return choices.pop()
    if choices:
        fault = _Fault(TORN, f"one of them is {said[0][2][:20]!r}")
    if not is_attention:
        reading.failed[fault.reason] += 1
    if said:
        reading.troubles.append(Trouble(*said[0][:2], *fault))
    return None


def _words(text: str) -> str:
    """A text whatever a spreadsheet did to its spaces and its ends of lines."""
    return " ".join(text.split())
