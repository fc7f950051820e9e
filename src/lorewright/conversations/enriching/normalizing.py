"""The fourth stage: what the enriched file would weigh, before it is kept."""

from lorewright.conversations.enriching.findings import Findings
from lorewright.records import EnrichedContent

LEAST_BYTES = 1_000
MOST_BYTES = 100_000_000


def normalize(content: EnrichedContent, findings: Findings) -> None:
    """Tell when the file of a conversation is oddly small or absurdly large."""
    size = size_of(content)
    if size < LEAST_BYTES:
        said = f"its texts have {size:,} bytes in the enriched file"
        findings.report("ENRICHED_SMALL", "turns", said)
    if size > MOST_BYTES:
        said = f"its texts have {size:,} bytes in the enriched file, where turns are repeated"
        findings.report("ENRICHED_TOO_LARGE", "turns", said)


def size_of(content: EnrichedContent) -> int:
    """The bytes of all texts in the file that is written for trainers.

    There every turn stands once for itself and once in the history of each turn after it, and
    the system prompt beside each; here everything is kept once.
    """
    count = len(content.turns)
    prompt = len((content.system_prompt or "").encode())
    lengths = (len(turn.text.encode()) for turn in content.turns)
    return count * prompt + sum(length * (count - place) for place, length in enumerate(lengths))
