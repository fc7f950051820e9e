"""Lorewright turns what an expert knows into a model that can say where it learnt it.

A room imports only rooms written below it; rooms on one line never import each other.
A room in brackets has its place but nothing in it yet.

    cli                         the command line, which also starts the other faces
    api | (web)                 faces: read input, call a flow, show the result
    flows                       the journeys: verbs joined into whole stories, one file each
    jobs                        run a verb over many records: resume, limits, progress, cancel
    store                       remember records, decisions, state, blobs and lineage
                                (all SQL is here)
    ingest | analyze | generate | curate | train | evaluate | release | (serve)
                                the verbs: each turns one record into the next
    conversations | inference | measures | pictures
                                the catalogues, checks and files of conversations; run a base
                                model with an adapter; measure texts and sets; draw
    llms | prose | similarity | statistics | templates
                                ask a language model; see blocks and sentences in a text; say
                                how alike two texts are; say what numbers can claim; render
                                chat templates with exact spans and masks
    samples                     the handbook that a first run reads
    records                     the nouns, one file each, frozen and typed
    lineage                     the spine: fingerprints, references, the graph of what was made
                                from what
    plugins                     extension points, loaded when asked
    settings                    what the operator decides
    errors                      everything that can go wrong, as one tree
"""

__version__ = "0.1.0"
