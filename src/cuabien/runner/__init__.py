"""Run a plan: one future, with how far it swings, into a run folder."""

from cuabien.runner.run import RunOutcome, run_plan

__all__ = ["RunOutcome", "run_plan"]
