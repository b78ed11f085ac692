"""What residents need of each service, and what the planning code asks for."""

from __future__ import annotations

import numpy as np

from cuabien.model.variables import SERVICES, Array

SCHOOL_AGES = {
    "kindergarten": slice(3, 6),
    "primary_school": slice(6, 11),
    "lower_secondary_school": slice(11, 15),
    "upper_secondary_school": slice(15, 18),
}
"""Ages by level: three years of kindergarten, then five, four and three classes from the age of six
(Education Law 43/2019/QH14 Art. 26 and 28)."""


def school_places(persons: Array, enrolment: Array) -> Array:
    """Places that children need [commune, level], from persons [commune, sex, age] and shares at school [level].

    N[c,l] = e[l] sum over the ages of l of P[c,x].
    """
    by_age = persons.sum(axis=1)
    children = [by_age[:, ages].sum(axis=1) for ages in SCHOOL_AGES.values()]
    return np.asarray(np.stack(children, axis=1) * enrolment)


def code_asks(residents: Array, per_person: Array, per_commune: Array) -> Array:
    """What the code asks for [commune, service]: the greater of a rate a person and a number a commune.

    M[c,s] = max(m[c,s] P[c], n[c,s]); 0 where the code says nothing.
    """
    return np.asarray(np.maximum(per_person * residents[:, None], per_commune))


def needed(places: Array, asked: Array) -> Array:
    """Need [commune, service]: children for schools, the code for all else."""
    need = asked.copy()
    for level, name in enumerate(SCHOOL_AGES):
        need[:, SERVICES.index(name)] = places[:, level]
    return need
