"""What somebody says of themselves: little, and with their consent."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from cuabien.service.people.models import LONGEST_NAME, User

NAME = gettext_lazy("The name that others see (may stay blank)")


class SignUp(forms.Form):
    """What signing up asks beside the address and the password."""

    name = forms.CharField(
        label=NAME,
        max_length=LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    consent = forms.BooleanField(
        label=gettext_lazy("I agree that what is listed below is kept of me, until I delete the account.")
    )
    field_order = ["email", "password1", "name", "consent"]  # noqa: RUF012  # as Django declares it

    def signup(self, request: HttpRequest, user: Any) -> None:
        """Everything is kept by the adapter."""


class Name(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    class Meta:
        model = User
        fields = ("name", "language")
        labels: ClassVar = {"name": NAME, "language": gettext_lazy("Language of letters to you")}
        widgets: ClassVar = {
            "name": forms.TextInput(attrs={"autocomplete": "nickname"}),
            "language": forms.Select(choices=[("vi", "Tiếng Việt"), ("en", "English")]),
        }
