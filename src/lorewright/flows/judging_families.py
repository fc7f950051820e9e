"""Whether a judge rates words of its own family: lineage knows who wrote the training data."""

from collections.abc import Iterable, Iterator, Mapping

from lorewright.evaluate.judging import family_of, own_family
from lorewright.lineage import Ref
from lorewright.records import (
    Adapter,
    Answers,
    Conversation,
    Dataset,
    Example,
    LanguageModel,
    Ratings,
    Split,
)
from lorewright.store import Store, members


def training_authors(store: Store, answers: Iterable[Answers]) -> set[str]:
    """The language models that wrote what the adapters of some arms were trained on.

    They are named as `plug-in:name`. Examples, the ones that somebody edited into others, and
    the conversations that examples were cut from are looked at.
    """
    adapters = {ref for one in answers for ref in one.made_from if ref.kind == Adapter.kind}
    datasets = {ref for ref in store.parents(*sorted(adapters)) if ref.kind == Dataset.kind}
    found: set[str] = set()
    for dataset in store.get_many(sorted(datasets), Dataset):
        found |= set(_authors(store, list(members(store, dataset, Split.TRAIN))))
    return found


def _authors(store: Store, taught: list[Ref]) -> Iterator[str]:
    above = store.parents(*taught)
    before = [ref for ref in above if ref.kind in {Example.kind, Conversation.kind}]
    above += store.parents(*dict.fromkeys(before))
    spoken = dict.fromkeys(ref for ref in above if ref.kind == Conversation.kind)
    for conversation in store.get_many(list(spoken), Conversation):
        if conversation.teacher and ":" in conversation.teacher:
            yield conversation.teacher
    language_models = dict.fromkeys(ref for ref in above if ref.kind == LanguageModel.kind)
    for one in store.get_many(list(language_models), LanguageModel):
        yield f"{one.provider}:{one.name}"


def partial_judges(found: Iterable[Ratings], authors: Iterable[str]) -> Mapping[str, str | None]:
    """The judges whose family wrote training data, each with its family."""
    written = set(authors)
    return {
        one.rater: family_of(one.rater)
        for one in found
        if one.by == "judge" and own_family(one.rater, written)
    }
