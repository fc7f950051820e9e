"""`lorewright trace`: where something came from."""

from dataclasses import asdict

import click

from lorewright.cli.face import Face, face_command
from lorewright.flows.tracing import Node, Sentence
from lorewright.flows.tracing import trace as trace_record


@click.command()
@click.argument("name")
@face_command
def trace(face: Face, name: str) -> None:
    """Show everything that NAME (kind:id) was made from, back to sources and sentences.

    The first digits of the id are enough when only one record fits.

    \b
    Examples:
      lorewright trace example:3fa9c2
      lorewright trace adapter:77c1 --json
    """
    with face.store() as store:
        node = trace_record(store, store.resolve(name))
    face.result("trace", tree=asdict(node))
    for line in lines_of(node):
        face.say(line)


def lines_of(node: Node, indent: str = "", mark: str = "") -> list[str]:
    """The tree as lines of text, children under their parent."""
    seen = " (its parents stand above)" if node.shown_above else ""
    lines = [f"{indent}{mark}{node.ref.short}  {_one_line(node.summary)}{seen}"]
    deeper = indent + {"": "", "├─ ": "│  ", "└─ ": "   "}[mark]
    lines += [f"{deeper}   ! {note}" for note in node.notes]
    for sentence in node.sentences:
        lines += _sentence_lines(sentence, deeper + "   ")
    for number, parent in enumerate(node.parents, start=1):
        last = number == len(node.parents)
        lines += lines_of(parent, deeper, "└─ " if last else "├─ ")
    return lines


def _sentence_lines(sentence: Sentence, indent: str) -> list[str]:
    place = [
        f"characters {sentence.start}-{sentence.end}",
        *filter(None, (sentence.page, sentence.moment)),
    ]
    return [
        f"{indent}\u201c{_one_line(sentence.quote)}\u201d",
        f"{indent}   section  {sentence.section}",
        f"{indent}   document {sentence.document}, {', '.join(place)}",
        f"{indent}   file     {sentence.file}",
    ]


def _one_line(text: str) -> str:
    return " ".join(text.split())
