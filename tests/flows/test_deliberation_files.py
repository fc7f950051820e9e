"""A deliberation travels in a training file, and nothing that was argued is lost on the way."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from builders import a_deliberation, a_recipe
from lorewright.conversations.brightrun.differences import differences
from lorewright.errors import UsageError
from lorewright.flows.conversation_export import Order, export_conversations
from lorewright.flows.conversation_files import import_conversations
from lorewright.flows.deliberation_files import write_training_file
from lorewright.flows.deliberations import Outcome
from lorewright.flows.enriching import enrichment_of
from lorewright.records import Conversation, Deliberation
from lorewright.settings import Settings
from lorewright.store import Store, Workspace

SETTINGS = Settings()


def outcome(*held: Deliberation) -> Outcome:
    return Outcome(list(held), None, (), 0, 0, "experimental")


def test_every_answer_has_what_was_argued_before_it(tmp_path: Path) -> None:
    held, file = a_deliberation(), tmp_path / "panel.json"
    pairs = write_training_file(file, outcome(held))
    (told,) = json.loads(file.read_text(encoding="utf-8"))["conversations"]

    assert pairs == len(told["training_pairs"]) == 2 * len(held.training_pairs)
    assert told["input_parameters"]["ids"] == {"deliberation": str(held.ref)}
    asked, answered = told["training_pairs"][:2]
    assert "deliberation" not in asked
    turn = held.training_pairs[0]
    assert asked["current_user_input"] == turn.user_input
    assert answered["target_response"] == turn.synthesized_output.response_to_user
    block = answered["deliberation"]
    said = block["internal_deliberation"]["deliberation_transcript"]
    assert [one["speaker"] for one in said] == [one.speaker for one in turn.deliberation_transcript]
    assert block["purpose_state_at_turn_start"]["current_state"] == (
        turn.purpose_state_at_turn_start.current_state
    )
    assert "user_input" not in block


def test_what_was_argued_is_read_back_and_written_again(
    workspace: Workspace, store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "panel.json"
    write_training_file(file, outcome(a_deliberation()))
    store.put(a_recipe("converse"))
    (brought,) = import_conversations([file], store=store, settings=SETTINGS).files
    assert (brought.accepted, brought.rejected.total(), brought.failed) == (1, 0, 0)
    (name,) = store.names(Conversation.kind)
    enriched = enrichment_of(store, name)
    assert enriched is not None
    assert enriched.content is not None
    assert {one.severity.value for one in enriched.issues} == {"warning"}
    assert [turn.deliberation is not None for turn in enriched.content.turns] == [
        turn.role == "assistant" for turn in enriched.content.turns
    ]
    block = json.loads(enriched.content.turns[1].deliberation or "", parse_float=Decimal)
    start = a_deliberation().training_pairs[0].purpose_state_at_turn_start
    assert block["purpose_state_at_turn_start"]["current_score"] == start.current_score
    again = export_conversations(workspace, store, SETTINGS, Order(format="brightrun-v4"))

    assert differences(file, again.path) == []


def test_a_block_that_is_no_object_is_told_and_left_out(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "panel.json"
    write_training_file(file, outcome(a_deliberation()))
    told = json.loads(file.read_text(encoding="utf-8"))
    told["conversations"][0]["training_pairs"][1]["deliberation"] = "they argued"
    file.write_text(json.dumps(told), encoding="utf-8")
    store.put(a_recipe("converse"))
    import_conversations([file], store=store, settings=SETTINGS)
    (name,) = store.names(Conversation.kind)
    enriched = enrichment_of(store, name)
    assert enriched is not None
    assert enriched.content is not None

    assert enriched.content.turns[1].deliberation is None
    assert ("WRONG_TYPE", '"they argued"') in {(one.code, one.original) for one in enriched.repairs}


def test_nothing_held_is_nothing_to_write(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no deliberations to write"):
        write_training_file(tmp_path / "panel.json", outcome())
    assert not list(tmp_path.iterdir())
