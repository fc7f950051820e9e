"""Ranking arms blind: the next item, what was said, how far everybody is, the lock and what then.

Everything that is said is a decision about its scenario, kept at once and never changed; who says
something else about the same item counts with the last word. Letters are kept, and no arms: what
stands behind them is known to the secret of the workspace alone, and told after the lock.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from lorewright.errors import NotYet, Refused, UsageError
from lorewright.evaluate.blinding import MOST_ARMS, Blind
from lorewright.evaluate.decoys import decoys_for
from lorewright.evaluate.ranking import (
    QUESTIONS,
    Choice,
    Item,
    Shown,
    choice_of,
    items_for,
    shown,
)
from lorewright.evaluate.rating_lines import PREFERENCE
from lorewright.flows.answered import Field, newest_field
from lorewright.flows.blinding import blinding_secret
from lorewright.flows.rated import how_of
from lorewright.flows.rating_sessions import session_of
from lorewright.records import Answers, Decision, Person, Ratings, Scenario, Verb
from lorewright.settings import Settings
from lorewright.store import Store, Workspace, chains, decide

if TYPE_CHECKING:
    from lorewright.lineage import Ref

STEP = "rank"
WHY = "ranked blind"


class Said(NamedTuple):
    """What somebody said about one item."""

    item: Item
    choices: Mapping[str, Choice]
    """By question."""
    seconds: float
    """From when it was shown until it was said."""


class Progress(NamedTuple):
    """How far one rater is."""

    rater: str
    said: int
    of: int
    seconds: float
    """Of all items that were ranked, together."""
    attended: int
    """Items there to see who reads, in which the answer to this client is preferred."""
    distracted: int
    """Those in which it is not."""


@dataclass(frozen=True, slots=True)
class BlindRanking:
    """One evaluation that people rank.

    Args:
        store: where.
        field: the arms.
        secret: what names and orders are drawn with.
        settings: the share of repeats.
    """

    store: Store
    field: Field
    secret: bytes
    settings: Settings

    @property
    def session(self) -> str:
        """The name of this evaluation: other answers make another one."""
        return session_of(self.field)

    @property
    def rankable(self) -> dict[str, list[str]]:
        """The arms that answered every message, by scenario; with one arm there is no order."""
        found: dict[str, list[str]] = {}
        for scenario in self.field.scenarios:
            whole = [
                arm
                for arm, answers in sorted(self.field.arms.items())
                if all(
                    answers.get((scenario.scenario_id, turn, 0)) is not None
                    for turn in range(len(scenario.messages))
                )
            ]
            if len(whole) > 1:
                found[scenario.scenario_id] = whole
        return found

    def items(self, rater: str) -> list[Item]:
        """What `rater` ranks, in the rater's own order."""
        judges, rankable = self.settings.evaluation.judges, self.rankable
        blind = Blind(self.secret, self.session, rater)
        scenarios = {name: one for name, one in self._scenarios().items() if name in rankable}
        decoys = decoys_for(blind, scenarios, self.field.arms, judges.attention)
        return items_for(blind, rankable, judges.repeats, decoys)

    def next_item(self, rater: str) -> Shown | None:
        """The first item that `rater` has not ranked; None when there is none.

        Raises:
            Refused: when the ranking is locked.
            NotYet: when nothing can be ranked.
        """
        self._refuse_locked()
        items = self.items(rater)
        if not items:
            raise NotYet(
                "there is no scenario that two arms answered",
                hint="let the arms answer with `lorewright evaluate`",
            )
        said = self.said_by(rater)
        found = next((place for place, one in enumerate(items) if one.code not in said), None)
        if found is None:
            return None
        item = items[found]
        scenario = self._scenarios()[item.scenario]
        return shown(
            item,
            scenario,
            self.field.arms,
            number=found + 1,
            of=len(items),
            advisor=self.settings.evaluation.judges.advisor,
        )

    def submit(
        self, rater: str, code: str, said: Mapping[str, str], *, seconds: float = 0.0
    ) -> None:
        """Keep what `rater` says about the item `code`.

        Args:
            rater: who.
            code: of the item, as it was shown.
            said: for every question an order of letters, such as `B>A=C`.
            seconds: how long it took.

        Raises:
            UsageError: when the item is not the rater's, or an order cannot be read.
            Refused: when the ranking is locked.
        """
        self._refuse_locked()
        item = next((one for one in self.items(rater) if one.code == code), None)
        if item is None:
            raise UsageError(f"{rater} has no item {code!r}", hint="ask for the next one")
        unknown = sorted(said.keys() - {one.key for one in QUESTIONS})
        if unknown:
            raise UsageError(f"there is no question called {unknown[0]!r}")
        missing = [one.key for one in QUESTIONS if one.key not in said]
        if missing:
            raise UsageError(f"the question {missing[0]!r} is not answered")
        choices = {key: str(choice_of(words, item.letters)) for key, words in said.items()}
        value = {
            "session": self.session,
            "item": code,
            "choices": choices,
            "seconds": f"{seconds:.1f}",
        }
        decide(
            self.store,
            self._scenarios()[item.scenario].ref,
            Verb.RANK,
            why=WHY,
            by=rater,
            value=json.dumps(value, sort_keys=True),
        )

    def said_by(self, rater: str) -> dict[str, Said]:
        """What `rater` said last about each item, by its code."""
        return self.said().get(rater, {})

    def said(self) -> dict[str, dict[str, Said]]:
        """What everybody said last, by rater and item."""
        people: dict[Ref, str] = {}
        items: dict[str, dict[str, Item]] = {}
        found: dict[str, dict[str, Said]] = {}
        for decision in self._decisions():
            if decision.by not in people:
                people[decision.by] = self.store.get(decision.by, Person).name
            rater = people[decision.by]
            if rater not in items:
                items[rater] = {one.code: one for one in self.items(rater)}
            value = json.loads(decision.value or "{}")
            item = items[rater].get(str(value.get("item")))
            if value.get("session") == self.session and item is not None:
                found.setdefault(rater, {})[item.code] = Said(
                    item,
                    {key: choice_of(said, item.letters) for key, said in value["choices"].items()},
                    float(value["seconds"]),
                )
        return found

    def progress(self) -> list[Progress]:
        """How far everybody is who began."""
        return [self._progress(rater, said) for rater, said in sorted(self.said().items())]

    def _progress(self, rater: str, said: Mapping[str, Said]) -> Progress:
        read = [
            one.item.is_read(one.choices[PREFERENCE]) for one in said.values() if one.item.decoy
        ]
        seconds = sum(one.seconds for one in said.values())
        return Progress(
            rater, len(said), len(self.items(rater)), seconds, sum(read), len(read) - sum(read)
        )

    def locked(self) -> list[Ratings]:
        """What the ranking ended as; nothing before the lock."""
        made = self.store.children(self.field.answers, kind=Ratings.kind)
        return [
            one
            for one in self.store.get_many(made, Ratings)
            if how_of(self.store, one).step == STEP
            and {ref for ref in one.made_from if ref.kind == Answers.kind}
            == set(self.field.answers)
        ]

    def _refuse_locked(self) -> None:
        if self.locked():
            raise Refused(
                "this ranking is locked, and what arms are called is known",
                hint="new answers make a new ranking; `lorewright rank --show` tells this one",
            )

    def _scenarios(self) -> dict[str, Scenario]:
        return {one.scenario_id: one for one in self.field.scenarios}

    def _decisions(self) -> Iterator[Decision]:
        found = chains(self.store, [one.ref for one in self.field.scenarios])
        for chain in found.values():
            yield from (one for one in chain if one.verb is Verb.RANK)


def ranking_of(
    workspace: Workspace, store: Store, settings: Settings, name: str | None = None
) -> BlindRanking:
    """The ranking of the newest answers to a set of scenarios, or to the one answered last.

    Raises:
        NotYet: when nothing was answered.
        UsageError: when there are fewer than two arms, or more than there are letters.
        Refused: when others may read the secret of the workspace.
    """
    field = newest_field(store, name)
    if not 1 < len(field.arms) <= MOST_ARMS:
        raise UsageError(
            f"{len(field.arms)} arms cannot be ranked",
            hint=f"let two arms or more answer the same scenarios, up to {MOST_ARMS}",
        )
    return BlindRanking(store, field, blinding_secret(workspace), settings)
