"""The page about a document as a whole: the graph, and every claim with its words and place."""

from dataclasses import dataclass

from lorewright.pictures.context_graph import ContextGraph, context_graph
from lorewright.pictures.picture import Picture, Table
from lorewright.pictures.report import stylesheet


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words of a document and where they stand."""

    words: str
    place: str
    """As in `p. 12, under “Ventilation”`."""


@dataclass(frozen=True, slots=True)
class PageClaim:
    """One thing that is said about a document."""

    name: str
    note: str = ""
    """What is said, beside the name."""
    measure: str = ""
    """What was counted: `12 % of the text`, `31 uses`."""
    quotes: tuple[Quoted, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimList:
    """Claims of one kind."""

    key: str
    title: str
    intro: str
    claims: tuple[PageClaim, ...] = ()
    reason: str | None = None
    """Why there are none that could be made."""


@dataclass(frozen=True, slots=True)
class ContextPage:
    """Everything that the page shows."""

    title: str
    headline: str
    name: str
    """Of the record."""
    made_by: str
    graph: ContextGraph
    lists: tuple[ClaimList, ...]
    counts: Table
    """What was turned down, left out, or could not be read."""
    complexity: Table | None = None


def render_context(page: ContextPage) -> str:
    """Write the page as one HTML file that needs nothing from elsewhere.

    It follows the reader's light or dark theme, fits a telephone and prints. All words of
    documents and of teachers are escaped.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("lorewright", "pictures"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("context.html.j2").render(
        page=page, css=stylesheet(), picture=context_graph(page.graph)
    )


def standalone(picture: Picture) -> str:
    """A drawing as an SVG file with its styles inside.

    It follows the reader's light or dark theme, as the page does.
    """
    opened = str(picture.wide).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    head, closed, rest = opened.partition(">")
    # The styles are ours and hold no `]]>`; as character data they need no escaping.
    return f"{head}{closed}<style><![CDATA[{stylesheet()}]]></style>{rest}\n"
