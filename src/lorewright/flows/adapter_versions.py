"""What adapters are called: `coach@3`, `coach@approved`, `coach@latest`.

A version is a decision about the adapter, so its number never means another one. Nothing is
kept beside the decisions: what a name means now is read out of them.
"""

from collections import Counter, defaultdict

from lorewright.errors import NotYet
from lorewright.lineage import Ref
from lorewright.records import (
    Adapter,
    AdapterHistory,
    AdapterState,
    Decision,
    Verb,
    history_of,
    version_parts,
)
from lorewright.store import Store, chains

LATEST, APPROVED = "latest", "approved"
Chains = dict[Ref, list[Decision]]


def adapter_chains(store: Store) -> Chains:
    """The decisions about every adapter about which there are any."""
    return chains(store, store.names(Adapter.kind))


def version_named(store: Store, name: str) -> Ref | None:
    """The adapter that `name` means: NAME@NUMBER, NAME@approved, NAME@latest, or NAME alone.

    Raises:
        NotYet: when NAME@approved is asked for and no version of NAME is approved.
    """
    called, _, which = name.partition("@")
    versions = _versions(adapter_chains(store)).get(called)
    if versions is None:
        return None
    if which in {"", LATEST}:
        return versions[max(versions)][0]
    if which == APPROVED:
        return _newest_approved(called, versions)
    found = versions.get(int(which)) if which.isdecimal() else None
    return found[0] if found else None


def states(store: Store) -> Counter[AdapterState]:
    """How many adapters stand where, of those about which something was decided."""
    return Counter(history_of(chain).state for chain in adapter_chains(store).values())


def next_version(found: Chains, name: str) -> int:
    """The number after the greatest that was ever given, also one that was taken back."""
    given = [
        version_parts(decision.value)
        for chain in found.values()
        for decision in chain
        if decision.verb is Verb.NAME and decision.value
    ]
    return max((number for called, number in given if called == name), default=0) + 1


def version_in(history: AdapterHistory, name: str) -> str | None:
    """What an adapter is called already as a version of `name`."""
    called = [one for one in history.versions if version_parts(one)[0] == name]
    return called[-1] if called else None


_Versions = dict[int, tuple[Ref, AdapterHistory]]


def _versions(found: Chains) -> dict[str, _Versions]:
    """{name: {number: (adapter, where it stands)}} of every version that stands."""
    versions: defaultdict[str, _Versions] = defaultdict(dict)
    for adapter, chain in found.items():
        history = history_of(chain)
        for version in history.versions:
            name, number = version_parts(version)
            versions[name][number] = (adapter, history)
    return dict(versions)


def _newest_approved(name: str, versions: _Versions) -> Ref:
    approved = [
        number
        for number, (_, history) in versions.items()
        if history.state is AdapterState.APPROVED
    ]
    if not approved:
        raise NotYet(
            f"no version of {name} is approved",
            hint=f"approve one: `lorewright adapters approve {name}@{max(versions)} --why REASON`",
        )
    return versions[max(approved)][0]
