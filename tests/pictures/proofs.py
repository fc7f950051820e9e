"""Pages of proofs from numbers that are made up, and said to be so on the page."""

from dataclasses import replace

from lorewright.pictures import (
    AgreementShown,
    ArmShown,
    ChoiceShown,
    CostShown,
    CountShown,
    Effect,
    GateShown,
    LengthShown,
    LockShown,
    MeanRow,
    MetricShown,
    NamedRecord,
    OrderShown,
    PairShown,
    PairsShown,
    PowerShown,
    ProofPage,
    RankShown,
    ReasonShown,
    RegressionShown,
    ReplyShown,
    WordingShown,
)
from lorewright.records import Deviation
from pictures.invented import a_name

ARMS = ("base", "prompted-base", "neutral-control", "tuned")
DIMENSIONS = (
    ("emotional_recognition", 0.61),
    ("emotional_validation", 0.72),
    ("empathy_before_advice", 0.55),
    ("reframing", 0.21),
    ("specific_actionable", -0.31),
    ("brand_voice", 0.94),
    ("avoids_pitfalls", 0.12),
    ("overall_effectiveness", 0.36),
)
HOSTILE = "</div><script>alert(1)</script>`````\n# not a heading | <img src=x onerror=alert(2)>"
ANSWER = (
    "It makes sense that this feels like too much at once. Before we look at a single number, "
    "let us take one breath.\n\nThen two small steps:\n1. Open only the newest letter.\n"
    "2. Write down what it asks, not what you fear it asks."
)


def some_effects() -> tuple[Effect, ...]:
    arms = (
        ("the prompted base", 2.81, 0.42, "+15 % (+10 % to +20 %)"),
        ("the control", 2.95, 0.28, "+9 % (+4 % to +15 %)"),
        ("the base alone", 2.40, 0.83, None),
    )
    return (
        *(
            Effect(
                name=name,
                group="arm",
                n=100,
                ours=3.23,
                theirs=theirs,
                mean=mean,
                low=mean - 0.12,
                high=mean + 0.12,
                p_value=0.0002,
                margin=0.15 * theirs if gain else None,
                margin_state="not shown" if gain else None,
                gain=gain,
            )
            for name, theirs, mean, gain in arms
        ),
        *(
            Effect(
                name=name,
                group="dimension",
                n=100,
                ours=2.8 + mean,
                theirs=2.8,
                mean=mean,
                low=mean - 0.2,
                high=mean + 0.2,
                p_value=0.01,
                adjusted=0.08,
                margin=0.42,
            )
            for name, mean in DIMENSIONS
        ),
    )


def a_pair(name: str, difference: float | None, words: str = ANSWER) -> PairShown:
    return PairShown(
        scenario=name,
        family="debt",
        situation="An anxious planner who has stopped opening letters.",
        says=(f"I have not opened a letter in weeks. {words[:40]}",),
        arms=tuple(
            ArmShown(
                arm,
                (ReplyShown(1, 0, words, None),)
                if arm != "base"
                else (ReplyShown(1, 0, None, "the answer was cut at 200 tokens"),),
                None if arm == "base" else 3.2,
                (("brand_voice", 3.5), ("reframing", 2.0)),
                (ReasonShown("ann", "brand_voice", 4.0, f"warm and plain {words[:30]}"),),
            )
            for arm in ARMS
        ),
        choices=(
            ChoiceShown(
                "ann",
                "tuned",
                "prompted-base",
                "tuned",
                "I would feel heard",
                "Whose advice would you follow?",
            ),
        ),
        difference=difference,
    )


def a_proof_page(words: str = ANSWER) -> ProofPage:
    return ProofPage(
        title="coach 3",
        made_at="2026-11-29T09:14:22Z",
        kind="better",
        origin="synthetic",
        headline="BETTER: on 100 scenarios the tuned adapter is rated +15 % (+10 % to +20 %) above "
        "the prompted base; that it is ahead of the prompted base by the margin is not shown. The "
        "ratings are synthetic: made up, to test the evaluator.",
        reasons=(
            "beside the prompted base, the mean difference is +0.42 points (+0.30 to +0.54)",
            "at least 15 % above the prompted base: not shown, one-sided p = 0.47",
        ),
        scenarios=100,
        level=0.95,
        effects=some_effects(),
        gates=(
            GateShown("ahead of the prompted base", 0.0002, 0.0002, "met"),
            GateShown("ahead of the prompted base by the margin", 0.47, 0.47, "not shown"),
        ),
        arms=ARMS,
        means=(
            MeanRow("all dimensions", (2.4, 2.81, 2.95, 3.23)),
            *(MeanRow(name, (None, 2.8, 2.9, 2.8 + mean)) for name, mean in DIMENSIONS),
        ),
        pairs=PairsShown(
            shown=(
                a_pair("s017", -0.75, words),
                a_pair("s003", 1.25, words),
                a_pair("s051", None, words),
            ),
            scenarios=100,
            answers=399,
            failed=1,
            how_chosen="3 of 100 scenarios: those where the tuned adapter is furthest behind and "
            "furthest ahead, a third each, and the first by name; the furthest behind first.",
            full="coach-3.jsonl",
        ),
        lock=LockShown(
            "ab" * 32, (("margin over the prompted base", "15 %"), ("scenarios", "100"))
        ),
        deviations=(Deviation(what="judges", promised="two", found="one"),),
        agreement=(
            AgreementShown(
                "all dimensions", "Krippendorff's alpha, ordinal", 3200, 0.61, 0.57, 0.65, "sound"
            ),
            AgreementShown("reframing", "Gwet's AC2, ordinal", 1, None, None, None, "too few"),
        ),
        order=(OrderShown("lorewright:judge", 100, 16, 11, 5, 0.1, 0.25, 0.21),),
        ranking=(
            RankShown("tuned", 61, 12, 27, 0.41, 0.2, 0.63),
            RankShown("base", 27, 12, 61, None, None, None),
        ),
        costs=(CostShown("judging", 1200, "4.18", 903.2), CostShown("answers", 400, None)),
        power=(
            PowerShown("ahead of the prompted-base", 100, 0.61, "+0.17 points", "+0.20 points"),
        ),
        excluded=(CountShown("the value lies outside 1 to 5", 3, "scenario s004, arm tuned"),),
        metrics=(
            MetricShown("A1", "emotion words", "different ones", (1.0, 1.8, 1.1, 4.0), (None,) * 4),
            MetricShown(
                "B1", "length", "words", (150.0, 363.0, 290.0, 296.0), (0.2, 0.6, 0.9, 1.0)
            ),
        ),
        wording=(WordingShown("tuned", 100, 12.25, 34.5, "nrefs:1|case:mixed"),),
        length=LengthShown(
            100,
            0.42,
            -67.0,
            0.44,
            0.28,
            0.6,
            0.03,
            "One arm has the longer answer in 97% of the scenarios, so the line is drawn to where "
            "there are hardly any",
        ),
        regression=(
            RegressionShown(
                "general text, nats per token",
                180,
                "windows",
                "2.310",
                "2.322",
                "+0.012 (+0.008 to +0.016)",
                "0.05",
                "not worse",
            ),
        ),
        untested=("Conversations of more than one turn.", "Other languages."),
        names=(NamedRecord("Adapter", a_name("adapter", "6")),),
    )


def a_hostile_proof_page() -> ProofPage:
    """Words from outside that try to leave their place."""
    page = a_proof_page(HOSTILE)
    return replace(
        page,
        title=HOSTILE,
        untested=(HOSTILE,),
        reasons=(HOSTILE,),
        excluded=(CountShown(HOSTILE, 1, HOSTILE),),
        deviations=(Deviation(what=HOSTILE, promised=HOSTILE, found=HOSTILE),),
        order=(OrderShown(HOSTILE, 4, 1, 1, 0, None, None, None),),
    )


def an_empty_proof_page() -> ProofPage:
    """A proof that could test nothing."""
    page = a_proof_page()
    return replace(
        page,
        kind="invalid",
        origin="measured",
        headline="INVALID (missing-arm): nothing is claimed.",
        reasons=(),
        effects=(),
        gates=(),
        arms=(),
        means=(),
        pairs=None,
        lock=None,
        deviations=(),
        agreement=(),
        order=(),
        ranking=(),
        costs=(),
        power=(),
        excluded=(),
        metrics=(),
        wording=(),
        length=None,
        regression=(),
        names=(),
    )
