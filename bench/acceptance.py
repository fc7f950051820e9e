"""Draw the sample that people judge, and count their verdicts, as docs/acceptance-rules.md says.

python bench/acceptance.py draw BOOK FOLDER      pairs.md, and the forms in a file apart
python bench/acceptance.py count BOOK FOLDER     from verdicts-1.txt and verdicts-2.txt

A verdict file has one line per pair: its number and `acceptable` or the key of a reason.
Numbers count from 1 in the order of pairs.md, in both readings.
"""

import argparse
import json
import math
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from lorewright.records import Example
from page import Section, replace_section
from pairs import pairs_of

SEED = 20260303
SIZE = 100
PAGE = Path(__file__).parents[1] / "docs" / "acceptance.md"
OPENING_WORDS = 8
"""Of an answer; the rest stands in the book, at the characters given."""


def drawn(pairs: Sequence[Example], *, size: int = SIZE, seed: int = SEED) -> list[Example]:
    """The stratified sample, shuffled."""
    ordered = sorted(pairs, key=lambda one: (one.evidence[0].start, one.task_form, one.question))
    by_form: defaultdict[str, list[Example]] = defaultdict(list)
    for one in ordered:
        by_form[one.task_form].append(one)
    chance = random.Random(seed)
    sizes = _sizes({form: len(found) for form, found in by_form.items()}, min(size, len(pairs)))
    sample = [one for form in sorted(by_form) for one in chance.sample(by_form[form], sizes[form])]
    chance.shuffle(sample)
    return sample


def _sizes(counts: dict[str, int], size: int) -> dict[str, int]:
    """Shares by largest remainder, at least 2 of each form or all it has."""
    total = sum(counts.values())
    exact = {form: size * count / total for form, count in counts.items()}
    sizes = {form: int(share) for form, share in exact.items()}
    by_remainder = sorted(counts, key=lambda form: (sizes[form] - exact[form], form))
    for form in by_remainder[: size - sum(sizes.values())]:
        sizes[form] += 1
    sizes = {form: max(sizes[form], min(2, counts[form])) for form in counts}
    while sum(sizes.values()) > size:
        largest = max(sizes, key=lambda form: (sizes[form], form))
        sizes[largest] -= 1
    return sizes


class Agreement(NamedTuple):
    """Two readings of one sample."""

    first: int
    second: int
    both: int
    agreed: int
    pairs: int

    @property
    def kappa(self) -> float:
        """Cohen's kappa of the two-way decision: (observed - chance) / (1 - chance)."""
        observed = self.agreed / self.pairs
        one, two = self.first / self.pairs, self.second / self.pairs
        chance = one * two + (1 - one) * (1 - two)
        return 1.0 if chance == 1 else (observed - chance) / (1 - chance)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % Wilson interval of the mean of the two shares."""
        share, n, z = (self.first + self.second) / (2 * self.pairs), self.pairs, 1.959964
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        return middle - half, middle + half


def agreement(first: Sequence[str], second: Sequence[str]) -> Agreement:
    """Count two readings, pair by pair."""
    one, two = ([verdict == "acceptable" for verdict in reading] for reading in (first, second))
    both = sum(a and b for a, b in zip(one, two, strict=True))
    agreed = sum(a == b for a, b in zip(one, two, strict=True))
    return Agreement(sum(one), sum(two), both, agreed, len(one))


def _draw(book: Path, folder: Path) -> None:
    sample = drawn(pairs_of(book))
    folder.mkdir(parents=True, exist_ok=True)
    shown = [
        f"## {number}\n\n**Q:** {one.question}\n\n**A:** {one.answer}\n"
        for number, one in enumerate(sample, start=1)
    ]
    (folder / "pairs.md").write_text("\n".join(shown), encoding="utf-8")
    (folder / "sample.json").write_text(
        json.dumps([one.ref for one in sample], indent=1), encoding="utf-8"
    )
    print(f"{len(sample)} pairs in {folder / 'pairs.md'}")


def _verdicts(path: Path, count: int) -> list[str]:
    rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    found = {int(number): verdict for number, verdict in rows}
    return [found[number] for number in range(1, count + 1)]


def _count(book: Path, folder: Path) -> None:
    pairs = pairs_of(book)
    sample = drawn(pairs)
    if json.loads((folder / "sample.json").read_text(encoding="utf-8")) != [
        one.ref for one in sample
    ]:
        sys.exit("the pairs have changed since the sample was drawn: draw and judge again")
    readings = [_verdicts(folder / f"verdicts-{number}.txt", len(sample)) for number in (1, 2)]
    found = agreement(*readings)
    replace_section(PAGE, "summary", _summary(found))
    replace_section(PAGE, "forms", _forms(pairs, sample, readings))
    replace_section(PAGE, "sample", _published(sample, readings))
    print(_summary(found).as_markdown())


def _summary(found: Agreement) -> Section:
    low, high = found.interval
    return Section(
        title="Two readings",
        about="Drawn, shown and counted as the rules say; neither reader saw task forms, the "
        "passage around an answer, or the other reading.",
        columns=["", "pairs", "share"],
        rows=[
            ["acceptable, first reading", str(found.first), f"{found.first / found.pairs:.0%}"],
            ["acceptable, second reading", str(found.second), f"{found.second / found.pairs:.0%}"],
            ["acceptable in both", str(found.both), f"{found.both / found.pairs:.0%}"],
            ["raw agreement", str(found.agreed), f"{found.agreed / found.pairs:.0%}"],
            ["Cohen's kappa", "", f"{found.kappa:.2f}"],
            ["mean share, 95 % Wilson interval", "", f"{low:.0%} to {high:.0%}"],
        ],
    )


def _forms(
    pairs: Sequence[Example], sample: Sequence[Example], readings: Sequence[Sequence[str]]
) -> Section:
    whole = Counter(one.task_form for one in pairs)
    read = Counter(one.task_form for one in sample)
    both = Counter(
        one.task_form
        for one, *verdicts in zip(sample, *readings, strict=True)
        if set(verdicts) == {"acceptable"}
    )
    return Section(
        title="By task form",
        about="No form may make up more than 40 % of the pairs.",
        columns=["task form", "pairs in the book", "share", "read", "accepted by both"],
        rows=[
            [form, str(count), f"{count / len(pairs):.0%}", str(read[form]), str(both[form])]
            for form, count in whole.most_common()
        ],
    )


def _published(sample: Sequence[Example], readings: Sequence[Sequence[str]]) -> Section:
    return Section(
        title="The sample with its verdicts",
        about=f"Answers are verbatim slices of the book: the first {OPENING_WORDS} words and "
        "their place in its canonical text.",
        columns=["", "question", "answer begins", "characters", "form", "first", "second"],
        rows=[
            [
                str(number),
                one.question.replace("|", "\\|"),
                " ".join(one.answer.split()[:OPENING_WORDS]).replace("|", "\\|") + " ...",
                ", ".join(f"{each.start}-{each.end}" for each in one.evidence),
                one.task_form,
                *verdicts,
            ]
            for number, (one, *verdicts) in enumerate(zip(sample, *readings, strict=True), start=1)
        ],
    )


def main() -> int:
    """Draw or count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["draw", "count"])
    parser.add_argument("book", type=Path)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    (_draw if asked.what == "draw" else _count)(asked.book, asked.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
