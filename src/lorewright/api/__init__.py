"""The face for other programs: HTTP with JSON, one file for each subject."""
