# shellcheck shell=sh disable=SC2154,SC2034 # the parts of the agent share variables
# A service that is a systemd unit. It must be disabled there, or two hands would start it.

known_unit() {
  [ -d /run/systemd/system ] || return 1
  for candidate in "$name" "openstack-$name"; do
    if [ "$(systemctl show --property LoadState --value "$candidate.service")" = loaded ]; then
      echo "$candidate.service"
      return
    fi
  done
  return 1
}

unit_validate() {
  if ! command -v systemctl > /dev/null; then
    reason "unit=$unit is given, and systemd is not here"
    return "$OCF_ERR_INSTALLED"
  fi
  if [ "$(systemctl show --property LoadState --value "$unit")" != loaded ]; then
    reason "there is no unit $unit"
    return "$OCF_ERR_INSTALLED"
  fi
}

unit_runs() {
  main=$(systemctl show --property MainPID --value "$unit" 2> /dev/null)
  case $(systemctl show --property ActiveState --value "$unit" 2> /dev/null) in
    active | reloading | activating) ;;
    *) return 1 ;;
  esac
}

unit_is_frozen() {
  [ -n "$main" ] && [ "$main" != 0 ] && process_is_frozen
}

unit_is_clean() { true; }

unit_start() {
  systemctl reset-failed "$unit" 2> /dev/null
  systemctl start "$unit"
}

# systemd kills what does not end in time, all of the unit's control group; a hung unit is not given that long.
unit_stop() {
  limit=$((grace + 3))
  if [ -e "$pid_file.silent" ]; then limit=2; fi
  systemctl stop --no-block "$unit" 2> /dev/null
  while [ $limit -gt 0 ]; do
    for _ in 1 2 3 4 5; do
      case $(systemctl show --property ActiveState --value "$unit" 2> /dev/null) in inactive | failed | '') return 0 ;; esac
      sleep 0.2
    done
    limit=$((limit - 1))
  done
  systemctl kill --signal KILL "$unit" 2> /dev/null
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    case $(systemctl show --property ActiveState --value "$unit" 2> /dev/null) in inactive | failed | '') return 0 ;; esac
    sleep 0.2
  done
  return 1
}

unit_age() { ps -o etimes= -p "$main" | tr -d ' '; }

unit_last_words() { systemctl show --property Result --value "$unit"; }
