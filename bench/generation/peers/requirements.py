"""What is installed for each peer, in an environment of its own."""

from typing import NamedTuple


class Peer(NamedTuple):
    """A tool that the benchmark compares with."""

    requirements: tuple[str, ...]
    resumes: bool
    """Whether its script takes --resume."""


PEERS: dict[str, Peer] = {
    "curator": Peer(("bespokelabs-curator==0.1.31",), resumes=True),
    "data_designer": Peer(("data-designer==0.9.7",), resumes=True),
    "distilabel": Peer(("distilabel==1.5.3", "requests", "openai"), resumes=False),
    "sdg_hub": Peer(("sdg-hub==0.9.4",), resumes=False),
    "synthetic_data_kit": Peer(("synthetic-data-kit==0.0.5",), resumes=False),
}
