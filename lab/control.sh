#!/bin/bash
# The controller's OpenStack services, in the order in which they need each other.

keystone_up() {
  if [[ ! -e $home/keystone-made ]]; then
    in_node "$controller" sh -ec "
      keystone-manage fernet_setup --keystone-user root --keystone-group root
      keystone-manage credential_setup --keystone-user root --keystone-group root
      keystone-manage bootstrap --bootstrap-password $password --bootstrap-region-id $region \
        --bootstrap-admin-url http://$ip:5000/v3/ --bootstrap-internal-url http://$ip:5000/v3/ \
        --bootstrap-public-url http://$ip:5000/v3/
    " > "$(service_log "$controller" keystone-setup)" 2>&1 ||
      fail "Keystone of cloud $cloud could not be made: see $(service_log "$controller" keystone-setup)"
    touch "$home/keystone-made"
  fi
  start_wsgi keystone 5000 /usr/bin/keystone-wsgi-public 6
  ready "$controller" keystone port_open "$ip" 5000
}

start_wsgi() {
  local service=$1 port=$2 program=$3 threads=$4
  start "$controller" "$service" uwsgi --plugins-dir /usr/lib/uwsgi/plugins --plugin python3 --http-socket "$ip:$port" \
    --wsgi-file "$program" --processes 1 --threads "$threads" --enable-threads --need-app --buffer-size 65535 \
    --die-on-term --add-header 'Connection: close' --log-5xx --disable-logging
}

# Users and endpoints must exist before this: nova's conductor and scheduler end when Keystone refuses them.
control_plane_up() {
  local neutron=(--config-file /etc/neutron/neutron.conf) entry
  start_wsgi placement 8778 /usr/bin/placement-api 4
  start "$controller" glance-api glance-api --config-file /etc/glance/glance-api.conf
  start "$controller" neutron-server neutron-server "${neutron[@]}" --config-file /etc/neutron/plugin.ini
  for entry in nova-conductor nova-scheduler nova-api; do
    start "$controller" $entry $entry --config-file /etc/nova/nova.conf
  done
  for entry in cinder-api cinder-scheduler cinder-volume cinder-backup; do
    start "$controller" $entry $entry --config-file /etc/cinder/cinder.conf
  done
  for entry in heat-api heat-engine; do
    start "$controller" $entry $entry --config-file /etc/heat/heat.conf
  done
  # The agents ask neutron-server for their work and wait long when it is not there yet.
  ready "$controller" neutron-server port_open "$ip" 9696
  start_linuxbridge_agent "$controller"
  start "$controller" neutron-dhcp-agent neutron-dhcp-agent "${neutron[@]}" --config-file /etc/neutron/dhcp_agent.ini
  start "$controller" neutron-l3-agent neutron-l3-agent "${neutron[@]}" --config-file /etc/neutron/l3_agent.ini
  for entry in nova-api:8774 cinder-api:8776 glance-api:9292 placement:8778 heat-api:8004; do
    ready "$controller" "${entry%:*}" port_open "$ip" "${entry#*:}"
  done
}

start_linuxbridge_agent() {
  start "$1" neutron-linuxbridge-agent neutron-linuxbridge-agent --config-file /etc/neutron/neutron.conf \
    --config-file /etc/neutron/plugins/ml2/linuxbridge_agent.ini
}
