#!/bin/bash
# Nodes: the machines of a cloud. A node is a set of namespaces (mounts, hostname, processes, IPC, network) with its own
# /etc, /var/lib, /var/cache, /var/log and /run, so that every service runs as Debian configures it, on its usual ports and paths.
# Killing PID 1 of a node ends all of its processes at once, as a power cut does.

node_address() { echo "10.77.$number.1${1:1}"; } # a0 is 10.77.1.10, b2 is 10.77.2.12

# Each cloud has a wire for its own traffic and one for the outside world (floating IPs); the machine is on both, the
# other cloud on neither. Interface names have at most 15 characters.
own_wire() { echo "kedge-$1"; }
outside_wire() { echo "kedge-$1-ext"; }

node_up() {
  local node=$1 directory=$state/nodes/$1 machine address hosts=()
  address=$(node_address "$node")
  for machine in "$controller" "${computes[@]}"; do hosts+=("$machine=$(node_address "$machine")"); done

  wire_up "$(own_wire "$cloud")" "10.77.$number.254/24"
  wire_up "$(outside_wire "$cloud")" "10.78.$number.254/24"
  mkdir -p "$directory"
  rm -f "$directory"/ready "$directory"/*.pid
  setsid unshare --mount --uts --ipc --net --pid --fork --kill-child --mount-proc \
    bash "$lab/node-init.sh" "$directory" "$node" "$address" "${hosts[@]}" \
    < /dev/null > "$logs/$cloud/$node.log" 2>&1 8>&- 9>&- &
  echo $! > "$directory/unshare.pid"
  wait_for 60 "node $node (log: $logs/$cloud/$node.log)" test -e "$directory/ready" || exit 1
  pgrep -P "$(cat "$directory/unshare.pid")" > "$directory/init.pid"

  plug "$node" eth0 "$(own_wire "$cloud")" "kedge-$node"
  plug "$node" prov0 "$(outside_wire "$cloud")" "kedge-$node-ext"
  in_node "$node" ip addr add "$address/24" dev eth0
}

wire_up() {
  [[ -e /sys/class/net/$1 ]] && return
  ip link add "$1" type bridge
  ip addr add "$2" dev "$1"
  ip link set "$1" up
}

plug() {
  local node=$1 inside=$2 wire=$3 outside=$4
  ip link add "$outside" type veth peer name "$inside" netns "$(cat "$state/nodes/$node/init.pid")"
  ip link set "$outside" master "$wire" up
  in_node "$node" ip link set "$inside" up
}

# /tmp stays the machine's, since the lab itself may lie there; TMPDIR keeps nodes apart, whose processes have equal numbers.
in_node() {
  local node=$1
  shift
  nsenter -t "$(cat "$state/nodes/$node/init.pid")" -m -u -i -n -p \
    env -i PATH="$lab/node-bin:$PATH" HOME=/root LANG=C.UTF-8 TMPDIR=/var/lib/tmp "$@" 8>&- 9>&- # our locks are not for services
}

# put NODE FILE [MODE]: standard input becomes FILE in the node.
put() {
  # shellcheck disable=SC2016 # expanded by the shell inside the node
  in_node "$1" sh -c 'mkdir -p "$(dirname "$1")" && rm -f "$1" && umask 077 && cat > "$1" && chmod "$2" "$1"' sh "$2" "${3:-644}"
}

# The processes of nodes that exist, found by what they were started with: a pid file may be gone or stale after an
# interruption, and a number alone may meanwhile belong to somebody else's process.
node_processes() {
  local pattern=${1:-[ab][0-9]}
  pgrep -f "^(unshare .* )?bash [^ ]*/lab/node-init\.sh $state/nodes/$pattern " || :
}

foreign_nodes() { pgrep -af '^bash [^ ]*/lab/node-init\.sh ' | grep -qvF " $state/nodes/"; }

node_runs() { [[ $(node_processes "$1") ]]; }

kill_nodes() {
  local pids
  mapfile -t pids < <(node_processes "$1")
  ((${#pids[@]})) || return 0
  kill -KILL "${pids[@]}" 2> /dev/null
  # The kernel ends every process of the node before it lets its first one go.
  wait_for 60 "end of the processes of ${2:-the nodes}" no_node_runs "$1"
}

no_node_runs() { ! node_runs "$1"; }

# remove_links WHOSE: the first letter of the nodes whose links go, as a pattern.
remove_links() {
  local path name
  # shellcheck disable=SC2231 # the argument is a pattern
  for path in /sys/class/net/kedge-$1*; do
    name=${path##*/}
    [[ -e $path ]] && ip link del "$name" 2> /dev/null
  done
  return 0
}
