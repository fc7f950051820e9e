"""Which rows a sheet has for one rater, and what stands behind the code of each of them.

A sheet holds codes and letters only. The layout is drawn again from the secret when the sheet
comes back, so nothing has to be remembered but the secret.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from lorewright.evaluate.blinding import Blind
from lorewright.evaluate.decoys import Decoy, decoys_for, spread_out
from lorewright.evaluate.dimensions import Profile
from lorewright.evaluate.judging.cases import Answered, conversation
from lorewright.evaluate.judging.showing import Line, told
from lorewright.records import Scenario

FIXED = (
    "sheet", "rater", "code", "block", "letter", "situation", "client_is", "said_before",
    "client_says", "answer",
)  # fmt: skip
"""What is written and must stay; the dimensions, the preference and the reason are filled in."""
PREFERENCE_COLUMN = "preference"
REASON_COLUMN = "reason"
SYNTHETIC = "synthetic"
"""A column of this name says that nobody has read the answers: numbers to test the evaluator."""


class Row(NamedTuple):
    """One answer in a sheet, with what is sealed."""

    code: str
    block: int
    """Rows of one scenario stand together, and count from 1."""
    letter: str
    scenario: Scenario
    arm: str
    generation: int
    turn: int
    repeat: int
    """1 where the scenario stands in the sheet for the second time."""
    before: tuple[Line, ...]
    message: str
    answer: str
    is_decoy: bool = False
    """Whether the answer was given to somebody else, to see who reads."""
    is_attention: bool = False
    """Whether its block is there for that alone."""


class _Block(NamedTuple):
    scenario: str
    repeat: int
    is_attention: bool = False


@dataclass(frozen=True)
class Layout:
    """The rows of one rater's sheet.

    Args:
        blind: the rater's lots.
        scenarios: what was asked, by id.
        arms: what each arm answered.
        profile: the dimensions.
        repeats: the share of scenarios that stand in the sheet twice.
        attention: how many blocks have an answer that was given to somebody else.
    """

    blind: Blind
    scenarios: Mapping[str, Scenario]
    arms: Mapping[str, Answered]
    profile: Profile
    repeats: Decimal
    attention: int

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """All rows in their order; answers that did not come have none."""
        rows: list[Row] = []
        for block in self._blocks():
            found = list(self._attention(block) if block.is_attention else self._rows(block))
            number = rows[-1].block + 1 if rows else 1
            rows += [row._replace(block=number) for row in found]
        return tuple(rows)

    @cached_property
    def by_code(self) -> Mapping[str, Row]:
        """The rows by their codes."""
        return {row.code: row for row in self.rows}

    @cached_property
    def blocks(self) -> Mapping[int, tuple[Row, ...]]:
        """The rows of each block."""
        found: dict[int, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.block, []).append(row)
        return {number: tuple(rows) for number, rows in found.items()}

    @cached_property
    def _decoys(self) -> Mapping[str, Decoy]:
        found = decoys_for(self.blind, self.scenarios, self.arms, self.attention)
        return {one.scenario: one for one in found}

    def _blocks(self) -> list[_Block]:
        names = sorted(self.scenarios)
        once = [_Block(name, 0) for name in self.blind.order(names, "scenarios")]
        twice = [_Block(name, 1) for name in self.blind.chosen(names, self.repeats, "repeats")]
        wanted = [_Block(name, 0, is_attention=True) for name in self._decoys]
        for place, block in zip(spread_out(len(once), len(wanted)), wanted, strict=True):
            once.insert(place, block)
        return [*once, *twice]

    def _rows(self, block: _Block) -> Iterator[Row]:
        scenario = self.scenarios[block.scenario]
        about = (block.scenario, str(block.repeat))
        for letter, arm in self.blind.letters(sorted(self.arms), *about).items():
            for generation in sorted({one for _, _, one in self.arms[arm]} or {0}):
                went = conversation(scenario, self.arms[arm], generation)
                for turn, exchange in enumerate(went):
                    if exchange.answer is None:
                        continue
                    code = self.blind.code("row", *about, arm, str(generation), str(turn))
                    yield Row(
                        code, 0, letter, scenario, arm, generation, turn, block.repeat,
                        tuple(told(went[:turn])), exchange.message, exchange.answer,
                    )  # fmt: skip

    def _attention(self, block: _Block) -> Iterator[Row]:
        scenario, found = self.scenarios[block.scenario], self._decoys[block.scenario]
        texts = {"real": found.real, "decoy": found.foreign}
        for letter, which in self.blind.letters(texts, "attention", block.scenario).items():
            code = self.blind.code("attention", block.scenario, which)
            yield Row(
                code, 0, letter, scenario, found.arm, 0, 0, 0, (), scenario.messages[0],
                texts[which], is_decoy=which == "decoy", is_attention=True,
            )  # fmt: skip


def columns_of(profile: Profile) -> Sequence[str]:
    """The columns of a sheet, in their order."""
    return (*FIXED, *profile.keys, PREFERENCE_COLUMN, REASON_COLUMN)
