"""What a base model knows of a set of examples; without asking it nothing is measured."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lorewright.flows.ratings import names_of_language_models
from lorewright.lineage import Ref
from lorewright.records import Knowledge, Known
from lorewright.store import Store


class KnownShare(NamedTuple):
    """How many examples of a set a base model knew before it was tuned."""

    known: int
    partly: int
    unknown: int
    not_asked: int
    base_models: tuple[str, ...]
    """Who was asked, as provider:name."""

    @property
    def asked(self) -> int:
        """How many examples it was asked about."""
        return self.known + self.partly + self.unknown

    @property
    def share(self) -> float | None:
        """The share of those asked about that it knew; None when it was asked about none."""
        return self.known / self.asked if self.asked else None


def newest_knowledge(store: Store, names: Iterable[Ref]) -> dict[Ref, Knowledge]:
    """What was found last about each of `names` about which the base model was asked."""
    wanted = set(names)
    made = store.children(sorted(wanted), kind=Knowledge.kind)
    found = store.get_many(made, Knowledge)
    return {one.example: one for one in found if one.example in wanted}


def known_share_of(store: Store, names: Sequence[Ref]) -> KnownShare:
    """Count what is known of the examples `names`, as it was found last."""
    found = newest_knowledge(store, names)
    counts = Counter(one.known for one in found.values())
    return KnownShare(
        known=counts[Known.KNOWN],
        partly=counts[Known.PARTLY],
        unknown=counts[Known.UNKNOWN],
        not_asked=len(names) - len(found),
        base_models=names_of_language_models(store, found.values()),
    )


def known_in_words(found: KnownShare) -> str:
    """The counts as one sentence."""
    if found.share is None:
        return "known to the base model: not measured, since it was not asked"
    more = f"; {found.not_asked:,} not asked" if found.not_asked else ""
    return (
        f"known to the base model: {found.known:,} of {found.asked:,} ({found.share:.0%}), "
        f"{found.partly:,} partly, {found.unknown:,} unknown{more}; asked of "
        f"{' and '.join(found.base_models)}"
    )
