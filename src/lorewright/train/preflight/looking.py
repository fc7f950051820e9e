"""All checks over all examples, in one reading."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lorewright.errors import LorewrightError, Refused, UsageError
from lorewright.records import Split
from lorewright.train.devices import Choice
from lorewright.train.estimate import Counting, Estimate, Pace, Tokens, estimate
from lorewright.train.lines import Line
from lorewright.train.preflight.adapter_form import AdapterForm
from lorewright.train.preflight.base_files import BaseFiles
from lorewright.train.preflight.duplicates import Duplicates
from lorewright.train.preflight.finding import Check, Finding, Rule, of_the_job
from lorewright.train.preflight.leaks import Leaks
from lorewright.train.preflight.length_of_run import LengthOfRun
from lorewright.train.preflight.masks import Masks
from lorewright.train.preflight.proposal import Proposal
from lorewright.train.preflight.reading import Reader
from lorewright.train.preflight.resources import Resources
from lorewright.train.preflight.scores import Scores
from lorewright.train.preflight.tokenizer import Tokenizer
from lorewright.train.preflight.turns import Turns
from lorewright.train.spec import Plan

UNREADABLE = Rule(
    "tokenizer-unreadable",
    "The base has no tokenizer or chat template that training could use.",
    "take the instruct version of the base, with tokenizer.json and a chat template",
    impossible="no example can be turned into tokens",
)
CHECKS: tuple[type[Check], ...] = (
    LengthOfRun,
    Turns,
    Leaks,
    Duplicates,
    Scores,
    BaseFiles,
    Tokenizer,
    Masks,
    AdapterForm,
    Resources,
)
RULES: dict[str, Rule] = {
    rule.name: rule for rule in (*(rule for check in CHECKS for rule in check.rules), UNREADABLE)
}
"""Every kind of finding by its name."""
TOKEN_CHARACTERS = 4.3
"""Of a token on average, in English prose; used while there is no tokenizer."""
HELD_OUT = (Split.VALID, Split.RECALL, Split.TRANSFER)


@dataclass(frozen=True, slots=True)
class Preflight:
    """What was found before a training, and what it will take."""

    findings: tuple[Finding, ...]
    """Blockers first."""
    forced: tuple[str, ...]
    """The blockers that the operator overrides, by name."""
    plan: Plan
    """The numbers that it would have."""
    choice: Choice | None
    """How the device would be used; None when the sizes of the base are not known."""
    estimate: Estimate | None
    """None when the sizes of the base are not known."""
    tokens_of: tuple[int, ...]
    """The tokens of every example of the training split, in its order."""
    not_looked_at: tuple[str, ...]
    """What could not be checked, and why."""

    @property
    def blockers(self) -> list[Finding]:
        """What stops the training."""
        return [one for one in self.findings if one.is_blocker and one.name not in self.forced]

    def refuse_if_blocked(self) -> None:
        """Stop unless everything that would is overridden.

        Raises:
            Refused: naming every blocker.
        """
        blockers = self.blockers
        if not blockers:
            return
        names = ", ".join(one.name for one in blockers)
        may_be = [one.name for one in blockers if not one.rule.impossible]
        override = f"; to train all the same: --force {' --force '.join(may_be)}" if may_be else ""
        count = "1 finding" if len(blockers) == 1 else f"{len(blockers)} findings"
        raise Refused(
            f"{count} before the training must be mended first",
            where=names,
            hint=f"`lorewright train --check` lists them with what to do{override}",
        )


def look(proposal: Proposal, *, force: Sequence[str] = ()) -> Preflight:
    """Look at everything that is about to be trained; each example is read once.

    Args:
        proposal: the job.
        force: names of findings that shall not stop it.

    Raises:
        UsageError: when a name is unknown, or names what would make training impossible.
    """
    check_names(force)
    checks = _checks(proposal)
    counts, tokens_of = _read_all(proposal, checks)
    train, valid = (counts[split].amounts() for split in (Split.TRAIN, Split.VALID))
    expected = _estimated(proposal, Tokens(train, valid, proposal.reader is not None))
    if expected is not None:
        checks.append(Resources(proposal, expected))
    findings = [found for check in checks for found in check.findings()]
    if proposal.trouble is not None:
        findings.append(_unreadable(proposal.trouble))
    ordered = sorted(findings, key=_blockers_first)
    return Preflight(
        findings=tuple(ordered),
        forced=tuple(sorted({one.name for one in ordered if one.is_blocker} & set(force))),
        plan=proposal.plan,
        choice=proposal.choice,
        estimate=expected,
        tokens_of=tuple(tokens_of),
        not_looked_at=tuple(_not_looked_at(proposal, expected)),
    )


def again_with(pace: Pace, proposal: Proposal, found: Preflight) -> Preflight:
    """The same findings, with memory, time and money looked at anew after a measurement."""
    before = found.estimate
    if before is None or proposal.shape is None:
        return found
    timed = replace(proposal, pace=pace)
    expected = _estimated(timed, before.tokens)
    assert expected is not None
    own = {rule.name for rule in Resources.rules}
    kept = [one for one in found.findings if one.name not in own]
    anew = sorted([*kept, *Resources(timed, expected).findings()], key=_blockers_first)
    return replace(found, findings=tuple(anew), estimate=expected)


def check_names(force: Sequence[str]) -> None:
    """Check that what shall be overridden exists and can be.

    Raises:
        UsageError: with the list of names, or with the reason why one cannot be forced.
    """
    may_be = [name for name, rule in RULES.items() if not rule.impossible]
    for name in force:
        rule = RULES.get(name)
        if rule is None:
            raise UsageError(
                f"there is no finding called {name!r}",
                where="training.force",
                hint=f"there are {', '.join(sorted(may_be))}",
            )
        if rule.impossible:
            raise UsageError(
                f"{name} cannot be forced: {rule.impossible}",
                where="training.force",
                hint=rule.remedy,
            )


def _checks(proposal: Proposal) -> list[Check]:
    checks: list[Check] = [
        LengthOfRun(proposal),
        Turns(),
        Leaks(),
        Duplicates(),
        Scores(proposal),
        BaseFiles(proposal),
        AdapterForm(proposal),
    ]
    if proposal.reader is not None:
        checks += [Tokenizer(proposal, proposal.reader), Masks(proposal, proposal.reader)]
    return checks


def _read_all(
    proposal: Proposal, checks: Sequence[Check]
) -> tuple[dict[Split, Counting], list[int]]:
    """Show every example to every check; return what was counted on the way."""
    counts, tokens_of = {split: Counting() for split in Split}, list[int]()
    for split in (*HELD_OUT, Split.TRAIN):
        for line in proposal.lines(split):
            for check in checks:
                check.see(line, split)
            if split in {Split.RECALL, Split.TRANSFER}:
                continue
            tokens = _count(proposal.reader, line, split, checks, counts[split])
            if split is Split.TRAIN:
                tokens_of.append(tokens)
    return counts, tokens_of


def _count(
    reader: Reader | None, line: Line, split: Split, checks: Sequence[Check], counting: Counting
) -> int:
    """Turn an example into tokens, or guess how many it would have."""
    if reader is None:
        spoken = [(turn.role, round(len(turn.text) / TOKEN_CHARACTERS) + 4) for turn in line.turns]
        length = sum(tokens for _, tokens in spoken)
        counting.add(length, sum(tokens for role, tokens in spoken if role == "assistant"))
        return length
    read = reader.read(line)
    for check in checks:
        check.see_tokens(read, split)
    for sample in read.samples:
        counting.add(len(sample.ids), sum(sample.labels))
    return sum(len(sample.ids) for sample in read.samples)


def _blockers_first(finding: Finding) -> bool:
    return not finding.is_blocker


def _estimated(proposal: Proposal, tokens: Tokens) -> Estimate | None:
    if proposal.shape is None or not tokens.train.examples:
        return None
    return estimate(
        proposal.shape,
        proposal.plan,
        tokens=tokens,
        device=proposal.device,
        use=proposal.use,
        price_per_hour=proposal.limits.price_per_hour,
        pace=proposal.pace,
    )


def _unreadable(error: LorewrightError) -> Finding:
    """The finding that stands for a tokenizer that cannot be opened."""
    return of_the_job(UNREADABLE, error.sentence, error.where or "", hint=error.hint)


def _not_looked_at(proposal: Proposal, expected: Estimate | None) -> Iterator[str]:
    if proposal.folder is None:
        yield (
            "tokens, loss and chat template: the base is neither made nor fetched yet; "
            "`lorewright train` looks at them once it is"
        )
    elif proposal.reader is None:
        yield "tokens, loss and chat template: the tokenizer of the base cannot be opened"
    if expected is None:
        yield "memory, disk, time and money: the sizes of the base are not known"
