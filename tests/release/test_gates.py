import ast
import re

from architecture.house import modules
from builders import a_recipe
from lorewright.release import RejectedFacts
from lorewright.release.gates import catalogue, gates_of

GIVES_A_REASON = re.compile(r"(?:TurnedDown|Fault)")
STEPS = {"generate/extractive": "generate", "generate/pairs": "pairs", "curate": "curate"}


def reasons_in_the_code() -> set[tuple[str, str]]:
    """(step, reason) of every gate: the first text given to a fault, or to `turn_down`."""
    found: set[tuple[str, str]] = set()
    for path, tree in modules():
        step = next((name for place, name in STEPS.items() if path.startswith(place)), None)
        if step is None:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                found |= {(step, reason) for reason in given_by(node)}
    return found


def given_by(call: ast.Call) -> set[str]:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    texts: list[ast.expr] = []
    if GIVES_A_REASON.fullmatch(name):
        texts = call.args[:1]
    elif name == "turn_down":
        texts = call.args[1:2]
    elif name == "Rejection":
        texts = [word.value for word in call.keywords if word.arg == "reason"]
    return {
        text.value
        for text in texts
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
    }


def test_every_reason_that_the_code_gives_is_explained_and_no_other() -> None:
    explained = {(step, reason) for step, gates in catalogue().items() for reason in gates}

    assert explained == reasons_in_the_code()


def test_a_gate_that_turned_nothing_down_is_listed_with_its_threshold() -> None:
    gates = list(gates_of([], [a_recipe("curate", min_answer_words=3)]))

    short = next(gate for gate in gates if gate.reason == "too_short")
    assert (short.threshold, short.rejected) == ("min_answer_words = 3", 0)
    assert {gate.step for gate in gates} == {"curate"}


def test_a_gate_whose_setting_is_not_set_is_not_listed_unless_it_turned_something_down() -> None:
    recipe = a_recipe("curate", min_answer_words=3, keep_share="0.5")
    lost = [RejectedFacts("curate", "not_judged", 2)]

    reasons = {gate.reason: gate.rejected for gate in gates_of(lost, [recipe])}

    assert "low_score" not in reasons
    assert (reasons["not_among_best"], reasons["not_judged"]) == (0, 2)


def test_a_reason_of_a_plug_in_is_told_by_its_key() -> None:
    rejected = [RejectedFacts("generate", "too_rude", 4), RejectedFacts("generate", "x", 1, True)]

    gates = list(gates_of(rejected, []))

    assert [(gate.says, gate.rejected) for gate in gates] == [("too rude", 4)]
