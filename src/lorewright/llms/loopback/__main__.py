"""`python -m lorewright.llms.loopback`: serve the rehearsal until interrupted."""

import asyncio
import signal
from typing import Any

import click

from lorewright.errors import LorewrightError
from lorewright.llms.loopback.faults import FAULTS
from lorewright.llms.loopback.rehearsal import Rehearsal
from lorewright.llms.loopback.server import Loopback


class _Share(click.ParamType[tuple[str, float]]):
    """A fault and how often it happens, as `rate_limited=0.1`."""

    name = "FAULT=SHARE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        fault, _, share = str(value).partition("=")
        try:
            return fault, float(share or 1)
        except ValueError:
            self.fail(f"{share!r} is no share of calls", param, ctx)


@click.command(epilog=f"Faults: {', '.join(FAULTS)}.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=0, show_default=True, help="Port; 0 takes a free one.")
@click.option("--seed", default=0, show_default=True, help="What all lots are drawn from.")
@click.option("--latency-ms", default=0.0, show_default=True, help="How long an answer takes.")
@click.option("--fault", "faults", type=_Share(), multiple=True, help="As rate_limited=0.1.")
@click.option("--typical-tokens", type=int, help="Median length of answers, drawn log-normal.")
@click.option("--spread", default=0.6, show_default=True, help="Of the logarithm of lengths.")
@click.option("--name", "names", multiple=True, help="A model there is; else any will do.")
@click.option("--lacks", multiple=True, help="Means that are refused: schema, tool, json.")
@click.option("--key", help="The only key that is let in.")
@click.option("--retry-after-s", default=0.05, show_default=True, help="Wait of limited calls.")
@click.option("--batch-polls", default=1, show_default=True, help="Looks until a batch has ended.")
def serve(host: str, port: int, **settings: Any) -> None:
    """Serve answers that have the right shape and no sense, and print the URL they are at."""
    settings["faults"] = dict(settings["faults"])
    settings["lacks"] = frozenset(settings["lacks"])
    try:
        rehearsal = Rehearsal(**settings)
    except LorewrightError as error:
        raise click.UsageError(error.sentence) from error
    asyncio.run(_served(Loopback(rehearsal, host=host, port=port)))


async def _served(server: Loopback) -> None:
    is_over = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, is_over.set)
    async with server:
        click.echo(server.url)
        await is_over.wait()


if __name__ == "__main__":
    serve()
