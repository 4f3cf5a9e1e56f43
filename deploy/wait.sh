#!/bin/sh
# Waits for either end of a Job that runs kreconcile, and prints why it ended.
#
#   deploy/wait.sh job/kreconcile --namespace=web
#
# Flags after the name of the Job are kubectl's. LIMIT is how many seconds it waits; the
# default is 600. The report goes to standard output, and progress to standard error.
#
# It exits as kreconcile did: 0 satisfied, 1 error, 2 drift, 3 undetermined. It also exits with
# 3 if kreconcile gave no verdict, for example if the Job got no Pod, and with 1 if it is called
# with wrong arguments.
set -u

fail() {
  echo "Error: $1" >&2
  exit 1
}

undetermined() {
  echo "Undetermined: $1" >&2
  exit 3
}

case ${1-} in
  '' | -*) fail "usage: $0 job/NAME [KUBECTL-FLAG...]" ;;
esac
name=${1##*/}
shift
limit=${LIMIT:-600}
case $limit in
  *[!0-9]* | 0?*) fail "LIMIT is \"$limit\", and must be a number of seconds" ;;
esac
deadline=$(($(date +%s) + limit))

# ask runs kubectl, which does not wait long for a server that says nothing.
ask() { kubectl --request-timeout=10s "$@"; }

# pods prints a field of each of the Job's Pods, by their age: the last one at the end.
pods() {
  field=$1
  shift
  ask get pods "$@" --selector="controller-uid=$uid" --sort-by=.metadata.creationTimestamp \
    --output="jsonpath={range .items[*]}$field{\"\\n\"}{end}"
}

# states prints what each Pod waits for or ended by, and what keeps the Job from making one.
states() {
  ask get job "$name" "$@" --output='jsonpath={range .status.conditions[?(@.type=="Suspended")]}{"  Suspended: "}{.status}{" "}{.message}{"\n"}{end}'
  pods '{"  Pod "}{.metadata.name}{": "}{.status.phase}{" "}{.status.reason}{" "}{.status.message}{range .status.conditions[?(@.type=="PodScheduled")]}{" "}{.reason}{" "}{.message}{end}{range .status.containerStatuses[*]}{" "}{.state.waiting.reason}{" "}{.state.waiting.message}{" "}{.state.terminated.reason}{end}' "$@"
  ask get events "$@" --field-selector="involvedObject.uid=$uid,type=Warning" \
    --output='jsonpath={range .items[*]}{"  "}{.reason}{": "}{.message}{"\n"}{end}'
}

# Each look gives the Job's uid and the conditions that are true. A server that is away for a
# moment is asked again.
uid=
shown=
while :; do
  if found=$(ask get job "$name" "$@" --output='jsonpath={.metadata.uid}{" "}{range .status.conditions[?(@.status=="True")]}{.type}{" "}{end}' 2>&1); then
    : "${uid:=${found%% *}}"
    [ "${found%% *}" = "$uid" ] || undetermined "job/$name was replaced by another one"
    case "$found" in
      *' Complete '* | *' Failed '*) break ;;
    esac
    now=$(states "$@" 2>/dev/null)
    now="Waiting for job/$name
$now"
  else
    case "$found" in
      *NotFound* | *'not found'*) undetermined "there is no job/$name: $found" ;;
    esac
    now=$found
  fi
  if [ "$now" != "$shown" ]; then
    echo "$now" >&2
    shown=$now
  fi
  [ "$(date +%s)" -lt "$deadline" ] || undetermined "job/$name has not ended within $limit seconds"
  sleep 1
done
[ -n "$shown" ] || ask get job "$name" "$@" --output='jsonpath={"job/"}{.metadata.name}{" ended at "}{.status.conditions[-1:].lastTransitionTime}{"\n"}' >&2

# terminated prints a field of how kreconcile ended in the last Pod.
last=$(pods '{.metadata.name}' "$@" | tail -n 1)
terminated() {
  field=$1
  shift
  [ -z "$last" ] || ask get pod "$last" "$@" \
    --output="jsonpath={.status.containerStatuses[?(@.name==\"kreconcile\")].state.terminated.$field}"
}

# The log has more than the termination message, but is not always there.
if [ -z "$last" ] || ! ask logs "$last" --container=kreconcile "$@" 2>/dev/null; then
  terminated message "$@"
fi
case "$found" in
  *' Complete '*) exit 0 ;;
esac
why=$(ask get job "$name" "$@" --output='jsonpath={range .status.conditions[?(@.type=="Failed")]}{.reason}{": "}{.message}{end}')
echo "job/$name failed: $why" >&2
# The Job says it, too, if it ended at once.
code=$(terminated exitCode "$@")
[ -n "$code" ] || code=$(echo "$why" | sed -n 's/.*failed with exit code \([0-9]*\) matching.*/\1/p')
case $code in
  1 | 2 | 3) exit "$code" ;;
esac
states "$@" >&2
undetermined "kreconcile gave no verdict (exit code: ${code:-none})"
