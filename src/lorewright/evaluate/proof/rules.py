"""What has to be shown; an operator decides it in the settings."""

from lorewright.settings import DIMENSIONS, PROFILES, ProofRules

__all__ = ["DIMENSIONS", "PROFILES", "ProofRules"]
