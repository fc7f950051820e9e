"""One file per family of task forms; each rule turns a passage into questions."""
