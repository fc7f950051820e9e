"""Where a server is, and the key that opens it."""

import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lorewright.errors import EndpointError
from lorewright.settings import TeacherSettings


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The base URL of a server, and a key that nobody but the server is shown."""

    url: str
    """With its path, usually `/v1`, and no slash at the end."""
    is_vendors: bool = False
    """Whether it is the provider's own, rather than a server of the user's."""
    variable: str | None = None
    """The environment variable that the key was taken from."""
    key: str = field(default="", repr=False)

    @property
    def origin(self) -> str:
        """Scheme, host and port: what may stand in records and errors."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True, slots=True)
class Vendor:
    """A provider with an address and a usual name for the variable that holds its key."""

    url: str
    variable: str


def endpoint_of(settings: TeacherSettings, vendor: Vendor) -> Endpoint:
    """The endpoint that `settings` name, with its key from the environment.

    The vendor's usual variable is only read for the vendor's own address: a server of one's
    own is sent a key only when the settings say which.

    Raises:
        EndpointError: when a key is needed and missing, or can be no key.
    """
    url = _with_a_path(settings.url or vendor.url)
    is_vendors = urlsplit(url).hostname == urlsplit(vendor.url).hostname
    variable = settings.key_variable or (vendor.variable if is_vendors else None)
    if variable is None:
        return Endpoint(url)
    endpoint = Endpoint(url, is_vendors, variable, os.environ.get(variable, "").strip())
    if not endpoint.key:
        raise EndpointError(
            f"a key is needed, and the environment variable {variable} holds none",
            where=endpoint.origin,
            hint=f"set {variable}, or name another variable in teacher.key_variable",
        )
    if not (endpoint.key.isascii() and endpoint.key.isprintable()):
        raise EndpointError(
            f"what the environment variable {variable} holds can be no key: it has characters "
            "that cannot be sent",
            where=endpoint.origin,
            hint=f"copy the key again into {variable}",
        )
    return endpoint


def _with_a_path(url: str) -> str:
    bare = url.rstrip("/")
    return bare if urlsplit(bare).path else f"{bare}/v1"
