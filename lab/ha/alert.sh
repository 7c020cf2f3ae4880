#!/bin/sh
# Pacemaker's alert agent of the lab: one line for each thing that the cluster noticed, with the moment at which it did.
# Every node appends to one file; a line is written at once and is short enough not to be torn.
printf '%s.%s %s kind=%s node=%s desc=%s rsc=%s task=%s interval=%s rc=%s\n' \
  "$CRM_alert_timestamp_epoch" "$CRM_alert_timestamp_usec" "$(hostname)" "$CRM_alert_kind" "$CRM_alert_node" \
  "$(printf %s "$CRM_alert_desc" | tr ' ' _)" "$CRM_alert_rsc" "$CRM_alert_task" "$CRM_alert_interval" "$CRM_alert_rc" \
  >> "$CRM_alert_recipient"
