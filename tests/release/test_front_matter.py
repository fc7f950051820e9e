from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from lorewright.release import notice
from lorewright.release.front_matter import front_matter
from lorewright.release.licences import of_all, on_hubs
from lorewright.release.markdown import words
from source_facts import a_source_fact


def read(text: str) -> Any:
    assert text.startswith("---\n")
    assert text.endswith("\n---\n")
    return yaml.safe_load(text[4:-4])


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_read_back_as_it_was(text: str) -> None:
    assert read(front_matter({"title": text})) == {"title": text}


def test_lists_and_mappings_are_read_back() -> None:
    files = [{"split": "train", "path": "a: b"}, {"split": "no", "path": "1.0"}]
    values = {"n": 3, "list": ["no", "1"], "configs": [{"name": "x", "files": files}]}

    assert read(front_matter(values)) == values


def test_what_is_not_known_is_left_out() -> None:
    assert read(front_matter({"a": "b", "nothing": None, "none": []})) == {"a": "b"}


@pytest.mark.parametrize(
    ("licence", "identifier"),
    [("CC0", "cc0-1.0"), ("CC BY 4.0", "cc-by-4.0"), ("MIT", "mit"), ("ask Ada", None)],
)
def test_licences_are_called_as_hubs_call_them(licence: str, identifier: str | None) -> None:
    assert on_hubs(licence) == identifier


def test_one_licence_stands_alone_and_several_as_a_list() -> None:
    assert of_all(["MIT", "MIT"], link="NOTICE") == {"license": "mit"}
    assert of_all(["MIT", "CC0"], link="NOTICE") == {"license": ["cc0-1.0", "mit"]}


def test_a_licence_that_hubs_do_not_know_makes_the_whole_other() -> None:
    assert of_all(["MIT", "unknown"], link="NOTICE") == {
        "license": "other",
        "license_name": "several-see-the-notice",
        "license_link": "NOTICE",
    }
    assert of_all(["unknown"], link="NOTICE")["license_name"] == "unknown"


def test_the_notice_says_what_nobody_said() -> None:
    text = notice("coach, version 1", [a_source_fact(licence="unknown", origin="a shelf")])

    assert "licence  unknown; nobody said" in text
    assert "origin   a shelf" in text


def test_words_from_elsewhere_are_no_markup() -> None:
    assert words("a | b <script>\n*x* [y](z) `q`") == (
        r"a \| b &lt;script&gt; \*x\* \[y\](z) \`q\`"
    )
