"""Balance: how the examples spread over task forms, levels and splits."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from lorewright.pictures.figures import counted, plain, share
from lorewright.pictures.letters import shorten
from lorewright.pictures.markup import element, text
from lorewright.pictures.picture import Canvas, Picture, Table, Words, nothing_to_draw, picture
from lorewright.records import FROM_DOCUMENTS, Level, Split

_ROW = 30
_SHADES = 5


@dataclass(frozen=True, slots=True)
class BalanceCell:
    """How many accepted examples share a task form, a level and a split."""

    task_form: str
    level: Level
    split: Split
    count: int


def balance(cells: Iterable[BalanceCell], *, key: str = "balance") -> Picture:
    """Draw two maps with a row per task form: one column per level, one per split."""
    cells = tuple(cells)
    forms, levels, splits = Counter[str](), Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for cell in cells:
        forms[cell.task_form] += cell.count
        levels[cell.task_form, cell.level] += cell.count
        splits[cell.task_form, cell.split] += cell.count
    rows = [form for form, _ in sorted(forms.items(), key=lambda one: (-one[1], one[0]))]
    used = {cell.level for cell in cells}
    shown = [one for one in Level if one in FROM_DOCUMENTS or one in used]
    maps = [
        _Map("By level", shown, levels, forms),
        _Map("By split", list(Split), splits, forms),
    ]
    words = Words(
        "Balance of the examples",
        "Rows are task forms, columns are levels and splits; each cell holds its number of "
        "examples, darker for more, dashed where there is none.",
        _reading(rows, maps[0], forms),
    )
    columns = ("Task form", *(plain(name) for map_ in maps for name in map_.columns), "All")
    table = Table(
        "Accepted examples by task form, level and split",
        columns,
        tuple(
            (
                plain(form),
                *(f"{map_.cells[form, name]:,}" for map_ in maps for name in map_.columns),
                f"{forms[form]:,}",
            )
            for form in rows
        ),
    )
    return picture(key, words, table, lambda canvas: _draw(canvas, rows, maps))


@dataclass(frozen=True, slots=True)
class _Map:
    title: str
    columns: Sequence[str]
    cells: Counter[tuple[str, str]]
    forms: Counter[str]

    def shade(self, count: int) -> int:
        """From 0 for few to 4 for the fullest cell."""
        fullest = max(self.cells.values())
        return min(_SHADES - 1, count * _SHADES // (fullest + 1))


def _reading(rows: list[str], levels: _Map, forms: Counter[str]) -> str:
    if not rows:
        return "There are no examples."
    total = forms.total()
    empty = sum(not levels.cells[form, level] for form in rows for level in levels.columns)
    return (
        f"{counted(total, 'example')} in {counted(len(rows), 'task form')}; the most frequent, "
        f"{plain(rows[0])}, makes up {share(forms[rows[0]], total)}; "
        f"{empty} of {len(rows) * len(levels.columns)} cells by level are empty."
    )


def _draw(canvas: Canvas, rows: list[str], maps: list[_Map]) -> tuple[Markup, float]:
    if not rows:
        return nothing_to_draw("There are no examples.")
    labels = 96 if canvas.is_narrow else 130
    if canvas.is_narrow:
        pieces, top = Markup(""), 0.0
        for map_ in maps:
            drawn, height = _matrix(map_, rows, labels, canvas.width, top=top, labels=labels)
            pieces, top = pieces + drawn, top + height + 14
        return pieces, top
    middle = labels + (canvas.width - labels - 24) / 2
    left, height = _matrix(maps[0], rows, labels, middle, labels=labels)
    right, _ = _matrix(maps[1], rows, middle + 24, canvas.width)
    return left + right, height


def _matrix(
    map_: _Map, rows: list[str], start: float, end: float, *, top: float = 0, labels: float = 0
) -> tuple[Markup, float]:
    """One map between `start` and `end`; rows get a label where `labels` has room for one."""
    width = (end - start) / len(map_.columns)
    size = 12 if width > 66 else 11
    drawn = text(map_.title, start, top + 14, "strong")
    for place, name in enumerate(map_.columns):
        x = start + (place + 0.5) * width
        for number, word in enumerate(plain(name).split()):
            words = shorten(word, width + 4, size=size)
            y = top + 34 + 15 * number
            drawn += text(words, x, y, "muted", text_anchor="middle", font_size=size)
    first = top + 58
    for row, form in enumerate(rows):
        y = first + row * _ROW
        if labels:
            drawn += text(shorten(plain(form), labels - 8), 0, y + 18, "label")
        for place, name in enumerate(map_.columns):
            count = map_.cells[form, name]
            drawn += _cell(start + place * width, y, width, count, map_.shade(count))
    return drawn, 58 + len(rows) * _ROW


def _cell(x: float, y: float, width: float, count: int, shade: int) -> Markup:
    class_ = f"ramp-{shade}" if count else "empty"
    box = element(
        "rect", x=x + 1.5, y=y + 1.5, width=width - 3, height=_ROW - 3, rx=3, class_=class_
    )
    class_ = f"on-ramp-{shade}" if count else "muted"
    return box + text(f"{count:,}", x + width / 2, y + 19, class_, text_anchor="middle")
