"""Four tables: who has an account, who holds an office, who is signed in, and what officials did.

An account keeps an e-mail address, the name that its owner wants to be called, and a password's hash: no telephone, no
birthday, no number of a document, no address that somebody came from. Its key is random, so that one cannot be guessed
from another.
"""

from __future__ import annotations

import datetime as dt
import uuid
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

LONGEST_NAME = 80


class UserManager(BaseUserManager["User"]):
    """Accounts are found by e-mail whatever the case of its letters."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """Somebody with an account. `consent_at`: when they agreed to what is kept of them."""

    id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(
        primary_key=True, default=uuid.uuid4, editable=False
    )
    email: models.EmailField[str, str] = models.EmailField(max_length=254, unique=True)
    name: models.CharField[str, str] = models.CharField(max_length=LONGEST_NAME, blank=True, default="")
    language: models.CharField[str, str] = models.CharField(max_length=2, default="vi")
    """Of the letters to them."""
    is_active: models.BooleanField[bool, bool] = models.BooleanField(default=True)
    consent_at: models.DateTimeField[dt.datetime | None, dt.datetime | None] = models.DateTimeField(null=True)
    made_at: models.DateTimeField[dt.datetime, dt.datetime] = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return str(self.id)

    def clean(self) -> None:
        self.email = self.email.strip().lower()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)

    @cached_property
    def roles(self) -> frozenset[str]:
        """The offices that they hold; empty for a resident."""
        return frozenset(Office.objects.filter(user=self).values_list("role", flat=True))


class Office(models.Model):
    """A role that somebody holds. Given and taken by an administrator; both are deeds."""

    user: models.ForeignKey[User, User] = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="offices"
    )
    role: models.CharField[str, str] = models.CharField(max_length=20)
    since: models.DateTimeField[dt.datetime, dt.datetime] = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "role"], name="one_office_once")]


class Session(AbstractBaseSession):
    """A session knows whose it is, so that they can see and end it, and so that it goes when the account goes."""

    user: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        User, null=True, on_delete=models.CASCADE, related_name="sessions"
    )
    made_at: models.DateTimeField[dt.datetime, dt.datetime] = models.DateTimeField()

    @classmethod
    def get_session_store_class(cls) -> Any:
        from cuabien.service.people.sessions import SessionStore

        return SessionStore


class Deed(models.Model):
    """One official act. Each carries the hash of the one before it, so that none can be altered or taken out unseen.

    `who` is the key of an account and no reference to it: the deed stays when the account goes.
    """

    n: models.BigIntegerField[int, int] = models.BigIntegerField(primary_key=True)
    at: models.CharField[str, str] = models.CharField(max_length=20)
    """UTC to the second, `2031-05-01T08:00:00Z`; never before the deed before it."""
    who: models.CharField[str, str] = models.CharField(max_length=36, db_index=True)
    role: models.CharField[str, str] = models.CharField(max_length=20)
    act: models.CharField[str, str] = models.CharField(max_length=40, db_index=True)
    thing: models.CharField[str, str] = models.CharField(max_length=200, db_index=True)
    detail: models.TextField[str, str] = models.TextField(default="{}")
    """JSON as it was hashed."""
    previous: models.CharField[str, str] = models.CharField(max_length=64)
    hash: models.CharField[str, str] = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering: ClassVar = ["n"]
