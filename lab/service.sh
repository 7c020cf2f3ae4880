#!/bin/bash
# Services: long-running processes inside a node, each with a pid file (the pid that it has inside) and a log.

service_log() { echo "$logs/$cloud/$1-$2.log"; } # node, service

# start NODE SERVICE COMMAND...: does nothing when the service already runs.
start() {
  local node=$1 service=$2
  shift 2
  runs "$node" "$service" && return
  # shellcheck disable=SC2016 # expanded by the shell inside the node
  in_node "$node" sh -c 'pid=$1 log=$2; shift 2; setsid "$@" < /dev/null >> "$log" 2>&1 & echo $! > "$pid"' \
    sh "$state/nodes/$node/$service.pid" "$(service_log "$node" "$service")" "$@"
}

runs() {
  local pid=$state/nodes/$1/$2.pid
  [[ -e $pid ]] && in_node "$1" kill -0 "$(cat "$pid")" 2> /dev/null
}

# Names of the services of a node, and of those that have ended.
services_of() { basename -a -s .pid "$state/nodes/$1"/*.pid | grep -vE '^(init|unshare)$'; }

ended_services_of() {
  # shellcheck disable=SC2016 # expanded by the shell inside the node
  in_node "$1" sh -c 'cd "$1"; for f in *.pid; do case $f in init.pid|unshare.pid) ;; *) kill -0 "$(cat "$f")" 2> /dev/null || echo "${f%.pid}" ;; esac; done' \
    sh "$state/nodes/$1"
}

# ready NODE SERVICE COMMAND...: waits until COMMAND succeeds. When it never does, or the service ends before, names the
# service and its log and shows the log's last lines. Generous, because a busy machine of 2 cores takes its time.
ready_limit=300
ready() {
  local node=$1 service=$2 why='' log until=$((SECONDS + ready_limit))
  log=$(service_log "$node" "$service")
  shift 2
  until "$@" > /dev/null 2>&1; do
    runs "$node" "$service" || why='ended instead of starting'
    ((SECONDS < until)) || why="was not ready after $ready_limit s"
    if [[ $why ]]; then
      printf 'lab: the last lines of %s:\n' "$log" >&2
      tail -n 15 "$log" | cut -c1-400 >&2
      fail "$service on $node (cloud $cloud) $why; its log is $log"
    fi
    sleep 0.3
  done
}

# render TEMPLATE...: files of lab/config, one after another, with every {{name}} replaced by the variable of that name.
render() {
  local text name template
  for template; do
    text=$(< "$lab/config/$template")
    for name in $(grep -oE '\{\{[a-z_]+\}\}' <<< "$text" | tr -d '{}' | sort -u); do
      [[ -v $name ]] || fail "lab/config/$template asks for {{$name}}, which is not set"
      text=${text//"{{$name}}"/${!name}}
    done
    printf '%s\n\n' "$text"
  done
}
