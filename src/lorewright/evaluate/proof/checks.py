"""What is wrong with answers, found before anybody's opinion of them counts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lorewright.evaluate.answers import AnswerLine
from lorewright.evaluate.proof.arms import ProofArm
from lorewright.evaluate.proof.evidence import ProofFlaw
from lorewright.measures.integrity import (
    LEAST_UNIQUE,
    MOST_FAULTY,
    Answered,
    Integrity,
    check_integrity,
)
from lorewright.measures.leakage import Leak

CLAIMED_ABOUT = (ProofArm.TUNED, ProofArm.PROMPTED, ProofArm.CONTROL)
"""Arms whose answers a hypothesis is about: with broken answers of a rival nothing is shown."""

Answers = Mapping[ProofArm, Sequence[AnswerLine]]

_NAMES = {"few-different": "constant-answers", "empty": "empty-answers", "cut": "cut-answers"}


def find_flaws(
    answers: Answers,
    *,
    promised: Iterable[ProofArm],
    targets: Iterable[str] = (),
    leaks: Sequence[Leak] = (),
) -> tuple[ProofFlaw, ...]:
    """Everything that forbids a claim, each with how often.

    Args:
        answers: of every arm that answered.
        promised: the arms that should have.
        targets: the answers that the tuned arm was trained on.
        leaks: scenarios that the training gives away.
    """
    found = [
        *_missing(answers, promised),
        *_unequal(answers),
        *_leaked(leaks),
        *_not_live(answers),
        *_copied(answers),
    ]
    for arm in CLAIMED_ABOUT:
        if lines := answers.get(arm):
            found += _broken(arm, lines, targets if arm is ProofArm.TUNED else ())
    return tuple(found)


def integrity_of(lines: Sequence[AnswerLine], targets: Iterable[str] = ()) -> Integrity:
    """What `measures` finds in the answers of one arm."""
    return check_integrity(
        [
            Answered(_place(one), one.text, is_cut=one.stop == "length")
            for one in lines
            if one.stop != "failed"
        ],
        targets=targets,
    )


def _missing(answers: Answers, promised: Iterable[ProofArm]) -> Iterator[ProofFlaw]:
    for arm in promised:
        if not answers.get(arm):
            yield ProofFlaw("missing-arm", f"the arm {arm} was promised and has no answers")


def _unequal(answers: Answers) -> Iterator[ProofFlaw]:
    """Whether every arm was asked the same."""
    asked = {arm: {one[:3] for one in lines} for arm, lines in answers.items() if lines}
    everything = set[tuple[str, int, int]]().union(*asked.values())
    gaps = {arm: len(everything - own) for arm, own in asked.items() if everything - own}
    if gaps:
        told = ", ".join(f"{arm} lacks {count:,}" for arm, count in gaps.items())
        yield ProofFlaw(
            "unequal-scenarios", f"the arms were not asked the same {len(everything):,}: {told}"
        )


def _leaked(leaks: Sequence[Leak]) -> Iterator[ProofFlaw]:
    if leaks:
        rules = Counter(leak.rule for leak in leaks)
        told = ", ".join(f"{rule} {count:,}" for rule, count in sorted(rules.items()))
        scenarios = len({leak.held_out for leak in leaks})
        yield ProofFlaw("leaked", f"{scenarios:,} scenarios stand in what was trained on ({told})")


def _not_live(answers: Answers) -> Iterator[ProofFlaw]:
    """Whether the adapter changes anything at all."""
    for arm, name in (
        (ProofArm.BASE, "not-live"),
        (ProofArm.PROMPTED, "same-as-base"),
        (ProofArm.CONTROL, "same-as-control"),
    ):
        same, both = _same(answers, arm)
        if both and same == both:
            yield ProofFlaw(
                name,
                f"all {both:,} answers of the tuned adapter are, word for word, those of {arm}",
            )


def _copied(answers: Answers) -> Iterator[ProofFlaw]:
    same, both = _same(answers, ProofArm.REFERENCE)
    if both and same / both >= MOST_FAULTY:
        yield ProofFlaw(
            "copied-answers",
            f"{same:,} of {both:,} answers of the tuned adapter are, word for word, those of the "
            "reference",
        )


def _same(answers: Answers, arm: ProofArm) -> tuple[int, int]:
    """How many answers of the tuned arm are those of `arm`, and how many both have."""
    ours, theirs = (
        {one[:3]: one.text for one in answers.get(each, ()) if one.text is not None}
        for each in (ProofArm.TUNED, arm)
    )
    both = ours.keys() & theirs.keys()
    return sum(ours[one] == theirs[one] for one in both), len(both)


def _broken(
    arm: ProofArm, lines: Sequence[AnswerLine], targets: Iterable[str]
) -> Iterator[ProofFlaw]:
    failed = [one for one in lines if one.stop == "failed"]
    if len(failed) / len(lines) >= MOST_FAULTY:
        why, _ = Counter(one.failure or "nobody knows why" for one in failed).most_common(1)[0]
        yield ProofFlaw(
            "failed-answers",
            f"{len(failed):,} of {len(lines):,} answers of {arm} failed, most often because {why}",
        )
    if len(failed) == len(lines):
        return
    whole = integrity_of(lines, targets)
    for one in whole.findings:
        if one.blocks:
            more = (
                f"; at least {LEAST_UNIQUE:.0%} have to be" if one.rule == "few-different" else ""
            )
            yield ProofFlaw(
                _NAMES.get(one.rule, one.rule),
                f"{arm}: of {one.of:,} answers {one.sentence}{more}",
            )


def _place(one: AnswerLine) -> str:
    return f"{one.scenario}, turn {one.turn + 1}, generation {one.generation + 1}"
