"""Words that Markdown would take for a mark."""

import re


def escaped(line: str) -> str:
    """`line`, with a backslash where its beginning would make it an item, a heading or the like."""
    if line[:1].isalpha() or not (mark := _MARK.match(line)):
        return line
    return f"{line[: mark.end() - 1]}\\{line[mark.end() - 1 :]}"


_MARK = re.compile(
    r"#{1,6}(?=\s|$)|>|[-+*](?=\s|$)|`{3}|~{3}|<(?=[A-Za-z/!?])|\d{1,9}[.)](?=\s|$)|\|"
    r"|[-=+*_](?=[-=+*_ \t]*$)"
)
"""The last character of a match is the one to escape."""
