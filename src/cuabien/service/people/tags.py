"""Template words of the account pages (`{% load people %}`)."""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from cuabien.service.people.words import DONE

register = template.Library()


@register.filter
def is_box(field: BoundField) -> bool:
    """Whether a field is a box to tick, whose words stand behind it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.simple_tag
def plain_field(field: BoundField) -> SafeString:
    """The input without the grey words inside it that some forms bring: what they say stands in the label."""
    field.field.widget.attrs.pop("placeholder", None)
    return field.as_widget()


@register.simple_tag(takes_context=True)
def done_words(context: Context) -> SafeString:
    """What was just done, where the address says so (`?done=password`)."""
    request = getattr(context, "request", None)
    words = DONE.get(request.GET.get("done", "")) if request is not None else None
    if words is None:
        return SafeString("")
    return format_html('<p class="notice" role="status">{}</p>', gettext(words))


@register.simple_tag
def providers() -> list[tuple[str, str]]:
    """(name, address) of each way to sign in beside the password."""
    from allauth.socialaccount.adapter import get_adapter
    from django.urls import reverse

    apps: list[Any] = get_adapter().list_apps(None)
    return [(app.name, reverse("openid_connect_login", args=[app.provider_id])) for app in apps]
