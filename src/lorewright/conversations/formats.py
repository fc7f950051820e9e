"""The names of the formats that conversations are written in."""

TRAINING_FILES = ("brightrun-v4", "brightrun-v4-jsonl", "brightrun-v5")
"""Whole training files, which are read back without a difference."""
DOWNLOADS = ("messages", "csv", "markdown", "json")
"""What people and other programs read; raw or enriched."""
FORMATS = (*TRAINING_FILES, *DOWNLOADS)
