"""The journeys: verbs joined into whole stories, one file each."""
