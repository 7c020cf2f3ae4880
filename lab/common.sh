#!/bin/bash
# What every part of the lab uses: where things lie, how it speaks, how it waits. Sourced by dev/lab first.

lab=${BASH_SOURCE[0]%/*}
lab=$(realpath "$lab")
state=$(realpath -m "${KEDGE_LAB:-/var/tmp/kedge-lab}")
logs=$state/log
cache=$state/cache
shared=$state/backup # the one thing that both clouds reach: cinder-backup's directory

# Debian's own Python has the OpenStack modules; another one earlier in a developer's PATH has not.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
unset PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE

clouds=(A B)
password=kedge-lab
started_at=$SECONDS

say() { printf '%4d s  %s\n' $((SECONDS - started_at)) "$*"; }

fail() {
  printf 'lab: %s\n' "$*" >&2
  exit 1
}

# The variables that differ between the clouds. A and B are built by the same functions, which read these.
select_cloud() {
  cloud=$1
  case $cloud in
    A) number=1 zone=nova volume_type=standard ;;
    B) number=2 zone=dr-1 volume_type=dr-ceph ;;
    *) fail "there is no cloud '$cloud': it is A or B" ;;
  esac
  controller=${cloud,,}0
  computes=("${cloud,,}1" "${cloud,,}2")
  region=Region$cloud
  ip=10.77.$number.10
  home=$state/$cloud
}

# wait_for SECONDS WHAT COMMAND...: false when COMMAND does not succeed in time. WHAT is for the message.
wait_for() {
  local limit=$1 what=$2 until
  shift 2
  until=$((SECONDS + limit))
  until "$@" > /dev/null 2>&1; do
    if ((SECONDS >= until)); then
      printf 'lab: %s: not there after %d s\n' "$what" "$limit" >&2
      return 1
    fi
    sleep 0.2
  done
}

port_open() { (exec 3<> "/dev/tcp/$1/$2") 2> /dev/null; }
