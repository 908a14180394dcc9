#!/usr/bin/env bash
# Runs a sweep through a real Slurm: a controller and one node on this machine, on the loopback
# interface alone, in a folder of their own; a point that fails and a task that is killed included.
# usage: scripts/check_slurm.sh MMUSIM; as root. Packages: scripts/setup.sh --with-cluster.
set -euo pipefail
cd "$(dirname "$0")/.."
mmusim=$(realpath "$1")
home=$(mktemp -d -t mmusim-slurm.XXXXXX)
export SLURM_CONF=$home/slurm.conf SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1

fail() {
  echo "check_slurm: $*" >&2
  tail -n 20 "$home"/*.log >&2 || true
  exit 1
}

stop() {
  for name in slurmd slurmctld; do
    [[ -r $home/$name.pid ]] && kill "$(cat "$home/$name.pid")" 2>/dev/null
  done
  [[ -n ${munge_pid:-} ]] && kill "$munge_pid" 2>/dev/null
  sleep 1
  rm -rf "$home"
}
trap stop EXIT

# Without systemd nobody makes munge's folder; an authentication service that runs is left alone.
start_munge() {
  pgrep -x munged >/dev/null && return
  install -d -o munge -g munge -m 755 /run/munge
  runuser -u munge -- /usr/sbin/munged --foreground >"$home/munge.log" 2>&1 &
  munge_pid=$!
}

start_slurm() {
  local host
  host=$(hostname -s)
  cat >"$SLURM_CONF" <<CONF
ClusterName=mmusim
SlurmctldHost=$host(127.0.0.1)
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
StateSaveLocation=$home/state
SlurmdSpoolDir=$home/spool
SlurmctldPidFile=$home/slurmctld.pid
SlurmdPidFile=$home/slurmd.pid
SlurmctldLogFile=$home/slurmctld.log
SlurmdLogFile=$home/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
  mkdir -p "$home/state" "$home/spool"
  /usr/sbin/slurmctld
  /usr/sbin/slurmd -N "$host"
  for _ in $(seq 100); do
    [[ $(sinfo -h -o %t 2>/dev/null) == idle ]] && return
    sleep 0.2
  done
  fail "the node does not become idle"
}

wait_until_idle() {
  for _ in $(seq 600); do
    [[ -z $(squeue -h) ]] && return
    sleep 0.5
  done
  fail "jobs do not end"
}

start_munge
start_slurm
sample=$PWD/traces/samples/sort.mmt
cat >"$home/e.toml" <<TOML
traces = ["$sample"]
[options]
instructions = 3_000_000
[axes]
mmu.dtlb.entries = [16, 64]
os.memory_bytes = ["1MiB", "1GiB", "2GiB"]
TOML
sweep=$home/sweep

# Two of six points fail for want of memory; task 5 is killed while it runs.
"$mmusim" sweep --slurm "$home/e.toml" -o "$sweep"
for _ in $(seq 500); do
  pkill -KILL -f "run .*os.memory_bytes=2GiB" && break
  sleep 0.02
done
scancel --signal=KILL --full "$(squeue -h -o %A | head -n 1)" 2>/dev/null || true
wait_until_idle
if "$mmusim" sweep --status "$sweep" >"$home/status.log"; then fail "failures are not told"; fi
cat "$home/status.log"
grep -Eq "status 137|missing" "$home/status.log" || fail "the killed task has left no trace"

# The same command again runs what is missing; now all that can be done is done.
"$mmusim" sweep --slurm "$home/e.toml" -o "$sweep" --slurm-tasks 2
wait_until_idle
"$mmusim" sweep --collect "$sweep" >"$home/collect.log" || true
cat "$home/collect.log"
grep -q "^4 done" "$home/collect.log" || fail "not all points are done"
grep -q "^2 failed" "$home/collect.log" || fail "the two that cannot be done are not told"

# Byte for byte what a sweep without Slurm gives.
"$mmusim" sweep "$home/e.toml" -o "$home/plain" >/dev/null 2>&1 || true
for result in "$home"/plain/*GiB/result.json; do
  cmp "$result" "$sweep/$(basename "$(dirname "$result")")/result.json" || fail "results differ"
done
echo "check_slurm: ok"
