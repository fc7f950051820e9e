"""The owner's word about a document wins over rules, field by field, and can be taken back."""

import json

import pytest

from flows.small_workspace import Small
from lorewright.errors import UsageError
from lorewright.flows.categories import Category, categories_of, categorise_document, undo_category
from lorewright.records import Verb
from lorewright.store import decide, decisions_about


def field(here: Small, name: str) -> Category:
    fields = categories_of(here.store, here.settings, here.document)
    return next(one for one in fields if one.field == name)


def say(here: Small, *choices: tuple[str, str], why: str = "I wrote it") -> None:
    categorise_document(here.store, here.settings, here.document, choices, why=why, by="Ada")


def test_what_nobody_decided_is_what_rules_found_or_open(here: Small) -> None:
    assert field(here, "belonging").origin is None
    assert "owner" in field(here, "category").why
    assert {one.field for one in categories_of(here.store, here.settings, here.document)} >= {
        "belonging", "category", "authorship", "gating_level",
    }  # fmt: skip


def test_a_decision_wins_and_renames_nothing(here: Small) -> None:
    before = here.document

    say(here, ("category", "knowledge_base"), ("intended_use", "Training"),
        ("intended_use", "marketing"))  # fmt: skip

    assert here.document == before
    assert field(here, "category").values == ("knowledge_base",)
    assert field(here, "category").origin == "decision"
    assert field(here, "category").why == "I wrote it"
    assert field(here, "intended_use").values == ("Training", "Marketing")


def test_each_field_is_a_decision_that_holds_field_and_value(here: Small) -> None:
    say(here, ("belonging", "4"), ("authorship", "customer"))

    decided = decisions_about(here.store, here.document)
    assert [one.verb for one in decided] == [Verb.CATEGORISE] * 2
    assert [json.loads(one.value or "") for one in decided] == [
        {"field": "belonging", "value": ["4"]},
        {"field": "authorship", "value": ["Customer"]},
    ]


def test_the_last_word_about_a_field_holds_and_leaves_the_others(here: Small) -> None:
    say(here, ("belonging", "4"), ("authorship", "customer"))
    say(here, ("belonging", "2"), why="I read it again")

    assert field(here, "belonging").values == ("2",)
    assert field(here, "authorship").values == ("Customer",)


def test_taken_back_the_rules_speak_again(here: Small) -> None:
    say(here, ("belonging", "4"), ("authorship", "customer"))
    undo_category(here.store, here.settings, here.document, "belonging", why="unsure", by="Ada")

    assert field(here, "belonging").values == ()
    assert field(here, "belonging").origin is None
    assert field(here, "authorship").values == ("Customer",)
    assert len(decisions_about(here.store, here.document)) == 3


def test_an_undo_in_the_chain_takes_back_the_decision_before_it(here: Small) -> None:
    say(here, ("belonging", "4"), ("authorship", "customer"))
    decide(here.store, here.document, Verb.UNDO, why="a slip", by="Ada")

    assert field(here, "authorship").values == ()
    assert field(here, "belonging").values == ("4",)


def test_what_cannot_be_decided_decides_nothing(here: Small) -> None:
    for choices, complaint in (
        ([("belonging", "4"), ("category", "poetry")], "no value of category"),
        ([("colour", "red")], "no field 'colour'"),
        ([("belonging", "4"), ("belonging", "5")], "takes one value"),
        ([], "nothing is decided"),
    ):
        with pytest.raises(UsageError, match=complaint):
            say(here, *choices)
    with pytest.raises(UsageError, match="nothing to undo"):
        undo_category(here.store, here.settings, here.document, "belonging", why="x", by="Ada")
    with pytest.raises(UsageError, match="is not a document"):
        categorise_document(
            here.store, here.settings, here.chunk().ref, [("belonging", "4")], why="x", by="Ada"
        )

    assert decisions_about(here.store, here.document) == []
