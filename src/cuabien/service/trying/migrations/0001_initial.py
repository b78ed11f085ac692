"""The tables of the queue."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = []

    operations: ClassVar = [
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("change", models.CharField(db_index=True, max_length=64)),
                ("edition", models.CharField(max_length=64)),
                ("visitor", models.CharField(db_index=True, max_length=32)),
                ("state", models.CharField(db_index=True, default="queued", max_length=10)),
                ("version", models.PositiveIntegerField(default=1)),
                ("made_at", models.FloatField(db_index=True)),
                ("started_at", models.FloatField(null=True)),
                ("ended_at", models.FloatField(null=True)),
                ("worker", models.CharField(blank=True, db_index=True, default="", max_length=32)),
                ("cancel_asked", models.BooleanField(default=False)),
                ("year", models.PositiveIntegerField(null=True)),
                ("first_year", models.PositiveIntegerField(null=True)),
                ("last_year", models.PositiveIntegerField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=20)),
                ("faults", models.JSONField(default=list)),
            ],
            options={
                "ordering": ["made_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Worker",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("beat_at", models.FloatField()),
                ("ready", models.BooleanField(default=False)),
                ("edition", models.CharField(blank=True, default="", max_length=64)),
            ],
        ),
    ]
