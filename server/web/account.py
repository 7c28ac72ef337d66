"""One's own account: devices signed in, the password, the second factor, who looked at me."""

from flask import Blueprint
from flask_babel import lazy_gettext

from server.config import Settings
from server.gate import guard
from server.held import held
from server.services.provider import Provider
from server.web import shell

ASKED = lazy_gettext("登录时除密码外再输入手机上的验证码")
UNASKED = lazy_gettext("本服务器没有要求任何角色启用（演示县即如此）；可以自愿启用")

door = Blueprint("desk_account", __name__)


@door.get("/account")
@guard("person.read_self")
def own() -> str:
    """What is held about the reader's own account."""
    told = ASKED if held(Settings).second_factor else UNASKED
    return shell.page("account.html", name="account", factor_words=str(told), provider=held(Provider).name)
