"""The card of a dataset: what is in it, from where, and what was turned down and why."""

from collections import Counter
from collections.abc import Iterator, Mapping

from lorewright.records import Split
from lorewright.release import licences
from lorewright.release.facts import DataFacts, SectionFacts, SourceFacts
from lorewright.release.front_matter import front_matter
from lorewright.release.gates import gates_of
from lorewright.release.markdown import NONE, counted, share, table, words

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_USES = {
    Split.TRAIN: "learnt from",
    Split.VALID: "watched during training",
    Split.RECALL: "new questions about taught facts, for testing",
    Split.TRANSFER: "questions about sections that nothing was trained on, for testing",
}


def data_card(facts: DataFacts, *, files: Mapping[Split, str], front: bool = True) -> str:
    """The card as Markdown.

    Args:
        facts: the dataset.
        files: where the examples of each split lie beside the card, if they do.
        front: whether it begins with the block that model hubs read.
    """
    data = facts.record
    parts = [
        f"# {words(data.name)}",
        _opening(facts),
        "## Splits",
        _splits(facts),
        "## Where it comes from",
        sources_table(facts.sources),
        "## What was requested and what became of it",
        _sum(facts),
        _gates(facts),
        "## Task forms",
        _forms(facts),
        "## Coverage by section",
        sections_table(facts.sections),
        "## Known limits",
        "\n".join(f"- {one}" for one in limits(facts)),
        "## Names",
        table(
            ["what", "name"],
            [["dataset", f"`{data.ref}`"], ["root", f"`{data.root}`"]]
            + [[f"settings of {words(one.step)}", f"`{one.ref}`"] for one in facts.recipes],
        ),
    ]
    top = _front_matter(facts, files) if front else ""
    return top + "\n\n".join(part for part in parts if part) + "\n"


def sources_table(sources: tuple[SourceFacts, ...]) -> str:
    """Every source with its licence, its coverage and the examples from it."""
    return table(
        ["source", "author", "date", "file", "licence", "examples", "covered", "SHA-256"],
        [
            [
                words(one.title),
                words(one.author or NONE),
                one.date or NONE,
                words(one.file_name),
                _licence(one),
                f"{one.examples:,}",
                share(one.covered, one.characters),
                f"`{one.sha256[:16]}…`",
            ]
            for one in sources
        ],
    )


def sections_table(sections: tuple[SectionFacts, ...]) -> str:
    """Every section with content, what it is for, and how much of it is cited."""
    return table(
        ["source", "section", "use", "examples", "covered"],
        [
            [
                words(one.source),
                words(one.heading),
                one.use,
                f"{one.examples:,}",
                share(one.covered, one.characters),
            ]
            for one in sections
        ],
    )


def limits(facts: DataFacts) -> Iterator[str]:
    """What the records show that this dataset cannot be expected to give."""
    teachers = {name for name, _ in facts.teachers}
    if teachers == {"extractive"}:
        yield (
            "Every answer is a verbatim slice of a source, chosen by rules: the author's wording, "
            "no reasoning beyond the text, and questions that may read stiffly."
        )
    if facts.languages:
        yield f"Languages, as the documents say: {', '.join(facts.languages)}."
    else:
        yield "No document says which language it is in."
    if not facts.conversations:
        yield "Every example is one question and one answer; there are no longer conversations."
    if facts.ungrounded:
        yield f"{counted(facts.ungrounded, 'example')} cite no source."
    bare = sum(one.covered == 0 for one in facts.sections if one.use == "taught")
    if bare:
        yield f"{counted(bare, 'taught section')} of {len(facts.sections):,} are cited by nothing."
    for one in facts.without_licence:
        yield f"Nobody said under which licence {words(one.file_name)} stands."
    for sentence in facts.erased:
        yield f"Destroyed since the dataset was frozen: {words(sentence)}."
    yield (
        f"{facts.reviewed:,} of {counted(facts.accepted, 'example')} were reviewed by somebody. "
        "What a source gets wrong is taught wrong."
    )


def _opening(facts: DataFacts) -> str:
    data = facts.record
    return (
        f"{counted(data.accepted, 'example')} from {counted(len(facts.sources), 'source')}. "
        f"{share(facts.covered, facts.characters)} of the visible characters of content stand in "
        "the evidence of some example, and every example names the characters that it rests on."
    )


def _splits(facts: DataFacts) -> str:
    rows = [[one.split.value, f"{one.count:,}", _USES[one.split]] for one in facts.record.splits]
    shown = table(["split", "examples", "for"], rows)
    gone = facts.record.accepted - facts.living
    return shown + (f"\n\n{counted(gone, 'example')} of these were erased since." if gone else "")


def _sum(facts: DataFacts) -> str:
    return (
        f"{counted(facts.requested, 'proposal')} = {facts.accepted:,} accepted + "
        f"{facts.turned_down:,} rejected + {facts.failed:,} failed."
    )


def _gates(facts: DataFacts) -> str:
    rows = [
        [
            gate.step,
            f"`{gate.reason}`",
            words(gate.says),
            gate.threshold or NONE,
            f"{gate.rejected:,}",
        ]
        for gate in gates_of(facts.rejected, facts.recipes)
    ]
    return table(["step", "gate", "turns down when", "threshold", "rejected"], rows)


def _forms(facts: DataFacts) -> str:
    splits = [one.split for one in facts.record.splits]
    cells: Counter[tuple[str, str, Split]] = Counter()
    for one in facts.forms:
        cells[one.task_form, one.level, one.split] += one.count
    kinds = sorted({(form, level) for form, level, _ in cells})
    rows = [
        [words(form), level, *(f"{cells[form, level, split]:,}" for split in splits)]
        for form, level in kinds
    ]
    shown = table(["task form", "level", *(split.value for split in splits)], rows)
    by = ", ".join(f"{words(name)} ({count:,})" for name, count in facts.teachers)
    return f"{shown}\n\nProposed by: {by or 'nobody'}."


def _licence(one: SourceFacts) -> str:
    if not one.has_known_licence:
        return "unknown"
    return words(one.licence) + (f" (corrected: {words(one.corrected)})" if one.corrected else "")


def _front_matter(facts: DataFacts, files: Mapping[Split, str]) -> str:
    count = facts.record.accepted
    size = next((name for limit, name in _SIZES if count < limit), "n>1M")
    data_files = [{"split": split.value, "path": path} for split, path in files.items()]
    return front_matter(
        {
            "pretty_name": facts.record.name,
            **licences.of_all((one.licence for one in facts.sources), link="NOTICE"),
            "language": list(facts.languages),
            "size_categories": [size],
            "task_categories": ["question-answering", "text-generation"],
            "tags": ["lorewright", "croissant", "lineage"],
            "configs": [{"config_name": "default", "data_files": data_files}] if files else [],
        }
    )
