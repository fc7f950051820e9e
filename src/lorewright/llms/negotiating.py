"""A chat model that finds out by itself how its server can be held to a shape."""

from dataclasses import replace

from lorewright.errors import ModelError
from lorewright.llms.wire import Abilities, ChatModel, Means, Reply, Request


class Negotiating:
    """Asks with the strictest means that the server takes, and remembers which that is.

    A server that knows no JSON Schema, or finds one too complex, says so with an error that
    costs nothing; the same question then goes out with the next means of `can.means`, and every
    later question of that shape with it at once.

    `can` stays what it was at first. A finished call is known by the fingerprint of its request,
    in which the means stand: were they to change when the server is known better, a process that
    resumes a run would look for its finished calls under other names, and pay for them again.
    So the means of a request say how strictly it would like to be held, `means_for` how it is.

    Args:
        inner: makes the calls.
    """

    def __init__(self, inner: ChatModel) -> None:
        self.inner = inner
        self.record = inner.record
        self.can: Abilities = inner.can
        self._taken: dict[str, Means] = {}

    def means_for(self, shape: str) -> Means:
        """What the server takes for the shape of that name, as far as is known."""
        return self._taken.get(shape, self.can.means[0])

    async def complete(self, request: Request) -> Reply:
        """Answer `request` with its means, or the strictest ones below that work."""
        if request.shape is None:
            return await self.inner.complete(request)
        ways = self._below(request.means, self._taken.get(request.shape.name, request.means))
        for means in ways[:-1]:
            try:
                return await self.inner.complete(_by(request, means))
            except ModelError as error:
                if error.fault != "shape_unsupported":
                    raise
            self._step_down(request.shape.name, ways[ways.index(means) + 1])
        return await self.inner.complete(_by(request, ways[-1]))

    async def close(self) -> None:
        """Close the chat model inside."""
        await self.inner.close()

    def _below(self, wanted: Means, known: Means) -> tuple[Means, ...]:
        """The ways that are left, from the less strict of the two on."""
        order = self.can.means
        places = [order.index(one) for one in (wanted, known) if one in order]
        return order[max(places) :] if places else (wanted,)

    def _step_down(self, shape: str, means: Means) -> None:
        """Calls under way at the same time find out the same; none of them takes a step back."""
        order = self.can.means
        if order.index(means) > order.index(self.means_for(shape)):
            self._taken[shape] = means


def _by(request: Request, means: Means) -> Request:
    return request if request.means == means else replace(request, means=means)
