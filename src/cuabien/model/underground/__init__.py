"""What stands under the ground, year by year: pure geometry of the plan (docs/theory/underground.md)."""
