#!/bin/sh
# Waits for the end of the Indexed Job of job.yaml, writes the result of each part into a new
# folder, and joins them to one report.
#
#   deploy/fleet/collect.sh job/kreconcile-fleet results --namespace=platform
#
# Flags after the folder are kubectl's. LIMIT is how many seconds it waits; the default is
# 3700. MERGE is the command that joins the results; the default is "kreconcile merge", and
# "kubectl kreconcile merge -o markdown" is another.
#
# It exits as one run over all clusters would: 0 satisfied, 1 error, 2 drift, 3 undetermined.
# If a part has no result, it exits with 3, or with 1 or 2 if the other parts say so. It also
# exits with 1 if it is called with wrong arguments.
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
  '' | -*) fail "usage: $0 job/NAME FOLDER [KUBECTL-FLAG...]" ;;
esac
case ${2-} in
  '' | -*) fail "usage: $0 job/NAME FOLDER [KUBECTL-FLAG...]" ;;
esac
name=${1##*/}
folder=$2
shift 2
limit=${LIMIT:-3700}
case $limit in
  *[!0-9]* | 0?*) fail "LIMIT is \"$limit\", and must be a number of seconds" ;;
esac
# Results of another run would be joined with those of this one.
mkdir "$folder" || fail "$folder must be a new folder"
deadline=$(($(date +%s) + limit))

# ask runs kubectl, which does not wait long for a server that says nothing.
ask() { kubectl --request-timeout=10s "$@"; }

# Each look gives the Job's uid, its number of parts twice, and the conditions that are true. A
# server that is away for a moment is asked again.
uid=
shown=
while :; do
  if found=$(ask get job "$name" "$@" --output='jsonpath={.metadata.uid}{" "}{.spec.completions}{" "}{.spec.template.spec.containers[?(@.name=="kreconcile")].env[?(@.name=="PARTS")].value}{" "}{range .status.conditions[?(@.status=="True")]}{.type}{" "}{end}' 2>&1); then
    : "${uid:=${found%% *}}"
    [ "${found%% *}" = "$uid" ] || undetermined "job/$name was replaced by another one"
    case $found in
      *' Complete '* | *' Failed '*) break ;;
    esac
    now="Waiting for job/$name"
  else
    case $found in
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
rest=${found#* }
completions=${rest%% *}
rest=${rest#* }
parts=${rest%% *}
[ "$completions" = "$parts" ] || fail "job/$name has $completions completions, but its PARTS are \"$parts\": some contexts are in no part, or in two"

# The last Pod of a part counts, as for the Job. A log has error messages, too; the result is
# from the line { to the line }.
missing=
part=0
while [ "$part" -lt "$completions" ]; do
  last=$(ask get pods "$@" --selector="controller-uid=$uid,batch.kubernetes.io/job-completion-index=$part" \
    --sort-by=.metadata.creationTimestamp --output='jsonpath={range .items[*]}{.metadata.name}{"\n"}{end}' | tail -n 1)
  file=$folder/part-$part.json
  if [ -z "$last" ] || ! ask logs "$last" --container=kreconcile "$@" >"$file.log" || ! grep -q '^{$' "$file.log"; then
    echo "Undetermined: part $part of $completions has no result${last:+; see kubectl describe pod $last}" >&2
    missing="$missing $part"
  else
    sed -n '/^{$/,/^}$/p' "$file.log" >"$file"
  fi
  rm -f "$file.log"
  part=$((part + 1))
done
set -- "$folder"/part-*.json
[ -e "$1" ] || undetermined "no part of job/$name has a result"
${MERGE:-kreconcile merge} "$@"
code=$?
[ -z "$missing" ] || [ "$code" -ne 0 ] || exit 3
exit "$code"
