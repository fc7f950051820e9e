"""From a file to a document: one canonical Markdown text with a place for every word."""

from lorewright.ingest.choice import document_from, media_type_of, read
from lorewright.ingest.reading import Reader, Reading

__all__ = ["Reader", "Reading", "document_from", "media_type_of", "read"]
