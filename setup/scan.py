"""Looks for secrets in the tree, and for packages that are not what was pinned; needs no network.

Secrets: every text file, by detect-secrets' detectors of the forms that keys and tokens have (private keys, JWT, the
tokens of well-known services, passwords in addresses); in the product's own code also whatever is assigned to a name
that says it is secret. Packages: what is installed is what is pinned (that all are pinned with their hashes, a test of
the house says).

It cannot see a password that looks like any other word, a secret in a picture or in the history, nor whether a pinned
version has become known as vulnerable since: that takes a list of advisories, which is only to be had with a network
(docs/operations.md, "Advisories").
"""

import os
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings

from setup.say import ROOT, speak_plainly

FORMS = (
    "ArtifactoryDetector",
    "AWSKeyDetector",
    "AzureStorageKeyDetector",
    "BasicAuthDetector",
    "DiscordBotTokenDetector",
    "GitHubTokenDetector",
    "GitLabTokenDetector",
    "JwtTokenDetector",
    "NpmDetector",
    "PrivateKeyDetector",
    "PypiTokenDetector",
    "SlackDetector",
    "StripeDetector",
    "TwilioKeyDetector",
)
NAMES = ("KeywordDetector",)
PRODUCT = ("server", "deploy", "setup", "migrations", "wsgi.py")
"""Where a name that says it is secret is looked at as well; elsewhere there are passwords of invented people."""
NOT_OURS = re.compile(
    r"(^|/)(\.[a-z-]*venv[a-z-]*|\.git|\.[a-z_]+_cache|\.hypothesis|node_modules|var|dist|__pycache__)(/|$)"
)
UNREAD = {".png", ".jpg", ".woff2", ".gz", ".mo", ".ico", ".zip"}
ALLOWED = {
    ("deploy/guatu.env", "Basic Auth Credentials"): "a place for a password, which says CHANGE-ME",
    ("deploy/guatu-owner.env", "Basic Auth Credentials"): "the same",
    ("docs/settings.md", "Basic Auth Credentials"): "an example of an address, in capitals",
    ("server/config.py", "Basic Auth Credentials"): "the same, where that table is made from",
    ("server/db.py", "Basic Auth Credentials"): "the same, in a sentence",
    ("tests/cli/test_accounts.py", "Basic Auth Credentials"): "an address nobody is at",
    ("tests/house/test_scan.py", "Private Key"): "what the scan must find",
    ("tests/house/test_scan.py", "Basic Auth Credentials"): "what the scan must find",
}
"""What is found and is none, each with its reason."""
PINNED = re.compile(
    r"^([A-Za-z0-9._-]+)==(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)


def main() -> int:
    """Say each finding on a line; 1 when there is any."""
    speak_plainly()
    found = [*secrets(ROOT), *astray(ROOT)]
    print("\n".join(found))
    return 1 if found else 0


def secrets(tree: Path) -> Iterator[str]:
    """Secrets in a tree's files, as `file:line kind`."""
    everywhere = [path for path in _files(tree) if not _is_lock(path.relative_to(tree))]
    product = [path for path in everywhere if path.relative_to(tree).parts[0] in PRODUCT]
    for detectors, files in ((FORMS, everywhere), (NAMES, product)):
        yield from _found(tree, detectors, files)


def _found(tree: Path, detectors: tuple[str, ...], files: list[Path]) -> Iterator[str]:
    with transient_settings({"plugins_used": [{"name": name} for name in detectors]}):
        collection = SecretsCollection()
        for path in files:
            collection.scan_file(str(path))
    for name, secret in collection:
        place = Path(name).relative_to(tree).as_posix()
        if (place, secret.type) not in ALLOWED:
            yield f"{place}:{secret.line_number} {secret.type}"


def _files(tree: Path) -> Iterator[Path]:
    """The files of a tree that are text of ours, those not yet committed too."""
    for folder, folders, names in os.walk(tree):
        folders[:] = sorted(name for name in folders if not NOT_OURS.search(f"{name}/"))
        yield from (Path(folder) / name for name in sorted(names) if Path(name).suffix not in UNREAD)


def _is_lock(path: Path) -> bool:
    """Whether it is a list of digests, which is looked at otherwise."""
    return path.name == "package-lock.json" or (path.parts[0] == "requirements" and path.suffix == ".txt")


def pins(text: str) -> dict[str, str]:
    """Package → version of a requirements file whose every entry has its hashes."""
    return {_plain(name): version for name, version, _ in PINNED.findall(text)}


def astray(tree: Path) -> Iterator[str]:
    """Packages installed here in another version than the pinned one."""
    wanted = pins((tree / "requirements" / "test.txt").read_text("utf-8"))
    for package in metadata.distributions():
        name = _plain(package.metadata["Name"])
        if name in wanted and package.version != wanted[name]:
            yield f"{name} {package.version}, pinned {wanted[name]}"


def _plain(name: str) -> str:
    """A package's name as all spellings of it are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main())
