"""The report of a proof as Markdown: the same sentences and the same tables as the page."""

import re
from collections.abc import Iterator

from lorewright.pictures.effects_plot import effects_plot
from lorewright.pictures.figures import counted, plain
from lorewright.pictures.picture import Table
from lorewright.pictures.proof_data import LengthShown, PairShown, PairsShown, ProofPage
from lorewright.pictures.proof_page import SCOPES
from lorewright.pictures.proof_tables import tables
from lorewright.statistics import signed

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~!&])")
_LEADS = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s)")
_FENCE = 3


def proof_markdown(page: ProofPage) -> str:
    """Write the page as Markdown.

    What comes from outside stands in fences that it cannot close, or with every sign that
    Markdown or HTML knows escaped.
    """
    return "\n".join(_lines(page))


def _lines(page: ProofPage) -> Iterator[str]:
    yield from (f"# Proof: {escaped(page.title)}", "", escaped(page.headline), "")
    if scope := SCOPES.get(page.origin):
        yield from (f"**{escaped(scope)}**", "")
    yield from (f"## Verdict: {page.kind.upper()}", "")
    yield f"{counted(page.scenarios, 'scenario')} asked; made {page.made_at}."
    yield from ("", *(f"- {escaped(reason)}" for reason in page.reasons))
    yield from ("", escaped(effects_plot(page.effects).reading), "")
    for heading, table in tables(page):
        yield from (f"## {heading}", "")
        if heading == "Promises" and page.lock:
            yield from (f"SHA-256 of `evaluation.lock.toml`: `{page.lock.sha256}`", "")
        yield from (*_table(table), "")
    if not page.lock:
        yield from ("## Promises", "", "**No rules were fixed beforehand.**", "")
    if page.length:
        yield from ("## Length of the answers", "", _length(page.length), "")
    yield from ("## What was not tested", "")
    yield from (f"- {escaped(one)}" for one in page.untested)
    yield ""
    if page.pairs:
        yield from _pairs(page.pairs)
    if page.names:
        yield from ("## Records", "")
        yield from (f"- {escaped(one.label)}: `{one.name}`" for one in page.names)
        yield ""


def _table(table: Table) -> Iterator[str]:
    yield _row(table.columns)
    yield _row(tuple("---" for _ in table.columns), escape=False)
    yield from (_row(row) for row in table.rows)


def _row(cells: tuple[str, ...], *, escape: bool = True) -> str:
    return f"| {' | '.join(escaped(cell) if escape else cell for cell in cells)} |"


def _length(found: LengthShown) -> str:
    said = (
        f"Tuned answers are {abs(found.longer):.0f} words "
        f"{'longer' if found.longer >= 0 else 'shorter'} on average; the difference as it is: "
        f"{signed(found.raw)} points"
    )
    if found.equal is not None and found.low is not None and found.high is not None:
        said += (
            f"; where both answers are equally long {signed(found.equal)} "
            f"({signed(found.low)} to {signed(found.high)})"
        )
    warning = f" **{escaped(found.warning)}.**" if found.warning else ""
    return f"{said}; {counted(found.n, 'scenario')}.{warning}"


def _pairs(pairs: PairsShown) -> Iterator[str]:
    yield from ("## Answers side by side", "", escaped(pairs.how_chosen))
    if pairs.full:
        yield f"All {counted(pairs.scenarios, 'scenario')} stand in `{pairs.full}`."
    yield ""
    for pair in pairs.shown:
        yield from _pair(pair)


def _pair(pair: PairShown) -> Iterator[str]:
    difference = "" if pair.difference is None else f": {signed(pair.difference)} points"
    yield from (f"### {escaped(pair.scenario)}{difference}", "")
    if pair.situation:
        yield from (escaped(pair.situation), "")
    for said in pair.says:
        yield from (*_fenced(said), "")
    for arm in pair.arms:
        mean = "not rated" if arm.mean is None else f"{arm.mean:.2f}"
        yield from (f"**{escaped(plain(arm.arm))}**, {mean}", "")
        for reply in arm.replies:
            if reply.text is None:
                yield from (f"No answer: {escaped(reply.failure or 'nobody says why')}", "")
            else:
                yield from (*_fenced(reply.text), "")
        for one in arm.reasons:
            told = f"{one.rater}, {plain(one.dimension)}: {one.reason}"
            yield f"- {escaped(told)}"
        yield ""
    for choice in pair.choices:
        told = f"{choice.question} {choice.rater}: {choice.preferred}"
        yield f"- {escaped(f'{told}: {choice.reason}' if choice.reason else told)}"
    yield ""


def _fenced(text: str) -> Iterator[str]:
    """A fence that is longer than any within."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(_FENCE, longest + 1)
    yield from (f"{fence}text", *text.splitlines(), fence)


def escaped(text: str) -> str:
    """Words of one line, with every sign that would be markup written out."""
    line = _MARKS.sub(r"\\\1", " ".join(text.split()))
    return _LEADS.sub(r"\1\\\2", line)
