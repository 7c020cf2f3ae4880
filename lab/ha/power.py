"""Power controller of the lab's nodes. Usage: power.py STATE DEV_LAB. A socket in the file system, so it works when cables are out.

Requests: status NODE, list, off NODE, on NODE, reboot NODE. Each is written to power.log with the time at which it was done.
power.broken beside the socket: everything is refused. power.stays-off: who is rebooted stays without power.
"""

import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time

STATE, DEV_LAB = sys.argv[1:3]
HOME = os.path.join(STATE, "H")


def nodes():
    with open(os.path.join(HOME, "names")) as names:
        return names.read().split()


def first_process(node):
    """The node's first process, seen from outside; None: no power. The number alone may belong to somebody else's process."""
    try:
        with open(os.path.join(STATE, "nodes", node, "init.pid")) as file:
            pid = int(file.read())
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return pid if f"{STATE}/nodes/{node}\0".encode() in file.read() else None
    except (OSError, ValueError):
        return None


def off(node):
    # Out with the cable first: a machine without power does not say goodbye to its peers.
    subprocess.run(["ip", "link", "set", f"kedge-{node}", "down"], stderr=subprocess.DEVNULL, check=False)
    pid = first_process(node)
    if pid is None:
        return
    try:
        handle = os.pidfd_open(pid)
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        select.select([handle], [], [], 15)
        os.close(handle)
    except ProcessLookupError:
        pass


def on(node):
    subprocess.Popen([DEV_LAB, "ha", "node", node, "on"], stdin=subprocess.DEVNULL, start_new_session=True)


def answer(words):
    action, node = words[0], words[1] if len(words) > 1 else ""
    if os.path.exists(os.path.join(HOME, "power.broken")):
        return "error"
    if action == "list":
        return " ".join(nodes())
    if node not in nodes():
        return "error"
    if action == "status":
        return "on" if first_process(node) else "off"
    if action in ("off", "reboot"):
        off(node)
    if action == "on" or action == "reboot" and not os.path.exists(os.path.join(HOME, "power.stays-off")):
        on(node)
    return "ok"


def serve(connection):
    with connection:
        words = connection.recv(200).decode().split()
        if not words:
            return
        said = answer(words)
        if words[0] not in ("list", "status"):
            with open(os.path.join(HOME, "power.log"), "a") as log:
                log.write(f"{time.time():.3f} {' '.join(words)} {said}\n")
        connection.sendall(said.encode() + b"\n")


def main():
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    path = os.path.join(HOME, "power.sock")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    os.chmod(path, 0o777)
    listener.listen(32)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    main()
