"""Release: cards, bibliography, Croissant, and a signed manifest of everything."""

from lorewright.release.adapter_card import adapter_card
from lorewright.release.bibliography import bibtex, csl_json
from lorewright.release.chain import FOLDER, broken_links, lines_of, read_records
from lorewright.release.croissant import croissant
from lorewright.release.data_card import data_card
from lorewright.release.facts import (
    DataFacts,
    DocumentFacts,
    FormFacts,
    LossFacts,
    RejectedFacts,
    ReleaseFacts,
    SectionFacts,
    SourceFacts,
)
from lorewright.release.licences import notice
from lorewright.release.lineage_file import Roots, line_of, recompute
from lorewright.release.markdown import share
from lorewright.release.rated import is_proven, rated_sentence
from lorewright.release.signing import (
    Envelope,
    PublicKey,
    SigningKey,
    open_envelope,
    public_key_from_pem,
    seal,
)
from lorewright.release.statement import (
    ENVELOPE,
    KEY,
    MANIFEST,
    UNSIGNED,
    FileFact,
    Statement,
    is_better,
    proven_sentence,
    read_statement,
    statement_of,
)
from lorewright.release.strict_json import read_object

__all__ = [
    "ENVELOPE",
    "FOLDER",
    "KEY",
    "MANIFEST",
    "UNSIGNED",
    "DataFacts",
    "DocumentFacts",
    "Envelope",
    "FileFact",
    "FormFacts",
    "LossFacts",
    "PublicKey",
    "RejectedFacts",
    "ReleaseFacts",
    "Roots",
    "SectionFacts",
    "SigningKey",
    "SourceFacts",
    "Statement",
    "adapter_card",
    "bibtex",
    "broken_links",
    "croissant",
    "csl_json",
    "data_card",
    "is_better",
    "is_proven",
    "line_of",
    "lines_of",
    "notice",
    "open_envelope",
    "proven_sentence",
    "public_key_from_pem",
    "rated_sentence",
    "read_object",
    "read_records",
    "read_statement",
    "recompute",
    "seal",
    "share",
    "statement_of",
]
