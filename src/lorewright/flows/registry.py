"""The registry of adapters: what each is called, whether it may be used, and where it stands.

All of it is decided about an adapter and never written into it; see `history_of`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from lorewright import release
from lorewright.errors import NotFound, Refused, UsageError
from lorewright.flows.adapter_versions import adapter_chains, next_version, version_in
from lorewright.flows.current import refuse_erased
from lorewright.flows.naming import find
from lorewright.flows.proven import newest_proof
from lorewright.lineage import Ref
from lorewright.records import (
    VERSION,
    Adapter,
    AdapterHistory,
    AdapterState,
    BaseLanguageModel,
    Dataset,
    Decision,
    DeploymentStatus,
    ProofVerdict,
    Recipe,
    Verb,
    Verdict,
    deployment_value,
    history_of,
)
from lorewright.store import (
    Made,
    Store,
    decide,
    decisions_about,
    making_of,
    refuse_withdrawn,
)

PLAIN = "lora"
"""How an adapter was trained whose recipe names no method."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One adapter with all that the registry knows about it."""

    adapter: Adapter
    chain: tuple[Decision, ...]
    """Every decision about it, in their order."""
    base: BaseLanguageModel | None
    """None for one that was made of words that were erased since."""
    dataset: Dataset
    recipe: Recipe | None
    verdict: Verdict | None
    """The newest."""
    rated: ProofVerdict | None
    """The newest from ratings of its answers, also a rehearsed or synthetic one, which says so."""
    made: Made | None
    barred: str | None
    """Why it may not be used whatever was decided: a source was withdrawn or erased."""

    @property
    def history(self) -> AdapterHistory:
        """What was decided comes to this."""
        return history_of(self.chain)

    @property
    def method(self) -> str:
        """How it was trained."""
        return str(self.settings.get("method") or PLAIN)

    @property
    def settings(self) -> dict[str, Any]:
        """Of its recipe."""
        return self.recipe.settings if self.recipe else {}

    @property
    def proof(self) -> str:
        """What its verdict comes to, as a release says it."""
        return release.proven_sentence(self.verdict.findings if self.verdict else None)

    @property
    def is_better(self) -> bool:
        """Whether its verdict passes the gate of a release."""
        return release.is_better(self.verdict.findings if self.verdict else None)


def entries(store: Store, *, controls: bool = False) -> Iterator[Entry]:
    """Every adapter, the newest first; controls only when they are asked for."""
    found = adapter_chains(store)
    barred = cache(partial(_barred, store))
    for adapter in store.get_many(store.newest(Adapter.kind), Adapter):
        if controls or adapter.role == "tuned":
            yield _entry(store, adapter, found.get(adapter.ref, []), barred=barred)


def entry_of(store: Store, name: str | None) -> Entry:
    """The adapter that `name` means; the newest without a name.

    Raises:
        NotYet: when no adapter was trained.
        NotFound: when nothing is called `name`.
    """
    adapter = find(store, name, Adapter)
    chain = decisions_about(store, adapter.ref)
    return _entry(store, adapter, chain, barred=partial(_barred, store))


def approve(
    store: Store, name: str, *, why: str, by: str, require_better: bool = False
) -> tuple[Entry, Decision]:
    """Say that an adapter may be used.

    As with a release, what was not shown to be better may be approved unless that is required;
    the decision names the verdict that it rests on.

    Raises:
        UsageError: when it is a control, or approved already.
        Refused: when it rests on a withdrawn or erased source, or is required to be better and
            is not.
    """
    entry = _tuned(store, name)
    _refuse_barred(store, entry, doing="approving what was trained on")
    if require_better and not entry.is_better:
        raise Refused(
            f"{entry.adapter.ref.short} is not approved: it is required to be better, and it is "
            f"{entry.proof}",
            hint="run `lorewright evaluate` first"
            if entry.verdict is None
            else "train on more or better data, or approve it without --require; the decision "
            "will say what was found",
        )
    verdict = entry.verdict.ref if entry.verdict else None
    decision = _decide(
        store, entry, Verb.APPROVE, why=why, by=by, value=verdict, check=_not_yet("approved")
    )
    return entry, decision


def retire(store: Store, name: str, *, why: str, by: str) -> tuple[Entry, Decision]:
    """Say that an adapter is not to be used any more.

    Raises:
        UsageError: when it is retired already.
    """
    entry = entry_of(store, name)
    return entry, _decide(store, entry, Verb.RETIRE, why=why, by=by, check=_not_yet("retired"))


def name_adapter(store: Store, name: str, called: str, *, why: str, by: str) -> tuple[Entry, str]:
    """Call an adapter the next version of `called`; one that is a version of it stays that one.

    Returns:
        The adapter and its NAME@NUMBER.

    Raises:
        UsageError: when it is a control, or nothing can be called so.
    """
    entry = _tuned(store, name)
    if not VERSION.fullmatch(f"{called}@1"):
        raise UsageError(
            f"{called[:100]!r} cannot be the name of an adapter",
            hint="use letters, digits, dots, dashes and underscores, and begin with a letter or "
            "a digit",
        )
    while True:
        version = f"{called}@{next_version(adapter_chains(store), called)}"
        try:
            decide(
                store,
                entry.adapter.ref,
                Verb.NAME,
                why=why,
                by=by,
                value=version,
                check=_is_not_called(called),
                claim=f"{Adapter.kind}/{version}",
            )
        except _IsCalled as error:
            return entry, error.version
        except Refused:
            continue  # another process took the number a moment ago
        return entry, version


def deploy(
    store: Store, name: str, place: str, status: DeploymentStatus, *, why: str, by: str
) -> tuple[Entry, Decision]:
    """Write down what an adapter is in one place from now on.

    Raises:
        UsageError: when it is a control and is to be asked, or is to be taken away from where
            it never was.
        Refused: when it is to be asked and is retired, or rests on a withdrawn or erased source.
    """
    entry = entry_of(store, name)
    if status in {DeploymentStatus.TESTING, DeploymentStatus.PRODUCTION}:
        _refuse_use(store, entry, status)
    elif status is DeploymentStatus.ARCHIVED:
        _refuse_absent(entry, place)
    value = deployment_value(place, status)
    return entry, _decide(store, entry, Verb.DEPLOY, why=why, by=by, value=value)


def undo(store: Store, name: str, *, why: str, by: str) -> tuple[Entry, Decision]:
    """Take back the last decision about an adapter; another one brings it back.

    Returns:
        The adapter as it stood before, and the decision that was taken back.

    Raises:
        UsageError: when nothing was decided about it.
    """
    entry = entry_of(store, name)
    if not entry.chain:
        raise UsageError(
            f"nothing was decided about {entry.adapter.ref.short}, so there is nothing to undo"
        )
    _decide(store, entry, Verb.UNDO, why=why, by=by, check=_unchanged(entry))
    return entry, entry.chain[-1]


def _entry(
    store: Store, adapter: Adapter, chain: list[Decision], *, barred: Callable[[Ref], str | None]
) -> Entry:
    parents = {ref.kind: ref for ref in adapter.made_from}
    dataset = store.get(parents[Dataset.kind], Dataset)
    verdicts = store.get_many(store.children([adapter.ref], kind=Verdict.kind), Verdict)
    recipe = parents.get(Recipe.kind)
    proven = newest_proof(store, adapter.ref)
    return Entry(
        adapter=adapter,
        chain=tuple(chain),
        base=next(store.get_many([parents[BaseLanguageModel.kind]], BaseLanguageModel), None),
        dataset=dataset,
        recipe=store.get(recipe, Recipe) if recipe else None,
        verdict=next(reversed(list(verdicts)), None),
        rated=proven.verdict if proven else None,
        made=making_of(store, adapter.ref),
        barred=barred(dataset.ref),
    )


def _barred(store: Store, dataset: Ref) -> str | None:
    try:
        refuse_withdrawn(store, [dataset], doing="using what was trained on")
        refuse_erased(store, dataset, doing="using what was trained on")
    except Refused as error:
        return error.sentence
    return None


def _tuned(store: Store, name: str) -> Entry:
    entry = entry_of(store, name)
    _refuse_control(entry)
    return entry


def _refuse_control(entry: Entry) -> None:
    if entry.adapter.role != "tuned":
        raise UsageError(
            f"{entry.adapter.ref.short} is a control",
            hint="name the adapter that it is a control for",
        )


def _refuse_barred(store: Store, entry: Entry, *, doing: str) -> None:
    refuse_withdrawn(store, [entry.dataset.ref], doing=doing)
    refuse_erased(store, entry.dataset.ref, doing=doing)


def _refuse_use(store: Store, entry: Entry, status: DeploymentStatus) -> None:
    _refuse_control(entry)
    _refuse_barred(store, entry, doing=f"putting into {status} what was trained on")
    history = entry.history
    if history.state is AdapterState.RETIRED and history.decision:
        raise Refused(
            f"{entry.adapter.ref.short} was retired on {history.decision.at[:10]}: "
            f"{history.decision.why}",
            hint="name another one, or approve it again",
        )


def _refuse_absent(entry: Entry, place: str) -> None:
    known = [one.place for one in entry.history.deployments]
    if place not in known:
        raise NotFound(
            f"{entry.adapter.ref.short} was never deployed at {place!r}",
            hint=f"it was at {', '.join(map(repr, known))}" if known else "it was nowhere so far",
        )


def _decide(
    store: Store,
    entry: Entry,
    verb: Verb,
    *,
    why: str,
    by: str,
    value: str | None = None,
    check: Callable[[list[Decision]], None] = lambda _chain: None,
) -> Decision:
    return decide(store, entry.adapter.ref, verb, why=why, by=by, value=value, check=check)


def _not_yet(state: str) -> Callable[[list[Decision]], None]:
    def check(chain: list[Decision]) -> None:
        history = history_of(chain)
        if history.state == state and history.decision:
            raise UsageError(
                f"this adapter was {state} already on {history.decision.at[:10]}: "
                f"{history.decision.why}",
                where=history.decision.about.short,
            )

    return check


def _unchanged(entry: Entry) -> Callable[[list[Decision]], None]:
    def check(chain: list[Decision]) -> None:
        if tuple(chain) != entry.chain:
            raise UsageError(
                "somebody decided about this adapter a moment ago",
                where=entry.adapter.ref.short,
                hint="look at it with `lorewright adapters show`, then decide",
            )

    return check


class _IsCalled(Exception):
    """It is a version of that name already."""

    def __init__(self, version: str) -> None:
        super().__init__(version)
        self.version = version


def _is_not_called(name: str) -> Callable[[list[Decision]], None]:
    def check(chain: list[Decision]) -> None:
        called = version_in(history_of(chain), name)
        if called:
            raise _IsCalled(called)

    return check
