# Sourced by ./run and ./check from the checkout's folder: `set_up run` or `set_up check` installs
# what the machine lacks and keeps the Python environment in .venv/ at the pinned packages.
# A step leaves its mark only when it is complete, so Ctrl-C at any moment is mended by a second run.

say() { printf '== %s\n' "$*" >&2; }

refuse() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

set_up() {
    { mkdir -p var && [ -w var ] && [ -w . ]; } 2>/dev/null ||
        refuse "$PWD or its folder var/ belongs to somebody else: start this as that user."
    exec 9>var/setup.lock
    flock 9 # ./run and ./check may be started at once
    install_packages "$1"
    make_environment
    install_requirements requirements.txt
    [ "$1" = run ] || install_requirements requirements-dev.txt
    exec 9>&-
}

# ── The machine's packages ───────────────────────────────────────────────────────────────────

install_packages() {
    finish_interrupted_installation
    missing=$(missing_packages "$1")
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null ||
        refuse "This machine lacks:$missing. Install them (the names are Debian's) and start again."
    say "Fetching the lists of packages"
    as_root apt-get update -q >&2 || refuse "apt-get can't fetch its lists: is there a network?"
    missing=$(printf '%s' "$missing" | sed \
        -e "s/ postgis/ $(newest_package postgresql- '[0-9]+-postgis-3' || echo postgis)/" \
        -e "s/ python3-venv/ $(newest_package python3. '1[1-4]-venv' || echo python3-venv)/")
    say "Installing:$missing"
    # shellcheck disable=SC2086 # a list of words
    as_root apt-get install -qy --no-install-recommends $missing >&2 ||
        refuse "apt-get can't install$missing; the lines above say why."
    still=$(missing_packages "$1")
    [ -z "$still" ] || refuse "Still missing after the installation:$still."
}

# A package whose name holds a number of the distribution's choice; fails where there is none.
newest_package() {
    apt-cache pkgnames "$1" | grep -E "^$1$2\$" | sort -V | tail -n 1 | grep .
}

finish_interrupted_installation() {
    dpkg-query -W -f '${db:Status-Status}\n' 2>/dev/null | grep -qE '^(unpacked|half-)' || return 0
    say "Finishing an installation that was interrupted"
    as_root dpkg --configure -a >&2 && as_root apt-get install -qyf >&2 ||
        refuse "dpkg is in disorder: 'dpkg --audit' says where."
}

# Debian's names of what is missing, each after a blank.
missing_packages() {
    find_python >/dev/null || printf ' python3 python3-venv'
    [ -e /etc/ssl/certs/ca-certificates.crt ] || printf ' ca-certificates'
    if [ "$1" = check ] || [ -z "${RELIEFMAP_DATABASE_URL:-}" ]; then
        has_postgis || printf ' postgis'
    fi
    [ "$1" = check ] || return 0
    command -v chromium >/dev/null || printf ' chromium'
    has_chinese_font || printf ' fonts-noto-cjk'
    command -v ogrinfo >/dev/null || printf ' gdal-bin'
    /usr/bin/python3 -c 'import qgis' 2>/dev/null || printf ' python3-qgis'
}

# The first Python on PATH that is new enough and can make an environment.
find_python() {
    for candidate in python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
            2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

has_postgis() {
    for control in /usr/share/postgresql/*/extension/postgis.control; do
        version=${control#/usr/share/postgresql/}
        [ -x "/usr/lib/postgresql/${version%%/*}/bin/initdb" ] && [ -e "$control" ] && return 0
    done
    shared=$(pg_config --sharedir 2>/dev/null) && [ -e "$shared/extension/postgis.control" ]
}

has_chinese_font() {
    command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn file)" ]
}

as_root() {
    set -- env DEBIAN_FRONTEND=noninteractive "$@"
    if [ "$(id -u)" = 0 ]; then
        "$@"
        return
    fi
    command -v sudo >/dev/null ||
        refuse "Only root may install packages and sudo is missing; install as root:${missing:- none}."
    for name in http_proxy https_proxy no_proxy; do # sudo clears the environment
        eval "value=\${$name:-}"
        [ -z "$value" ] || set -- env "$name=$value" "$@"
    done
    sudo "$@"
}

# ── The Python environment ───────────────────────────────────────────────────────────────────

make_environment() {
    python=$(find_python)
    origin="$PWD $("$python" --version)"
    [ "$(cat .venv/origin 2>/dev/null)" != "$origin" ] || return 0
    say "Making .venv"
    rm -rf .venv
    "$python" -m venv .venv || refuse "$python can't make .venv; the lines above say why."
    printf '%s\n' "$origin" >.venv/origin
}

# Installs the pins of one file, unless .venv holds exactly them.
install_requirements() {
    wanted=$(cat "$1" pyproject.toml | sha256sum)
    [ "$(cat ".venv/$1.sha256" 2>/dev/null)" != "$wanted" ] || return 0
    say "Installing the Python packages of $1 into .venv"
    pip install -r "$1" || refuse "pip can't install $1: is there a network? The lines above say more."
    # requirements.txt brings the build tool, so nothing more is fetched here.
    pip install --no-deps --no-build-isolation -e . || refuse "pip can't install reliefmap itself."
    printf '%s\n' "$wanted" >".venv/$1.sha256"
}

pip() {
    .venv/bin/python -m pip --disable-pip-version-check --quiet "$@" >&2
}
