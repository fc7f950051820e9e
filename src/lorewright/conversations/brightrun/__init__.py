"""Training files in the formats brightrun-lora-v4 and v5: read, mended and written.

What a file holds that Lorewright wrote itself, so that it is read back exactly (a *trusted* file:
no known defect is looked for in it):

`training_file_metadata` (in JSONL: the object behind `_meta`, together with `format_spec`) has
`input_parameters: {"written_by": "lorewright"}`. So has every conversation: in JSON as a member
beside `conversation_metadata` and `training_pairs`, in JSONL the same object in every line. This
object alone decides, and holds:

* `written_by`: `"lorewright"`; `conversation_id`; `teacher`; `is_control`;
* the scaffold, null where it is None: `persona_key`, `persona_name`, `emotional_arc_key`,
  `emotional_arc`, `training_topic_key`, `training_topic`, `consultant_key`;
* `quality_tier`, and `quality: {"score", "parts": {"turn_count", "length", "structure",
  "confidence"}}`, the decimals as JSON numbers with all their digits (`8.10` stays `8.10`);
* `created_date`, `human_reviewed`, `reviewer_notes`, null where they are None.

`conversation_metadata` and the pairs repeat what the format wants to see there.

Pairs, `turn_number` from 1 on, `conversation_id` the same in all of a conversation:

* JSON has one pair a turn. A client turn has its text in `current_user_input` and
  `target_response: null`; a turn of the advisor has its text in `target_response`, and in
  `current_user_input` the client turn right before it (null when the advisor speaks first or
  twice). `conversation_history` holds every turn before these, and never `current_user_input`.
* JSONL has one line for each turn of the advisor. The client turns since the advisor spoke last
  stand in `client_turns` of the line, those behind the last answer in `client_turns` of the last
  line. Each is `{"turn_number", "content", "id", "emotional_context", "training_metadata"}`. A
  conversation in which the advisor never speaks has no line, which the writer reports.
* `conversation_metadata` of a pair: `client_persona`, `client_background`, `session_context`,
  `conversation_phase`, `expected_outcome`, and the scaffold as `persona_archetype`,
  `emotional_arc`, `emotional_arc_key`, `training_topic`, `training_topic_key`. `system_prompt` is
  that of the conversation, null when it has none; a control header stands in `control_header`.
* `emotional_context.detected_emotions` is what the client feels (of an answer: in the client turn
  before it), `emotional_context.response_emotions` what the advisor feels, only on answers. Each
  is `{"primary", "secondary", "intensity", "valence"}`, null where it is None; an emotion that is
  None is left out or has only null in it.
* `training_metadata` has all eleven fields of the format, null (skills: an empty list) where an
  enriched turn has none; `conversation_turn` is `turn_number`.
"""

from lorewright.conversations.brightrun.codes import ISSUES, REASONS, REPAIRS
from lorewright.conversations.brightrun.format_fields import WRITER
from lorewright.conversations.brightrun.found import Found, Head, Place, Unusable
from lorewright.conversations.brightrun.reading import Identity, identity_of, read_v4, read_v5
from lorewright.conversations.brightrun.reading_files import conversations_in, head_of, is_in_lines

__all__ = [
    "ISSUES",
    "REASONS",
    "REPAIRS",
    "WRITER",
    "Found",
    "Head",
    "Identity",
    "Place",
    "Unusable",
    "conversations_in",
    "head_of",
    "identity_of",
    "is_in_lines",
    "read_v4",
    "read_v5",
]
