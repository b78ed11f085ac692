"""Two tables: jobs, and the workers that do them. A job is forgotten after a day; what it made stays in the store."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

QUEUED, RUNNING, DONE, CANCELLED, FAILED, REFUSED = (
    "queued",
    "running",
    "done",
    "cancelled",
    "failed",
    "refused",
)
UNDER_WAY = (QUEUED, RUNNING)


class Job(models.Model):
    """One wish to see a change. Times are seconds since 1970, as every machine's clock gives them."""

    id: models.CharField[str, str] = models.CharField(primary_key=True, max_length=32)
    change: models.CharField[str, str] = models.CharField(max_length=64, db_index=True)
    edition: models.CharField[str, str] = models.CharField(max_length=64)
    visitor: models.CharField[str, str] = models.CharField(max_length=32, db_index=True)
    state: models.CharField[str, str] = models.CharField(max_length=10, default=QUEUED, db_index=True)
    version: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=1)
    made_at: models.FloatField[float, float] = models.FloatField(db_index=True)
    started_at: models.FloatField[float | None, float | None] = models.FloatField(null=True)
    ended_at: models.FloatField[float | None, float | None] = models.FloatField(null=True)
    worker: models.CharField[str, str] = models.CharField(
        max_length=32, blank=True, default="", db_index=True
    )
    cancel_asked: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    year: models.PositiveIntegerField[int | None, int | None] = models.PositiveIntegerField(null=True)
    first_year: models.PositiveIntegerField[int | None, int | None] = models.PositiveIntegerField(null=True)
    last_year: models.PositiveIntegerField[int | None, int | None] = models.PositiveIntegerField(null=True)
    reason: models.CharField[str, str] = models.CharField(max_length=20, blank=True, default="")
    """Why it failed: a key of `queue.REASONS`."""
    faults: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    """Of a refused change: rows for people, in both languages."""

    class Meta:
        ordering: ClassVar = ["made_at", "id"]


class Worker(models.Model):
    """A worker that says that it lives; `ready` when its plan is warm."""

    id: models.CharField[str, str] = models.CharField(primary_key=True, max_length=32)
    beat_at: models.FloatField[float, float] = models.FloatField()
    ready: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    edition: models.CharField[str, str] = models.CharField(max_length=64, blank=True, default="")
