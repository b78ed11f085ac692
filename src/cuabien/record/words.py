"""Words for what stands in a record, as pages and reports show them."""

from __future__ import annotations

from collections.abc import Mapping

from cuabien.base.words import N_

DISPOSITION: Mapping[str, str] = {
    "accept": N_("accepted"),
    "in_part": N_("accepted in part"),
    "decline": N_("not accepted, with a reason"),
    "out_of_scope": N_("outside the scope of this consultation"),
    "already_so": N_("the plan says so already"),
}
UNANSWERED = N_("not answered yet")
COMMENT_STATE: Mapping[str, str] = {
    "held": N_("held until a moderator has looked"),
    "shown": N_("shown"),
    "moderated": N_("hidden by a moderator"),
    "withdrawn": N_("withdrawn by its writer"),
    "erased": N_("erased at the writer's request"),
}
FATE: Mapping[str, str] = {
    "moderated": N_("hidden by a moderator"),
    "restored": N_("shown again"),
    "withdrawn": N_("withdrawn by its writer"),
    "erased": N_("erased at the writer's request"),
}
REASON: Mapping[str, str] = {
    "personal_data": N_("personal data of somebody else"),
    "insult": N_("an insult"),
    "hate": N_("hate"),
    "advertising": N_("advertising"),
    "off_topic": N_("off topic"),
    "unlawful": N_("unlawful content"),
    "secret": N_("a matter withheld by law"),
    "other": N_("another reason"),
}
CHANNEL: Mapping[str, str] = {
    "web": N_("on the website"),
    "paper": N_("on paper"),
    "spoken": N_("spoken"),
    "agency": N_("by an agency that was asked"),
}
ABOUT: Mapping[str, str] = {
    "object": N_("an object of the plan"),
    "clause": N_("a clause"),
    "place": N_("a place"),
    "whole": N_("the whole plan"),
    "proposal": N_("a counter-proposal"),
}
KIND: Mapping[str, str] = {
    "public": N_("consultation of the public"),
    "agency": N_("consultation of agencies"),
}
