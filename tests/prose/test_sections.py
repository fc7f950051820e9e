import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.prose import is_apparatus, sections
from lorewright.records import Section


def headings(text: str) -> list[str]:
    return [section.heading for section in sections(text)]


@given(st.lists(st.sampled_from(["# A", "## B ##", "", "words", "C\n===", "```", "  ", "- x"])))
def test_sections_tile_any_text(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = sections(text)

    assert [section.start for section in found] == [0, *(s.end for s in found)][: len(found)]
    assert all(section.start < section.end for section in found)
    assert (found[-1].end if found else 0) == len(text)


def test_a_section_knows_the_headings_above_it() -> None:
    text = "# Book\n\n## One\n\nwords\n\n### Deep\n\n## Two\n\n# Other\n"

    paths = {section.heading: section.path for section in sections(text)}

    assert paths["Deep"] == ("Book", "One")
    assert paths["Two"] == ("Book",)
    assert paths["Other"] == ()


def test_words_before_the_first_heading_are_a_section_without_one() -> None:
    first = sections("---\ntitle: x\n---\nHello.\n\n# A\n")[0]

    assert (first.heading, first.level, first.start) == ("", 0, 0)


def test_white_space_before_the_first_heading_belongs_to_it() -> None:
    assert [(s.heading, s.start) for s in sections("\n\n# A\n")] == [("A", 0)]


def test_a_hash_in_code_is_no_heading() -> None:
    assert headings("# A\n\n```\n# b\n```\n\n    # c\n") == ["A"]


def test_a_heading_is_read_without_its_marks() -> None:
    text = "# The *very* `first` [rule](x.html) \\#1 #\n\n__Two__\n---\n\n# snake_case_name"

    assert headings(text) == ["The very first rule #1", "Two", "snake_case_name"]


def test_an_endless_heading_is_cut_to_a_label() -> None:
    label = headings("# " + "word " * 1000)[0]

    assert len(label) <= 300
    assert label.startswith("word word")


@pytest.mark.parametrize(
    "heading",
    [
        "TABLE OF CONTENTS.", "Contents", "Index", "FOOTNOTES", "References", "12. Bibliography",
        "Project Gutenberg licence", "THE FULL PROJECT GUTENBERG LICENSE", "Title page",
        "Acknowledgements", "Transcriber's Note", "License", "List of Illustrations",
    ],
)  # fmt: skip
def test_what_serves_the_book_is_apparatus(heading: str) -> None:
    assert is_apparatus(Section(heading=heading, level=1, start=0, end=1))


@pytest.mark.parametrize(
    "heading",
    ["Noise", "Taking notes in a meeting", "Index funds", "Reference checks", "", "PREFACE."],
)
def test_what_treats_the_subject_is_not(heading: str) -> None:
    assert not is_apparatus(Section(heading=heading, level=1, start=0, end=1))


def test_everything_under_apparatus_is_apparatus() -> None:
    text = "# Book\n\n## Footnotes\n\n### On tea\n\nwords\n\n## Next\n\nwords"

    assert [is_apparatus(section) for section in sections(text)] == [False, True, True, False]
