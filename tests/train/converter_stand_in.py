#!/usr/bin/env python3
"""A stand-in for llama.cpp's converters, for tests only: it converts nothing.

It takes the options that the real ones take, insists on the files that they read, and writes
the first bytes of a GGUF file with as many tensors as the safetensors files hold. A folder that
holds a file called FAIL makes it fail as a converter does, one with LIE makes it write rubbish,
one with NOTHING makes it write no file.
"""

import argparse
import json
import sys
from pathlib import Path


def tensors_in(path: Path) -> int:
    with path.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return len(header.keys() - {"__metadata__"})


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--base", type=Path)
    options.add_argument("--outfile", type=Path, required=True)
    options.add_argument("--outtype", choices=["f32", "f16", "bf16", "q8_0", "auto"], required=True)
    options.add_argument("folder", type=Path)
    asked = options.parse_args()
    if (asked.folder / "FAIL").exists():
        sys.stderr.write("INFO: loading\nERROR: Model FooForCausalLM is not supported\n")
        sys.exit(1)
    config = "adapter_config.json" if asked.base else "config.json"
    json.loads((asked.folder / config).read_bytes())
    if asked.base:
        json.loads((asked.base / "config.json").read_bytes())
    tensors = sum(map(tensors_in, asked.folder.glob("*.safetensors")))
    head = b"GGUF" + (3).to_bytes(4, "little") + tensors.to_bytes(8, "little") + bytes(8)
    if (asked.folder / "LIE").exists():
        head = b"no such thing"
    if not (asked.folder / "NOTHING").exists():
        asked.outfile.write_bytes(head)


if __name__ == "__main__":
    main()
