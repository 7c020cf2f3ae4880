#!/bin/bash
# Installs what the lab needs from Debian 12's own archive: OpenStack Zed, Ceph 16, libvirt, qemu.
# Sourced by dev/lab after lab/common.sh.

lab_packages=(
  # what every cloud stands on
  mariadb-server rabbitmq-server memcached
  ceph-mon ceph-mgr ceph-osd ceph-common python3-rbd python3-rados
  # the controller
  keystone placement-api glance-api heat-api heat-engine uwsgi-core uwsgi-plugin-python3
  nova-api nova-conductor nova-scheduler
  cinder-api cinder-scheduler cinder-volume cinder-backup
  neutron-api neutron-rpc-server neutron-linuxbridge-agent neutron-dhcp-agent neutron-l3-agent
  ipset ebtables iptables dnsmasq-base conntrack iputils-arping
  # the compute host
  nova-compute nova-compute-kvm libvirt-daemon libvirt-daemon-system libvirt-clients python3-libvirt
  qemu-system-x86 qemu-utils qemu-block-extra genisoimage
  # clients and the SDK that lab/*.py provision with
  python3-openstackclient python3-openstacksdk python3-pymysql python3-memcache jq openssh-client
  # the guest image
  busybox-static kmod syslinux syslinux-common mtools cpio fdisk e2fsprogs
  # namespaces, links, firewall
  iproute2 util-linux procps
)

# For the control plane under Pacemaker. A list of its own: what the clouds keep in the cache does not depend on it.
ha_packages=(
  pacemaker corosync pacemaker-cli-utils resource-agents fence-agents libxml2-utils bc haproxy nova-consoleproxy curl
)

packages_present() {
  local found wanted=("${lab_packages[@]}" "${ha_packages[@]}")
  found=$(dpkg-query -W -f '${db:Status-Status}\n' "${wanted[@]}" 2> /dev/null | grep -c '^installed$' || :)
  ((found == ${#wanted[@]}))
}

# Two builds of the same packages have the same database schemas and the same kernel; this names them.
packages_version() {
  dpkg-query -W -f '${Package} ${Version}\n' "${lab_packages[@]}" | sha256sum | cut -c1-16
}

install_packages() {
  packages_present && return
  ((EUID == 0)) || fail "packages are missing: run 'dev/lab up' as root on Debian 12 so that it can install them"
  # shellcheck disable=SC1091 # the file of the machine that we run on
  [[ $(. /etc/os-release && echo "$ID $VERSION_ID") == "debian 12" ]] ||
    fail "packages are missing, and only Debian 12 has the versions that the lab is written for"

  local log=$logs/packages.log guard=/usr/sbin/policy-rc.d guard_is_ours=
  local apt=(apt-get -y -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold
    --no-install-recommends)
  export DEBIAN_FRONTEND=noninteractive
  say "installing $((${#lab_packages[@]} + ${#ha_packages[@]})) packages and what they need (log: $log)"

  # No service may start on the machine itself: the lab starts its own inside its nodes.
  if [[ ! -e $guard ]]; then
    guard_is_ours=yes
    printf '#!/bin/sh\nexit 101\n' > $guard
    chmod +x $guard
  fi
  local result=0
  { "${apt[@]}" update && "${apt[@]}" install "${lab_packages[@]}" "${ha_packages[@]}"; } > "$log" 2>&1 || result=$?
  if [[ $guard_is_ours ]]; then rm -f $guard; fi
  if ((result != 0)); then
    tail -n 15 "$log" >&2
    fail "packages could not be installed: the end of $log is above"
  fi
  say "packages installed"
}
