"""Prints what is wrong with a cloud and ends with 1, or prints nothing.

Usage: health.py CLOUDS_YAML A|B COMPUTE_HOSTS [SINCE]

Asks the cloud itself: that a process runs says little about a service that waits for another one. SINCE (Unix time): a
sign of life must be younger. After a power cut the old ones make every service look alive for a minute.
"""

import datetime
import sys

import openstack

COMPUTE = {"nova-conductor", "nova-scheduler", "nova-compute"}
VOLUME = {"cinder-scheduler", "cinder-volume", "cinder-backup"}
NETWORK = {"neutron-linuxbridge-agent", "neutron-dhcp-agent", "neutron-l3-agent"}


def main():
    clouds_yaml, cloud, compute_hosts, *since = sys.argv[1:]
    since = datetime.datetime.utcfromtimestamp(int(since[0]) if since else 0)
    config = openstack.config.OpenStackConfig(config_files=[clouds_yaml])
    admin = openstack.connection.Connection(config=config.get_one(cloud + "-admin", api_timeout=30))
    problems = []
    try:
        problems += not_up("Nova", COMPUTE, states(admin.compute, "/os-services", "services", since))
        problems += not_up("Cinder", VOLUME, states(admin.block_storage, "/os-services", "services", since))
        problems += not_up("Neutron", NETWORK, states(admin.network, "/agents", "agents", since))
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


def states(service, path, key, since):
    """(binary, host, is up) of each service that the cloud knows."""
    response = service.get(path)
    response.raise_for_status()
    return [(entry["binary"], entry["host"], is_up(entry, since)) for entry in response.json()[key]]


def is_up(entry, since):
    seen = entry.get("heartbeat_timestamp") or entry["updated_at"] or entry["created_at"]
    seen = datetime.datetime.fromisoformat(seen.replace("T", " ").split(".")[0])
    return entry.get("alive", entry.get("state") == "up") and seen > since


def not_up(name, wanted, found):
    missing = wanted - {binary for binary, _, _ in found}
    return [f"{name}: {binary} is not registered" for binary in sorted(missing)] + [
        f"{name}: {binary} on {host} is down" for binary, host, up in found if not up
    ]


if __name__ == "__main__":
    main()
