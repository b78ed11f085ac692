"""Themes that are proposed, and near-duplicates: from words with and without accents, the same each time."""

from __future__ import annotations

from typing import Any

from cuabien.service.consultation import acts, arranging, themes
from cuabien.service.consultation import models as m
from tests.service.consultation.conftest import Say

FLOODS = (
    "Khu phố bị ngập nước mỗi khi mưa lớn, thoát nước rất kém.",
    "Mua lon la ngap nuoc, thoat nuoc kem lam.",
    "Đề nghị làm hệ thống thoát nước để không ngập nước.",
    "Ngập nước kéo dài vì cống thoát nước hẹp.",
    "Ngap nuoc truoc cua nha, cong thoat nuoc tac.",
)
SCHOOLS = (
    "Trường học quá tải, lớp học quá đông học sinh.",
    "Xin xây thêm trường học cho học sinh tiểu học.",
    "Truong hoc xa qua, hoc sinh phai di bo.",
    "Học sinh đông mà trường học ít, cần thêm lớp học.",
    "Thieu truong hoc va lop hoc cho hoc sinh.",
)


def test_two_things_that_people_speak_of_are_two_themes_with_or_without_accents() -> None:
    found = themes.propose([*FLOODS, *SCHOOLS])
    assert sorted(one.members for one in found) == [(0, 1, 2, 3, 4), (5, 6, 7, 8, 9)]
    terms = {one.members[0]: one.terms for one in found}
    assert "thoát nước" in terms[0] and "trường học" in terms[5]


def test_the_same_words_give_the_same_themes() -> None:
    assert themes.propose([*FLOODS, *SCHOOLS]) == themes.propose([*FLOODS, *SCHOOLS])


def test_nothing_is_proposed_of_few_or_of_empty_or_of_unlike_texts() -> None:
    assert themes.propose(FLOODS[:5]) == []
    assert themes.propose([""] * 10) == []
    assert themes.propose(["một", "hai", "ba bốn", "năm sáu", "bảy tám", "chín mười"]) == []


def test_near_duplicates_are_found_and_different_words_about_one_thing_are_not() -> None:
    texts = [
        "Đề nghị mở rộng đường Trần Phú thành sáu làn xe.",
        "Trường học quá tải, cần xây thêm.",
        "de nghi mo rong duong tran phu thanh sau lan xe",
        "Đường Trần Phú hay tắc, nên có làn riêng cho xe buýt.",
        "",
        "",
    ]
    assert themes.twins(texts) == [None, None, 0, None, None, None]
    assert themes.twins([]) == [] and themes.twins(["…", "!!"]) == [None, None]


def test_a_person_decides_and_what_was_decided_stays(say: Say, officials: dict[str, Any]) -> None:
    planner = officials["planner"]
    rows = [say(text).comment for text in (*FLOODS, *SCHOOLS)]
    again = say(FLOODS[0].upper()).comment
    erased = say("Xóa đi.")
    acts.erase(erased.comment.id, token=erased.token)
    assert themes.read_again("draft-2", by=planner) == 2
    again.refresh_from_db()
    assert again.twin_of_id == rows[0].id and m.Comment.objects.filter(theme=None).count() == 12
    flood = next(one for one in m.Theme.objects.all() if "thoát nước" in one.terms)
    arranging.accept_theme(flood.pk, by=planner, name_vi="Thoát nước", name_en="Drainage")
    assert set(m.Comment.objects.filter(theme=flood).values_list("pk", flat=True)) == {*(row.id for row in rows[:5]), again.id}  # fmt: skip
    themes.read_again("draft-2", by=planner)
    flood.refresh_from_db()
    assert (
        flood.accepted
        and flood.name_vi == "Thoát nước"
        and m.Comment.objects.filter(theme=flood).count() == 6
    )
    assert m.Comment.objects.count() == 12  # nothing goes
