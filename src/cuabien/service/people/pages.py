"""The pages of one's own account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from cuabien.service.people.guard import signed_in


@signed_in
def account(request: HttpRequest) -> HttpResponseBase:
    return render(request, "account/account.html")
