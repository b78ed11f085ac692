"""Consultation: what people say about an edition, what the city answers, and the ledger that proves both.

    models      the tables
    acts        every change of state, gathered: hearing (people), answering and steering (officials)
    ledger      the chain in the database: its one head, its lock, its roots
    images      pictures that people send, made anew before they are kept
    export      the record as plain files, without a word about persons

What a person is called and how to reach them stands in `Words` alone, beside the text that the person wrote; an erasure
deletes that row, and everything else may stay.
"""
