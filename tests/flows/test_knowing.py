"""The base model is asked once about everything that could be taught, as often as set."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.judges import do
from flows.small_workspace import Small, small
from lorewright import samples
from lorewright.curate.knowing import PURPOSE
from lorewright.errors import NotYet
from lorewright.flows.datasets import curate_dataset
from lorewright.flows.documents import analyze_documents, generate_examples
from lorewright.flows.judgements import to_judge
from lorewright.flows.knowing import KnowWork, as_base, refuse_without_base
from lorewright.flows.knowledge import known_in_words, known_share_of, newest_knowledge
from lorewright.flows.showing import look_at
from lorewright.flows.teaching import asked_of
from lorewright.lineage import Ref
from lorewright.llms import Purpose, Request
from lorewright.records import Example, Knowledge, Known
from lorewright.settings import Settings
from lorewright.store import Workspace, ancestors, erase
from scripted import ScriptedAsker

HANDBOOK = Path(samples.__file__).with_name("handbook.md").read_text(encoding="utf-8")[:2_600]


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with examples from the first page of the sample handbook; nobody changes it."""
    folder = tmp_path_factory.mktemp("known")
    with small(folder, text=HANDBOOK) as made:
        analyze_documents(made.store, made.settings)
        generate_examples(made.store, made.settings)
    return made.workspace.folder


@pytest.fixture
def here(generated: Path, tmp_path: Path) -> Iterator[Small]:
    """A copy of it."""
    workspace = Workspace(shutil.copytree(generated, tmp_path / "workspace"))
    with workspace.open(Settings()) as store:
        yield Small(workspace, store, Settings())


@pytest.fixture
def names(here: Small) -> list[Ref]:
    """Everything that was proposed."""
    return to_judge(here.store, here.settings)


def a_base(here: Small, known: list[Ref], *, sometimes: list[Ref] = []) -> ScriptedAsker:  # noqa: B006 - never changed
    """A base model that knows some examples, and some others in its first draw only."""
    examples = here.store.get_many([*known, *sometimes], Example)
    answers = {one.question: one for one in examples}

    def answer(request: Request, purpose: Purpose) -> str:
        example = answers.get(request.messages[-1].text)
        if example is None or (example.ref in sometimes and purpose.draw % 3):
            return "I do not know."
        return example.answer

    return ScriptedAsker(answer)


def work_of(here: Small, names: list[Ref], base: ScriptedAsker, *, draw: int = 0) -> KnowWork:
    return KnowWork(here.store, here.settings, base, names, draw=draw)


def with_teach(settings: Settings, teach: str) -> Settings:
    curation = settings.curation.model_copy(update={"teach": teach})
    return settings.model_copy(update={"curation": curation})


def test_each_example_is_asked_about_three_times_and_told_known_partly_or_unknown(
    here: Small, names: list[Ref]
) -> None:
    base = a_base(here, names[:1], sometimes=names[1:2])
    work = work_of(here, names, base)
    (before,) = work.forecasts()

    do(here.store, work)

    found = newest_knowledge(here.store, names)
    share = known_share_of(here.store, names)
    asked = sum(len(one.text) for request, _ in base.asked for one in request.messages)
    assert [found[name].known for name in names[:3]] == [
        Known.KNOWN, Known.PARTLY, Known.UNKNOWN,
    ]  # fmt: skip
    assert here.document in ancestors(here.store, found[names[0]].ref)
    assert (before.purpose, before.calls) == (PURPOSE, len(base.asked))
    assert len(base.asked) == 3 * len(names)
    assert before.input_characters == asked
    assert (share.known, share.partly, share.unknown) == (1, 1, len(names) - 2)
    assert share.base_models == ("scripted:script",)
    assert f"1 of {len(names):,}" in known_in_words(share)


def test_what_was_asked_is_not_asked_again_but_another_draw_is(
    here: Small, names: list[Ref]
) -> None:
    base = a_base(here, names)
    do(here.store, work_of(here, names, base))
    asked = len(base.asked)

    again = do(here.store, work_of(here, names, base))
    work = work_of(here, names, base, draw=1)
    assert again == []
    assert len(list(work.forecasts())) == 1

    assert len(do(here.store, work)) == len(names)
    assert {purpose.draw for _, purpose in base.asked[asked:]} == {3, 4, 5}
    assert list(work.forecasts()) == []


def test_the_newest_knowledge_counts_and_what_was_not_asked_is_told(
    here: Small, names: list[Ref]
) -> None:
    nothing = known_share_of(here.store, names)
    do(here.store, work_of(here, names[:2], a_base(here, names)))
    before = known_share_of(here.store, names)
    do(here.store, work_of(here, names[:2], a_base(here, []), draw=1))
    after = known_share_of(here.store, names)

    assert nothing.share is None
    assert "not measured" in known_in_words(nothing)
    assert (before.known, before.unknown, before.not_asked) == (2, 0, len(names) - 2)
    assert (after.known, after.unknown, after.share) == (0, 2, 0)
    assert f"; {len(names) - 2:,} not asked" in known_in_words(after)


def test_a_dataset_leaves_out_what_is_known_and_is_made_anew_when_that_changes(
    here: Small, names: list[Ref]
) -> None:
    chosen = with_teach(here.settings, "not_known")
    with pytest.raises(NotYet, match="asked about nothing"):
        curate_dataset(here.store, chosen, name="coach")
    do(here.store, work_of(here, names, a_base(here, names[:1])))

    kept = curate_dataset(here.store, chosen, name="coach")
    do(here.store, work_of(here, names, a_base(here, []), draw=1))
    after = curate_dataset(here.store, chosen, name="coach")

    lost = {one.reason: one.count for one in kept.rejected_by_reason}
    assert lost["known_already"] == 1
    assert kept.requested == after.requested == len(names)
    assert "known_already" not in {one.reason for one in after.rejected_by_reason}


def test_who_looks_at_an_example_sees_what_was_found(here: Small, names: list[Ref]) -> None:
    do(here.store, work_of(here, names[:1], a_base(here, names)))

    look = look_at(here.store, here.settings, names[0])

    assert look.knowledge is not None
    assert look.knowledge.known is Known.KNOWN
    assert look_at(here.store, here.settings, names[1]).knowledge is None
    assert look_at(here.store, here.settings, look.knowledge.ref).summary == (
        "known: right in 3 of 3 answers"
    )


def test_nobody_steps_in_for_a_base_model_that_is_not_set() -> None:
    teacher = Settings().teacher.model_copy(update={"model": "openai:writer"})
    settings = as_base(Settings(teacher=teacher))

    with pytest.raises(NotYet, match="no base model"):
        refuse_without_base(settings)
    refuse_without_base(asked_of(settings, "openai:small"))


def test_erasing_a_source_destroys_what_was_said_about_its_examples(
    here: Small, names: list[Ref]
) -> None:
    do(here.store, work_of(here, names, a_base(here, names)))
    source = here.store.parents(here.document)[0]

    erase(here.store, source, here.workspace.folder, why="asked to")

    assert newest_knowledge(here.store, names) == {}
    assert not list(here.store.names(Knowledge.kind))
