"""Licences as model hubs name them, and the notice that a release carries."""

import re
from collections.abc import Iterable

from lorewright.records import UNKNOWN_LICENCE
from lorewright.release.facts import SourceFacts

ON_HUBS = {
    "apache-2.0": "apache-2.0",
    "mit": "mit",
    "bsd-2-clause": "bsd-2-clause",
    "bsd-3-clause": "bsd-3-clause",
    "cc0": "cc0-1.0",
    "cc0-1.0": "cc0-1.0",
    "cc-by-2.0": "cc-by-2.0",
    "cc-by-2.5": "cc-by-2.5",
    "cc-by-3.0": "cc-by-3.0",
    "cc-by-4.0": "cc-by-4.0",
    "cc-by-sa-3.0": "cc-by-sa-3.0",
    "cc-by-sa-4.0": "cc-by-sa-4.0",
    "cc-by-nc-4.0": "cc-by-nc-4.0",
    "cc-by-nd-4.0": "cc-by-nd-4.0",
    "cc-by-nc-sa-4.0": "cc-by-nc-sa-4.0",
    "cc-by-nc-nd-4.0": "cc-by-nc-nd-4.0",
    "gfdl": "gfdl",
    "odc-by-1.0": "odc-by",
    "odbl-1.0": "odbl",
    "pddl-1.0": "pddl",
    "gpl-3.0": "gpl-3.0",
    "gpl-3.0-only": "gpl-3.0",
    "unlicense": "unlicense",
}
"""What an SPDX name, in small letters, is called on model hubs."""

URLS = {
    "cc0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "cc-by-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "cc-by-sa-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "apache-2.0": "https://www.apache.org/licenses/LICENSE-2.0",
    "mit": "https://opensource.org/license/mit",
}
"""Where the best known ones stand."""


def on_hubs(licence: str) -> str | None:
    """The identifier of `licence` on model hubs; None when they have none for it."""
    return ON_HUBS.get(" ".join(licence.split()).lower().replace(" ", "-"))


def of_all(licences: Iterable[str], *, link: str) -> dict[str, str | list[str]]:
    """The lines of a card's front matter for a work under several licences.

    A single licence that hubs know stands by its identifier, several as a list. As soon as
    one of them has no identifier, or nobody knows it, the whole stands as `other`, with a
    name and the file that lists them.
    """
    given = sorted(set(licences))
    known = [on_hubs(licence) for licence in given]
    if known and all(known):
        names = sorted({name for name in known if name})
        return {"license": names[0] if len(names) == 1 else names}
    name = given[0] if len(given) == 1 else "several, see the notice"
    return {"license": "other", "license_name": _slug(name), "license_link": link}


def notice(title: str, sources: Iterable[SourceFacts]) -> str:
    """The licences of everything that a release rests on, source by source."""
    lines = [
        title,
        "=" * len(title),
        "",
        "Made from the sources below. Each stays under its own licence; whoever passes this on",
        "passes on what these licences ask for.",
    ]
    for one in sources:
        author = f", {_plain(one.author)}" if one.author else ""
        lines += [
            "",
            f"{_plain(one.title)}{author}",
            f"  file     {_plain(one.file_name)}",
            f"  sha256   {one.sha256}",
            f"  licence  {_licence_line(one)}",
        ]
        if one.origin:
            lines.append(f"  origin   {_plain(one.origin)}")
    return "\n".join([*lines, ""])


def _licence_line(one: SourceFacts) -> str:
    if one.licence == UNKNOWN_LICENCE:
        return "unknown; nobody said"
    return _plain(one.licence) + (f" (corrected: {_plain(one.corrected)})" if one.corrected else "")


def _plain(text: str) -> str:
    return " ".join(text.split())


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "other"
