"""Croissant 1.1: what the files of a dataset hold, for programs that load datasets."""

import json
from collections.abc import Mapping
from typing import Any

from lorewright.records import UNKNOWN_LICENCE, Split
from lorewright.release.bibliography import bibtex
from lorewright.release.facts import DataFacts, SourceFacts
from lorewright.release.licences import URLS, on_hubs
from lorewright.release.statement import FileFact

_TEXT = "sc:Text"
_INTEGER = "sc:Integer"
_COLUMNS = {
    "example": "the name of the example",
    "split": "what the example may be used for",
    "level": "how much of a document it draws on",
    "task_form": "what the question asks for",
    "question": "the last thing the user says",
    "answer": "the last thing the assistant says",
}
_EVIDENCE = {
    "document": (_TEXT, "the document that is cited"),
    "start": (_INTEGER, "the first character, counted in Unicode code points"),
    "end": (_INTEGER, "one past the last character"),
}
_MESSAGES = {
    "role": (_TEXT, "who speaks"),
    "content": (_TEXT, "what is said"),
}
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "prov": "http://www.w3.org/ns/prov#",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def croissant(facts: DataFacts, files: Mapping[Split, FileFact], *, version: str) -> str:
    """The metadata of a dataset whose splits lie in `files`, one JSON object per line.

    Args:
        facts: the dataset.
        files: where each split lies, relative to the folder of the metadata.
        version: of the dataset, as whoever hands it out counts.
    """
    told = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": facts.record.name,
        "version": version,
        "identifier": facts.record.ref,
        "description": f"{facts.accepted:,} examples, each with the characters that it rests on, "
        f"from {len(facts.sources):,} sources. Merkle root {facts.record.root}.",
        "license": _licences(facts),
        "inLanguage": list(facts.languages),
        "keywords": ["question answering", "lineage"],
        "citeAs": bibtex(facts.sources),
        "isLiveDataset": False,
        "prov:wasDerivedFrom": [_origin(one) for one in facts.sources],
        "prov:wasGeneratedBy": [
            {"@type": "prov:Activity", "@id": f"urn:{one.ref}", "name": f"lorewright {one.step}"}
            for one in facts.recipes
        ],
        "distribution": [_distribution(split, file) for split, file in files.items()],
        "recordSet": [_record_set(split) for split in files],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _licences(facts: DataFacts) -> list[str]:
    names = {one.licence for one in facts.sources}
    return sorted(URLS.get(on_hubs(name) or "", name) for name in names) or [UNKNOWN_LICENCE]


def _origin(one: SourceFacts) -> dict[str, Any]:
    told: dict[str, Any] = {
        "@type": "prov:Entity",
        "@id": f"urn:{one.ref}",
        "name": one.title,
        "license": one.licence,
        "sha256": one.sha256,
    }
    return told | ({"prov:atLocation": one.origin} if one.origin else {})


def _distribution(split: Split, file: FileFact) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": f"{split.value}-file",
        "name": f"{split.value}-file",
        "description": f"The examples of the split {split.value}.",
        "contentUrl": file.path,
        "contentSize": f"{file.size} B",
        "encodingFormat": "application/jsonlines",
        "sha256": file.sha256,
    }


def _record_set(split: Split) -> dict[str, Any]:
    name = split.value
    fields = [_field(name, column, says) for column, says in _COLUMNS.items()]
    fields += [
        _nested(name, "messages", "the whole conversation", _MESSAGES),
        _nested(name, "evidence", "the spans that the answer rests on", _EVIDENCE),
    ]
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": f"One record per example of the split {name}.",
        "key": {"@id": f"{name}/example"},
        "field": fields,
    }


def _field(split: str, column: str, says: str) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{split}/{column}",
        "name": column,
        "description": says,
        "dataType": _TEXT,
        "source": _source(split, column),
    }


def _nested(
    split: str, column: str, says: str, parts: Mapping[str, tuple[str, str]]
) -> dict[str, Any]:
    """A column that holds a list of objects, with a field for each of their members."""
    return {
        "@type": "cr:Field",
        "@id": f"{split}/{column}",
        "name": column,
        "description": says,
        "repeated": True,
        "subField": [
            {
                "@type": "cr:Field",
                "@id": f"{split}/{column}/{part}",
                "name": part,
                "description": what,
                "dataType": kind,
                "source": {**_source(split, column), "transform": {"jsonPath": f"$.{part}"}},
            }
            for part, (kind, what) in parts.items()
        ],
    }


def _source(split: str, column: str) -> dict[str, Any]:
    return {"fileObject": {"@id": f"{split}-file"}, "extract": {"column": column}}
