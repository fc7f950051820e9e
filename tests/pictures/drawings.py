"""Reads drawings back, so that a test can ask what is in them."""

from xml.etree import ElementTree as ET

from lorewright.pictures import Picture


def shapes(
    picture: Picture, class_: str, *, narrow: bool = False, tag: str | None = None
) -> list[ET.Element]:
    """Every element of a drawing that carries `class_` among its classes."""
    root = ET.fromstring(picture.narrow if narrow else picture.wide)
    return [
        shape
        for shape in root.iter(tag)
        if set(class_.split()) <= set(shape.get("class", "").split())
    ]


def words(picture: Picture, *, narrow: bool = False) -> list[str]:
    """What the texts of a drawing say, in their order."""
    root = ET.fromstring(picture.narrow if narrow else picture.wide)
    return ["".join(text.itertext()) for text in root.iter("text")]


def number(shape: ET.Element, attribute: str) -> float:
    """An attribute that holds a length."""
    return float(shape.attrib[attribute])


def cells(picture: Picture) -> dict[str, tuple[str, ...]]:
    """The rows of the table behind a picture by their first cell."""
    return {row[0]: row[1:] for row in picture.table.rows}
