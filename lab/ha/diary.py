"""Runs a service that may be active once only, and beside it writes down that it is. Usage: diary.py FILE NAME [COMMAND...]

One line 20 times a second: time, node, name. The writer ends with the service; it is another process, so that it goes on while
the service is stopped by a signal, which can go on any moment too. Without COMMAND the diary is the service.
"""

import os
import socket
import sys
import time

FILE, NAME, *COMMAND = sys.argv[1:]


def write(alive):
    node = socket.gethostname()
    with open(FILE, "a", buffering=1) as diary:
        while alive():
            diary.write(f"{time.time():.3f} {node} {NAME}\n")
            time.sleep(0.05)


if not COMMAND:
    write(lambda: True)
service = os.getpid()
if os.fork() == 0:
    write(lambda: os.getppid() == service)
    sys.exit(0)
os.execvp(COMMAND[0], COMMAND)
