"""People: cohort by cohort, by commune, sex and single year of age (docs/theory/population.md)."""
