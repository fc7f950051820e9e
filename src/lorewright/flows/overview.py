"""Where a workspace stands in the story, and which command comes next."""

from lorewright.errors import NotYet
from lorewright.flows.current import documents_for, made_by, plan_of
from lorewright.flows.datasets import as_reviewed, candidates, inputs_of
from lorewright.flows.enriching import are_waiting
from lorewright.flows.naming import newest
from lorewright.lineage import Ref
from lorewright.records import Adapter, Dataset, Verdict
from lorewright.settings import Settings
from lorewright.store import Store, decided_after, memo_key, written_files


def next_command(store: Store, settings: Settings) -> str | None:
    """The verb to run next with these settings; None when the story is told to its end.

    Looks up what was done, for every current document; changes nothing.
    """
    if are_waiting(store, settings):
        return "enrich"
    try:
        documents = documents_for(store, settings)
    except NotYet:
        return "ingest"
    step = plan_of("analyze", settings.chunks)
    try:
        for document in documents:
            made_by(store, step, (document,), document)
    except NotYet:
        return "analyze"
    try:
        names = candidates(store, settings)
    except NotYet:
        return "generate"
    return _after_generate(store, settings, names)


def decisions_to_come(store: Store, following: str | None) -> int:
    """How many decisions about examples the newest dataset knows nothing of.

    Args:
        store: where.
        following: what `next_command` says; a dataset that is up to date knows all that bears
            on it, also when some of it was taken back since.
    """
    dataset = newest(store, Dataset)
    return decided_after(store, dataset) if dataset and following == "curate" else 0


def _after_generate(store: Store, settings: Settings, names: list[Ref]) -> str | None:
    dataset = newest(store, Dataset)
    if dataset is None or not _is_up_to_date(store, settings, dataset, names):
        return "curate"
    adapters = store.get_many(store.children([dataset], kind=Adapter.kind), Adapter)
    by_role = {adapter.role: adapter.ref for adapter in adapters}
    if len(by_role) < 2:
        return "train"
    verdicts = store.children([by_role["tuned"]], kind=Verdict.kind)
    if not verdicts:
        return "evaluate"
    written = {file.record for file in written_files(store) if file.purpose == "report"}
    return None if verdicts[-1] in written else "report"


def _is_up_to_date(store: Store, settings: Settings, dataset: Ref, names: list[Ref]) -> bool:
    step = plan_of("curate", settings.curation, name=store.get(dataset, Dataset).name)
    inputs = inputs_of(store, settings, as_reviewed(store, names))
    memo = memo_key(step.name, code=step.code, inputs=inputs, recipe=step.recipe)
    return store.memo(memo) == [dataset]
