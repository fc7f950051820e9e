"""Coverage: which sections of the sources the examples draw on, and how much of each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from markupsafe import Markup

from lorewright.pictures.figures import counted, share
from lorewright.pictures.lanes import Lanes
from lorewright.pictures.legend import legend
from lorewright.pictures.markup import element, hatch
from lorewright.pictures.picture import Canvas, Picture, Table, Words, nothing_to_draw, picture
from lorewright.pictures.scale import Scale

_MOST_ROWS = 60
_INDENT = 10


class Use(StrEnum):
    """What a section is for."""

    TAUGHT = "taught"
    """Trained on; the recall questions come from here too."""
    WATCHED = "watched"
    """Held out to watch the training."""
    TRANSFER = "transfer"
    """Held out for the transfer test; neither the adapter nor a pocket base has seen it."""


@dataclass(frozen=True, slots=True)
class SectionCoverage:
    """One section and what was made from it."""

    document: str
    """The title of its document."""
    title: str
    use: Use
    characters: int
    covered: int
    """Characters that the evidence of at least one accepted example holds."""
    examples: int
    """Accepted examples with evidence in this section."""
    level: int = 1
    """Of its heading; deeper sections are indented."""


def coverage(sections: Sequence[SectionCoverage], *, key: str = "coverage") -> Picture:
    """Draw a bar per section, as long as the section, filled as far as it is covered.

    Very long lists are drawn with neighbours of one document and one use joined; the table
    keeps every section.
    """
    used = sum(section.examples > 0 for section in sections)
    held_out = sum(section.use is Use.TRANSFER for section in sections)
    covered, characters = (
        sum(section.covered for section in sections),
        sum(section.characters for section in sections),
    )
    words = Words(
        "Coverage of the sources",
        "A bar per section in reading order, as long as the section; the filled part is held by "
        "the evidence of an example.",
        f"{used} of {counted(len(sections), 'section')} carry an example "
        f"({share(used, len(sections))}); the evidence holds {share(covered, characters)} of the "
        f"characters; {counted(held_out, 'section is', 'sections are')} kept for "
        "the transfer test.",
    )
    columns = ("Section", "Document", "Use", "Characters", "Covered", "Share", "Examples")
    table = Table(
        "Sections and what was made from them",
        columns,
        tuple(_row(section) for section in sections),
        words=frozenset({1, 2}),
    )
    joined = _joined(list(sections))
    return picture(key, words, table, lambda canvas: _draw(canvas, joined))


def _row(section: SectionCoverage) -> tuple[str, ...]:
    return (
        section.title,
        section.document,
        section.use.value,
        f"{section.characters:,}",
        f"{section.covered:,}",
        share(section.covered, section.characters),
        f"{section.examples:,}",
    )


def _joined(sections: list[SectionCoverage]) -> list[SectionCoverage]:
    """At most about `_MOST_ROWS` rows, each of one document and one use."""
    at_once = -(-len(sections) // _MOST_ROWS)
    runs: list[list[SectionCoverage]] = []
    for section in sections:
        is_alike = (
            bool(runs)
            and runs[-1][0].document == section.document
            and runs[-1][0].use is section.use
        )
        if is_alike and len(runs[-1]) < at_once:
            runs[-1].append(section)
        else:
            runs.append([section])
    return [_one(run) for run in runs]


def _one(run: list[SectionCoverage]) -> SectionCoverage:
    if len(run) == 1:
        return run[0]
    return replace(
        run[0],
        title=f"{run[0].title} + {len(run) - 1} more",
        characters=sum(section.characters for section in run),
        covered=sum(section.covered for section in run),
        examples=sum(section.examples for section in run),
    )


def _draw(canvas: Canvas, sections: list[SectionCoverage]) -> tuple[Markup, float]:
    if not sections:
        return nothing_to_draw("There are no sections.")
    pattern = canvas.name("transfer")
    key, top = legend(_entries(pattern), canvas)
    lanes = Lanes(canvas, top=top + 4, label_width=290)
    scale = lanes.scale(max(section.characters for section in sections))
    drawn, row = hatch(pattern) + key, 0
    document = sections[0].document if len({one.document for one in sections}) == 1 else ""
    for section in sections:
        if section.document != document:
            document = section.document
            drawn += lanes.heading(row, document)
            row += 1
        drawn += _section(lanes, row, section, scale, pattern=pattern)
        row += 1
    return drawn, lanes.bottom(row)


def _section(
    lanes: Lanes, row: int, section: SectionCoverage, scale: Scale, *, pattern: str
) -> Markup:
    label = section.title or "(before the first heading)"
    covered = share(section.covered, section.characters)
    value = f"{section.examples} ex. · {covered}" if section.examples else "no example"
    tip = f"{label}: {section.use}, {counted(section.examples, 'example')}, {covered} covered"
    drawn = lanes.words(
        row,
        label,
        value,
        indent=_INDENT * max(section.level - 1, 0),
        value_class="value" if section.examples else "muted",
    )
    drawn += lanes.bar(
        row, scale(0), scale(section.characters), class_=f"track {section.use}", tip=tip
    )
    if section.covered:
        start, end = scale(0), scale(section.covered)
        drawn += lanes.bar(row, start, end, class_=f"filled {section.use}")
        if section.use is Use.TRANSFER:
            drawn += element(
                "rect",
                x=start,
                y=lanes.y(row),
                width=max(end - start, 1.5),
                height=14,
                class_="hatched",
                fill=f"url(#{pattern})",
            )
    return drawn


def _entries(pattern: str) -> list[tuple[Markup, str]]:
    def mark(class_: str, fill: str | None = None) -> Markup:
        return element("rect", x=0.5, y=1, width=19, height=12, class_=class_, fill=fill)

    return [
        (mark("filled taught"), "covered, taught"),
        (mark("filled watched"), "covered, watched"),
        (
            mark("filled transfer") + mark("hatched", f"url(#{pattern})"),
            "covered, kept for the transfer test",
        ),
        (mark("track"), "not covered"),
    ]
