"""An invented but lifelike report: the sample handbook, made-up numbers, fixed dice."""

import math
import random
import re
from collections import Counter
from dataclasses import replace
from importlib import resources

from lorewright.pictures import (
    BalanceCell,
    ChunkMark,
    ClaimList,
    ContextGraph,
    ContextPage,
    Counts,
    DocumentMap,
    FindingCard,
    GraphChunk,
    GraphPart,
    GraphRelation,
    GraphTheme,
    Lineage,
    LineageStep,
    Losses,
    LossPoint,
    LossSeries,
    NamedRecord,
    PageClaim,
    PairedRow,
    Passage,
    Quoted,
    RecipeSettings,
    RejectionReason,
    ReportData,
    SampleAnswers,
    SectionCoverage,
    Table,
    Use,
)
from lorewright.records import ChunkType, Finding, Level, RelationKind, Split

TITLE = "The Slow Return: A Handbook for Burnout Recovery Coaching"
QUOTE = "Reversal requires a period without the same demands."
HOSTILE = '<script>alert(1)</script>"><img src=x onerror="alert(2)">&amp;'


def handbook() -> str:
    return resources.files("lorewright.samples").joinpath("handbook.md").read_text("utf-8")


def sections_of(text: str) -> list[tuple[int, int, str, int]]:
    """Level, start, heading and end of each section."""
    found = [
        (len(match[1]), match.start(), match[2])
        for match in re.finditer(r"^(#+) (.+)$", text, re.MULTILINE)
    ]
    ends = [start for _, start, _ in found[1:]] + [len(text)]
    return [(*one, end) for one, end in zip(found, ends, strict=True)]


def a_name(kind: str, digit: str = "a") -> str:
    return f"{kind}:{(digit + '3f92c07b51d84e6') * 4}"[: len(kind) + 65]


def a_context_graph(seed: int = 1) -> ContextGraph:
    """The sample handbook with a relation of every kind in both directions."""
    dice, sections = random.Random(seed), sections_of(handbook())
    chunks = tuple(GraphChunk(start, end, heading) for _, start, heading, end in sections)
    relations: list[GraphRelation] = []
    for kind in RelationKind:
        source, target = sorted(dice.sample(range(len(chunks)), 2))
        relations.append(
            GraphRelation(kind, source, target, f"it {kind}", QUOTE, "Rest comes first.")
        )
    back = [replace(one, source=one.target, target=one.source) for one in relations]
    themes = tuple(
        GraphTheme(f"Theme {number} of recovery that has a rather long name", (number, number + 5))
        for number in range(12)
    )
    parts = tuple(GraphPart(start, name) for level, start, name, _ in sections if level == 2)
    return ContextGraph(TITLE, chunks, (*relations, *back), themes, parts)


def a_context_page(words: str = QUOTE) -> ContextPage:
    """A page on which `words` stand wherever words from outside can stand."""
    quoted = Quoted(words, f"under “{words}”")
    claims = (PageClaim(words, words, "12 uses", (quoted,)),)
    graph = a_context_graph()
    return ContextPage(
        title=words,
        headline=f"about {words}",
        name=a_name("context"),
        made_by=words,
        graph=replace(graph, title=words, themes=(GraphTheme(words, (1,)),)),
        lists=(
            ClaimList("themes", "Themes", "What it comes back to.", claims),
            ClaimList("people", "People", "Whom it speaks of.", reason=f"nobody read {words}"),
            ClaimList("terms", "Terms", "Its words."),
        ),
        counts=Table("Nothing is dropped unseen", ("What", "Count"), ((words, "1"),)),
        complexity=Table("Chunks", ("What", "Chunks"), (("easy", "1"),)),
    )


def a_document_map(seed: int = 1) -> DocumentMap:
    dice, text = random.Random(seed), handbook()
    sections = sections_of(text)
    chunks: list[ChunkMark] = []
    at = 0
    while at < len(text):
        end = min(at + dice.randint(1200, 2400), len(text))
        chunks.append(ChunkMark(at, end, ChunkType.CHAPTER_SEQUENTIAL, dice.uniform(0.6, 1)))
        at = end
    for layer, count in zip(list(ChunkType)[1:], (9, 14, 8), strict=True):
        for _ in range(count):
            start = dice.randrange(len(text) - 1500)
            mark = ChunkMark(
                start, start + dice.randint(300, 1400), layer, dice.uniform(0.3, 0.95), "A heading"
            )
            chunks.append(mark)
    starts = tuple(start for level, start, _, _ in sections if level <= 2)
    return DocumentMap(TITLE, len(text), tuple(chunks), starts)


def some_coverage(seed: int = 2) -> tuple[SectionCoverage, ...]:
    dice = random.Random(seed)
    rows: list[SectionCoverage] = []
    for level, start, heading, end in sections_of(handbook()):
        use = dice.choices(list(Use), (0.77, 0.08, 0.15))[0]
        examples = dice.choice((0, 3, 5, 8, 9, 12)) if end - start > 200 else 0
        covered = int((end - start) * min(0.9, examples * dice.uniform(0.03, 0.09)))
        rows.append(SectionCoverage(TITLE, heading, use, end - start, covered, examples, level))
    return tuple(rows)


SPLITS = ((Split.TRAIN, 253), (Split.VALID, 30), (Split.RECALL, 60), (Split.TRANSFER, 48))


def some_balance(seed: int = 3) -> tuple[BalanceCell, ...]:
    dice = random.Random(seed)
    forms = ("reason", "procedure", "definition", "fact", "example", "comparison", "warning")
    levels = (Level.CHUNK_PURE, Level.CHUNK_ENHANCED, Level.DOCUMENT_INTEGRATED)
    cells = Counter(
        (
            dice.choices(forms, (9, 8, 7, 5, 4, 2, 1))[0],
            dice.choices(levels, (5, 3, 2))[0],
            split,
        )
        for split, count in SPLITS
        for _ in range(count)
    )
    return tuple(BalanceCell(*place, count) for place, count in cells.items())


def some_losses(seed: int = 4, *, steps: int = 350) -> tuple[LossSeries, ...]:
    dice = random.Random(seed)
    series: list[LossSeries] = []
    for role, floor in (("tuned", 1.1), ("control", 2.5)):

        def at(step: int, above: float) -> float:
            return above + (5.3 - above) * math.exp(-step / 70)

        train = tuple(
            LossPoint(step, at(step, floor) + dice.gauss(0, 0.22)) for step in range(1, steps + 1)
        )
        held_out = tuple(
            LossPoint(step, at(step, floor + 1.1) + 0.0006 * step)
            for step in range(0, steps + 1, 50)
        )
        series.append(LossSeries("tuned" if role == "tuned" else "control", train, held_out))
    return tuple(series)


def some_pairs() -> tuple[PairedRow, ...]:
    return (
        PairedRow(Split.RECALL, "base", 60, 1.85, 1.744, 1.956, 0.0001, 4.5, 60),
        PairedRow(Split.RECALL, "control", 60, 0.45, 0.348, 0.552, 0.0001, 1.15, 54),
        PairedRow(Split.TRANSFER, "base", 48, 0.29, 0.224, 0.356, 0.0001, 1.28, 45),
        PairedRow(Split.TRANSFER, "control", 48, -0.021, -0.049, 0.007, 0.137, -0.22, 20),
    )


def a_lineage() -> Lineage:
    text = handbook()
    start = text.index(QUOTE)
    end = start + len(QUOTE)
    heading = "How effort turns into exhaustion"
    section = text.index(f"### {heading}")
    return Lineage(
        question="Why does the effort-recovery model say that rest between shifts matters?",
        steps=(
            LineageStep("Answer", QUOTE, link="is the answer of"),
            LineageStep(
                "Example", "reason · chunk-pure · recall", a_name("example"), "was made from"
            ),
            LineageStep("Chunk", "Claim with evidence, no. 4", a_name("chunk", "b"), "holds"),
            LineageStep(
                "Sentence", f"characters {start:,} to {end:,}", link="lies in", is_quote=True
            ),
            LineageStep("Section", f"What Burnout Is and Is Not, {heading}", link="belongs to"),
            LineageStep("Document", TITLE, a_name("document", "c"), "was read from"),
            LineageStep("Source", "handbook.md · CC-BY-4.0", a_name("source", "d")),
        ),
        passage=Passage(
            text[section + len(heading) + 5 : start],
            QUOTE,
            text[end : end + 900],
            start,
            end,
            heading,
        ),
        document=TITLE,
        file_name="handbook.md",
    )


def some_counts() -> Counts:
    return Counts(
        requested=512,
        accepted=391,
        rejected=(
            Losses("near_duplicate", 48),
            Losses("fragment", 27),
            Losses("too_short", 22),
            Losses("answer_in_question", 14),
            Losses("too_long", 6),
            Losses("form_share", 4),
        ),
    )


def a_report() -> ReportData:
    scope = (
        "The base is a pocket one, made on the spot: this proves the machinery, not a good advisor."
    )
    return ReportData(
        title=TITLE,
        made_at="2026-11-21T09:14:22Z",
        scope="pocket",
        is_offline=True,
        headline="Recall: learned the content. Transfer: learned the format, not the content. "
        + scope,
        findings=(
            FindingCard(
                Split.RECALL,
                Finding.LEARNED_CONTENT,
                "learned the content",
                "On 60 recall questions (the facts were taught, the questions are new) the tuned "
                "adapter learned the content: it is ahead of the base (mean difference +1.85 nats "
                "per token, 95 % interval +1.74 to +1.96, p < 0.001) and of the control, which was "
                "trained on the same answers permuted among the questions (mean difference +0.45 "
                "nats per token, 95 % interval +0.35 to +0.55, p < 0.001), which on average makes "
                "each token of the reference answer 1.57 times as likely as under the control. "
                + scope,
            ),
            FindingCard(
                Split.TRANSFER,
                Finding.LEARNED_FORMAT,
                "learned the format, not the content",
                "On 48 transfer questions (about sections that nothing was trained on) the tuned "
                "adapter learned the format, not the content: it is ahead of the base (mean "
                "difference +0.29 nats per token, 95 % interval +0.22 to +0.36, p < 0.001) but not "
                "shown to be ahead of the control, which was trained on the same answers permuted "
                "among the questions (mean difference \N{MINUS SIGN}0.021 nats per token, 95 % "
                "interval \N{MINUS SIGN}0.049 to +0.007, p = 0.14). " + scope,
            ),
        ),
        paired=some_pairs(),
        alpha=0.05,
        permutations=10_000,
        counts=some_counts(),
        splits=SPLITS,
        maps=(a_document_map(),),
        coverage=some_coverage(),
        balance=some_balance(),
        losses=some_losses(),
        lineage=a_lineage(),
        samples=(
            SampleAnswers(
                "Why does the effort-recovery model say that rest between shifts matters?",
                QUOTE,
                "the work the work of the client and the first of the of the work",
                "Reversal requires a period without the same demands.",
                "Ask the client to keep a diary for two weeks before the first session.",
                a_name("example"),
            ),
            SampleAnswers(
                "What should a coach listen for before choosing a tool?",
                "Listen for all three dimensions before choosing a tool.",
                "",
                "Listen for all three dimensions of the burnout before the tool.",
                "Countries differ in whether the word alone can justify sick leave.",
                a_name("example", "e"),
            ),
        ),
        rejections=(
            RejectionReason(
                "near_duplicate",
                48,
                "Its question shares 0.86 of its word pairs with another one.",
                "How does effort turn to exhaustion?",
                QUOTE,
            ),
            RejectionReason(
                "fragment", 27, "The answer does not begin like a sentence.", None, "of the two."
            ),
            RejectionReason("too_short", 22, "The answer has 4 words, fewer than 6.", None, None),
        ),
        recipes=(
            RecipeSettings(
                "train",
                a_name("recipe", "1"),
                (("rank", "16"), ("alpha", "32"), ("learning_rate", "0.006"), ("steps", "350")),
            ),
            RecipeSettings(
                "curate",
                a_name("recipe", "2"),
                (("near_duplicate_jaccard", "0.80"), ("transfer_share", "0.15"), ("seed", "7")),
            ),
            RecipeSettings(
                "evaluate",
                a_name("recipe", "5"),
                (("permutations", "10000"), ("alpha", "0.05"), ("min_items", "20"), ("seed", "7")),
            ),
        ),
        names=(
            NamedRecord("Tuned adapter", a_name("adapter", "6")),
            NamedRecord("Control adapter", a_name("adapter", "7")),
            NamedRecord("Base", a_name("base_model", "8")),
            NamedRecord("Dataset", a_name("dataset", "9")),
            NamedRecord("Verdict", a_name("verdict", "0")),
        ),
        versions=(("lorewright", "0.1.0"), ("torch", "2.13.0"), ("python", "3.11.7")),
        trace=a_name("example"),
    )


def a_hostile_report() -> ReportData:
    """Documents that try to leave their place, wherever words from outside are shown."""
    report = a_report()
    assert report.lineage
    return replace(
        report,
        title=HOSTILE,
        headline=HOSTILE,
        maps=tuple(
            replace(
                one,
                title=HOSTILE,
                chunks=tuple(replace(chunk, heading=HOSTILE) for chunk in one.chunks),
            )
            for one in report.maps
        ),
        coverage=tuple(replace(one, title=HOSTILE, document=HOSTILE) for one in report.coverage),
        balance=tuple(replace(one, task_form=HOSTILE) for one in report.balance),
        lineage=replace(
            report.lineage,
            question=HOSTILE,
            steps=tuple(replace(step, text=HOSTILE, link=HOSTILE) for step in report.lineage.steps),
            passage=replace(report.lineage.passage, before=HOSTILE, quote=HOSTILE, after=HOSTILE),
        ),
        samples=tuple(
            replace(one, question=HOSTILE, reference=HOSTILE, tuned=HOSTILE)
            for one in report.samples
        ),
        rejections=(RejectionReason(HOSTILE, 1, HOSTILE, HOSTILE, HOSTILE),),
        names=(NamedRecord(HOSTILE, HOSTILE),),
    )


def an_empty_report() -> ReportData:
    """What is left when nothing could be made or measured."""
    return replace(
        a_report(),
        headline="Recall: not a valid test. Transfer: not a valid test.",
        findings=(),
        paired=(),
        counts=Counts(requested=0, accepted=0),
        splits=(),
        maps=(),
        coverage=(),
        balance=(),
        losses=(),
        lineage=None,
        samples=(),
        rejections=(),
        recipes=(),
        names=(),
        versions=(),
        trace=None,
    )
