"""Length of the run, what may be forced, and what cannot."""

import pytest

from lorewright.errors import Refused, UsageError
from lorewright.train.preflight import CHECKS, RULES, Severity, check_names
from lorewright.train.preflight.sizes import in_bytes, in_time
from train.preflight.proposals import a_proposal, a_talk, found, names, talks, the


def test_nothing_to_train_on_stops_everything() -> None:
    proposal = a_proposal()
    empty = found(
        type(proposal)(
            lines=lambda _split: iter(()),
            examples=0,
            plan=proposal.plan,
            settings=proposal.settings,
            device=proposal.device,
            free_disk=1,
        )
    )

    assert [one.name for one in empty.blockers] == ["empty-train-split"]


@pytest.mark.parametrize(
    ("examples", "epochs", "severity"),
    [(12, 3, Severity.BLOCKER), (40, 2, Severity.WARNING), (80, 3, None)],
)
def test_too_few_steps_are_a_warning_and_far_too_few_a_blocker(
    examples: int, epochs: int, severity: Severity | None
) -> None:
    seen = found(a_proposal(*talks(examples), epochs=epochs))

    assert [one.severity for one in seen.findings] == ([severity] if severity else [])


def test_too_few_steps_say_how_many_epochs_are_enough() -> None:
    finding = the("too-few-steps", found(a_proposal(*talks(12), epochs=3)))

    assert finding.sentence == "the run has 9 optimizer steps; 50 are advised"
    assert "`lorewright train --epochs 17` makes 51 steps" in finding.hint


def test_many_epochs_over_few_examples_are_a_warning() -> None:
    assert names(found(a_proposal(*talks(80), epochs=6))) == {"too-many-epochs"}
    assert names(found(a_proposal(*talks(220), epochs=6))) == set()


def test_blockers_come_first_and_are_all_listed() -> None:
    lines = [
        *talks(40),
        a_talk("example:d", "u Why?", "u Why?", "a So."),
        a_talk("example:e", "u Why not?", "a ?"),
    ]

    seen = found(a_proposal(*lines, epochs=2))

    assert [one.name for one in seen.findings] == [
        "doubled-user-turn",
        "answer-empty",
        "too-few-steps",
    ]
    with pytest.raises(Refused, match="2 findings") as refused:
        seen.refuse_if_blocked()
    assert refused.value.where == "doubled-user-turn, answer-empty"
    assert "--force doubled-user-turn --force answer-empty" in (refused.value.hint or "")


def test_a_blocker_is_overridden_by_its_name_and_remembered() -> None:
    lines = [*talks(80), a_talk("example:e", "u Why not?", "a ?")]

    seen = found(a_proposal(*lines), force=["answer-empty", "role-order"])

    seen.refuse_if_blocked()
    assert seen.forced == ("answer-empty",)
    assert names(seen) == {"answer-empty"}


def test_a_warning_that_is_named_is_not_remembered_as_forced() -> None:
    assert found(a_proposal(*talks(40), epochs=2), force=["too-few-steps"]).forced == ()


def test_an_unknown_name_is_answered_with_the_list() -> None:
    with pytest.raises(UsageError, match="'too-few-stepz'") as error:
        check_names(["too-few-stepz"])

    assert "too-few-steps" in (error.value.hint or "")
    assert "empty-train-split" not in (error.value.hint or "")


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.impossible])
def test_what_makes_training_impossible_cannot_be_forced(name: str) -> None:
    with pytest.raises(UsageError, match=f"{name} cannot be forced"):
        check_names([name])


def test_every_rule_is_found_under_one_name_and_says_what_to_do() -> None:
    rules = [rule for check in CHECKS for rule in check.rules]

    assert len({rule.name for rule in rules}) == len(rules) == len(RULES) - 1
    assert all(rule.meaning.endswith(".") and not rule.remedy.endswith(".") for rule in rules)
    assert all(rule.name == rule.name.lower().replace("_", "-") for rule in rules)


def test_what_was_not_looked_at_is_said() -> None:
    assert len(found(a_proposal()).not_looked_at) == 2


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1500, "1.5 kB"),
        (123_456_789, "123 MB"),
        (16 * 10**9, "16.0 GB"),
    ],
)
def test_bytes_are_shown_as_people_read_them(count: int, shown: str) -> None:
    assert in_bytes(count) == shown


@pytest.mark.parametrize(("seconds", "shown"), [(40, "40 s"), (600, "10 min"), (9000, "2.5 h")])
def test_times_are_shown_as_people_read_them(seconds: float, shown: str) -> None:
    assert in_time(seconds) == shown
