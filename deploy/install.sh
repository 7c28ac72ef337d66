#!/bin/sh
# 在没有网络的 Debian 上安装或更新挂图：把整个文件夹拷来，以 root 运行。
# Installs Guatu on a Debian without a network, or brings it up to date: carry the whole folder over, run this as root.
#
# What it does: checks every file, installs the Debian packages that are missing, puts the tree into a folder of its own
# (/srv/guatu-DATE-TIME) and fills its environment. The first time /srv/guatu becomes a link to it. After that the server
# goes on from its own folder, and /srv/guatu.new is the link. It touches no database, no setting and no server: what is
# next stands in docs/install-debian.md, from "The user and the settings" on; on an update, under "A new release".
set -eu

here=$(cd "$(dirname "$0")" && pwd)
link=/srv/guatu
target=$link-$(date +%Y%m%d-%H%M%S)

fail() {
    echo "$1" >&2
    exit 1
}

[ "$(id -u)" = 0 ] || fail "请以 root 运行 / run this as root"
command -v apt-get > /dev/null || fail "这里没有 apt-get：需要 Debian / there is no apt-get here: this is for Debian"

echo "· 核对文件 / checking every file"
(cd "$here" && sha256sum --check --quiet SHA256SUMS) ||
    fail "文件不完整，请重新拷贝 / files are missing or changed: carry the folder over again"

echo "· 安装系统软件包 / installing Debian packages"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/lists"  # a folder of its own: apt empties it of what it did not put there
echo "deb [trusted=yes] file://$here/packages ./" > "$work/guatu.list"
from_here() {
    DEBIAN_FRONTEND=noninteractive apt-get -q -y -o "Dir::Etc::sourcelist=$work/guatu.list" -o Dir::Etc::sourceparts=/dev/null \
        -o "Dir::State::lists=$work/lists" -o APT::Sandbox::User=root "$@"
}
from_here update > /dev/null
from_here install --no-install-recommends python3 python3-venv libsqlite3-mod-spatialite fonts-noto-cjk \
    postgresql postgresql-postgis nginx-light openssl curl > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }

echo "· 放置程序 / putting the tree into $target"
mkdir -p "$(dirname "$target")"
cp -a "$here/guatu" "$target"
trap 'rm -rf "$work" "$target"' EXIT  # a half-made tree is not left behind
chown -R root:root "$target"

echo "· 建 Python 环境 / making its environment"
(cd "$target" && PIP_NO_INDEX=1 PIP_FIND_LINKS="$here/wheels" python3 -m setup run)
# The server runs as a user who may not write here: without this each of its processes compiles everything anew.
(cd "$target" && .venv/bin/python -m compileall -q .venv server migrations)

[ ! -e "$link" ] || link=$link.new
ln -sfnT "$target" "$link"
trap 'rm -rf "$work"' EXIT
echo "完成：$link 指向 $target / done: $link points to $target"
if [ "$link" = /srv/guatu ]; then
    echo "接着看 docs/install-debian.md 第 2 节 / go on in docs/install-debian.md with section 2"
else
    echo '接着看 docs/install-debian.md 中的 A new release / go on in docs/install-debian.md under A new release'
fi
