#!/bin/sh
# Runs a command with a niceness that counts. Usage: preferred.sh NICENESS COMMAND...
# Linux groups processes by session for the scheduler, and niceness counts within a session only; the session's own is in this file.
[ ! -w /proc/self/autogroup ] || echo "$1" 2> /dev/null > /proc/self/autogroup || :
niceness=$1
shift
exec nice -n "$niceness" "$@"
