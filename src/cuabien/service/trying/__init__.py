"""Trying a change: what may be changed, the queue of what somebody wants to see, the store of what was seen.

    changes     what a person sends, checked: a change of the plan, or faults beside their fields
    queue       jobs in the database, served in turn by visitor
    store       changes and first looks by hash, under the home
    answers     what a change does, from two run folders: arrays, targets, words
    visitors    who asks (a key of a day, no person) and how much one may

Nothing here models. The worker (`cuabien.worker`) takes jobs from the queue and puts first looks into the store.
"""
