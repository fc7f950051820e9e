"""Run a base model with or without an adapter: how likely are words, and what would it say."""

from lorewright.inference.answering import Answer
from lorewright.inference.arm import Arm, Score, open_arm
from lorewright.inference.chat_tokenizer import ChatTokenizer, Sample
from lorewright.inference.heads import logits_at
from lorewright.inference.libraries import library, quiet_library
from lorewright.inference.weights import answer_logits, open_weights

__all__ = [
    "Answer",
    "Arm",
    "ChatTokenizer",
    "Sample",
    "Score",
    "answer_logits",
    "library",
    "logits_at",
    "open_arm",
    "open_weights",
    "quiet_library",
]
