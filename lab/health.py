"""Prints what is wrong with a cloud and ends with 1, or prints nothing. Usage: health.py CLOUDS_YAML A|B COMPUTE_HOSTS

Asks the cloud itself: that a process runs says little about a service that waits for another one.
"""

import sys

import openstack

COMPUTE = {"nova-conductor", "nova-scheduler", "nova-compute"}
VOLUME = {"cinder-scheduler", "cinder-volume", "cinder-backup"}
NETWORK = {"neutron-linuxbridge-agent", "neutron-dhcp-agent", "neutron-l3-agent"}


def main():
    clouds_yaml, cloud, compute_hosts = sys.argv[1:]
    config = openstack.config.OpenStackConfig(config_files=[clouds_yaml])
    admin = openstack.connection.Connection(config=config.get_one(cloud + "-admin", api_timeout=30))
    problems = []
    try:
        problems += not_up("Nova", COMPUTE, states(admin.compute, "/os-services", "services"))
        problems += not_up("Cinder", VOLUME, states(admin.block_storage, "/os-services", "services"))
        problems += not_up("Neutron", NETWORK, states(admin.network, "/agents", "agents"))
        # A host counts for the scheduler only after it was mapped to its cell, which takes up to ten seconds.
        hosts = sum(1 for hypervisor in admin.compute.hypervisors() if hypervisor.state == "up")
        if hosts != int(compute_hosts):
            problems.append(f"Nova knows {hosts} compute hosts that are up, not {compute_hosts}")
        list(admin.image.images(limit=1))
        list(admin.orchestration.stacks())
    except Exception as error:  # whatever it is, it is what is wrong with the cloud
        problems.append(f"{type(error).__name__}: {error}")
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


def states(service, path, key):
    """(binary, host, is up) of each service that the cloud knows."""
    response = service.get(path)
    response.raise_for_status()
    return [(e["binary"], e["host"], e.get("alive", e.get("state") == "up")) for e in response.json()[key]]


def not_up(name, wanted, found):
    missing = wanted - {binary for binary, _, _ in found}
    return [f"{name}: {binary} is not registered" for binary in sorted(missing)] + [
        f"{name}: {binary} on {host} is down" for binary, host, is_up in found if not is_up
    ]


if __name__ == "__main__":
    main()
