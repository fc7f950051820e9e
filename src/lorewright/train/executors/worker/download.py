"""Files from an address, with a limit and a hash that is demanded."""

import hashlib
import http.client
import ssl
import urllib.parse
from pathlib import Path

from lorewright.errors import BadRecord, LorewrightError, OutsideError, UsageError

TIMEOUT_S = 60.0
_SCHEMES = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}


def download(url: str, path: Path, *, sha256: str, most_bytes: int) -> None:
    """Write what `url` gives to `path`.

    Redirects are not followed and no proxy is asked: the address must be the file's own.

    Args:
        url: http or https, also a signed one; its query is shown nowhere.
        path: a new file; removed again when something is wrong.
        sha256: of the whole body.
        most_bytes: reading stops there.

    Raises:
        UsageError: when the address is of another kind.
        OutsideError: when the other side does not give the file.
        BadRecord: when it is larger than allowed or another file.
    """
    try:
        found = _written(url, path, most_bytes)
        if found != sha256:
            raise BadRecord("the file has another hash than was said", where=shown(url))
    except (OSError, http.client.HTTPException, ssl.SSLError) as error:
        path.unlink(missing_ok=True)
        raise OutsideError(
            f"the file cannot be fetched: {type(error).__name__}", where=shown(url)
        ) from error
    except LorewrightError:
        path.unlink(missing_ok=True)
        raise


def parts_of(url: str) -> urllib.parse.SplitResult:
    """An address that may be used.

    Raises:
        UsageError: when it is not http or https, or carries a password.
    """
    try:
        parts = urllib.parse.urlsplit(url)
        usable = parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable, parts = False, urllib.parse.urlsplit("")
    if not usable or parts.username is not None or any(not sign.isprintable() for sign in url):
        raise UsageError(
            "an address must be http:// or https:// and carry no name or password",
            where=shown(url),
        )
    return parts


def connection(parts: urllib.parse.SplitResult) -> http.client.HTTPConnection:
    """A connection to the host of an address."""
    return _SCHEMES[parts.scheme](parts.netloc, timeout=TIMEOUT_S)


def target(parts: urllib.parse.SplitResult) -> str:
    """What is asked of the host."""
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def shown(url: str) -> str:
    """An address without its query, where signatures stand."""
    return url.partition("?")[0].partition("#")[0][:200]


def _written(url: str, path: Path, most_bytes: int) -> str:
    parts = parts_of(url)
    line = connection(parts)
    try:
        line.request("GET", target(parts), headers={"Accept": "*/*"})
        answer = line.getresponse()
        if answer.status != 200:
            raise OutsideError(f"the address answers with {answer.status}", where=shown(url))
        return _copied(answer, path, most_bytes, url)
    finally:
        line.close()


def _copied(answer: http.client.HTTPResponse, path: Path, most_bytes: int, url: str) -> str:
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        while body := answer.read(2**16):
            size += len(body)
            if size > most_bytes:
                raise BadRecord(
                    f"the file is larger than the {most_bytes} bytes that are taken",
                    where=shown(url),
                )
            digest.update(body)
            file.write(body)
    return digest.hexdigest()
