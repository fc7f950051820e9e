"""Which methods do something beside the steps of the optimizer."""

from typing import Any

from lorewright.train.methods.adalora import AdaLora
from lorewright.train.methods.extras import Extras
from lorewright.train.methods.method import Method
from lorewright.train.methods.pissa import Pissa


def extras_of(network: Any, method: Method, *, steps: int) -> Extras:
    """What `method` does beside the steps of the optimizer.

    Args:
        network: as `adapted` made it.
        method: the one it was adapted to.
        steps: of the whole run.
    """
    if method.adalora is not None:
        return AdaLora(network, method.adalora, steps=steps)
    if method.peft.begins_in_the_base:
        return Pissa(network)
    return Extras()
