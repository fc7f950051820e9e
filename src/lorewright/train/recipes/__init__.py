"""Methods and presets as commented files, which whoever runs a workspace can add to or replace."""

from lorewright.train.recipes.loading import (
    FOLDER,
    MethodRecipe,
    Preset,
    Recipes,
    Serving,
    known_recipes,
)

__all__ = ["FOLDER", "MethodRecipe", "Preset", "Recipes", "Serving", "known_recipes"]
