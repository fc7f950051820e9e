import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bibtex_reader import entries_of, shown
from lorewright.release import bibtex, csl_json
from source_facts import a_source_fact

printed = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)


def test_a_book_has_its_author_title_and_year() -> None:
    (entry,) = entries_of(bibtex([a_source_fact()]))

    assert entry.kind == "book"
    assert shown(entry.fields["title"]) == "The Handbook"
    assert shown(entry.fields["author"]) == "Ada Lovelace"
    assert (entry.fields["year"], entry.fields["month"]) == ("1843", "09")
    assert entry.key.startswith("lovelace1843-")


@settings(deadline=None)
@given(printed)
@example(r"100 % of \LaTeX & _friends_ #1 ~ ^ $5")
@example("} , evil = {x")
@example("{{{ @book{other,")
@example("Über die Wälder, 道德經")
def test_any_title_is_read_back_as_it_was(title: str) -> None:
    (entry,) = entries_of(bibtex([a_source_fact(title=title)]))

    assert shown(entry.fields["title"]) == title


@settings(deadline=None)
@given(st.text(), st.text())
def test_no_words_break_the_entry_or_add_another(title: str, file_name: str) -> None:
    sources = [a_source_fact(title=title), a_source_fact(file_name=f"b{file_name}")]

    read = entries_of(bibtex(sources))

    assert [entry.fields["year"] for entry in read] == ["1843", "1843"]


def test_keys_are_unique_even_for_the_same_author_title_and_year() -> None:
    sources = [a_source_fact(file_name=f"{number}.md") for number in range(50)]

    found = [entry.key for entry in entries_of(bibtex(sources))]

    assert len(set(found)) == 50
    assert all(key.isascii() for key in found)
    assert [item["id"] for item in json.loads(csl_json(sources))] == found


def test_a_page_of_the_web_is_one_with_its_address() -> None:
    page = a_source_fact(
        origin="https://example.org/a_b?c=%20#d", media_type="text/html", author=None, date=None
    )

    (item,) = json.loads(csl_json([page]))
    (entry,) = entries_of(bibtex([page]))

    assert item["type"] == "webpage"
    assert item["URL"] == entry.fields["url"] == "https://example.org/a_b?c=%20#d"
    assert entry.kind == "misc"


def test_an_origin_in_words_stands_in_the_note() -> None:
    (item,) = json.loads(csl_json([a_source_fact(origin="from the archive", author=None)]))

    assert item["type"] == "manuscript"
    assert "URL" not in item
    assert item["note"].endswith("; origin: from the archive")


def test_the_note_names_licence_file_and_hash() -> None:
    source = a_source_fact(licence="CC0-1.0")

    (item,) = json.loads(csl_json([source]))

    assert item["note"] == f"licence: CC0-1.0; file: handbook.md; sha256: {source.sha256}"
    assert item["issued"] == {"date-parts": [[1843, 9]]}


def test_what_no_page_prints_is_left_out() -> None:
    (entry,) = entries_of(bibtex([a_source_fact(title="a\nb\x00c\u202ed")]))

    assert shown(entry.fields["title"]) == "a b c d"
