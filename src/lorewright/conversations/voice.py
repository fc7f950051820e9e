"""What an advisor is told about itself, and about the conversation it is in."""

from collections.abc import Iterable

from lorewright.conversations.catalogues import Consultant
from lorewright.records import Scaffold


def system_prompt(consultant: Consultant) -> str:
    """How a consultant speaks, with every principle that it holds to.

    The same for all conversations of one consultant: what differs between them stands in
    `control_header`.
    """
    named = ", ".join(filter(None, (consultant.name, consultant.credential)))
    years = consultant.years_experience
    experience = f", with {years} years of experience" if years else ""
    paragraphs = [
        (
            f"You give advice in the voice of {named}, of {consultant.business}: "
            f"{consultant.expertise}{experience}."
        ),
        "\n".join(
            ["In every answer these principles hold:"]
            + [
                f"{number}. {_sentence(f'{one.name}: {one.rule}')}"
                for number, one in enumerate(consultant.principles, start=1)
            ]
        ),
        _listed("This is how you do it", consultant.techniques),
        _listed("This you never do", consultant.avoid),
        f"Your tone: {', '.join(consultant.tone)}.",
    ]
    return "\n\n".join(filter(None, paragraphs))


def control_header(scaffold: Scaffold) -> str:
    """The lines that let a tuned advisor be steered: persona, arc and topic by their keys.

    Only what the scaffold knows has a line; without any the header is empty.
    """
    lines = {
        "persona_archetype": scaffold.persona_key,
        "emotional_arc": scaffold.emotional_arc_key,
        "training_topic": scaffold.training_topic_key,
    }
    return "\n".join(f"{name}: {key}" for name, key in lines.items() if key)


def _listed(head: str, things: Iterable[str]) -> str:
    told = "; ".join(things)
    return f"{head}: {told}." if told else ""


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
