"""What a password must be. The rules name the first one broken; they never repeat the password."""

import re

from server.errors import WeakPassword

SHORTEST = 10
LONG = 16
"""From this length on, a pass phrase of any characters is as good as a mixture of classes."""
LONGEST = 128
FEWEST_DIFFERENT = 5
CLASSES = 3

_LOOKALIKES = str.maketrans("@4031!$5", "aaoeliss")

COMMON = frozenset(
    {
        "password", "passw", "passwd", "admin", "administrator", "root", "guest", "welcome", "letmein", "login",
        "qwerty", "qwertyuiop", "qwer", "qwerasdf", "qweasdzxc", "asdfghjkl", "asdf", "zxcvbnm", "zxcv", "qazwsx",
        "qazwsxedc", "iloveyou", "monkey", "dragon", "sunshine", "football", "master", "secret", "changeme",
        "default", "test", "abc", "abcd", "abcdef", "abcdefg", "abcdefgh", "aaa", "woaini", "woaiwojia", "nihao",
        "zhongguo", "china", "beijing", "guatu", "guatuguatu", "mima", "wodemima", "dianhua", "ganbu", "xiangzhen",
    }
)  # fmt: skip
"""Words that a password is not, whatever digits and signs stand around them; letters only, look-alikes undone."""

_RUNS = (
    "01234567890123456789",
    "98765432109876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
)


def check(password: str, *, username: str) -> None:
    """`WeakPassword`, naming the rule, unless `password` may be this user's."""
    if len(password) < SHORTEST:
        _refuse(f"至少 {SHORTEST} 个字符", f"use at least {SHORTEST} characters")
    if len(password) > LONGEST:
        _refuse(f"最多 {LONGEST} 个字符", f"use at most {LONGEST} characters")
    if any(ord(char) < 32 or ord(char) == 127 or 0xD800 <= ord(char) < 0xE000 for char in password):
        _refuse("含有不可见的控制字符", "it has control characters")
    if len(password) < LONG and _classes(password) < CLASSES:
        _refuse(
            f"大写、小写、数字、符号中至少 {CLASSES} 种，或长度至少 {LONG}",
            f"mix {CLASSES} of upper case, lower case, digits and signs, or use {LONG} characters",
        )
    if len(set(password)) < FEWEST_DIFFERENT:
        _refuse("重复的字符太多", "too few different characters")
    if username and username.casefold() in password.casefold():
        _refuse("不能包含用户名", "it contains the user name")
    if _is_common(password):
        _refuse("过于常见，容易被猜到", "it is a common one, easily guessed")


def refuse_same() -> None:
    """`WeakPassword`: the new one is the old one."""
    _refuse("不能与原密码相同", "it is the old one")


def _classes(password: str) -> int:
    """How many of upper case, lower case, digits and anything else occur."""
    kinds = {
        "upper" if char.isupper() else "lower" if char.islower() else "digit" if char.isdigit() else "sign"
        for char in password
    }
    return len(kinds)


def _is_common(password: str) -> bool:
    """Whether it is one of the usual words in disguise, or little more than a run along the keyboard."""
    plain = password.casefold()
    if not plain.isascii():
        return False
    letters, digits = re.sub(r"[^a-z]", "", plain), re.sub(r"[^0-9]", "", plain)
    undone = re.sub(r"^[^a-z]+|[^a-z]+$", "", plain).translate(_LOOKALIKES)
    is_run = any(digits in run for run in _RUNS) and len(letters) <= 3 and len(digits) >= 5
    return letters in COMMON or undone in COMMON or is_run or any(plain in run for run in _RUNS)


def _refuse(zh: str, en: str) -> None:
    """Raise `WeakPassword` with the rule in both languages."""
    raise WeakPassword(why_zh=zh, why_en=en)
