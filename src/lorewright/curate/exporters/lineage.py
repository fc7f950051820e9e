"""Where an exported line comes from, beside the line or in it."""

from collections.abc import Iterable, Mapping
from typing import Any

from lorewright.curate.exporters.json_text import quoted
from lorewright.records import Example


def lineage_of(example: Example) -> str:
    """A JSON object with the name of an example and the spans that it rests on."""
    spans = ((one.document, one.start, one.end) for one in example.evidence)
    return _object(example.ref, spans)


def lineage_of_content(content: Mapping[str, Any], name: str) -> str:
    """As `lineage_of`, from the decoded content of the stored example `name`."""
    spans = ((one["document"], one["start"], one["end"]) for one in content["evidence"])
    return _object(name, spans)


def _object(name: str, spans: Iterable[tuple[str, int, int]]) -> str:
    evidence = ",".join(
        f'{{"document":{quoted(document)},"start":{start},"end":{end}}}'
        for document, start, end in spans
    )
    return f'{{"example":{quoted(name)},"evidence":[{evidence}]}}'
