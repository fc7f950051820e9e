"""From a document to its chunks: passages that are chapters, instructions, arguments, examples."""

from lorewright.analyze.chunking import chunks_of

__all__ = ["chunks_of"]
