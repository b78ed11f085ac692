"""The tables of consultation."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("edition", models.CharField(max_length=64)),
                ("about", models.CharField(max_length=10)),
                ("table", models.CharField(blank=True, default="", max_length=40)),
                ("object_id", models.CharField(blank=True, default="", max_length=120)),
                ("clause", models.CharField(blank=True, default="", max_length=120)),
                ("geometry", models.JSONField(blank=True, null=True)),
                ("lon", models.FloatField(null=True)),
                ("lat", models.FloatField(null=True)),
                ("commune", models.CharField(blank=True, default="", max_length=20)),
                ("change", models.CharField(blank=True, default="", max_length=64)),
                ("run_note", models.CharField(blank=True, default="", max_length=300)),
                ("channel", models.CharField(default="web", max_length=8)),
                ("language", models.CharField(default="vi", max_length=2)),
                ("received_at", models.DateTimeField()),
                ("handed_in_on", models.DateField(blank=True, null=True)),
                ("verified", models.BooleanField(default=False)),
                ("state", models.CharField(default="shown", max_length=10)),
                ("entry_n", models.PositiveIntegerField(unique=True)),
                ("words_hash", models.CharField(max_length=64)),
                ("token_hash", models.CharField(max_length=64)),
                ("client_key", models.CharField(max_length=64, unique=True)),
                (
                    "assigned_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consultation_assigned",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="consultation_comments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "twin_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="twins",
                        to="consultation.comment",
                    ),
                ),
                (
                    "typed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consultation_typed",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-entry_n"],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("n", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("at", models.CharField(max_length=20)),
                ("kind", models.CharField(max_length=12)),
                ("subject", models.CharField(db_index=True, max_length=100)),
                ("commitment", models.CharField(max_length=64)),
                ("previous", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64, unique=True)),
            ],
            options={
                "ordering": ["n"],
            },
        ),
        migrations.CreateModel(
            name="Root",
            fields=[
                ("n", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("day", models.DateField(db_index=True)),
                ("hash", models.CharField(max_length=64)),
                ("at", models.CharField(max_length=20)),
            ],
            options={
                "ordering": ["n"],
            },
        ),
        migrations.CreateModel(
            name="Words",
            fields=[
                (
                    "comment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="consultation.comment",
                    ),
                ),
                ("text", models.TextField()),
                ("name", models.CharField(blank=True, default="", max_length=120)),
                ("contact", models.CharField(blank=True, default="", max_length=200)),
                ("salt", models.BinaryField()),
                ("consent_name_public", models.BooleanField(default=False)),
                ("consent_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Consultation",
            fields=[
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("plan", models.CharField(max_length=64)),
                ("edition", models.CharField(max_length=64)),
                ("edition_id", models.CharField(blank=True, default="", max_length=64)),
                ("title_vi", models.CharField(max_length=300)),
                ("title_en", models.CharField(blank=True, default="", max_length=300)),
                ("summary_vi", models.TextField(blank=True, default="")),
                ("summary_en", models.TextField(blank=True, default="")),
                ("regime", models.CharField(max_length=8)),
                ("kind", models.CharField(default="public", max_length=8)),
                ("state", models.CharField(db_index=True, max_length=24)),
                ("state_before", models.CharField(blank=True, default="", max_length=24)),
                ("opens_at", models.DateTimeField(blank=True, null=True)),
                ("closes_at", models.DateTimeField(blank=True, null=True)),
                ("article", models.CharField(blank=True, default="", max_length=300)),
                ("withheld_split", models.BooleanField(default=False)),
                ("touches_defence", models.BooleanField(default=True)),
                ("defence_agreed", models.BooleanField(default=False)),
                ("adjusting", models.BooleanField(default=False)),
                ("approved_on", models.DateField(blank=True, null=True)),
                ("scope", models.JSONField(blank=True, default=list)),
                ("hold_first", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
                (
                    "article_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consultation_articles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consultation_consultations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at", "id"],
            },
        ),
        migrations.AddField(
            model_name="comment",
            name="consultation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="comments",
                to="consultation.consultation",
            ),
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("disposition", models.CharField(max_length=12)),
                ("reason_vi", models.TextField()),
                ("reason_en", models.TextField(blank=True, default="")),
                ("run", models.CharField(blank=True, default="", max_length=64)),
                ("office", models.CharField(blank=True, default="", max_length=200)),
                ("at", models.DateTimeField()),
                ("entry_n", models.PositiveIntegerField(unique=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consultation_answers",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="consultation.answer",
                    ),
                ),
                (
                    "consultation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="consultation.consultation",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Follow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("what", models.CharField(max_length=160)),
                ("language", models.CharField(default="vi", max_length=2)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["what"], name="follow_what")],
                "constraints": [models.UniqueConstraint(fields=("email", "what"), name="followed_once")],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("agency_vi", models.CharField(max_length=200)),
                ("agency_en", models.CharField(blank=True, default="", max_length=200)),
                ("email", models.EmailField(blank=True, default="", max_length=254)),
                ("sent_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("entry_n", models.PositiveIntegerField(unique=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consultation_invitations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "consultation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="consultation.consultation",
                    ),
                ),
            ],
            options={
                "ordering": ["due_at", "id"],
            },
        ),
        migrations.AddField(
            model_name="comment",
            name="invitation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="comments",
                to="consultation.invitation",
            ),
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("title_vi", models.CharField(max_length=300)),
                ("title_en", models.CharField(blank=True, default="", max_length=300)),
                ("starts_at", models.DateTimeField()),
                ("place_vi", models.CharField(blank=True, default="", max_length=300)),
                ("place_en", models.CharField(blank=True, default="", max_length=300)),
                ("commune", models.CharField(blank=True, default="", max_length=20)),
                ("whom", models.CharField(default="residents", max_length=12)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consultation_meetings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "consultation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="meetings",
                        to="consultation.consultation",
                    ),
                ),
            ],
            options={
                "ordering": ["starts_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Merged",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("change", models.CharField(max_length=64)),
                ("edition_before", models.CharField(max_length=64)),
                ("edition_after", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consultation_merges",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="consultation.comment",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Moderation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("act", models.CharField(max_length=10)),
                ("reason", models.CharField(blank=True, default="", max_length=20)),
                ("words", models.TextField(blank=True, default="")),
                ("at", models.DateTimeField()),
                ("entry_n", models.PositiveIntegerField(unique=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consultation_moderations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="moderations",
                        to="consultation.comment",
                    ),
                ),
            ],
            options={
                "ordering": ["entry_n"],
            },
        ),
        migrations.CreateModel(
            name="Phrase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=120, unique=True)),
                ("disposition", models.CharField(max_length=12)),
                ("reason_vi", models.TextField()),
                ("reason_en", models.TextField(blank=True, default="")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consultation_phrases",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["title"],
            },
        ),
        migrations.CreateModel(
            name="Picture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("alt", models.CharField(blank=True, default="", max_length=300)),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pictures",
                        to="consultation.comment",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("language", models.CharField(default="vi", max_length=2)),
                ("asked_at", models.DateTimeField()),
                ("answer_vi", models.TextField(blank=True, default="")),
                ("answer_en", models.TextField(blank=True, default="")),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("due_on", models.DateField(blank=True, null=True)),
                ("done_vi", models.TextField(blank=True, default="")),
                ("done_en", models.TextField(blank=True, default="")),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consultation_question_answers",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consultation_questions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consultation_question_deeds",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="consultation.meeting",
                    ),
                ),
            ],
            options={
                "ordering": ["asked_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Theme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name_vi", models.CharField(max_length=120)),
                ("name_en", models.CharField(blank=True, default="", max_length=120)),
                ("terms", models.JSONField(blank=True, default=list)),
                ("accepted", models.BooleanField(default=False)),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consultation_themes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "consultation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="themes",
                        to="consultation.consultation",
                    ),
                ),
            ],
            options={
                "ordering": ["name_vi", "id"],
            },
        ),
        migrations.AddField(
            model_name="comment",
            name="proposed_theme",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="proposed_comments",
                to="consultation.theme",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="theme",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="comments",
                to="consultation.theme",
            ),
        ),
        migrations.CreateModel(
            name="Transition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("before", models.CharField(max_length=24)),
                ("after", models.CharField(max_length=24)),
                ("act", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("article", models.CharField(blank=True, default="", max_length=300)),
                ("last_day", models.DateField(blank=True, null=True)),
                ("evidence", models.TextField(blank=True, default="")),
                ("entry_n", models.PositiveIntegerField(unique=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consultation_transitions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "consultation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transitions",
                        to="consultation.consultation",
                    ),
                ),
            ],
            options={
                "ordering": ["entry_n"],
            },
        ),
        migrations.CreateModel(
            name="Voice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("voter", models.CharField(max_length=64)),
                ("side", models.SmallIntegerField()),
                ("verified", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="voices",
                        to="consultation.comment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("about", models.CharField(max_length=160)),
                ("subject", models.CharField(max_length=200)),
                ("body", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, db_index=True, null=True)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("fault", models.CharField(blank=True, default="", max_length=200)),
                (
                    "follow",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="letters",
                        to="consultation.follow",
                    ),
                ),
                (
                    "invitation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="letters",
                        to="consultation.invitation",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="consultation_letters",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "words",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="letters",
                        to="consultation.words",
                    ),
                ),
            ],
            options={
                "ordering": ["made_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="AnswerTo",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("live", models.BooleanField(default=True)),
                (
                    "answer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="to",
                        to="consultation.answer",
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answered_by",
                        to="consultation.comment",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("answer", "comment"), name="an_answer_answers_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("live", True)), fields=("comment",), name="one_answer_holds"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DayTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("entry_n", models.PositiveIntegerField()),
                ("day", models.DateField()),
                ("support_verified", models.PositiveIntegerField()),
                ("support_anonymous", models.PositiveIntegerField()),
                ("oppose_verified", models.PositiveIntegerField()),
                ("oppose_anonymous", models.PositiveIntegerField()),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tallies",
                        to="consultation.comment",
                    ),
                ),
            ],
            options={
                "ordering": ["entry_n", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("entry_n", "comment"), name="one_row_a_tally")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                fields=("consultation", "agency_vi"), name="an_agency_is_asked_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="merged",
            constraint=models.UniqueConstraint(fields=("comment", "edition_after"), name="merged_once"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["consultation", "state", "-entry_n"], name="comment_list"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["consultation", "commune", "-entry_n"], name="comment_commune"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["table", "object_id", "-entry_n"], name="comment_object"),
        ),
        migrations.AddConstraint(
            model_name="voice",
            constraint=models.UniqueConstraint(fields=("comment", "voter"), name="one_voice_each"),
        ),
        migrations.AddConstraint(
            model_name="voice",
            constraint=models.CheckConstraint(
                condition=models.Q(("side__in", (1, -1))), name="for_or_against"
            ),
        ),
    ]
