#!/bin/bash
# The control plane on the nodes of the cluster: what it stands on (database and message bus, on h0), its configuration on every
# node, and what its administrator does once. Who starts the services is Pacemaker.

ha_stores_up() {
  local node_ip=$ip service database
  mkdir -p "$home/keystone"
  ha_keystone_conf | put h0 /etc/keystone/keystone.conf
  ha_nova_conf | put h0 /etc/nova/nova.conf
  service=placement database=placement && render ../ha/config/common.conf database.conf placement.conf | put h0 /etc/placement/placement.conf
  service=glance database=glance && render ../ha/config/common.conf database.conf ../ha/config/glance-api.conf | put h0 /etc/glance/glance-api.conf
  in_node h0 mkdir -p /var/lib/glance/images /var/lib/glance/staging /var/lib/glance/tasks
  message_queue_up
  database_up
  ha_schemas_up
  # Not measured, and not Pacemaker's: Nova's scheduler and the client of the command line end without them.
  start_wsgi placement 8778 /usr/bin/placement-api 2
  start h0 glance-api glance-api --config-file /etc/glance/glance-api.conf
  ha_prefer h0
}

# What was started in sessions of its own before: see preferred.sh.
ha_prefer() {
  # shellcheck disable=SC2016 # expanded by the shell inside the node
  in_node "$1" sh -c 'for one in /proc/[0-9]*/autogroup; do echo "$1" > "$one"; done' sh "$(nice)" 2> /dev/null || :
}

ha_keystone_conf() { render ../ha/config/keystone.conf; }

# What asks Keystone asks at the virtual address; database and message bus are at $ip.
ha_nova_conf() {
  local service=nova
  render ../ha/config/common.conf ../ha/config/nova.conf
  (ip=$vip && nova_clients)
}

configure_ha_node() {
  local node=$1 node_ip address
  node_ip=$(node_address "$node")
  ha_keystone_conf | put "$node" /etc/keystone/keystone.conf
  ha_nova_conf | put "$node" /etc/nova/nova.conf
  render ../ha/config/on-vip.conf | put "$node" /etc/nova/on-vip.conf
  address=$node_ip && render ../ha/config/keystone-uwsgi.ini | put "$node" /etc/keystone/lab.ini
  address=$vip && render ../ha/config/keystone-uwsgi.ini | put "$node" /etc/keystone/lab-on-vip.ini
  ha_haproxy_conf | put "$node" /etc/haproxy/haproxy.cfg
  render ../ha/config/agents-openrc | put "$node" /etc/kedge/openrc 600
}

ha_haproxy_conf() {
  local entry front port path node
  render ../ha/config/haproxy.cfg | if [[ -e $ha_home/no-retry ]]; then sed '/retries\|redispatch\|retry-on/d; $a\  retries 0'; else cat; fi
  for entry in keystone:5000:/v3 nova-api:8774:/ nova-novncproxy:6080:/vnc_lite.html; do
    IFS=: read -r front port path <<< "$entry"
    render ../ha/config/haproxy-service.cfg
    for node in "${ha_nodes[@]}"; do printf '  server %s %s:%s check\n' "$node" "$(node_address "$node")" "$port"; done
    echo
  done
}

# The schemas that the clouds keep in the cache hold these too.
ha_schemas_up() {
  local full own
  full=$cache/schemas-$(packages_version).sql
  own=$cache/ha-schemas-$(packages_version).sql
  if [[ -e $full ]]; then
    sql < "$full"
  elif [[ -e $own ]]; then
    sql < "$own"
  else
    sync_schema nova_api nova-manage api_db sync
    sync_schema nova nova-manage db sync --local_cell
    sync_schema keystone keystone-manage db_sync
    sync_schema placement placement-manage db sync
    sync_schema glance glance-manage db_sync
    # shellcheck disable=SC2016 # expanded by the shell inside the node
    in_node h0 sh -c 'mariadb-dump -u root nova | mariadb -u root nova_cell0'
    in_node h0 mariadb-dump -u root --databases keystone placement glance nova_api nova nova_cell0 > "$own.part"
    mv "$own.part" "$own"
  fi
  map_cells
  in_node h0 sh -ec "
    keystone-manage fernet_setup --keystone-user root --keystone-group root
    keystone-manage bootstrap --bootstrap-password $password --bootstrap-region-id $region \
      --bootstrap-admin-url http://$vip:5000/v3/ --bootstrap-internal-url http://$vip:5000/v3/ \
      --bootstrap-public-url http://$vip:5000/v3/
  " > "$(service_log h0 keystone-setup)" 2>&1 || fail "Keystone could not be made: see $(service_log h0 keystone-setup)"
}

ha_control_plane_up() {
  local node entry=H-admin user='admin'
  # shellcheck disable=SC2030 # meant: for these files alone
  (ip=$vip && echo 'clouds:' && render clouds-entry.yaml) > "$home/clouds.yaml"
  # shellcheck disable=SC2030
  (ip=$vip && render openrc) > "$home/openrc"
  touch "$home/configured"
  for node in "${ha_nodes[@]}"; do configure_ha_node "$node"; done
  # Nova's services end when Keystone refuses them: users and endpoints are made before they start.
  ha_setup keystone
  python3 "$lab/provision.py" "$home/clouds.yaml" H identity - >> "$logs/H/provision.log" 2>&1 ||
    fail "users and endpoints could not be made: see $logs/H/provision.log"
  # Placement and Glance are on h0. Keystones remember the catalog.
  # shellcheck disable=SC2031 # what was changed in a subshell above was meant to stay there
  sql keystone <<< "UPDATE endpoint SET url = replace(url, '$vip', '$ip') WHERE url LIKE '%:8778%' OR url LIKE '%:9292%'"
  # shellcheck disable=SC2031
  (exec 3<> "/dev/tcp/$ip/11211" && printf 'flush_all\r\n' >&3)
  say "Keystone answers at $vip"
  ha_setup kedge
  wait_for 120 'list of servers at the virtual address' ha_answers || exit 1
}

# What the users of the cloud would say.
ha_answers() {
  (
    eval "$(ha_openrc)"
    timeout 60 /usr/bin/openstack server list
  )
}
