"""What a method does beyond an optimizer step, and the state that it keeps for it."""

from typing import Any, NamedTuple


class State(NamedTuple):
    """What a run depends on beside weights and optimizer."""

    tensors: dict[str, Any]
    facts: dict[str, Any]
    """Everything that is no tensor, as JSON."""


class Extras:
    """For most methods: nothing."""

    def penalty(self) -> Any | None:
        """What is added to the loss before the gradient is taken; no part of the loss told."""
        return None

    def after(self, step: int) -> None:
        """Go on after `step` steps; the gradients of the last are still there."""

    def state(self) -> State:
        """What must be kept with a checkpoint."""
        return State({}, {})

    def restore(self, state: State) -> None:
        """Go on from where `state` was kept; weights are restored before."""

    def plain(self, tensors: dict[str, Any], config: dict[str, Any]) -> State:
        """The adapter's files as they are written, from what peft would write."""
        return State(tensors, config)
