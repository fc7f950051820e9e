"""Whether a set of answers may be judged at all."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lorewright.errors import BadRecord
from lorewright.measures.grounded import unknown_addresses
from lorewright.similarity import Overlaps, exact_digest

LEAST_UNIQUE = 0.9
"""With fewer different answers an adapter has settled on a few."""
MOST_FAULTY = 0.1
"""From this share of the answers on a fault is one of the arm."""
RUN = 8
"""Runs of this many words are looked for in what was trained on."""
MOST_CONTAINED = 0.2
"""So much of an answer's runs may be stock phrases that are trained on as well."""
MOST_PLACES = 20
"""Places that a finding lists."""

_ENDS = frozenset(".!?:;\u2026\u3002\uff01\uff1f\"'\u201d\u2019)]*_`|>")


class Answered(NamedTuple):
    """One answer of an arm."""

    name: str
    """The scenario that it answers."""
    text: str | None
    prompt: str = ""
    sources: tuple[str, ...] = ()
    is_cut: bool | None = None
    """Whether the generator stopped at its limit; None means: look how the text ends."""


@dataclass(frozen=True, slots=True)
class IntegrityFinding:
    """One thing that is wrong with a set of answers."""

    rule: str
    count: int
    of: int
    blocks: bool
    """Whether no verdict may rest on the set."""
    sentence: str
    places: tuple[str, ...]
    """The first `MOST_PLACES` scenarios, each with what was found."""


@dataclass(frozen=True, slots=True)
class Integrity:
    """What was found in a set of answers."""

    answers: int
    unique_ratio: float
    findings: tuple[IntegrityFinding, ...]

    @property
    def is_whole(self) -> bool:
        """Whether a verdict may rest on the set."""
        return not any(finding.blocks for finding in self.findings)


def check_integrity(
    answers: Sequence[Answered],
    *,
    targets: Iterable[str] = (),
    others: Mapping[str, Mapping[str, str]] | None = None,
) -> Integrity:
    """Look for answers that are missing, cut, repeated, copied or made up.

    `few-different` blocks below nine different answers in ten; `empty` and `cut` block from
    one in ten on; `recited` does when more than a fifth of an answer's runs of eight words are
    trained on, from one answer in ten on; `same-as-arm` does when every answer is that of the
    other arm, so that nothing was adapted. `unverified-url` never blocks.

    Args:
        answers: those of one arm.
        targets: the answers that the arm was trained on; read one at a time.
        others: by the name of another arm its answers, by scenario.

    Raises:
        BadRecord: without any answer.
    """
    if not answers:
        raise BadRecord("there is no answer to look at", hint="generate the answers of the arm")
    digests = [exact_digest(one.text or "") for one in answers]
    found = [
        *_few_different(answers, digests),
        *_empty(answers),
        *_cut(answers),
        *_recited(answers, targets),
        *_same_as(answers, digests, others or {}),
        *_unverified(answers),
    ]
    return Integrity(len(answers), len(set(digests)) / len(digests), tuple(found))


def _few_different(answers: Sequence[Answered], digests: Sequence[bytes]) -> list[IntegrityFinding]:
    counts = Counter(digests)
    again = [
        f"{one.name}: {counts[digest]} answers are the same"
        for one, digest in zip(answers, digests, strict=True)
        if counts[digest] > 1
    ]
    blocks = len(counts) / len(answers) < LEAST_UNIQUE
    what = f"answers are one of those given more than once; {len(counts)} are different"
    return _finding("few-different", again, len(answers), what, blocks=blocks)


def _empty(answers: Sequence[Answered]) -> list[IntegrityFinding]:
    places = [
        f"{one.name}: {'missing' if one.text is None else 'no words'}"
        for one in answers
        if one.text is None or not one.text.strip()
    ]
    return _finding("empty", places, len(answers), "answers are empty")


def _cut(answers: Sequence[Answered]) -> list[IntegrityFinding]:
    places = [f"{one.name}: …{(one.text or '').rstrip()[-40:]}" for one in answers if _is_cut(one)]
    return _finding("cut", places, len(answers), "answers end in the midst of a sentence")


def _is_cut(answer: Answered) -> bool:
    text = (answer.text or "").rstrip()
    if answer.is_cut is not None or not text:
        return bool(answer.is_cut)
    return text[-1] not in _ENDS and (text[-1].isalnum() or text[-1] in ",-\u2013\u2014(")


def _recited(answers: Sequence[Answered], targets: Iterable[str]) -> list[IntegrityFinding]:
    runs: Overlaps | None = None
    for number, target in enumerate(targets, start=1):
        runs = runs or Overlaps([[one.text or ""] for one in answers], RUN, whole=False)
        runs.read(target, label=f"target {number}")
    if runs is None:
        return []
    shares = [(one, runs.containment(at), runs.main_reader(at)) for at, one in enumerate(answers)]
    places = [
        f"{one.name}: {share:.0%} of its runs of {RUN} words are trained on, most in {reader}"
        for one, share, reader in shares
        if share > MOST_CONTAINED
    ]
    return _finding("recited", places, len(answers), "answers recite what is trained on")


def _same_as(
    answers: Sequence[Answered],
    digests: Sequence[bytes],
    others: Mapping[str, Mapping[str, str]],
) -> list[IntegrityFinding]:
    found: list[IntegrityFinding] = []
    for arm, theirs in others.items():
        both = [
            (one.name, own) for one, own in zip(answers, digests, strict=True) if one.name in theirs
        ]
        same = [name for name, own in both if own == exact_digest(theirs[name])]
        what = f"answers are, word for word, those of {arm}"
        blocks = bool(same) and len(same) == len(both)
        found += _finding("same-as-arm", same, len(both), what, blocks=blocks)
    return found


def _unverified(answers: Sequence[Answered]) -> list[IntegrityFinding]:
    places = [
        f"{one.name}: {url[:200]}"
        for one in answers
        for url in unknown_addresses(one.text or "", (one.prompt, *one.sources))
    ]
    what = "addresses stand neither in the prompt nor in the sources"
    return _finding("unverified-url", places, len(answers), what, blocks=False)


def _finding(
    rule: str, places: Sequence[str], of: int, what: str, *, blocks: bool | None = None
) -> list[IntegrityFinding]:
    if not places:
        return []
    is_many = bool(of) and len(places) / of >= MOST_FAULTY
    sentence = f"{len(places):,} {what}"
    decided = is_many if blocks is None else blocks
    return [IntegrityFinding(rule, len(places), of, decided, sentence, tuple(places[:MOST_PLACES]))]
