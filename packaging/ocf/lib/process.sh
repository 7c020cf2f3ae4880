# shellcheck shell=sh disable=SC2154,SC2034 # the parts of the agent share variables
# A service that is a plain command. It leads a process group of its own, and all that it starts inherits a mark in its environment, so
# that what it leaves behind is found even when it has died or its children have left the group. Where control groups can be had (version
# 2, and not in systemd's hands) it also gets one of its own, which nobody leaves.

mark() { echo "OCF_OPENSTACK=$agent:$instance"; }

process_validate() {
  if [ -z "$command" ]; then
    reason "neither command nor unit is given, and '$name' is not a service that this agent knows"
    return "$OCF_ERR_CONFIGURED"
  fi
  if ! command -v "${command%% *}" > /dev/null; then
    reason "${command%% *} is not installed${gone:+; $name ended with OpenStack $gone}"
    return "$OCF_ERR_INSTALLED"
  fi
  for file in $config; do
    if [ -n "$file" ] && [ ! -r "$file" ]; then
      reason "config=$file cannot be read"
      return "$OCF_ERR_INSTALLED"
    fi
  done
  if [ -n "$user" ] && ! id "$user" > /dev/null 2>&1; then
    reason "there is no user $user"
    return "$OCF_ERR_INSTALLED"
  fi
}

# The number in the file may have passed to somebody else's process: ours carries the mark. A zombie has no environment any more.
process_runs() {
  main=''
  [ -r "$pid_file" ] && read -r main < "$pid_file"
  [ -n "$main" ] || return 1
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    # Read once: what is empty at one look and there at the next would be taken for somebody else's.
    environment=$(tr '\0' '\n' 2> /dev/null < "/proc/$main/environ")
    printf '%s\n' "$environment" | grep -qxF "$(mark)" && return 0
    state=$(cat "/proc/$main/stat" 2> /dev/null) || return 1
    case ${state##*) } in [ZX]*) return 1 ;; esac
    # Between two programs a process has no environment for a moment: a start that looks just then must not take it for dead.
    [ -z "$environment" ] || return 1
    sleep 0.05
  done
  return 1
}

process_is_frozen() {
  # The name in parentheses may hold anything; the state follows the last of them.
  state=$(cat "/proc/$main/stat" 2> /dev/null)
  case ${state##*) } in [Tt]*) ;; *) return 1 ;; esac
}

process_is_clean() { [ -z "$(members)" ]; }

# Every living process of the service.
members() {
  {
    grep -lsz "^$(mark)\$" /proc/[0-9]*/environ | cut -d / -f 3
    if [ -n "${main:-}" ]; then ps -e -o pid= -o pgid= -o stat= | awk -v group="$main" '$2 == group && $3 !~ /^Z/ { print $1 }'; fi
    cat "$(control_group)/cgroup.procs" 2> /dev/null
  } | sort -nu
}

control_group() {
  [ -d /run/systemd/system ] && return
  root=$(awk '$3 == "cgroup2" && $4 ~ /^rw/ { print $2; exit }' /proc/mounts)
  [ -n "$root" ] && echo "$root/ocf-openstack/$agent-$instance"
}

process_start() {
  mkdir -p "${pid_file%/*}"
  # A worker that outlived its parent still holds the port.
  process_stop || return "$OCF_ERR_GENERIC"
  rm -f "$pid_file.silent"
  case $log in
    /dev/null) ;;
    *) mkdir -p "${log%/*}" && touch "$log" && { [ -z "$user" ] || chown "$user" "$log"; } ;;
  esac
  group=$(control_group)
  [ -z "$group" ] || mkdir -p "$group" 2> /dev/null || group=''
  as_user=''
  if [ -n "$user" ] && [ "$(id -un)" != "$user" ]; then as_user="setpriv --reuid=$user --regid=$(id -gn "$user") --init-groups --"; fi
  # Nothing that belongs to Pacemaker is for the service: neither its parameters nor its descriptors.
  # shellcheck disable=SC2016 # expanded by the shell that becomes the service
  env "$(mark)" setsid sh -c '
    [ -z "$2" ] || echo 0 > "$2/cgroup.procs"
    echo $$ > "$1.new" && mv "$1.new" "$1"
    for variable in $(env | sed -n "s/^\(OCF_RESKEY_[A-Za-z0-9_]*\)=.*/\1/p"); do unset "$variable"; done
    cd / && eval "exec $3 $4"
  ' sh "$pid_file" "$group" "$as_user" "$command" < /dev/null >> "$log" 2>&1 &
  child=$!
  until [ -s "$pid_file" ]; do
    kill -0 "$child" 2> /dev/null || return "$OCF_ERR_GENERIC"
    sleep 0.02
  done
}

# Asks the main process to end, waits as long as may be, and then kills all that is left. Frozen ones are thawed, so that they hear it.
process_stop() {
  process_runs && alive=yes || alive=no
  left=$((grace * 10))
  [ ! -e "$pid_file.silent" ] || left=20 # it does not answer: there is little that it could end in order
  if [ "$alive" = yes ]; then
    kill -s TERM "$main" 2> /dev/null
    kill -s CONT -- "-$main" 2> /dev/null
    while [ $left -gt 0 ] && process_runs; do
      left=$((left - 1))
      sleep 0.1
    done
    [ $left -gt 0 ] || say "did not end in time, kills it"
  fi
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
    rest=$(members)
    if [ -z "$rest" ]; then
      rm -f "$pid_file"
      rmdir "$(control_group)" 2> /dev/null
      return 0
    fi
    # shellcheck disable=SC2086 # a list of numbers
    kill -s KILL $rest 2> /dev/null
    sleep 0.1
  done
  return 1
}

process_age() { ps -o etimes= -p "$main" | tr -d ' '; }

process_last_words() {
  if [ -f "$log" ]; then tail -n 1 "$log" | cut -c 1-300; else echo 'parameter log would keep what it said'; fi
}
