"""What a password must be."""

import pytest

from server.errors import WeakPassword
from server.rules import passwords, people


@pytest.mark.parametrize(
    "password", ["Hong-Shan7!", "山水一色, einfach schön", "correct horse battery", "Zhao.2031.heihe"]
)
def test_a_long_or_mixed_password_is_taken(password: str) -> None:
    passwords.check(password, username="chenxiao")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("Ab1!", "at least 10"),
        ("a" * 129, "at most 128"),
        ("onlylowercase", "mix 3"),
        ("lower12345", "mix 3"),
        ("xX9xX9xX9xX9", "too few"),
        ("ChenXiao-2031", "user name"),
        ("Password123", "common"),
        ("P@ssw0rd2031", "common"),
        ("Admin@12345", "common"),
        ("1qaz@WSX3edc", "common"),
        ("Woaini1314!", "common"),
        ("Aa123456789", "common"),
        ("qwertyuiopasdfghjkl", "common"),
        ("Tab\tTab-12345", "control"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(password: str, why: str) -> None:
    with pytest.raises(WeakPassword, match=why):
        passwords.check(password, username="chenxiao")


def test_a_refusal_never_repeats_the_password() -> None:
    with pytest.raises(WeakPassword) as caught:
        passwords.check("lower12345", username="chenxiao")
    assert "lower12345" not in str(caught.value.document())


def test_passwords_made_for_others_keep_the_rules_and_differ() -> None:
    made = {people.first_password() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        passwords.check(password, username="chenxiao")


@pytest.mark.parametrize("username", ["ab", "chen.xiao", "13812345678", "c_x-1", "chen@qingxi"])
def test_user_names_are_plain(username: str) -> None:
    assert people.is_username(people.normal(f" {username.upper()} "))


@pytest.mark.parametrize("username", ["", "a", "陈晓", "a b", "a\x00b", "-ab", "a" * 65, "ａｂ"])
def test_what_cannot_be_a_user_name_is_refused(username: str) -> None:
    assert not people.is_username(username)
