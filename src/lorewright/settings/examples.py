"""What the examples hold that are made of conversations."""

from pydantic import BaseModel, ConfigDict


class ExampleSettings(BaseModel):
    """What stands above the first turn of a conversation that is taught."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    system_prompt: bool = True
    """Whether the system turn says who the advisor is and what it holds to."""
    control_header: bool = False
    """Whether it says persona, emotional arc and topic by their keys, so that a tuned advisor can
    be steered by them."""
