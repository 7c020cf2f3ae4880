#!/bin/bash
# The configuration of OpenStack's services, written into the nodes at Debian's usual places. Every file starts with
# what all services have in common. The `local`s here are what the templates in lab/config read.

configure_controller() {
  local node_ip=$ip secret
  secret=$(libvirt_secret)
  { stateful keystone keystone && render keystone.conf; } | put "$controller" /etc/keystone/keystone.conf
  { stateful placement placement && render placement.conf; } | put "$controller" /etc/placement/placement.conf
  { stateful glance glance && render glance-api.conf; } | put "$controller" /etc/glance/glance-api.conf
  { stateful heat heat && render heat.conf && client trustee heat; } | put "$controller" /etc/heat/heat.conf
  { stateful cinder cinder && render cinder.conf && client nova nova && on_behalf_of_users cinder; } |
    put "$controller" /etc/cinder/cinder.conf
  { stateful nova nova && render nova.conf nova-controller.conf && nova_clients; } | put "$controller" /etc/nova/nova.conf
  configure_neutron "$controller"
  render ml2_conf.ini | put "$controller" /etc/neutron/plugin.ini
  render dhcp_agent.ini | put "$controller" /etc/neutron/dhcp_agent.ini
  render l3_agent.ini | put "$controller" /etc/neutron/l3_agent.ini
  in_node "$controller" mkdir -p /var/lib/glance/staging /var/lib/glance/tasks
}

configure_compute() {
  local node=$1 node_ip secret host_uuid
  node_ip=$(node_address "$node")
  secret=$(libvirt_secret)
  host_uuid=$(< /proc/sys/kernel/random/uuid)
  # nova-compute refuses to start where a database is configured: only the conductor may speak to it.
  { stateless nova && render nova.conf && nova_clients; } | put "$node" /etc/nova/nova.conf
  # Debian's file would ask for KVM.
  in_node "$node" rm -f /etc/nova/nova-compute.conf
  configure_neutron "$node"
  render qemu.conf | put "$node" /etc/libvirt/qemu.conf
  render libvirtd.conf | put "$node" /etc/libvirt/libvirtd.conf
  tr -d - <<< "$host_uuid" | put "$node" /etc/machine-id
  # libvirt's own network would want a bridge of the name and address that every other node has too.
  in_node "$node" sh -c 'rm -f /etc/libvirt/qemu/networks/autostart/*'
}

configure_neutron() {
  local node=$1 node_ip dns_domain=${cloud,,}.kedge.lab.
  node_ip=$(node_address "$node")
  { stateful neutron neutron && render neutron.conf && client nova nova && client placement placement; } |
    put "$node" /etc/neutron/neutron.conf
  render linuxbridge_agent.ini | put "$node" /etc/neutron/plugins/ml2/linuxbridge_agent.ini
}

# The secret under which libvirt keeps the key to Ceph; nova and cinder name it to each other.
libvirt_secret() {
  [[ -e $home/libvirt-secret ]] || cat /proc/sys/kernel/random/uuid > "$home/libvirt-secret"
  cat "$home/libvirt-secret"
}

stateless() {
  local service=$1
  render common.conf
}

stateful() {
  local service=$1 database=$2
  render common.conf database.conf
}

client() {
  local section=$1 user=$2
  render service-client.conf
}

nova_clients() { client placement placement && client neutron neutron && on_behalf_of_users nova; }

# Cinder detaches a volume for a service only if the service shows its own token beside the user's (CVE-2023-2088).
on_behalf_of_users() {
  client service_user "$1"
  printf 'send_service_user_token = true\n'
}
