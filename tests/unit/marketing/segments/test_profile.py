"""Profiles: bounded, and the same however often and in whatever order their sources are mirrored."""

import random

from chalicelib.marketing.segments.profile import CAMPAIGNS, DEALS, EMPTY, FORMS, POSTS, Profile


def test_the_same_in_any_order_and_any_number_of_times() -> None:
    changes = [
        *[("mail", f"K{n}", [n + 1, n + 2, 0, 0, []]) for n in range(20)],
        *[("post", f"F{n % 4}", (f"S{n}", n)) for n in range(20)],
        *[("deal", f"D{n}", ["open", "P", "P/a", "1.00", "EUR", n, 0]) for n in range(10)],
    ]
    random_ = random.Random(7)
    found = []
    for _ in range(20):
        profile = EMPTY
        for what, key, value in random_.sample(changes * 2, len(changes) * 2):
            if what == "mail":
                profile = profile.with_mail(key, value)
            elif what == "post":
                profile = profile.with_post(key, *value)
            else:
                profile = profile.with_deal(key, value)
        found.append((dict(profile.mail), dict(profile.posts), dict(profile.deals)))
    assert all(each == found[0] for each in found)


def test_bounded_by_the_latest() -> None:
    profile = EMPTY
    for n in range(200):
        profile = profile.with_mail(f"K{n:03}", [n + 1, 0, 0, 0, []]).with_post(f"F{n:03}", "S", n + 1)
        profile = profile.with_post("F", f"S{n:03}", 1000 + n).with_deal(
            f"D{n:03}", ["won", "P", "P/z", "1", "EUR", n, n + 5]
        )
    assert len(profile.mail) == CAMPAIGNS
    assert "K199" in profile.mail
    assert len(profile.posts) == FORMS
    assert len(profile.posts["F"]) == POSTS
    assert len(profile.deals) == DEALS
    kept = profile.with_deal("old", ["open", "P", "P/a", "1", "EUR", 1, 0])
    assert "old" in kept.deals  # what is open is kept before what is closed


def test_taken_back() -> None:
    profile = (
        EMPTY.with_mail("K", [1, 2, 3, 0, ["1"]])
        .with_post("F", "S", 5)
        .with_deal("D", ["open", "P", "P/a", "1", "EUR", 1, 0])
    )
    assert profile.with_mail("K", None).with_post("F", "S", None).with_deal("D", None) == EMPTY
    assert profile.with_mail("K", [0, 0, 0, 0, []]).mail == {}


def test_merged_people_did_it_once() -> None:
    one = Profile({"K": [5, 0, 0, 0, []]}, {"F": {"S1": 1}}, {"D": ["open", "P", "P/a", "1", "EUR", 1, 0]}, 3)
    other = Profile({"K": [4, 8, 9, 0, ["2"]], "L": [7, 0, 0, 0, []]}, {"F": {"S2": 2}}, {}, 1)
    both = Profile.union([one, other])
    assert both.mail == {"K": [4, 8, 9, 0, ["2"]], "L": [7, 0, 0, 0, []]}
    assert both.posts == {"F": {"S1": 1, "S2": 2}}
    assert both.mailed(2) == [("K", 9, frozenset({"2"}))]
