#!/bin/bash
# Nodes of the cluster: power, cable, Corosync and Pacemaker.

# What a node has on its disk before it is first switched on.
make_disk() {
  local node=$1 node_ip other id=0 members='' recipients=$ha_home/alerts
  node_ip=$(node_address "$node")
  for other in "${ha_nodes[@]}"; do
    members+=$'  node {\n    name: '$other$'\n    nodeid: '$((++id))$'\n    ring0_addr: '$(node_address "$other")$'\n  }\n'
  done
  render ../ha/config/corosync.conf | put "$node" /etc/corosync/corosync.conf
  render ../ha/config/cib.xml | put "$node" /var/lib/pacemaker/cib/cib.xml 600
  in_node "$node" chown -R hacluster:haclient /var/lib/pacemaker/cib
  in_node "$node" install -m 755 "$lab/ha/fence_kedge_lab" /usr/sbin/fence_kedge_lab
  if [[ -e $ha_home/agents.deb ]]; then
    in_node "$node" dpkg --install "$ha_home/agents.deb" > "$(service_log "$node" dpkg)" 2>&1 ||
      fail "the package of resource agents could not be installed in $node: see $(service_log "$node" dpkg)"
  fi
  touch "$state/nodes/$node/made"
}

# Switched on by the power controller and by a test at once, a node comes up once.
node_on() {
  local node=$1
  mkdir -p "$state/nodes"
  (
    flock 7
    node_runs "$node" && exit
    ip link del "kedge-$node" 2> /dev/null || :
    ip link del "kedge-$node-ext" 2> /dev/null || :
    # /usr too, for the packages that are installed in a node.
    extra_trees=usr node_up "$node" 7>&-
    [[ -e $state/nodes/$node/made ]] || make_disk "$node"
    if [[ -e $ha_home/configured ]]; then [[ -e $state/nodes/$node/etc/upper/nova/nova.conf ]] || configure_ha_node "$node"; fi
    in_node "$node" bash "$lab/ha/boot.sh" "$logs/H" "$node" "$ha_home" 7>&- < /dev/null >> "$(service_log "$node" boot)" 2>&1
    if [[ -e $ha_home/watched ]]; then watcher_on "$node" 7>&-; fi
  ) 7> "$state/nodes/$node.power"
}

# Out with the cable first: a machine without power does not say goodbye to its peers.
node_off() {
  ip link set "kedge-$1" down 2> /dev/null || :
  kill_nodes "$1" "$1"
}

cluster_is_whole() {
  local node seen
  node=$(any_node) || return 1
  seen=$(in_node "$node" timeout 10 crm_mon -1 --output-as=xml) || return 1
  grep -q 'current_dc present="true".*with_quorum="true"' <<< "$seen" &&
    (($(grep -c '<node .*online="true".*pending="false"' <<< "$seen") == ${#ha_nodes[@]}))
}

power_up() {
  python3 "$lab/ha/power.py" "$state" "$repository/dev/lab" < /dev/null >> "$logs/H/power-controller.log" 2>&1 9>&- &
  echo $! > "$ha_home/power.pid"
  wait_for 20 'power controller' test -S "$ha_home/power.sock" || exit 1
}

# Found by what it was started with, as nodes are: a pid file may be stale.
power_down() {
  local pids
  mapfile -t pids < <(pgrep -f "^python3 [^ ]*/lab/ha/power\.py $state " || :)
  ((${#pids[@]})) || return 0
  kill -KILL "${pids[@]}" 2> /dev/null || :
}
