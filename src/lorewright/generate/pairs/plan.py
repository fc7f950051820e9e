"""What is still to be asked for: never so many questions a chunk, always what is missing.

A plan is a pure function of the chunks, of what was written about them so far, and of the
target. So a run that was cut off plans the same orders again, and finds them done.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from lorewright.generate.pairs.forms import TaskForm, forms
from lorewright.generate.pairs.orders import Order, Want
from lorewright.generate.pairs.planned import Place, Subject, Target, Written
from lorewright.generate.pairs.quotas import levels_of, quotas
from lorewright.lineage import Ref

MOST_ASKED = 40
"""The most earlier questions that an order names; the newest are named."""
COMPANIONS = 2
"""How many chunks an order of level 3 or 4 puts beside the one that it is about."""


def plan(
    subjects: Sequence[Subject], written: Iterable[Written], target: Target, *, draw: int = 0
) -> list[Order]:
    """The orders that would close what is missing, in the order of `subjects`.

    Missing is what a chunk has not yet given of a level, and every task form that a key fact
    was promised and has not been asked about in; for the latter a chunk may go over its quota
    by `extra_share`. A question that came twice counts once. A chunk whose quota is too small
    for `forms_per_fact` promises its first fact nothing, but still asks about it in different
    forms.

    Args:
        subjects: the chunks of one document, in reading order.
        written: what was accepted about them, in the order in which it was ordered.
        target: what is wanted.
        draw: a number that differs from round to round.
    """
    distinct = list(once_each(written))
    about = _by_chunk(distinct)
    missing = [
        _missing(subject, quota, about[subject.chunk], target)
        for subject, quota in zip(subjects, quotas(subjects, target), strict=True)
    ]
    wanted = sum(one.count for one in missing)
    mixture = _Mixture(target, len(distinct) + wanted, Counter(one.form for one in distinct))
    turns = _Turns(target.settings.multi_turn_share)
    orders: list[Order] = []
    for one in missing:
        mine = about[one.subject.chunk]
        asked = tuple(pair.example for pair in mine)[-MOST_ASKED:]
        for level, wants in _wants(one, mixture):
            orders += (
                Order(
                    document=one.subject.document,
                    chunks=(one.subject.chunk, *_beside(one.subject, level)),
                    level=level,
                    wants=some,
                    follow_ups=turns.of(len(some)),
                    asked=asked,
                    draw=draw,
                    part=part,
                )
                for part, some in enumerate(_in_calls(wants, target.settings.pairs_per_call))
            )
    return orders


def once_each(written: Iterable[Written]) -> Iterator[Written]:
    """What was written, without questions that came before."""
    seen: set[bytes] = set()
    for one in written:
        if one.question not in seen:
            seen.add(one.question)
            yield one


def promised(subject: Subject, quota: int, target: Target) -> tuple[Place, ...]:
    """The facts of a chunk that its quota can ask about in as many forms as is wanted."""
    return subject.facts[: quota // target.settings.forms_per_fact]


def forms_about(place: Place, written: Iterable[Written]) -> set[TaskForm]:
    """The task forms in which a fact was asked about."""
    return {one.form for one in written if one.turns_on(place)}


@dataclass(slots=True)
class _Missing:
    """What one chunk still owes."""

    subject: Subject
    by_level: Counter[int]
    facts: dict[Ref, set[TaskForm]]
    """Of the facts to turn to, the forms in which each was asked about."""
    used: Counter[TaskForm] = field(default_factory=Counter[TaskForm])

    @property
    def count(self) -> int:
        return self.by_level.total()


def _missing(
    subject: Subject, quota: Counter[int], mine: Sequence[Written], target: Target
) -> _Missing:
    own = [one for one in mine if one.chunks[0] == subject.chunk]
    done = Counter(one.level for one in own)
    by_level = Counter({level: max(0, quota[level] - done[level]) for level in target.levels})
    guided = subject.facts[: max(1, quota.total() // target.settings.forms_per_fact)]
    facts = {place.fact: forms_about(place, mine) for place in guided}
    owed = sum(
        max(0, target.settings.forms_per_fact - len(facts[place.fact]))
        for place in promised(subject, quota.total(), target)
    )
    most = int(quota.total() * (1 + target.settings.extra_share))
    spare = most - max(len(own), quota.total())
    if (beyond := min(owed - by_level.total(), spare)) > 0:
        by_level[levels_of(subject, target)[0]] += beyond
    return _Missing(subject, by_level, facts, Counter(one.form for one in own))


def _wants(missing: _Missing, mixture: "_Mixture") -> Iterator[tuple[int, tuple[Want, ...]]]:
    for level, count in sorted(missing.by_level.items()):
        wants = [_want(missing, level, mixture) for _ in range(count)]
        if wants:
            yield level, tuple(wants)


def _want(missing: _Missing, level: int, mixture: "_Mixture") -> Want:
    """The next pair: about the fact that was asked about least, in a form that is new to it."""
    owed = mixture.target.settings.forms_per_fact
    for fact in sorted(missing.facts, key=lambda fact: len(missing.facts[fact])):
        had = missing.facts[fact]
        if len(had) < owed and (form := mixture.next_form(missing, level, without=had)):
            had.add(form)
            mixture.take(form, missing)
            return Want(form, fact)
    form = mixture.next_form(missing, level) or mixture.rarest(level)
    mixture.take(form, missing)
    return Want(form)


class _Mixture:
    """Which task form comes next, so that none takes more than its share of the whole."""

    def __init__(self, target: Target, total: int, used: Counter[TaskForm]) -> None:
        self.target = target
        self._used = used
        self._most = max(1, int(target.settings.max_form_share * total))

    def next_form(
        self, missing: _Missing, level: int, *, without: Iterable[TaskForm] = ()
    ) -> TaskForm | None:
        """The form that the chunk has least of, that suits it, and that is rare in the whole."""
        had, subject = set(without), missing.subject
        open_forms = (
            form
            for form in self.target.forms_at(level)
            if form not in had and self._used[form] < self._most
        )
        return min(
            open_forms,
            key=lambda form: (
                missing.used[form],
                form not in self.target.prefer,
                subject.chunk_type not in forms()[form].suits,
                self._used[form],
                _lot(self.target.settings.seed, subject.chunk, form),
            ),
            default=None,
        )

    def rarest(self, level: int) -> TaskForm:
        """When every form has its share: the one that has least."""
        return min(self.target.forms_at(level), key=lambda form: (self._used[form], form))

    def take(self, form: TaskForm, missing: _Missing) -> None:
        """Count a form that was ordered."""
        self._used[form] += 1
        missing.used[form] += 1


class _Turns:
    """Spreads the conversations that go on evenly over all orders."""

    def __init__(self, share: Decimal) -> None:
        self._share = share
        self._ordered = 0
        self._given = 0

    def of(self, count: int) -> int:
        """In how many of the next `count` pairs the one who asks goes on."""
        self._ordered += count
        due = int(self._share * self._ordered) - self._given
        self._given += due
        return due


def _beside(subject: Subject, level: int) -> tuple[Ref, ...]:
    return subject.companions[:COMPANIONS] if level >= 3 else ()


def _in_calls(wants: Sequence[Want], most: int) -> Iterator[tuple[Want, ...]]:
    """Runs of nearly the same length, none longer than `most`."""
    calls = -(-len(wants) // most)
    for at in range(calls):
        yield tuple(wants[at * len(wants) // calls : (at + 1) * len(wants) // calls])


def _by_chunk(written: Iterable[Written]) -> Mapping[Ref, list[Written]]:
    """What was written with each chunk in hand."""
    found: defaultdict[Ref, list[Written]] = defaultdict(list)
    for one in written:
        for chunk in one.chunks:
            found[chunk].append(one)
    return found


def _lot(seed: int, chunk: Ref, form: TaskForm) -> bytes:
    return hashlib.sha256(f"{seed} {chunk} {form}".encode()).digest()
