"""Elements of SVG as text; whatever is not markup yet is escaped on its way in."""

from collections.abc import Sequence

from markupsafe import Markup, escape

Attribute = str | float | None


def element(name: str, *children: str, **attributes: Attribute) -> Markup:
    """Write one element.

    A trailing underscore of an attribute's name is dropped (`class_`) and others become
    hyphens (`stroke_width`). Attributes that are None are left out; lengths are written in
    tenths of a pixel.
    """
    written = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _value(value))
        for key, value in attributes.items()
        if value is not None
    )
    inner = Markup("").join(escape(child) for child in children)
    return Markup("<{0}{1}>{2}</{0}>").format(name, written, inner)


def text(words: str, x: float, y: float, class_: str = "", **attributes: Attribute) -> Markup:
    """Write `words` with their baseline at `y`."""
    return element("text", words, x=x, y=y, class_=class_ or None, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """Draw a straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def path(points: Sequence[tuple[float, float]], class_: str) -> Markup:
    """Draw a line through `points`."""
    steps = " L".join(f"{_value(x)} {_value(y)}" for x, y in points)
    return element("path", d=f"M{steps}", class_=class_)


def hatch(name: str) -> Markup:
    """Define the pattern `name`: diagonal lines that let the colour below shine through."""
    stroke = line(0, 0, 0, 6, "hatch")
    return element(
        "defs",
        element(
            "pattern",
            stroke,
            id=name,
            width=6,
            height=6,
            patternUnits="userSpaceOnUse",
            patternTransform="rotate(45)",
        ),
    )


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return value
    return f"{value:.1f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"
