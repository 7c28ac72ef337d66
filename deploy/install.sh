#!/bin/sh
# 在没有网络的 Debian 上安装或更新挂图：把整个文件夹拷来，以 root 运行。
# Installs Guatu on a Debian without a network, or brings it up to date: carry the whole folder over, run this as root.
#
# What it does: checks every file, installs the Debian packages that are missing, puts the tree into /srv/guatu (the one
# before stays as /srv/guatu.before) and fills its environment. It touches no database and no setting: what is next
# stands in /srv/guatu/docs/install-debian.md, from "The user and the settings" on; on an update, under "A new release".
set -eu

here=$(cd "$(dirname "$0")" && pwd)
target=${GUATU_TREE:-/srv/guatu}

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
rm -rf "$target.new"
mkdir -p "$(dirname "$target")"
cp -a "$here/guatu" "$target.new"
chown -R root:root "$target.new"
if [ -d "$target" ]; then
    rm -rf "$target.before"
    mv "$target" "$target.before"
fi
mv "$target.new" "$target"

echo "· 建 Python 环境 / making its environment"
(cd "$target" && PIP_NO_INDEX=1 PIP_FIND_LINKS="$here/wheels" python3 -m setup run)
# The server runs as a user who may not write here: without this each of its processes compiles everything anew.
(cd "$target" && .venv/bin/python -m compileall -q .venv server migrations)

echo "完成；接着看 $target/docs/install-debian.md：首次安装从第 2 节起，更新看“更新” / done; go on in that page: the first time from section 2 on, on an update under 'A new release'"
