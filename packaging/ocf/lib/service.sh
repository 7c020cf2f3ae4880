# shellcheck shell=sh disable=SC2034,SC2154 # the parts of the agent share variables
# What the engine knows of each service.

# Every agent of this package. The last one stands for any service that has none of its own.
all_agents() {
  echo keystone nova-api nova-api-metadata nova-scheduler nova-conductor nova-novncproxy nova-compute nova-cert nova-consoleauth \
    nova-network placement-api glance-api cinder-api cinder-scheduler cinder-volume cinder-backup neutron-server neutron-rpc-server \
    neutron-dhcp-agent neutron-l3-agent neutron-metadata-agent heat-api heat-api-cfn heat-engine service
}

# describe NAME. port, path: an API's, where it answers. heartbeat: list of the API in which a worker's sign of life is looked up.
# promotable: two instances at once would do harm, so that standing by is worth a role of its own.
describe() {
  name=$1 project=${1%%-*} port='' path=/ heartbeat='' promotable=no gone='' default_config='' default_user=$project
  default_command=/usr/bin/$1
  default_config=/etc/$project/$project.conf
  case $1 in
    keystone)
      port=5000 path=/v3 default_config=''
      default_command='/usr/bin/uwsgi --plugins-dir /usr/lib/uwsgi/plugins --plugin python3 --http-socket :5000 --die-on-term'
      default_command="$default_command --wsgi-file /usr/bin/keystone-wsgi-public --ini /etc/keystone/keystone-uwsgi.ini"
      ;;
    placement-api)
      port=8778 default_config=''
      default_command='/usr/bin/uwsgi --plugins-dir /usr/lib/uwsgi/plugins --plugin python3 --http-socket :8778 --die-on-term'
      default_command="$default_command --wsgi-file /usr/bin/placement-api --ini /etc/placement/placement-api-uwsgi.ini"
      ;;
    nova-api) port=8774 ;;
    nova-api-metadata) port=8775 ;;
    nova-novncproxy) port=6080 ;;
    nova-scheduler | nova-conductor | nova-compute) heartbeat=compute ;;
    nova-cert) heartbeat=compute promotable=yes gone='Ocata' ;;
    nova-consoleauth) heartbeat=compute promotable=yes gone='Stein' ;;
    nova-network) heartbeat=compute promotable=yes gone='Train' ;;
    glance-api) port=9292 default_config=/etc/glance/glance-api.conf ;;
    cinder-api) port=8776 ;;
    cinder-scheduler) heartbeat=volumev3 ;;
    cinder-volume | cinder-backup) heartbeat=volumev3 promotable=yes ;;
    neutron-server) port=9696 default_config='/etc/neutron/neutron.conf /etc/neutron/plugins/ml2/ml2_conf.ini' ;;
    neutron-rpc-server) default_config='/etc/neutron/neutron.conf /etc/neutron/plugins/ml2/ml2_conf.ini' ;;
    neutron-*-agent)
      heartbeat=network
      agent_file=${1#neutron-}
      default_config="/etc/neutron/neutron.conf /etc/neutron/$(echo "${agent_file%-agent}" | tr - _)_agent.ini"
      ;;
    heat-api) port=8004 ;;
    heat-api-cfn) port=8000 ;;
    heat-engine) heartbeat=orchestration ;;
    service) default_command='' default_config='' default_user='' promotable=yes ;;
  esac
}

read_parameters() {
  describe "$agent"
  # The agent for any service may be told the name of one that it knows.
  if [ "$agent" = service ] && [ -n "${OCF_RESKEY_service:-}" ]; then
    describe "$OCF_RESKEY_service"
    case " $(all_agents) " in
      *" $name "*) ;;
      *) default_command='' default_config='' default_user='' ;;
    esac
    promotable=yes
  fi
  unit=${OCF_RESKEY_unit:-}
  config=${OCF_RESKEY_config-$default_config}
  user=${OCF_RESKEY_user-$default_user}
  command=${OCF_RESKEY_command:-}
  if [ -z "$command" ] && [ -n "$default_command" ]; then
    command=$default_command
    for file in $config; do command="$command --config-file $file"; done
  elif [ -n "$command" ] && [ -n "${OCF_RESKEY_config:-}" ]; then
    for file in $config; do command="$command --config-file $file"; done
  fi
  url=${OCF_RESKEY_url-${port:+http://127.0.0.1:${OCF_RESKEY_port:-$port}$path}}
  openrc=${OCF_RESKEY_openrc:-}
  host=${OCF_RESKEY_host:-}
  heartbeat_limit=${OCF_RESKEY_heartbeat_limit:-90}
  answer_limit=${OCF_RESKEY_answer_limit:-5}
  log=${OCF_RESKEY_log:-/dev/null}
  pid_file=${OCF_RESKEY_pid:-${HA_RSCTMP:-/run/resource-agents}/$agent-$instance.pid}
  # In tenths of a second: how long a service without an API must have run to count as started.
  settle=10
  # A little before Pacemaker's own limit, so that there is time to kill.
  grace=${OCF_RESKEY_grace:-$((${OCF_RESKEY_CRM_meta_timeout:-20000} / 1000 - 5))}
  [ "$grace" -ge 1 ] || grace=1
}

validate() {
  for number in "$heartbeat_limit" "$answer_limit" "$grace"; do
    case $number in
      '' | *[!0-9]*)
        reason "'$number' is not a number of seconds"
        return "$OCF_ERR_CONFIGURED"
        ;;
    esac
  done
  if [ -n "$openrc" ] && [ ! -r "$openrc" ]; then
    reason "openrc=$openrc cannot be read"
    return "$OCF_ERR_INSTALLED"
  fi
  "${way}_validate"
}
