"""The recall test: questions kept back about facts that are taught by other questions."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from lorewright.curate.draw import draw, share_of
from lorewright.curate.item import Cited, Item
from lorewright.lineage import Ref
from lorewright.settings import CurationSettings
from lorewright.similarity import ngrams, normalised

Fact = tuple[Cited, ...]
"""The evidence of an example: what a question is about."""


def recall_questions(items: Sequence[Item], settings: CurationSettings) -> dict[Ref, Ref]:
    """Choose questions to keep back, each with the example that goes on teaching its fact.

    A question may be kept back when

    * another question, of another task form, cites the same words or words around them, and
      its answer holds the same words; that one then stays in training,
    * no other question about exactly its words has its task form,
    * no run of eight words of it stands in any question that stays in training; a shorter
      question must not stay as it is.

    Questions that share a run are tied together and kept back together or not at all. At most
    one question per fact is kept back, and `recall_share` of the facts that have one.

    Args:
        items: everything that is in training so far, in the order of their names.
        settings: the share and the seed.
    """
    teachers = _teachers(items)
    if not teachers:
        return {}
    by_name = {item.name: item for item in items}
    facts = {by_name[name].evidence for name in teachers}
    chosen = _Choice(share_of(len(facts), settings.recall_share), by_name, teachers)
    ties = _ties(items, teachers)
    ties.sort(key=lambda tie: (len(tie), draw(settings.seed, "recall", tie[0])))
    for tie in ties:
        chosen.consider(tie)
    return chosen.taught_by


class _Choice:
    """The questions kept back so far, and the examples that must therefore stay."""

    def __init__(
        self, most: int, by_name: Mapping[Ref, Item], teachers: Mapping[Ref, list[Ref]]
    ) -> None:
        self._most = most
        self._by_name = by_name
        self._teachers = teachers
        self._facts: set[Fact] = set()
        self._staying: set[Ref] = set()
        self.taught_by: dict[Ref, Ref] = {}

    def consider(self, tie: list[Ref]) -> None:
        """Keep back every question of `tie` if each one can be."""
        facts = {self._by_name[name].evidence for name in tie}
        if (
            len(self.taught_by) + len(tie) > self._most
            or len(facts) < len(tie)
            or facts & self._facts
            or self._staying.intersection(tie)
        ):
            return
        taught_by: dict[Ref, Ref] = {}
        for name in tie:
            teacher = next((one for one in self._teachers[name] if self._may_stay(one, tie)), None)
            if teacher is None:
                return
            taught_by[name] = teacher
        self.taught_by |= taught_by
        self._staying |= set(taught_by.values())
        self._facts |= facts

    def _may_stay(self, name: Ref, tie: list[Ref]) -> bool:
        return name not in self.taught_by and name not in tie


def _teachers(items: Sequence[Item]) -> dict[Ref, list[Ref]]:
    """For every question that others teach too: the names of those others, in order."""
    by_fact: defaultdict[Fact, list[Item]] = defaultdict(list)
    for item in items:
        if item.evidence:
            by_fact[item.evidence].append(item)
    answers = {item.name: f" {normalised(item.answer)} " for item in items if item.evidence}
    found: dict[Ref, list[Ref]] = {}
    for fact, around in _facts_around(by_fact):
        forms = Counter(item.task_form for item in by_fact[fact])
        others = [other for wider in sorted(around) for other in by_fact[wider]]
        for item in by_fact[fact]:
            if forms[item.task_form] > 1:
                continue
            teachers = [
                other.name
                for other in others
                if other.task_form != item.task_form and answers[item.name] in answers[other.name]
            ]
            if teachers:
                found[item.name] = teachers
    return found


def _facts_around(by_fact: Mapping[Fact, list[Item]]) -> Iterator[tuple[Fact, set[Fact]]]:
    """Every fact with the facts that hold all of its words, itself among them."""
    spans = sorted(
        ((cited.document, cited.start, -cited.end), fact) for fact in by_fact for cited in fact
    )
    open_: list[tuple[Cited, Fact]] = []
    for (document, start, end), group in groupby(spans, key=lambda pair: pair[0]):
        here = Cited(document, start, -end)
        ours = [fact for _, fact in group]
        open_ = [one for one in open_ if one[0].document == document and one[0].end > start]
        open_ += [(here, fact) for fact in ours]
        for fact in ours:
            if fact[0] == here:
                yield (
                    fact,
                    {
                        wider
                        for span, wider in open_
                        if span.end >= here.end and _holds(wider, fact)
                    },
                )


def _holds(wider: Fact, fact: Fact) -> bool:
    return all(
        any(
            one.document == cited.document and one.start <= cited.start and cited.end <= one.end
            for one in wider
        )
        for cited in fact
    )


def _ties(items: Sequence[Item], teachers: Mapping[Ref, list[Ref]]) -> list[list[Ref]]:
    """Questions that may be kept back, tied by the runs of words they share.

    Those that share a run with a question which must stay are left out.
    """
    leaders = _Leaders()
    first: dict[str, Ref] = {}
    for name, runs in _runs(items, among=teachers):
        for run in runs:
            leaders.join(first.setdefault(run, name), name)
    barred = {
        leaders.of(first[run])
        for _, runs in _runs(items, without=teachers)
        for run in runs
        if run in first
    }
    ties: defaultdict[Ref, list[Ref]] = defaultdict(list)
    for name in teachers:
        if (leader := leaders.of(name)) not in barred:
            ties[leader].append(name)
    return [sorted(tie) for tie in ties.values()]


def _runs(
    items: Sequence[Item],
    *,
    among: Mapping[Ref, list[Ref]] | None = None,
    without: Mapping[Ref, list[Ref]] | None = None,
) -> Iterator[tuple[Ref, set[str]]]:
    for item in items:
        if (among is None or item.name in among) and (without is None or item.name not in without):
            yield item.name, {run for question in item.asked for run in ngrams(question)}


class _Leaders:
    """Names joined into sets, each known by its leader (a disjoint-set forest)."""

    def __init__(self) -> None:
        self._above: dict[Ref, Ref] = {}

    def of(self, name: Ref) -> Ref:
        """The leader of the set that holds `name`."""
        while (above := self._above.get(name, name)) != name:
            self._above[name] = self._above.get(above, above)
            name = above
        return name

    def join(self, one: Ref, other: Ref) -> None:
        """Put two sets together; the smaller name leads."""
        first, second = sorted((self.of(one), self.of(other)))
        self._above[second] = first
