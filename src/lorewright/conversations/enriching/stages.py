"""Five stages: fetch, validate, enrich, normalize; the fifth, to store, is the caller's."""

from lorewright.conversations.enriching.findings import Findings
from lorewright.conversations.enriching.layers import Entries, layered
from lorewright.conversations.enriching.normalizing import normalize
from lorewright.conversations.enriching.reading import Reader, Said, read_turns
from lorewright.conversations.enriching.validating import validate
from lorewright.lineage import Ref
from lorewright.records import Conversation, EnrichedContent, Enrichment, EnrichmentState

LARGEST = 8_000_000
"""Bytes of a raw text; a larger one is kept and not read, unless the caller says otherwise."""

_NO_ENTRIES = Entries()


def enrich(
    conversation: Conversation,
    *,
    recipe: Ref,
    entries: Entries = _NO_ENTRIES,
    read: Reader = read_turns,
    largest: int = LARGEST,
) -> Enrichment:
    """Take a conversation through its stages; the same input gives the same bytes.

    Nothing is raised, whatever the raw text is: what is wrong stands in the issues. Once it is
    read, a text is checked in the same way whatever form it had.

    Args:
        conversation: with its raw text.
        recipe: how it is done, for lineage.
        entries: what it was set up with.
        read: reads the form that its raw text has.
        largest: bytes of raw text; a larger one is reported and skipped.
    """
    said = _fetched(conversation, read, largest)
    checked = None if said.findings.stops else validate(said)
    for sentence in entries.unreadable:
        said.findings.report("UNREADABLE_ENTRY", "raw", sentence, line=1)
    state, content = EnrichmentState.VALIDATION_FAILED, None
    if checked is not None and not said.findings.stops:
        content = layered(conversation, said, checked, entries)
        state, content = _normalized(content, said.findings)
    return Enrichment(
        conversation=conversation.ref,
        state=state,
        issues=said.findings.issues(conversation.raw, said.place),
        repairs=tuple(said.findings.repairs),
        content=content,
        made_from=(conversation.ref, *entries.refs, recipe),
    )


def _fetched(conversation: Conversation, read: Reader, largest: int) -> Said:
    size = len(conversation.raw.encode())
    if size > largest:
        findings = Findings()
        said = f"the raw text has {size:,} bytes, above the limit of {largest:,}"
        findings.report("CONVERSATION_TOO_LARGE", "raw", said, line=1)
        return Said(None, findings)
    return read(conversation.raw)


def _normalized(
    content: EnrichedContent, findings: Findings
) -> tuple[EnrichmentState, EnrichedContent | None]:
    normalize(content, findings)
    if findings.stops:
        return EnrichmentState.NORMALIZATION_FAILED, None
    return EnrichmentState.COMPLETED, content
