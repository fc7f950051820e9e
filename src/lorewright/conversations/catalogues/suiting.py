"""How well a persona, an arc and a topic go together."""

from decimal import Decimal

from lorewright.conversations.catalogues.shapes import Arc, Persona, Topic

LEAST_COMPATIBLE = Decimal("0.3")
"""Three that go together at no more than this are not put together."""
ARC_AND_PERSONA = ARC_AND_TOPIC = Decimal("0.20")
TOPIC_AND_PERSONA = TOPIC_AND_ARC = Decimal("0.15")
"""What it costs when one of them lists those that it suits, and the other is not among them."""


def compatibility(persona: Persona, arc: Arc, topic: Topic) -> Decimal:
    """From 1, when nothing speaks against it, down to 0.30.

    Arc and topic say each for itself whom they suit; a list without entries suits all.
    """
    return (
        1
        - _unless(arc.personas, persona.key, ARC_AND_PERSONA)
        - _unless(arc.topics, topic.key, ARC_AND_TOPIC)
        - _unless(topic.personas, persona.key, TOPIC_AND_PERSONA)
        - _unless(topic.arcs, arc.key, TOPIC_AND_ARC)
    )


def are_compatible(persona: Persona, arc: Arc, topic: Topic) -> bool:
    """Whether the three may be put together."""
    return compatibility(persona, arc, topic) > LEAST_COMPATIBLE


def _unless(suited: tuple[str, ...], key: str, cost: Decimal) -> Decimal:
    return cost if suited and key not in suited else Decimal(0)
