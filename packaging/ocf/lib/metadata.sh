# shellcheck shell=sh disable=SC2154 # the parts of the agent share variables
# What Pacemaker and its shells are told about an agent.

print_metadata() {
  cat << XML
<?xml version="1.0"?>
<!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
<resource-agent name="$agent" version="1.0">
<version>1.0</version>
<longdesc lang="en">
$(long_description)
</longdesc>
<shortdesc lang="en">$([ "$agent" = service ] && echo 'Any service of OpenStack, or beside it' || echo "OpenStack's $agent")</shortdesc>
<parameters>
XML
  if [ "$agent" = service ]; then
    parameter service string '' 'Name of the service' 'One that this package knows gets its defaults, another one needs unit or command.'
  fi
  parameter unit string '' 'systemd unit' \
    "Run it as this unit, which must be disabled. Without unit and command: the unit of the service's name where systemd rules, else the plain command."
  parameter command string "$(escape "$default_command")" 'Program and arguments' 'Run it as this command, which must stay in the foreground. Read by a shell.'
  parameter config string "$default_config" 'Configuration files' 'Given to the command as --config-file, one after another.'
  parameter user string "$default_user" 'User' 'Account that the command runs as; empty: root.'
  parameter url string "${port:+http://127.0.0.1:$port$path}" 'Where it answers' \
    'A monitor with OCF_CHECK_LEVEL 10 asks here, a start waits for it. Anything below 500 is an answer. Empty: is not asked.'
  parameter port integer "${port:-0}" 'Port' 'For the default of url.'
  parameter answer_limit integer 5 'Limit of an answer' 'Seconds that an answer may take; asked twice before it counts as silent.'
  if [ -n "$heartbeat" ] || [ "$agent" = service ]; then
    parameter openrc string '' 'Credentials' \
      'File with OS_AUTH_URL, OS_USERNAME and so on, readable by root only. With it a monitor of OCF_CHECK_LEVEL 10 looks up the sign of life in the API.'
    parameter host string '' 'Host' 'Name under which the service registers; default: the host name.'
    parameter heartbeat_limit integer 90 'Time to be heard' 'Seconds after the start before a missing sign of life counts.'
  fi
  parameter grace integer '' 'Time to end' 'Seconds between SIGTERM and SIGKILL; default: the limit of the stop action less five.'
  parameter log string /dev/null 'Output' 'File that gets what the command prints.'
  parameter pid string '' 'Process id' 'File that holds the number of the main process; default: in /run/resource-agents.'
  cat << XML
</parameters>
<actions>
<action name="start" timeout="60s"/>
<action name="stop" timeout="30s"/>
<action name="monitor" timeout="20s" interval="30s" depth="0"/>
<action name="monitor" timeout="20s" interval="10s" depth="10"/>
XML
  if [ "$promotable" = yes ]; then
    cat << XML
<action name="monitor" timeout="20s" interval="11s" role="Promoted" depth="0"/>
<action name="monitor" timeout="20s" interval="31s" role="Unpromoted" depth="0"/>
<action name="promote" timeout="60s"/>
<action name="demote" timeout="30s"/>
XML
  fi
  cat << XML
<action name="validate-all" timeout="10s"/>
<action name="meta-data" timeout="5s"/>
</actions>
</resource-agent>
XML
}

long_description() {
  echo "Starts, stops and watches $([ "$agent" = service ] && echo 'a service' || echo "$agent"), as a systemd unit or as a plain command."
  echo "A monitor looks at the process; with OCF_CHECK_LEVEL=10 also whether it answers."
  if [ "$promotable" = yes ]; then echo "In a promotable clone every instance stands by and the promoted one runs: for what may run once only."; fi
  if [ -n "$gone" ]; then echo "$agent is not in OpenStack after $gone."; fi
}

# parameter NAME TYPE DEFAULT TITLE TEXT
parameter() {
  default=''
  [ -z "$3" ] || default=" default=\"$3\""
  cat << XML
<parameter name="$1" unique="0" required="0">
<longdesc lang="en">$(escape "$5")</longdesc>
<shortdesc lang="en">$4</shortdesc>
<content type="$2"$default/>
</parameter>
XML
}

escape() { printf '%s' "$1" | sed 's/&/\&amp;/g; s/</\&lt;/g; s/"/\&quot;/g'; }
