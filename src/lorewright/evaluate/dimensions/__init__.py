"""What answers are rated by: profiles of dimensions, each with its question and its anchors."""

from lorewright.evaluate.dimensions.profiles import (
    HIGHEST,
    LOWEST,
    PROFILES,
    Dimension,
    Profile,
    profile,
)

__all__ = ["HIGHEST", "LOWEST", "PROFILES", "Dimension", "Profile", "profile"]
