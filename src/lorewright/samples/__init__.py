"""The sample handbook that ``lorewright demo`` reads."""
