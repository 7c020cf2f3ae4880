#!/bin/bash
# One cloud, from nothing or from what a power cut left.

cloud_up() {
  local node job jobs=() began
  began=$(date +%s)
  select_cloud "$1"
  mkdir -p "$home" "$logs/$cloud"
  for node in "$controller" "${computes[@]}"; do node_up "$node"; done
  if [[ ! -e $home/configured ]]; then
    configure_controller
    for node in "${computes[@]}"; do configure_compute "$node"; done
    touch "$home/configured"
  fi

  # What does not need each other is made side by side, as far as two cores let it.
  ceph_up & jobs+=($!)
  message_queue_up
  for node in "${computes[@]}"; do libvirt_up "$node"; done
  database_up
  schemas_up
  say "$cloud: databases"
  keystone_up
  provision identity
  for job in "${jobs[@]}"; do wait "$job" || exit 1; done
  say "$cloud: Keystone and Ceph"
  control_plane_up
  say "$cloud: control plane"
  for node in "${computes[@]}"; do compute_up "$node"; done
  provision furnish
  wait_until_healthy "$began"
  say "$cloud: up"
}

# provision STEP: what a cloud's administrator does once; see lab/provision.py.
provision() {
  local log
  log=$logs/$cloud/provision.log
  python3 "$lab/provision.py" "$state/clouds.yaml" "$cloud" "$1" "$cache/guest.raw" >> "$log" 2>&1 && return
  tail -n 15 "$log" >&2
  fail "provisioning of cloud $cloud ($1) failed: the end of $log is above"
}

# wait_until_healthy SINCE
wait_until_healthy() {
  local until=$((SECONDS + ready_limit)) report
  until report=$(health "$1"); do
    ((SECONDS < until)) || fail "cloud $cloud is not healthy after $ready_limit s (logs: $logs/$cloud):"$'\n'"$report"
    sleep 2
  done
}

# health [SINCE]: prints what is wrong, and nothing when the cloud is healthy; see health.py.
health() {
  local node ended
  for node in "$controller" "${computes[@]}"; do
    node_runs "$node" || { echo "node $node does not run"; return 1; }
    ended=$(ended_services_of "$node")
    [[ ! $ended ]] || { echo "on $node ended: ${ended//$'\n'/, }"; return 1; }
  done
  python3 "$lab/health.py" "$state/clouds.yaml" "$cloud" "${#computes[@]}" "$@" 2>&1
}

# A and B are a tenant's clouds; A-admin and B-admin are the same project with administrator's rights.
write_clouds_yaml() {
  local user entry
  {
    echo 'clouds:'
    for cloud in "${clouds[@]}"; do
      select_cloud "$cloud"
      entry=$cloud user=demo
      render clouds-entry.yaml
      entry=$cloud-admin user=admin
      render clouds-entry.yaml
    done
  } | (umask 077 && cat > "$state/clouds.yaml")
}
