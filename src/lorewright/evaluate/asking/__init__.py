"""Ask an arm every scenario, turn by turn."""

from lorewright.evaluate.asking.turn_by_turn import Order, Said, Speak, answer_batch, batches_of

__all__ = ["Order", "Said", "Speak", "answer_batch", "batches_of"]
