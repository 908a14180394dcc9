#!/usr/bin/env bash
# Installs the Debian packages that mmusim needs; does nothing where they are there already.
set -euo pipefail

# The one list of packages (Debian 12, bookworm). Everything else in the repository refers to it.
build_packages=(
  ca-certificates git                                  # to fetch the project
  cmake ninja-build pkg-config g++ ccache python3      # to build it
  libsystemc-dev                                       # the simulation kernel, with TLM-2.0
  libspdlog-dev libfmt-dev libcli11-dev libtomlplusplus-dev nlohmann-json3-dev
  libzstd-dev zlib1g-dev liblzma-dev libbz2-dev libxxhash-dev libzip-dev zstd  # traces
  python3-pandas python3-dev pybind11-dev              # for the Python package
  libgtest-dev libgmock-dev librapidcheck-dev libbenchmark-dev  # tests and benchmarks
)
check_packages=(
  clang clang-format clang-tidy                        # style checks and the second compiler
  chromium chromium-driver python3-selenium            # the report page, in a browser
  zsh groff-base                                       # completion and the manual page
  valgrind                                             # instruction counts
)
rtl_packages=(verilator yosys)                         # the walker in RTL; yosys: what it costs
coverage_packages=(gcovr)                              # a coverage report
capture_packages=(                                     # to take traces of one's own programs
  qemu-user valgrind
  gcc-riscv64-linux-gnu libc6-dev-riscv64-cross gcc-aarch64-linux-gnu libc6-dev-arm64-cross
)
cluster_packages=(slurmctld slurmd slurm-client munge) # to try sweeps with Slurm

usage() {
  cat <<'TEXT'
usage: scripts/setup.sh [--dry-run] [--with-checks] [--with-rtl] [--with-coverage]
                        [--with-capture] [--with-cluster]

Installs what is missing to build and test mmusim on Debian 12; as root, or through sudo.
  --with-checks    also clang, clang-format, clang-tidy, a browser for the report page, and
                   valgrind for instruction counts
  --with-rtl       also Verilator, with which the walker in RTL is built, and yosys
  --with-coverage  also gcovr
  --with-capture   also qemu and valgrind, which scripts/capture.sh uses, and compilers for RISC-V
                   and AArch64
  --with-cluster   also Slurm, which scripts/check_slurm.sh tries
  --dry-run        only say what would be installed
TEXT
}

fail() {
  echo "setup: $*" >&2
  exit 1
}

packages=("${build_packages[@]}")
dry_run=no
for argument in "$@"; do
  case "$argument" in
    --dry-run) dry_run=yes ;;
    --with-cluster) packages+=("${cluster_packages[@]}") ;;
    --with-checks) packages+=("${check_packages[@]}") ;;
    --with-rtl) packages+=("${rtl_packages[@]}") ;;
    --with-coverage) packages+=("${coverage_packages[@]}") ;;
    --with-capture) packages+=("${capture_packages[@]}") ;;
    -h | --help) usage && exit 0 ;;
    *)
      echo "setup: unknown option '$argument'" >&2
      usage >&2
      exit 2
      ;;
  esac
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  fail "this is no Debian system (no dpkg-query or apt-get). Install what these Debian packages
contain by your own means, then build with CMake as CONTRIBUTING.md says:
  ${packages[*]}"
fi

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $status == installed ]] || missing+=("$package")
done

if [[ ${#missing[@]} -eq 0 ]]; then
  echo "setup: all ${#packages[@]} packages are installed; nothing to do"
  exit 0
fi
if [[ $dry_run == yes ]]; then
  echo "setup: would install ${#missing[@]} of ${#packages[@]} packages: ${missing[*]}"
  exit 0
fi

as_root=()
if [[ $(id -u) -ne 0 ]]; then
  command -v sudo >/dev/null || fail "must install ${missing[*]}
but this is not root and there is no sudo. As root: apt-get update && apt-get install ${missing[*]}"
  as_root=(sudo)
fi
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q "$@"
}

echo "setup: installing ${#missing[@]} of ${#packages[@]} packages: ${missing[*]}"
if ! apt update; then
  echo "setup: apt-get update failed; once more in 5 seconds" >&2
  sleep "${MMUSIM_RETRY_SECONDS:-5}"
  apt update || fail "apt-get update failed twice; is there a network?"
fi
apt install -y --no-install-recommends "${missing[@]}" ||
  fail "apt-get could not install everything; tested on Debian 12 (bookworm), this is
$(. /etc/os-release 2>/dev/null && echo "${PRETTY_NAME:-unknown}")"
echo "setup: done"
