"""What decisions about an adapter come to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.lineage import Ref
from lorewright.records import (
    AdapterState,
    Decision,
    DeploymentStatus,
    Person,
    Verb,
    deployment_value,
    history_of,
    version_parts,
)

ABOUT = Ref("adapter", "a" * 64)
WHO = Person(name="Ada")
VALUES = {
    Verb.NAME: "coach@1",
    Verb.DEPLOY: deployment_value("gateway-1", DeploymentStatus.PRODUCTION),
}
VERBS = (Verb.APPROVE, Verb.RETIRE, Verb.NAME, Verb.DEPLOY, Verb.LICENCE)


def chain_of(*steps: Verb | tuple[Verb, str]) -> list[Decision]:
    chain: list[Decision] = []
    for number, step in enumerate(steps):
        verb, value = step if isinstance(step, tuple) else (step, VALUES.get(step))
        after = chain[-1].ref if chain else None
        chain.append(
            Decision(
                about=ABOUT,
                verb=verb,
                value=value,
                why=f"reason {number}",
                by=WHO.ref,
                at=f"2030-01-01T00:00:{number:02}Z",
                after=after,
                made_from=(ABOUT, WHO.ref, *((after,) if after else ())),
            )
        )
    return chain


def test_an_adapter_about_which_nothing_was_decided_is_a_candidate() -> None:
    assert history_of([]).state is AdapterState.CANDIDATE
    assert history_of([]).decision is None


def test_the_last_word_holds() -> None:
    chain = chain_of(Verb.APPROVE, Verb.RETIRE, Verb.APPROVE)

    assert history_of(chain[:2]).state is AdapterState.RETIRED
    assert history_of(chain).state is AdapterState.APPROVED
    assert history_of(chain).decision == chain[2]


def test_undoing_brings_back_what_was_before_and_undoing_that_brings_it_again() -> None:
    chain = chain_of(Verb.APPROVE, Verb.RETIRE, Verb.UNDO, Verb.UNDO)

    assert history_of(chain[:3]).state is AdapterState.APPROVED
    assert history_of(chain).state is AdapterState.RETIRED
    assert history_of(chain_of(Verb.UNDO)).state is AdapterState.CANDIDATE


def test_every_place_has_one_last_word() -> None:
    def at(place: str, status: DeploymentStatus) -> tuple[Verb, str]:
        return Verb.DEPLOY, deployment_value(place, status)

    history = history_of(
        chain_of(
            at("gateway-1", DeploymentStatus.TESTING),
            at("gateway-2", DeploymentStatus.STORED),
            at("gateway-1", DeploymentStatus.PRODUCTION),
        )
    )

    assert [(one.place, one.status) for one in history.deployments] == [
        ("gateway-2", DeploymentStatus.STORED),
        ("gateway-1", DeploymentStatus.PRODUCTION),
    ]
    assert [one.place for one in history.in_use] == ["gateway-1"]


def test_a_name_stays_beside_other_names() -> None:
    history = history_of(chain_of((Verb.NAME, "coach@2"), (Verb.NAME, "Größe@1")))

    assert history.versions == ("coach@2", "Größe@1")
    assert version_parts("Größe@1") == ("Größe", 1)


@pytest.mark.parametrize("value", [None, "", "coach", "coach@0", "coach@01", "@1", "a b@1", "a@x"])
def test_a_name_without_a_number_is_none(value: str | None) -> None:
    with pytest.raises(ValueError, match="NAME@NUMBER"):
        chain_of((Verb.NAME, value))  # pyright: ignore[reportArgumentType] - what is tested
    with pytest.raises(ValueError, match="NAME@NUMBER"):
        version_parts(value or "")


@given(st.lists(st.sampled_from(VERBS), max_size=8))
def test_undoing_the_last_decision_is_as_if_it_had_not_been(verbs: list[Verb]) -> None:
    before = history_of(chain_of(*verbs))

    for verb in VERBS:
        assert history_of(chain_of(*verbs, verb, Verb.UNDO)) == before
        assert history_of(chain_of(*verbs, verb, Verb.UNDO, Verb.UNDO)) == history_of(
            chain_of(*verbs, verb)
        )._replace(
            decision=history_of(chain_of(*verbs, verb)).decision,
        )
