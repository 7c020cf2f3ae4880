#!/bin/bash
# The verbs of `dev/lab ha`: one control plane of OpenStack under Pacemaker, on nodes that can be cut off and switched off.

ha_nodes=(h1 h2 h3)
vip=10.77.3.100
ha_home=$state/H
# Of every process that may be active once only, the node and the time at which it was: what test and measure look at.
diary=$ha_home/diary

ha_usage() {
  cat << USAGE
usage: dev/lab ha VERB
  up [--nodes N] [--bare]    three nodes (up to five) with Corosync and Pacemaker, a power controller, one more node with database and
                             message bus, and Keystone and Nova on them; --bare: only the cluster, without OpenStack; quick when it is up
  status                     what runs, and what is wrong
  node N off|on|cut|join     power cut and power; cable out and in
  in N COMMAND...            run a command in a node: dev/lab ha in h1 crm_mon -1
  setup NAME                 paper, classic, modern or kedge: what Pacemaker keeps, and how; see lab/ha/README.md
  power broken|mended        the power controller refuses everything, or works again
  kedge VERB...              kedge ha on a node: dev/lab ha kedge status
  retry on|off               whether HAProxy repeats a request that a service did not answer, on all nodes
  openrc                     environment of the administrator: eval "\$(dev/lab ha openrc)"
  test [ARGS]                build and run test/Kedge.HaLab.Tests, each fault once
  measure [ARGS]             each fault \${KEDGE_HA_ROUNDS:-10} times, set-up by set-up, going on where it was broken off; writes docs/ha-recovery.md
  down                       remove everything of this lab (kept: logs and the cache)
USAGE
}

select_ha() {
  cloud=H number=3 controller=h0 region=RegionH zone=nova
  computes=("${ha_nodes[@]}")
  ip=10.77.3.10 # of database and message bus; the services are behind $vip
  home=$ha_home
}

ha() {
  local verb=${1:-help}
  shift || :
  case $verb in
    up | down | setup)
      ha_as_only_one
      "ha_$verb" "$@"
      ;;
    status | node | in | kedge | power | retry | openrc | test | measure) "ha_$verb" "$@" ;;
    help | -h | --help) ha_usage ;;
    *)
      ha_usage >&2
      exit 2
      ;;
  esac
}

ha_as_only_one() {
  ((EUID == 0)) || fail "needs root: it makes network namespaces and mounts"
  foreign_nodes && fail "another lab runs on this machine, with another KEDGE_LAB; its links would be in the way"
  mkdir -p "$state" "$logs/H" "$cache"
  exec 9> "$state/ha.lock"
  flock -w 10 9 || fail "another dev/lab ha is at work in $state"
}

ha_up() {
  local bare='' job node jobs=()
  while (($#)); do
    case $1 in
      --nodes) ha_nodes=(h1 h2 h3 h4 h5) && ha_nodes=("${ha_nodes[@]:0:${2:-3}}") && shift ;;
      --bare) bare=yes ;;
      *) fail "dev/lab ha up knows --nodes N and --bare, not '$1'" ;;
    esac
    shift
  done
  if [[ -e $ha_home/up ]] && ha_status > /dev/null; then
    say "the cluster is up"
    return
  fi
  install_packages
  ha_clear_away
  select_ha
  mkdir -p "$home" "$logs/H"
  printf '%s\n' "${ha_nodes[@]}" > "$home/names"
  # Pacemaker runs alert agents as its own user.
  touch "$home/alerts" && chmod 666 "$home/alerts"
  # Pacemaker's resource agents as an operator gets them.
  "$repository/packaging/ocf/build" "$home/agents.deb"
  wire_up "$(own_wire H)" "10.77.$number.254/24"
  wire_up "$(outside_wire H)" "10.78.$number.254/24"
  power_up
  if [[ ! $bare ]]; then
    (node_up h0 && ha_stores_up) < /dev/null & jobs+=($!)
  fi
  for node in "${ha_nodes[@]}"; do
    node_on "$node" < /dev/null & jobs+=($!)
  done
  for job in "${jobs[@]}"; do wait "$job" || fail "the lab is not up; 'dev/lab ha down' clears away"; done
  wait_for 90 "cluster of ${#ha_nodes[@]} nodes" cluster_is_whole || exit 1
  say "cluster of ${#ha_nodes[@]} nodes"
  if [[ $bare ]]; then ha_bare_fencing; else ha_control_plane_up; fi
  touch "$home/up"
  say "the lab is up; logs: $logs/H"
}

# Otherwise it is in what kedge applies.
ha_bare_fencing() {
  in_node "${ha_nodes[0]}" cibadmin --create --scope resources --xml-text \
    "<primitive id='power' class='stonith' type='fence_kedge_lab'><instance_attributes id='power-attributes'>
      <nvpair id='power-socket' name='socket' value='$home/power.sock'/></instance_attributes></primitive>"
}

ha_down() {
  ha_clear_away
  say "the lab of the control plane is down (kept: $logs, $cache)"
}

ha_clear_away() {
  power_down
  kill_nodes 'h[0-9]' 'the nodes of the control plane' || fail "processes of the lab do not end: $(node_processes 'h[0-9]' | tr '\n' ' ')"
  remove_links '[hH]'
  rm -rf "$ha_home" "$state"/nodes/h[0-9] "${logs:?}/H"
  mkdir -p "$logs/H"
}

ha_names() { mapfile -t ha_nodes < "$ha_home/names"; }

# The node that answers for the cluster: any that runs.
any_node() {
  local node
  for node in "${ha_nodes[@]}"; do
    if node_runs "$node"; then
      echo "$node"
      return
    fi
  done
  return 1
}

ha_status() {
  local node
  [[ -e $ha_home/names ]] || { echo "the lab of the control plane is not up"; return 1; }
  ha_names
  select_ha
  for node in "${ha_nodes[@]}"; do node_runs "$node" || echo "$node has no power"; done
  node=$(any_node) || return 1
  in_node "$node" timeout 10 crm_mon -1
  cluster_is_whole
}

ha_node() {
  local node=${1:-} what=${2:-}
  [[ -e $ha_home/names ]] || fail "the lab of the control plane is not up"
  ha_names
  select_ha
  [[ " ${ha_nodes[*]} " == *" $node "* ]] || fail "there is no node '$node': ${ha_nodes[*]}"
  case $what in
    off) node_off "$node" ;;
    on) node_on "$node" ;;
    cut) ip link set "kedge-$node" down ;;
    join) ip link set "kedge-$node" up ;;
    *) fail "a node can be switched off and on, cut off and joined again, not '$what'" ;;
  esac
}

ha_in() {
  local node=$1
  shift
  select_ha
  node_runs "$node" || fail "$node does not run"
  in_node "$node" "$@"
}

ha_power() {
  case ${1:-} in
    broken) touch "$ha_home/power.broken" ;;
    mended) rm -f "$ha_home/power.broken" ;;
    *) fail "the power controller can be broken or mended" ;;
  esac
}

ha_retry() {
  local node
  ha_names
  select_ha
  case ${1:-} in
    on) rm -f "$ha_home/no-retry" ;;
    off) touch "$ha_home/no-retry" ;;
    *) fail "HAProxy's retry is on or off" ;;
  esac
  for node in "${ha_nodes[@]}"; do
    ha_haproxy_conf | put "$node" /etc/haproxy/haproxy.cfg
    # Its main process reads the file anew, and its number stays.
    # shellcheck disable=SC2016 # expanded by the shell inside the node
    in_node "$node" sh -c 'kill -s USR2 "$(head -n 1 /run/resource-agents/service-kedge-haproxy*.pid)"'
  done
}

ha_openrc() { cat "$ha_home/openrc"; }

ha_test() {
  [[ -e $ha_home/up ]] || fail "the lab of the control plane is not up: 'dev/lab ha up' first"
  export PATH=$users_path KEDGE_LAB=$state
  cd "$repository" || exit
  # From here on run_tests is the one of dev/setup, which counts.
  # shellcheck source=dev/setup
  . dev/setup
  dotnet build test/Kedge.HaLab.Tests -c Release -v q -nologo
  # The user who asks ten times a second is here: see preferred.sh.
  { nice > /proc/self/autogroup; } 2> /dev/null || :
  run_tests Kedge.HaLab.Tests "$@" || true
  summary
}

ha_measure() {
  export KEDGE_HA_ROUNDS=${KEDGE_HA_ROUNDS:-10} KEDGE_HA_PAGE=$repository/docs/ha-recovery.md
  ha_test -class Kedge.HaLab.Tests.MeasureTests "$@"
}
