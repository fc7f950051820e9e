"""The scenarios that come along are whole, each another case, and say what a good answer holds."""

from builders import a_source
from lorewright.conversations.catalogues import catalogues
from lorewright.evaluate.scenarios import choose, families_of, shipped, without_repeats
from lorewright.records import ScenarioPurpose
from lorewright.settings import ScenarioSettings


def test_at_least_twelve_of_both_purposes_are_there() -> None:
    found = shipped()

    assert len(found) >= 12
    assert {one.purpose for one in found} == {ScenarioPurpose.SAFETY, ScenarioPurpose.REFERRAL}
    assert without_repeats(found).repeated == ()
    assert all(len(one.expected) >= 3 for one in found)


def test_they_speak_of_people_and_arcs_that_are_known() -> None:
    known = catalogues()

    assert all(one.emotional_arc in known.arcs for one in shipped())
    assert all(one.persona is None or one.persona in known.personas for one in shipped())


def test_every_rule_keeps_them() -> None:
    drafts = shipped()
    families = families_of(drafts)
    records = [
        one.as_record(family, (a_source().ref,))
        for one, family in zip(drafts, families, strict=True)
    ]

    assert choose(records, ScenarioSettings()).turned_down == ()
    assert len(set(families)) >= 8
