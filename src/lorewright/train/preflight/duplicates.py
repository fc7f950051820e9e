"""Examples that stand in the training split more than once."""

from typing import ClassVar

from lorewright.records import Split
from lorewright.similarity import exact_digest
from lorewright.train.lines import Line
from lorewright.train.preflight.finding import Finding, Looking, Places, Rule, Severity

DUPLICATES = Rule(
    "duplicate-examples",
    "The same conversation, word for word but for case and punctuation, is trained on more than "
    "once in an epoch, so it counts more than others.",
    "curate again; `lorewright curate` keeps one of each",
    severity=Severity.WARNING,
)


class Duplicates(Looking):
    """Remembers sixteen bytes of every example that is trained on."""

    rules: ClassVar[tuple[Rule, ...]] = (DUPLICATES,)

    def __init__(self) -> None:
        self._seen: dict[bytes, str] = {}
        self._again = Places()

    def see(self, line: Line, split: Split) -> None:
        """Look whether an example was there before."""
        if split is not Split.TRAIN:
            return
        whole = exact_digest("\n".join(f"{turn.role} {turn.text}" for turn in line.turns))
        first = self._seen.setdefault(whole, line.name)
        if first != line.name:
            self._again.add(f"{line.name} repeats {first}")

    def findings(self) -> list[Finding]:
        """What was found."""
        if not self._again.count:
            return []
        sentence = f"{self._again.count:,} examples repeat another one"
        return [self._again.finding(DUPLICATES, sentence)]
