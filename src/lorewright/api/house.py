"""The workspace that is spoken of, for every path that needs it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from lorewright.settings import Settings
from lorewright.store import Store, Workspace


@dataclass(frozen=True, slots=True)
class House:
    """An open workspace."""

    workspace: Workspace
    store: Store
    settings: Settings


def house_of(request: Request) -> House:
    """The house of the application that a request came to."""
    house: House = request.app.state.house
    return house


Here = Annotated[House, Depends(house_of)]
