#!/bin/sh
# Waits for either end of a Job that runs kreconcile, and prints why it ended.
#
#   deploy/wait.sh job/kreconcile --namespace=web
#
# Flags after the name of the Job are kubectl's. LIMIT is how many seconds it waits: 600 where
# it is not set. The report goes to standard output, and progress to standard error.
#
# It exits as kreconcile did: 0 satisfied, 1 error, 2 drift, 3 undetermined. It also exits with
# 3 where kreconcile gave no verdict, such as for a Job whose Pod could not be made.
set -u

if [ $# -eq 0 ] || [ "${1#-}" != "$1" ]; then
  echo "usage: $0 job/NAME [KUBECTL-FLAG...]" >&2
  exit 1
fi
name=${1#job/}
shift
limit=${LIMIT:-600}
deadline=$(($(date +%s) + limit))

undetermined() {
  echo "Undetermined: $1" >&2
  exit 3
}

# job prints a field of the Job.
job() {
  field=$1
  shift
  kubectl get job "$name" "$@" --output="jsonpath=$field"
}

# pods prints a field of each of the Job's Pods, by their age: the last one at the end.
pods() {
  field=$1
  shift
  kubectl get pods "$@" --selector="controller-uid=$uid" --sort-by=.metadata.creationTimestamp \
    --output="jsonpath={range .items[*]}$field{\"\\n\"}{end}" 2>/dev/null
}

# states prints what each Pod waits for, and what keeps the Job from making one.
states() {
  pods '{"  Pod "}{.metadata.name}{": "}{.status.phase}{range .status.conditions[?(@.status=="False")]}{" "}{.reason}{" "}{.message}{end}{range .status.containerStatuses[*]}{" "}{.state.waiting.reason}{" "}{.state.waiting.message}{end}' "$@"
  kubectl get events "$@" --field-selector="involvedObject.uid=$uid,type=Warning" \
    --output='jsonpath={range .items[*]}{"  "}{.reason}{": "}{.message}{"\n"}{end}' 2>/dev/null
}

uid=$(job '{.metadata.uid}' "$@") || undetermined "there is no verdict of job/$name to wait for"
echo "Waiting for job/$name" >&2
shown=
while :; do
  ended=$(job '{range .status.conditions[?(@.status=="True")]}{.type}{" "}{end}' "$@") ||
    undetermined "job/$name cannot be read any more"
  case " $ended" in
    *' Complete '* | *' Failed '*) break ;;
  esac
  now=$(states "$@")
  if [ "$now" != "$shown" ]; then
    echo "$now" >&2
    shown=$now
  fi
  [ "$(date +%s)" -lt "$deadline" ] || undetermined "job/$name has not ended within $limit seconds"
  sleep 1
done

# terminated prints a field of how kreconcile ended in the last Pod.
last=$(pods '{.metadata.name}' "$@" | tail -n 1)
terminated() {
  field=$1
  shift
  [ -z "$last" ] || kubectl get pod "$last" "$@" \
    --output="jsonpath={.status.containerStatuses[?(@.name==\"kreconcile\")].state.terminated.$field}" 2>/dev/null
}

# The log has more than the termination message, but is not always there.
if [ -z "$last" ] || ! kubectl logs "$last" --container=kreconcile "$@" 2>/dev/null; then
  terminated message "$@"
fi
case " $ended" in
  *' Complete '*) exit 0 ;;
esac
job '{range .status.conditions[?(@.type=="Failed")]}{"job/'"$name"' failed: "}{.reason}{": "}{.message}{"\n"}{end}' "$@" >&2
code=$(terminated exitCode "$@")
case $code in
  1 | 2 | 3) exit "$code" ;;
esac
states "$@" >&2
undetermined "kreconcile gave no verdict (exit code: ${code:-none})"
