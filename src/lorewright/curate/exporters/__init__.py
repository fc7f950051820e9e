"""The formats that other tools read, each one line per example."""
