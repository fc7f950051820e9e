"""Panels that argue: rules on weights, panels as files, played conversations and their files."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_recipe
from lorewright.generate.deliberations import (
    AccountOfConversation,
    AccountOfTurn,
    Casting,
    ExportTerms,
    HybridWeigher,
    StaticWeigher,
    TrainingShape,
    Weigher,
    broken_rules,
    examples_of,
    guarded,
    human_sample,
    measure,
    panel_library,
    play,
    tier_of_set,
    v3_document,
    v3_issues,
)
from lorewright.lineage import Ref
from lorewright.records import Deliberation
from lorewright.records.deliberation import ActKind

PANELS = panel_library().panels
BUSINESS = PANELS["business-planning"]
NAMES = [one.id for one in BUSINESS.personas]
WEIGHTS = st.lists(st.decimals(0, 1, places=2), min_size=len(NAMES), max_size=len(NAMES)).map(
    lambda found: dict(zip(NAMES, found, strict=True))
)


@given(WEIGHTS, WEIGHTS, st.sets(st.sampled_from(NAMES)))
def test_guarded_weights_keep_every_rule(
    first: dict[str, Decimal], second: dict[str, Decimal], blockers: set[str]
) -> None:
    before = guarded(first, BUSINESS.personas)
    after = guarded(second, BUSINESS.personas, previous=before.all, blockers=blockers)

    turns = [
        AccountOfTurn(active=before.active, suppressed=before.suppressed),
        AccountOfTurn(
            active=after.active, suppressed=after.suppressed, blockers=frozenset(blockers)
        ),
    ]
    assert broken_rules(AccountOfConversation(turns), BUSINESS) == []
    assert blockers <= after.active.keys()


def test_the_worked_example_of_the_reference_is_reported_as_breaking_its_rules() -> None:
    attorney, community = "licensing_attorney_greek_001", "community_marketing_sororities_001"
    account = AccountOfConversation(
        [
            AccountOfTurn(
                state="idea",
                active={
                    "market_researcher_001": Decimal("0.9"),
                    community: Decimal("0.8"),
                    "fashion_expert_plus_size_001": Decimal("0.7"),
                    "risk_contingency_planner_001": Decimal("0.4"),
                },
            ),
            AccountOfTurn(suppressed={attorney: Decimal("0.15")}),
            AccountOfTurn(
                state="legally_structured",
                active={attorney: Decimal("0.95")},
                suppressed={community: Decimal("0.35")},
            ),
        ],
        claimed_turns=6,
        claimed_pairs=18,
        from_table=True,
    )

    found = {(one.rule, one.turn) for one in broken_rules(account, BUSINESS)}

    assert found == {
        ("not_in_table", 1),
        ("change_per_turn", 3),
        ("most_when_suppressed", 3),
        ("state_skipped", 3),
        ("turns_claimed", None),
        ("pairs_claimed", None),
    }


def account_of(one: Deliberation) -> AccountOfConversation:
    """What a deliberation says of itself, for a check that knows nothing of how it was held."""
    blockers = {
        said.speaker
        for turn in one.training_pairs
        for said in turn.deliberation_transcript
        if said.act is ActKind.BLOCKER
    }
    return AccountOfConversation(
        [
            AccountOfTurn(
                state=turn.purpose_state_at_turn_start.current_state,
                active={
                    each.persona_id: each.weight for each in turn.personas_weighted_for_this_state
                },
                suppressed={
                    each.persona_id: each.weight for each in turn.personas_suppressed_this_turn
                },
                blockers=frozenset(blockers),
            )
            for turn in one.training_pairs
        ],
        claimed_turns=len(one.training_pairs),
    )


@pytest.mark.parametrize("weigher", [StaticWeigher(), HybridWeigher()], ids=["static", "hybrid"])
@pytest.mark.parametrize("key", PANELS)
def test_what_comes_along_breaks_no_rule(key: str, weigher: Weigher) -> None:
    panel, parents = PANELS[key], [a_recipe("deliberations").ref]

    for worked in panel.worked:
        held = play(Casting(panel, weigher), worked, parents=parents)
        assert broken_rules(account_of(held), panel) == []


@pytest.mark.parametrize("key", PANELS)
def test_every_panel_plays_three_conversations_that_make_a_valid_file(key: str) -> None:
    panel, parents = PANELS[key], [a_recipe("deliberations").ref]

    held = [play(Casting(panel, StaticWeigher()), one, parents=parents) for one in panel.worked]

    assert len(held) == 3
    assert v3_issues(v3_document(held, ExportTerms("2030-01-01", "Ada"))) == []
    for one in held:
        found = measure(one)
        assert found.perspectives == 1
        assert found.synthesis_quality is None
        for shape in TrainingShape:
            assert all(each.ungrounded for each in examples_of(one, shape))


def test_keywords_call_a_persona_and_lower_the_others() -> None:
    worked = next(one for one in BUSINESS.worked if one.key == "letters_on_the_dress")
    parents = [a_recipe("deliberations").ref]
    static = play(Casting(BUSINESS, StaticWeigher(), turns=1), worked, parents=parents)
    hybrid = play(Casting(BUSINESS, HybridWeigher(), turns=1), worked, parents=parents)

    def weight(name: str, one: object) -> Decimal:
        assert hasattr(one, "training_pairs")
        turn = (static if one is static else hybrid).training_pairs[0]
        both = turn.personas_weighted_for_this_state + turn.personas_suppressed_this_turn
        return next(each.weight for each in both if each.persona_id == name)

    assert weight("licensing_attorney_greek_001", hybrid) == 1
    assert weight("market_researcher_001", hybrid) < weight("market_researcher_001", static)


@given(st.integers(1, 40), st.integers(0, 9))
def test_a_fifth_goes_to_people_and_decides_what_the_set_is_called(count: int, seed: int) -> None:
    names = [Ref("deliberation", f"{number:064x}") for number in range(count)]

    sample = human_sample(names, seed=seed)

    assert len(sample) == -(-count // 5)
    assert tier_of_set(sample, accepted=sample, rejected=()) == "production"
    assert tier_of_set(sample, accepted=(), rejected=()) == "experimental"
    assert tier_of_set(sample, accepted=sample, rejected=sample[:1]) == "review_needed"
