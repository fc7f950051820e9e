"""What reading a training file may tell: every code, and when it is told."""

REPAIRS: dict[str, str] = {
    "NULL_TARGET": "a client turn has a pair of its own without a target; it became a client turn",
    "DOUBLED_USER_TURN": "the history ends with what the client says now; it is counted once",
    "EMOTION_OF_ADVISOR": "beside an answer stands what the advisor feels; it went to the answer",
    "REPEATED_ID": "the id of a pair does not name its conversation or is there twice",
    "REPEATED_CONVERSATION_ID": "conversations have one id; that of the conversation itself won",
    "REPEATED_PAIR": "two pairs say the same in the same turn; one was taken",
    "CONSTANT_SCORE": "all scores are one number and its criteria are noise; they were left out",
    "CONSTANT_PROGRESSION": "the aim is a filled in `0.8 -> 0.8`; it was left out",
    "PERSONAS_AS_SKILLS": "keys of personas stand among the skills; they were left out",
    "LITERAL_LINE_END": "a text spells its line ends as a backslash and an n",
    "SYSTEM_PROMPT_DIFFERS": "a pair has another system prompt; that of the first counts",
    "HALF_CHARACTERS": "texts hold halves of characters; U+FFFD stands for each",
    "SCORE_OUT_OF_RANGE": "a score is no number from 1 to 5; it was left out",
    "INTENSITY_OUT_OF_RANGE": "an intensity is below 0 or above 1; the emotion was left out",
    "NOT_A_NUMBER": "an intensity is NaN or infinite; the emotion was left out",
    "INVALID_VALENCE": "a valence is none of the three; it was left out",
    "INVALID_TURN_NUMBER": "a turn number is no whole number; the place in the file was taken",
    "WRONG_TYPE": "a value is of another type; it was left out",
    "LEFT_OUT": "a value has no place here and is not one that is filled in everywhere",
}
"""Values that are put right; each keeps what stood there before beside what stands there now."""

ISSUES: dict[str, str] = {
    "INVALID_JSON_SYNTAX": "the text of the conversation is no JSON, or is cut off",
    "MISSING_TURNS_ARRAY": "there is no list `training_pairs`",
    "WRONG_TYPE": "a value is of another type",
    "UNKNOWN_KEY": "the format has no such key there",
    "DUPLICATE_KEY": "an object has one key twice",
    "HALF_CHARACTERS": "texts hold halves of characters",
    "INVALID_TURN_NUMBER": "a turn number is no whole number from 1 on",
    "DUPLICATE_TURN_NUMBER": "two different pairs have one turn number",
    "PAIRS_OUT_OF_ORDER": "pairs do not stand in the order of their turns",
    "TURN_NUMBER_MISMATCH": "a turn number is not that of its turn; turns may be missing",
    "MISSING_CONTENT": "a pair says nothing",
    "LOST_TARGET": "the answer to what the client says is missing",
    "HISTORY_DIFFERS": "a history tells a turn otherwise than its own pair",
    "INVALID_ROLE": "a turn of a history has no role or no content",
    "MISSING_PRIMARY_EMOTION": "an intensity has no emotion",
    "MISSING_INTENSITY": "an emotion has no intensity",
    "INTENSITY_OUT_OF_RANGE": "an intensity is below 0 or above 1",
    "NOT_A_NUMBER": "an intensity is NaN or infinite",
    "INVALID_VALENCE": "a valence is not positive, negative or mixed",
    "SCORE_OUT_OF_RANGE": "a score is no number from 1 to 5",
    "PARTLY_REVIEWED": "some pairs are reviewed and some are not; it counts as not reviewed",
    "SYSTEM_PROMPT_DIFFERS": "the pairs have different system prompts",
    "PRINCIPLE_MISSING": "the system prompt lists four of the five principles of the consultant",
    "UNKNOWN_PHASE": "version 5 does not have this phase",
    "ENDS_WITH_CLIENT": "the conversation ends with what the client says",
}
"""What is told of a conversation while it is read, beside what the stages find in it."""

REASONS: dict[str, str] = {
    "too_large": "it has more bytes than `enrichment.largest_conversation_mb` allows",
    "no_conversation": "what stands in the list of conversations is none, or lies behind the list",
    "cut_off": "the file ends before its list of conversations does",
    "no_utf8": "its bytes are not UTF-8",
    "invalid_json": "a line is no JSON",
    "no_pair": "a line is JSON and no training pair",
    "repeated": "it stands in the file twice, letter by letter; it is kept once",
}
"""Why a stretch of a file becomes no conversation; its bytes stay in the file, which is kept."""
