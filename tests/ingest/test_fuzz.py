"""Whatever happens to a file, reading it gives a text or a sentence, in time, and nothing else.

`LOREWRIGHT_FUZZ_SECONDS=60` goes on with every reader for that long. PDFium is no Python: a fault
in it would end the process. So its files are read in a process of their own, whose end is seen.
"""

import io
import multiprocessing
import os
import random
import time
import zipfile
from collections.abc import Callable
from multiprocessing.connection import Connection

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deadline import deadline
from lorewright import ingest
from lorewright.errors import LorewrightError
from made_files import Type, a_docx, a_pdf, an_archive, epub_parts, paragraph

SECONDS = float(os.environ.get("LOREWRIGHT_FUZZ_SECONDS", "0"))
DEADLINE_S = 30
"""For one small file: far more than any needs, on any machine."""

WORDS = "Check the oil of every pump once a week, since a dry one is damaged. "
PDF_PAGES = [[Type("Pumps", size=20), WORDS, "• oil", WORDS], [WORDS, Type("Oil", is_bold=True)]]
FILES: dict[str, bytes] = {
    "pdf": a_pdf(PDF_PAGES, info="/Title (Pumps) /CreationDate (D:2020)", outline={"Pumps": 1}),
    "docx": a_docx(paragraph("Pumps", "Heading1") + paragraph(WORDS) * 3, facts="<title>P</title>"),
    "epub": an_archive(epub_parts()),
    "html": b"<!DOCTYPE html><html lang='en'><head><title>P</title><meta charset='utf-8'></head>"
    b"<body><h1>Pumps</h1><p>Check <b>it</b>.</p><ul><li>oil<ol><li>a</ol></ul><table><tr><td>1"
    b"</table><pre>*** START OF THIS PROJECT GUTENBERG EBOOK P ***</pre></body></html>",
    "md": b"---\ntitle: P\n---\n# Pumps\n\n" + WORDS.encode() + b"\n\n- oil\n\n```\nx\n```\n",
    "txt": b"PUMPS\n\n" + WORDS.encode() + b"\n\n  1. oil\n  2. cloth\n\n[Sidenote: Oil.]\n",
    "vtt": b"WEBVTT\nTitle: P\n\n1\n00:00:01.000 --> 00:00:04.000\n<v Ada>Check <i>it</i>.\n\n"
    b"00:05.000 --> 00:06.000\nBEN: Why?\n- So.\n",
    "srt": b"1\n00:00:01,000 --> 00:00:04,000\nADA: Check it.\n\n"
    b"2\n00:00:05,000 --> 00:00:06,000\n- Why?\n",
}

Mutation = Callable[[random.Random, bytes], bytes]


def flipped(chance: random.Random, raw: bytes) -> bytes:
    changed = bytearray(raw)
    for _ in range(chance.randint(1, 1 + len(raw) // 50)):
        changed[chance.randrange(len(raw))] = chance.randrange(256)
    return bytes(changed)


def truncated(chance: random.Random, raw: bytes) -> bytes:
    return raw[: chance.randrange(len(raw))]


def spliced(chance: random.Random, raw: bytes) -> bytes:
    """A stretch of the file, or of another one, put somewhere else, perhaps many times."""
    other = FILES[chance.choice(sorted(FILES))] if chance.random() < 0.3 else raw
    start = chance.randrange(len(other))
    piece = other[start : start + chance.randint(1, 400)]
    at = chance.randrange(len(raw))
    return raw[:at] + piece * chance.choice([1, 1, 2, 50]) + raw[at + chance.choice([0, 40]) :]


def with_another_number(chance: random.Random, raw: bytes) -> bytes:
    """A number made absurd: counts, lengths, places and times are all written in digits."""
    places = [at for at, byte in enumerate(raw) if 48 <= byte < 58]
    if not places:
        return flipped(chance, raw)
    at = chance.choice(places)
    number = chance.choice([b"0", b"-1", b"99999999999", b"2147483647", b"65536", b"1e9"])
    return raw[:at] + number + raw[at + 1 :]


def with_other_members(chance: random.Random, raw: bytes) -> bytes:
    """An archive whose parts are swapped, lost or broken one by one."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    names = [name for name in parts if name != "mimetype"]
    one, two = chance.choice(names), chance.choice(names)
    match chance.randrange(4):
        case 0:
            parts[one], parts[two] = parts[two], parts[one]
        case 1:
            del parts[one]
        case _:
            content = parts[one]
            assert isinstance(content, bytes)
            change = chance.choice([flipped, truncated, spliced, with_another_number])
            parts[one] = change(chance, content)
    return an_archive(parts)


MUTATIONS: list[Mutation] = [flipped, truncated, spliced, with_another_number]


def mutated(suffix: str, seed: int) -> bytes:
    chance = random.Random(seed)
    raw = FILES[suffix]
    kinds = [*MUTATIONS, *[with_other_members] * 4] if suffix in {"docx", "epub"} else MUTATIONS
    for number in range(chance.randint(1, 3)):
        mutation = chance.choice(kinds)
        raw = (mutation if number == 0 else chance.choice(MUTATIONS))(chance, raw) or b"x"
    return raw


def reads_or_refuses(raw: bytes, suffix: str) -> None:
    with deadline(DEADLINE_S):
        try:
            reading = ingest.read(raw, file_name=f"a.{suffix}")
        except LorewrightError as error:
            refusal = error
        else:
            check(reading)
            return
    assert refusal.sentence
    assert refusal.hint


def check(reading: ingest.Reading) -> None:
    assert reading.text.strip()
    reading.text.encode()
    for ranges in (reading.pages, reading.moments):
        at = 0
        for one in ranges:
            assert at <= one.start <= one.end <= len(reading.text)
            at = one.end


@pytest.mark.parametrize("suffix", sorted(set(FILES) - {"pdf"}))
def test_a_file_that_was_tampered_with_is_read_or_refused(suffix: str) -> None:
    @settings(
        max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
    )
    @given(st.integers(min_value=0, max_value=2**32))
    def one(seed: int) -> None:
        reads_or_refuses(mutated(suffix, seed), suffix)

    one()
    _go_on(lambda seed: reads_or_refuses(mutated(suffix, seed), suffix))


def _go_on(read: Callable[[int], None]) -> None:
    """Read file after file for as long as the environment asks; each failure names its seed."""
    ends = time.monotonic() + SECONDS
    seed = 0
    while time.monotonic() < ends:
        seed += 1
        try:
            read(seed)
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
    if SECONDS:  # whoever asks for a minute wants to know how much it was
        print(f"{seed} files in {SECONDS:.0f} s")  # noqa: T201


def _read_pdfs(pipe: Connection) -> None:
    """Read PDFs in another process: tell the seed, read, tell the next."""
    for seed in range(150):
        pipe.send(seed)
        reads_or_refuses(mutated("pdf", seed), "pdf")
    ends = time.monotonic() + SECONDS
    seed = 150
    while time.monotonic() < ends:
        pipe.send(seed)
        reads_or_refuses(mutated("pdf", seed), "pdf")
        seed += 1
    if SECONDS:  # whoever asks for a minute wants to know how much it was
        print(f"{seed} files in {SECONDS:.0f} s")  # noqa: T201
    pipe.send("done")


def test_a_pdf_that_was_tampered_with_is_read_or_refused_and_never_ends_the_process() -> None:
    here, there = multiprocessing.get_context("spawn").Pipe(duplex=False)
    child = multiprocessing.get_context("spawn").Process(target=_read_pdfs, args=(there,))
    child.start()
    there.close()
    last: int | str | None = None
    try:
        while here.poll(DEADLINE_S * 4):
            last = here.recv()
    except EOFError:
        child.join()
    finally:
        if child.is_alive():
            child.kill()
            child.join()

    assert last == "done", f"the process ended with {child.exitcode} at seed {last}"
    assert child.exitcode == 0


def test_the_files_that_are_tampered_with_are_good() -> None:
    for suffix, raw in FILES.items():
        check(ingest.read(raw, file_name=f"a.{suffix}"))
