"""Run folders: one future of one plan, on disk. Reading one needs no simulator."""

from cuabien.results.folder import (
    TABLES,
    Run,
    find_run,
    latest_run,
    open_run,
    run_name,
    verify_run,
    write_run,
)

__all__ = [
    "TABLES",
    "Run",
    "find_run",
    "latest_run",
    "open_run",
    "run_name",
    "verify_run",
    "write_run",
]
