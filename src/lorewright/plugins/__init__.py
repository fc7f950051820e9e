"""Extension points, loaded when asked."""

from importlib.metadata import entry_points
from typing import Any

from lorewright.errors import PluginError


def names(group: str) -> list[str]:
    """The names registered for the extension point `lorewright.<group>`, sorted."""
    return sorted({point.name for point in entry_points(group=f"lorewright.{group}")})


def load(group: str, name: str) -> Any:
    """Load the plug-in `name` of `lorewright.<group>`.

    Raises:
        PluginError: when nothing has that name, or loading it fails.
    """
    points = entry_points(group=f"lorewright.{group}", name=name)
    if not points:
        raise PluginError(
            f"no {group} plug-in is called {name!r}",
            hint=f"installed: {', '.join(names(group)) or 'none'}",
        )
    try:
        return next(iter(points)).load()
    except Exception as error:  # its code is not ours and may raise anything
        raise PluginError(f"the {group} plug-in {name!r} cannot be loaded: {error}") from error
