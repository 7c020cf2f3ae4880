#!/bin/bash
# MariaDB, RabbitMQ and memcached of one cloud, and the databases of its services.

databases=(keystone glance placement nova_api nova nova_cell0 neutron cinder heat)

message_queue_up() {
  render rabbitmq.conf | put "$controller" /etc/rabbitmq/rabbitmq.conf
  # Debian's wrapper refuses to run as root. One scheduler thread that does not spin: the machine has few cores.
  start "$controller" rabbitmq env RABBITMQ_NODENAME="rabbit@$controller" RABBITMQ_MNESIA_BASE="$home/rabbitmq" \
    RABBITMQ_LOGS=- RABBITMQ_PLUGINS_EXPAND_DIR=/run/rabbitmq-plugins RABBITMQ_IO_THREAD_POOL_SIZE=8 \
    RABBITMQ_ENABLED_PLUGINS_FILE=/run/rabbitmq-enabled \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none' \
    /usr/lib/rabbitmq/bin/rabbitmq-server
  start "$controller" memcached memcached -u root -l "$ip" -m 32 -c 512 -t 1
}

database_up() {
  render mariadb.cnf | put "$controller" /etc/mysql/kedge.cnf
  if [[ ! -d $home/mysql/mysql ]]; then
    in_node "$controller" mariadb-install-db --defaults-file=/etc/mysql/kedge.cnf --auth-root-authentication-method=normal \
      --skip-test-db > "$(service_log "$controller" mariadb-install)" 2>&1 ||
      fail "MariaDB's files could not be made: see $(service_log "$controller" mariadb-install)"
  fi
  start "$controller" mariadb mariadbd --defaults-file=/etc/mysql/kedge.cnf
  ready "$controller" mariadb port_open "$ip" 3306
  [[ -e $home/schemas-made ]] || make_databases
  ready "$controller" rabbitmq port_open "$ip" 5672
}

make_databases() {
  local name
  {
    for name in "${databases[@]}"; do echo "CREATE DATABASE IF NOT EXISTS $name CHARACTER SET utf8mb3;"; done
    echo "CREATE USER IF NOT EXISTS 'openstack'@'%' IDENTIFIED BY '$password';"
    echo "GRANT ALL ON *.* TO 'openstack'@'%';"
  } | sql
}

sql() { in_node "$controller" mariadb -u root "$@"; }

# Empty databases are the same in both clouds: what the first one makes with each service's own tool, which takes half a
# minute, the second one (and the next lab) loads in a few seconds.
schemas_up() {
  [[ -e $home/schemas-made ]] && return
  local dump
  dump=$cache/schemas-$(packages_version).sql
  exec 8> "$cache/schemas.lock"
  flock 8
  if [[ ! -e $dump ]]; then
    make_schemas
    in_node "$controller" mariadb-dump -u root --databases "${databases[@]}" > "$dump.part"
    mv "$dump.part" "$dump"
  else
    sql < "$dump"
  fi
  exec 8>&-
  map_cells
  touch "$home/schemas-made"
}

make_schemas() {
  local jobs=() job
  # Two chains, since there are two cores; neutron's and nova's are the long ones.
  (sync_schema nova_api nova-manage api_db sync && sync_schema nova nova-manage db sync --local_cell &&
    sync_schema keystone keystone-manage db_sync && sync_schema placement placement-manage db sync) &
  jobs+=($!)
  (sync_schema neutron neutron-db-manage --config-file /etc/neutron/neutron.conf --config-file /etc/neutron/plugin.ini upgrade heads &&
    sync_schema glance glance-manage db_sync && sync_schema cinder cinder-manage db sync && sync_schema heat heat-manage db_sync) &
  jobs+=($!)
  for job in "${jobs[@]}"; do wait "$job" || exit 1; done
  # cell0 (servers that found no host) has the schema of any other cell; copying it is faster than a third sync.
  # shellcheck disable=SC2016 # expanded by the shell inside the node
  in_node "$controller" sh -c 'mariadb-dump -u root nova | mariadb -u root nova_cell0'
}

sync_schema() {
  local log
  log=$(service_log "$controller" "schema-$1")
  shift
  in_node "$controller" "$@" >> "$log" 2>&1 && return
  tail -n 15 "$log" >&2
  fail "'$*' failed in cloud $cloud: the end of $log is above"
}

# What `nova-manage cell_v2 map_cell0` and `create_cell` write; each call of that tool takes six seconds here.
map_cells() {
  sql nova_api << SQL
INSERT INTO cell_mappings (created_at, uuid, name, transport_url, database_connection, disabled) VALUES
  (now(), '00000000-0000-0000-0000-000000000000', 'cell0', 'none:/',
   'mysql+pymysql://openstack:$password@$ip/nova_cell0?charset=utf8', 0),
  (now(), '$(< /proc/sys/kernel/random/uuid)', 'cell1', 'rabbit://openstack:$password@$ip:5672/',
   'mysql+pymysql://openstack:$password@$ip/nova?charset=utf8', 0);
SQL
}
