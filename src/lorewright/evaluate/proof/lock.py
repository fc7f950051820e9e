"""`evaluation.lock.toml`: what is promised before anything is answered, and whether it was kept."""

import hashlib
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lorewright.errors import BadRecord
from lorewright.evaluate.proof.arms import ProofArm
from lorewright.evaluate.proof.evidence import ProofFlaw
from lorewright.records import Deviation
from lorewright.settings import AnswerSettings, ProofRules, toml_of

FILE = "evaluation.lock.toml"
CHANGED = "changed-after-lock"
"""The flaw of a promise that was broken where the claim rests on it."""
ENDPOINT = (
    "the mean of the dimensions, averaged over raters, generations and turns of a scenario: the "
    "tuned adapter beside the prompted base, paired by scenario"
)
NONE = "none"

_HEAD = """\
# What is evaluated, on what, and what will be claimed from it. Written before anything was
# answered; its SHA-256 stands in the report. A change after that is told there.
"""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Contest(_Table):
    """What is compared, by name."""

    tuned: str
    control: str = NONE
    base: str
    dataset: str
    root: str
    """Of the dataset: the hash over all its examples."""
    arms: tuple[str, ...]
    reference: str = NONE
    """A language model, as `plug-in:name`."""


class Asked(_Table):
    """What every arm is asked."""

    scenarios: str
    """The set."""
    count: int
    """Those that the verdict rests on."""
    families: int
    turns: int
    """Of all scenarios, also those that it does not rest on."""


class Prompts(_Table):
    """What arms and judges are told, by names that hold the hash of the words."""

    system: str = NONE
    """The system prompt of the prompted base."""
    trained_with: str = NONE
    """The system prompt that the adapters were trained with."""
    examples: tuple[str, ...] = ()
    """The training examples that the prompted base is shown."""
    judging: dict[str, str] = Field(default_factory=dict[str, str])
    """{name: name with the hash} of the prompts that judges are asked with."""


class Decoding(_Table):
    """How answers are made."""

    generations: int
    tokens: int
    temperature: str
    batch: int
    seed: int

    @classmethod
    def of(cls, answers: AnswerSettings) -> Self:
        """As the settings say."""
        return cls(
            generations=answers.generations,
            tokens=answers.tokens,
            temperature=_plain(answers.temperature),
            batch=answers.batch,
            seed=answers.seed,
        )


class Promise(_Table):
    """The whole file."""

    version: int = 1
    again: int = 0
    """How many locks of the same contest came before this one."""
    endpoint: str = ENDPOINT
    contest: Contest
    asked: Asked
    prompts: Prompts
    decoding: Decoding
    rules: dict[str, Any]
    """Those of `ProofRules`, as text where they have a fraction."""

    @property
    def as_rules(self) -> ProofRules:
        """The rules that were promised."""
        return ProofRules.model_validate(self.rules)

    @property
    def promised_arms(self) -> tuple[ProofArm, ...]:
        """What was to answer."""
        return tuple(ProofArm(arm) for arm in self.contest.arms)

    def as_toml(self) -> str:
        """The file, the same bytes for the same promise."""
        return _HEAD + "\n".join(_lines(self.model_dump(mode="json"))) + "\n"


def rules_as_promised(rules: ProofRules) -> dict[str, Any]:
    """What of the rules is promised; how answers are made has a table of its own."""
    told = rules.model_dump(exclude={"answers", "dimensions", "raters"})
    return {
        "dimensions": list(rules.dimensions),
        "raters": list(rules.raters),
        **{name: _plain(value) for name, value in told.items()},
    }


def _plain(value: Any) -> Any:
    """A number with a fraction as text, without the zeros that mean nothing."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def read_lock(text: str) -> Promise:
    """Read a lock file.

    Raises:
        BadRecord: when it is none, or one of another version.
    """
    try:
        promise = Promise.model_validate(tomllib.loads(text))
        _ = promise.as_rules, promise.promised_arms
    except (tomllib.TOMLDecodeError, ValidationError, ValueError) as error:
        said = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise BadRecord(
            f"{FILE} cannot be read: {said}",
            hint="`lorewright evaluate --lock --again` makes a new one; nothing else is lost",
        ) from error
    return promise


def sha256_of(text: str) -> str:
    """The hash that a report shows."""
    return hashlib.sha256(text.encode()).hexdigest()


_TOLERATED = frozenset(
    {
        "rules.raters",
        "rules.scenarios",
        "rules.enough",
        "rules.permutations",
        "rules.seed",
        "decoding.batch",
        "decoding.seed",
        "again",
        "file",
    }
)
"""What may change and is told, since no claim rests on it. All else breaks the claim, but for
what judges were told, which is a deviation of the raters."""


def breaks_the_claim(deviation: Deviation) -> bool:
    """Whether a claim rests on what was changed."""
    what = deviation.what
    return what not in _TOLERATED and not what.startswith(("prompts.judging", "raters"))


def deviations(promised: Promise, found: Promise) -> Iterator[Deviation]:
    """Everything that is no longer as it was promised, by the name of its place in the file."""
    before, after = (dict(_flat(_told(one))) for one in (promised, found))
    for what in sorted(before.keys() | after.keys()):
        was, now = before.get(what, NONE), after.get(what, NONE)
        if was != now:
            yield Deviation(what=what, promised=was, found=now)


def _told(promise: Promise) -> dict[str, Any]:
    """With every rule that there is: one that a newer version knows holds as it always did.

    Of the raters only how many are named, and by a hash which: a deviation stands in a verdict,
    which may be handed out, and the names of people do not go with it.
    """
    told = promise.model_copy(update={"rules": rules_as_promised(promise.as_rules)})
    table = told.model_dump(mode="json")
    if names := table["rules"]["raters"]:
        digest = sha256_of("\n".join(sorted(names)))
        table["rules"]["raters"] = f"{len(names):,} names, sha256 {digest[:12]}"
    return table


def edited(text: str, lying: str | None) -> Iterator[Deviation]:
    """How the file that lies in the workspace differs from the one that was written.

    Args:
        text: as it was written.
        lying: as it lies there now; None where it is gone.
    """
    if lying == text:
        return
    found = "missing" if lying is None else f"sha256 {sha256_of(lying)}"
    yield Deviation(what="file", promised=f"sha256 {sha256_of(text)}", found=found)
    if lying is not None:
        try:
            yield from deviations(read_lock(text), read_lock(lying))
        except BadRecord as error:
            yield Deviation(what="file.content", promised="a lock", found=error.sentence)


def changed_after_lock(found: tuple[Deviation, ...]) -> tuple[ProofFlaw, ...]:
    """The flaw of deviations that break the claim; none where none does."""
    breaking = [one for one in found if breaks_the_claim(one)]
    if not breaking:
        return ()
    told = "; ".join(
        f"{one.what} was {_short(one.promised)} and is {_short(one.found)}" for one in breaking
    )
    return (ProofFlaw(CHANGED, f"{len(breaking):,} things are not as promised: {told}"),)


def _short(value: str) -> str:
    return value if len(value) <= 80 else f"{value[:77]}..."


def _flat(table: Any, above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        elif isinstance(value, list):
            yield f"{above}{name}", _joined(value)
        else:
            yield f"{above}{name}", str(value)


def _joined(values: Any) -> str:
    return ", ".join(map(str, values)) or NONE


def _lines(table: Any, *above: str) -> Iterator[str]:
    """Values first, then the tables below, each under its name."""
    for name, value in table.items():
        if not isinstance(value, dict):
            yield f"{_key(name)} = {toml_of(value)}"
    for name, value in table.items():
        if isinstance(value, dict):
            yield ""
            yield f"[{'.'.join(_key(one) for one in (*above, name))}]"
            yield from _lines(value, *above, name)


def _key(name: str) -> str:
    plain = name.replace("_", "").replace("-", "")
    return name if plain.isascii() and plain.isalnum() else toml_of(name)
