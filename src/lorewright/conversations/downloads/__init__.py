"""Conversations as people and other programs read them, raw or enriched."""

from lorewright.conversations.downloads.as_json import WholeJson
from lorewright.conversations.downloads.markdown import MarkdownPages
from lorewright.conversations.downloads.messages import Messages
from lorewright.conversations.downloads.spreadsheet import COLUMNS, Spreadsheet, guarded
from lorewright.conversations.downloads.talk import Talk, Utterance, raw_talk, talk_of

__all__ = [
    "COLUMNS",
    "MarkdownPages",
    "Messages",
    "Spreadsheet",
    "Talk",
    "Utterance",
    "WholeJson",
    "guarded",
    "raw_talk",
    "talk_of",
]
