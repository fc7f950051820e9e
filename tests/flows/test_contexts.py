"""Documents seen as wholes: in groups of which none is lost, resumed, grounded, erased."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from attentive import AttentiveAsker, an_edge
from flows.small_workspace import Small, small
from flows.waiting import do
from lorewright.errors import NotYet, UsageError
from lorewright.flows.contexts import (
    ContextChoice,
    context_of,
    context_works,
    contexts_by_rules,
    corpus_context_of,
    corpus_works,
    draw_context,
    seen_contexts,
    seen_together,
)
from lorewright.flows.current import current_documents
from lorewright.flows.documents import analyze_documents, ingest_files
from lorewright.jobs import Priced
from lorewright.lineage import Ref
from lorewright.llms import Purpose, Request
from lorewright.records import (
    Chunk,
    ChunkType,
    ContextNotes,
    CorpusContext,
    DocumentContext,
    RelationKind,
    Source,
)
from lorewright.settings import ChunkSettings, ContextSettings, Settings
from lorewright.store import erase, verify, written_files
from scripted import MODEL

SETTINGS = Settings(
    chunks=ChunkSettings(sequential_characters=600),
    context=ContextSettings(group_characters=1_000, notes_at_once=2, pairs=4),
)
CHAPTERS = ("Oiling", "Priming", "Venting", "Closing", "Cleaning", "Storing", "Lifting")


def a_book(word: str = "pump") -> str:
    """Seven chapters that share rare words, and a licence that nobody should read."""
    chapters = "".join(
        f"# {name}\n\n{name} a {word} takes patience, since the copper kettle whistles. "
        f"The {name.lower()} of a {word} was taught by Agnes Miller with a brass lantern. "
        f"Whoever forgets the {name.lower()} finds the {word} cold and the kettle silent. "
        f"Its marks are {name.lower()}wood, {name.lower()}stone, {name.lower()}iron and nothing "
        f"else that a reader of this page would have to carry along on a rainy day.\n\n"
        for name in CHAPTERS
    )
    return f"{chapters}# Licence\n\nNobody may copy what is written about the {word} here.\n"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Small]:
    with small(tmp_path, text=a_book(), settings=SETTINGS) as made:
        analyze_documents(made.store, made.settings)
        made.store.put(MODEL)
        yield made


@pytest.fixture
def two_books(book: Small, tmp_path: Path) -> Small:
    file = tmp_path / "valves.md"
    file.write_text(a_book("valve"), encoding="utf-8")
    ingest_files([file], store=book.store)
    analyze_documents(book.store, book.settings)
    return book


def sequential(book: Small) -> list[Chunk]:
    chunks = book.store.get_many(book.store.names(Chunk.kind), Chunk)
    return [one for one in chunks if one.chunk_type is ChunkType.CHAPTER_SEQUENTIAL]


def taught(book: Small, asker: AttentiveAsker | None = None) -> DocumentContext:
    done = do(book.store, context_works(book.store, book.settings, asker or AttentiveAsker()))
    assert not done.failed
    return book.store.get(done.made[-1], DocumentContext)


def shown(asker: AttentiveAsker, prompt: str) -> list[str]:
    """The material of each call with one prompt."""
    return [
        request.messages[1].text
        for request, purpose in asker.asked
        if purpose.name.endswith(prompt)
    ]


def test_every_chunk_of_the_subject_is_read_once_and_the_rest_is_counted(book: Small) -> None:
    asker = AttentiveAsker()

    found = taught(book, asker)

    words = book.store.document(book.document).words
    material = "".join(shown(asker, "context_notes"))
    read = [material.count(words[one.start : one.end]) for one in sequential(book)]
    assert read.count(1) == found.chunks == len(CHAPTERS)
    assert read.count(0) == found.set_aside == 1
    assert "Nobody may copy" not in material
    assert not found.unread


def test_notes_are_put_together_in_a_tree_until_one_is_left(book: Small) -> None:
    asker = AttentiveAsker(context_themes=lambda _themes: {"unions": []})

    found = taught(book, asker)

    leaves = list(book.store.get_many(book.store.names(ContextNotes.kind), ContextNotes))
    leaves = [one for one in leaves if one.level == 0 and one.themes]
    named = {one.name for leaf in leaves for one in leaf.themes}
    assert found.groups == len(leaves) == asker.count("context_notes") > 2
    assert found.levels == 3
    assert {one.name for one in found.themes or ()} == named
    assert len(named) == len(CHAPTERS)


def test_whoever_counts_the_works_later_counts_the_same(book: Small) -> None:
    steps: list[list[str]] = []

    for asked in (0, 1, 2, 3, 9):
        with_some_done = do(book.store, ordered(book), until=asked)
        assert not with_some_done.failed
        steps.append([work.step.recipe for work in ordered(book)])
    do(book.store, ordered(book))
    steps.append([work.step.recipe for work in ordered(book)])

    longest = steps[-1]
    assert len(longest) > 4  # there is more than one tier
    for earlier in steps[:-1]:
        assert earlier[:-1] == longest[: len(earlier) - 1]


def ordered(book: Small) -> Iterator[Priced]:
    return context_works(
        book.store, book.settings, AttentiveAsker(context_themes=lambda _themes: {"unions": []})
    )


def test_everything_that_is_said_is_counted_or_located(book: Small) -> None:
    found = taught(book)

    words = book.store.document(book.document).words
    assert all(words[one.start : one.end] == one.quote for one in found.evidence)
    people = [(one.name, one.mentions) for one in found.people or ()]
    assert people == [("Agnes", words.count("Agnes"))]
    for one in found.terms or ():
        assert one.uses == len(re.findall(rf"\b{one.term}\b", words, re.IGNORECASE))
    assert [one.weight for one in found.voice or ()] == [1]
    assert sum(one.weight for one in found.themes or ()) <= 1
    assert found.teacher == "scripted:script"
    assert found.complexity is not None
    assert sum(one.chunks for one in found.complexity.readability) == found.chunks


def test_pairs_beyond_the_limit_are_counted(book: Small) -> None:
    asker = AttentiveAsker()

    pairs = taught(book, asker).pairs

    assert asker.count("context_relations") == pairs.related == 4
    assert pairs.left_out == pairs.found - 4 > 0


def test_a_pair_that_has_nothing_to_do_with_another_is_no_relation(book: Small) -> None:
    found = taught(book, AttentiveAsker(context_relations=lambda _sides: {"relations": []}))

    assert found.relations == ()
    assert found.pairs.unrelated == 4


@pytest.mark.parametrize("until", [1, 6, 10])
def test_a_run_that_is_cut_off_goes_on_where_it_was(
    book: Small, tmp_path: Path, until: int
) -> None:
    first, second = AttentiveAsker(), AttentiveAsker()
    do(book.store, context_works(book.store, book.settings, first), until=until)

    found = taught(book, second)

    asked = [request.fingerprint for request, _ in (*first.asked, *second.asked)]
    assert len(set(asked)) == len(asked)
    assert first.asked
    with small_again(tmp_path / "again") as whole:
        assert taught(whole).ref == found.ref


def small_again(folder: Path) -> "Opened":
    folder.mkdir()
    return Opened(folder)


class Opened:
    """The same book in another workspace."""

    def __init__(self, folder: Path) -> None:
        self._manager = small(folder, text=a_book(), settings=SETTINGS)

    def __enter__(self) -> Small:
        made = self._manager.__enter__()
        analyze_documents(made.store, made.settings)
        made.store.put(MODEL)
        return made

    def __exit__(self, *error: object) -> None:
        self._manager.__exit__(None, None, None)


def test_the_same_again_asks_nothing_and_another_draw_asks_anew(book: Small) -> None:
    first, again, anew = AttentiveAsker(), AttentiveAsker(), AttentiveAsker()
    taught(book, first)

    taught(book, again)
    works = context_works(book.store, book.settings, anew, ContextChoice(draw=1))
    do(book.store, works)

    assert not again.asked
    assert len(anew.asked) == len(first.asked)
    assert {purpose.draw for _, purpose in anew.asked} == {1}


class Refusing(AttentiveAsker):
    """Gives no usable answer where a word stands in the question."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self._word = word
        self._usual: Callable[[Request, Purpose], str] = self._answers
        self._answers = self._or_nothing

    def _or_nothing(self, request: Request, purpose: Purpose) -> str:
        if self._word in request.messages[1].text:
            return "I would rather not."
        return self._usual(request, purpose)


def test_what_a_teacher_could_not_read_is_said_and_read_the_next_time(book: Small) -> None:
    done = do(book.store, context_works(book.store, book.settings, Refusing("# Venting")))
    partly = book.store.get(done.made[-1], DocumentContext)

    whole = taught(book)

    assert any("chunks 3 to 4" in one for one in done.failed)
    assert [one.chunks for one in partly.unread] == [2]
    assert partly.pairs.failed > 0
    assert not whole.unread
    assert whole.pairs.failed == 0


def test_a_teacher_that_reads_nothing_makes_no_context(book: Small) -> None:
    done = do(book.store, context_works(book.store, book.settings, Refusing("source")))

    assert not done.made
    assert "not put together yet" in done.failed[-1]


def test_asked_without_being_done_works_say_what_the_whole_would_take(book: Small) -> None:
    asker = AttentiveAsker()
    works = list(context_works(book.store, book.settings, asker))
    before = {one.purpose: one for work in works for one in work.forecasts()}

    taught(book, asker)
    after = [
        one for work in context_works(book.store, book.settings, asker) for one in work.forecasts()
    ]

    assert {name: one.calls for name, one in before.items()} == {
        "analyze/context_relations": 4,
        "analyze/context_notes": 4,
        "analyze/context_themes": 3,
    }
    assert len(asker.asked) == 11
    assert all(one.input_characters > 0 for one in before.values())
    assert not after


def test_a_long_document_reaches_the_end_in_parts_of_bounded_size(tmp_path: Path) -> None:
    text = "".join(a_book(f"pump{number}") for number in range(6))
    with small(tmp_path, text=text, settings=SETTINGS) as long:
        analyze_documents(long.store, long.settings)
        long.store.put(MODEL)
        asker = AttentiveAsker()

        found = taught(long, asker)

        longest = max(len(one) for one in shown(asker, "context_notes"))
        assert longest < 2_500
        assert found.chunks == 6 * len(CHAPTERS)
        assert found.levels > 4
        assert max(one.start for one in found.evidence) > 0.95 * found_end(long)


def found_end(book: Small) -> int:
    return max(one.start for one in sequential(book))


def test_rules_say_what_can_be_counted_and_leave_the_rest_open(book: Small) -> None:
    contexts_by_rules(book.store, book.settings)

    found = context_of(book.store, book.settings, book.document)

    assert found is not None
    assert found.teacher == "rules"
    assert {one.name for one in found.themes or ()} == {*CHAPTERS}
    assert {"pump", "kettle"} <= {one.term.lower() for one in found.terms or ()}
    assert {one.relation for one in found.relations or ()} == {RelationKind.SHARES_TERMS}
    assert found.reason_for("voice") == "no rule can tell; it takes a teacher"
    assert found.people is None


def test_a_sentence_that_says_what_a_term_is_is_its_definition(tmp_path: Path) -> None:
    text = (
        "# Pumps\n\nA pump is a machine that moves water.\n\n"
        "They oil the pump. The pump is a joy to them, said the smith.\n\n"
        "Every pump has a valve.\n"
    )
    with small(tmp_path, text=text, settings=SETTINGS) as made:
        analyze_documents(made.store, made.settings)
        contexts_by_rules(made.store, made.settings)
        found = context_of(made.store, made.settings, made.document)

        assert found is not None
        (pump,) = [one for one in found.terms or () if one.term.lower() == "pump"]
        assert pump.definition is not None
        assert found.evidence[pump.definition].quote == "A pump is a machine that moves water."
        assert pump.uses == 4


def test_rules_for_english_keep_away_from_other_languages(tmp_path: Path) -> None:
    text = "---\nlanguage: de\n---\n\n# Pumpen\n\nEine Pumpe bewegt Wasser.\n"
    with small(tmp_path, text=text, settings=SETTINGS) as made:
        analyze_documents(made.store, made.settings)
        contexts_by_rules(made.store, made.settings)
        found = context_of(made.store, made.settings, made.document)

        assert found is not None
        assert made.store.document(made.document).language == "de"
        assert (found.terms, found.relations) == (None, None)
        assert "English" in (found.reason_for("terms") or "")


def test_what_a_teacher_said_comes_before_what_was_counted(book: Small) -> None:
    assert context_of(book.store, book.settings, book.document) is None
    asked = taught(book)
    contexts_by_rules(book.store, book.settings)

    assert context_of(book.store, book.settings, book.document) == asked


def test_a_context_between_chunks_of_another_cut_is_not_todays(book: Small) -> None:
    taught(book)
    other = book.settings.model_copy(update={"chunks": ChunkSettings(sequential_characters=200)})
    analyze_documents(book.store, other)

    assert context_of(book.store, other, book.document) is None


def test_a_context_tells_what_there_is_at_a_chunk(book: Small) -> None:
    found = taught(book)
    relation = next(iter(found.relations or ()))
    chunk = book.store.get(relation.source, Chunk)

    assert relation in found.related(chunk.ref)
    assert found.themes_at(chunk.start, chunk.end)
    assert not found.themes_at(0, 1)


def both(book: Small) -> list[Ref]:
    return current_documents(book.store)


def together(book: Small, asker: AttentiveAsker) -> CorpusContext:
    taught(book, asker)
    done = do(book.store, corpus_works(book.store, book.settings, asker))
    assert not done.failed
    return book.store.get(done.made[-1], CorpusContext)


def contradiction(sides: list[str]) -> dict[str, Any]:
    first, second = (words.split("\n\n")[-1].split(". ")[0] for words in sides)
    term = {
        "term": "patience",
        "difference": "it is longer",
        "first_quotes": [first],
        "second_quotes": [second],
    }
    edge = an_edge(first, second, "contradicts")
    return {"relations": [edge], "differing_terms": [term]}


def test_several_documents_share_themes_and_contradict_each_other(two_books: Small) -> None:
    found = together(two_books, AttentiveAsker(corpus_relations=contradiction))

    assert set(found.documents) == {*both(two_books)}
    assert all(len(found.documents_of(one.evidence)) == 2 for one in found.themes or ())
    assert found.themes
    assert {one.relation for one in found.relations or ()} == {RelationKind.CONTRADICTS}
    for one in found.relations or ():
        sides = one.source_evidence, one.target_evidence
        assert [len(found.documents_of(side)) for side in sides] == [1, 1]
    assert {one.term for one in found.terms or ()} == {"patience"}
    assert corpus_context_of(two_books.store, both(two_books)) == found


def test_a_corpus_waits_for_its_documents(two_books: Small) -> None:
    works = corpus_works(two_books.store, two_books.settings, AttentiveAsker())

    with pytest.raises(NotYet, match="no teacher has seen"):
        next(works)


def test_one_document_is_no_corpus(book: Small) -> None:
    works = corpus_works(book.store, book.settings, AttentiveAsker())

    with pytest.raises(UsageError, match="two documents or more"):
        do(book.store, works)


def test_what_is_known_of_a_document_goes_with_it(two_books: Small, tmp_path: Path) -> None:
    found = together(two_books, AttentiveAsker(corpus_relations=contradiction))
    store, folder = two_books.store, two_books.workspace.folder
    page = draw_context(
        two_books.workspace, store, two_books.settings, found, folder / "whole.html"
    )
    gone = both(two_books)[0]
    source = next(ref for ref in store.parents(gone) if ref.kind == Source.kind)
    word = "pump" if "pump" in store.document(gone).words else "valve"
    assert word in page.read_text("utf-8")

    erase(store, source, folder, why="asked to")

    assert not page.exists()
    assert verify(store, folder).is_intact
    living = [
        one.body.decode()
        for kind in (DocumentContext, ContextNotes, CorpusContext)
        for one in store.get_many(store.names(kind.kind), kind)
    ]
    assert living
    assert not [body for body in living if f'"document":"{gone}"' in body]


@pytest.mark.parametrize("name", ["whole.html", "whole.svg"])
def test_a_picture_is_remembered_with_the_words_that_it_repeats(book: Small, name: str) -> None:
    found = taught(book)
    path = book.workspace.folder / name

    draw_context(book.workspace, book.store, book.settings, found, path)

    assert [(one.path, one.record) for one in written_files(book.store)] == [(name, found.ref)]
    assert verify(book.store, book.workspace.folder).is_intact
    assert "takes patience" in path.read_text("utf-8")


def test_a_picture_has_an_ending_that_says_what_it_is(book: Small, tmp_path: Path) -> None:
    found = taught(book)

    with pytest.raises(UsageError, match=r"\.html or \.svg"):
        draw_context(book.workspace, book.store, book.settings, found, tmp_path / "whole.pdf")


def test_documents_that_nobody_saw_together_have_no_picture_of_it(two_books: Small) -> None:
    contexts_by_rules(two_books.store, two_books.settings)
    seen = seen_contexts(two_books.store, two_books.settings)

    with pytest.raises(NotYet, match="together"):
        draw_context(
            two_books.workspace,
            two_books.store,
            two_books.settings,
            seen_together(two_books.store, seen),
            two_books.workspace.folder / "all.html",
        )
    assert len(seen) == 2
