"""Tells a missing network from any other failure, by what pip, npm and apt print."""

import re

from setup.say import Failed, Stop

_SIGNS = re.compile(
    r"NewConnectionError|Max retries exceeded|Temporary failure (?:in name resolution|resolving)"
    r"|Could not resolve|Network is unreachable|Connection refused|ConnectTimeoutError|ReadTimeoutError"
    r"|ProxyError|Cannot connect to proxy|Unable to connect to|Could not connect to"
    r"|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH",
)


def absent(output: str) -> bool:
    """Whether a tool's words mean that it could not reach the network."""
    return _SIGNS.search(output) is not None


def blame(failed: Failed, *, zh: str, en: str) -> Exception:
    """Return the sentence for a missing network when that was the cause, else the failure itself.

    `zh` and `en` name what was to be fetched.
    """
    if not absent(failed.output):
        return failed
    return Stop(
        f"网络不可用,无法下载{zh}:请接通网络(或设置代理 HTTPS_PROXY)后重新运行。",
        f"No network to fetch {en}: connect this machine (or set HTTPS_PROXY) and run the command again.",
    )
