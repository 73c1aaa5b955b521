# Which stages of .ci/run may be left out where the machine lacks what they need, and why. A stage that is not listed
# fails there. CI_MUST_RUN names listed stages that may not be left out either, or says `all`.
declare -A MAY_SKIP=(
  [browser]='Chromium takes root and the packages of Debian'
  [audit]='not every package registry answers questions for known weaknesses'
  [scan]='cfn-lint and checkov take a Python package index'
  [rehearsal]='MiniStack takes a Python package index'
)

# What a script ends with that could not begin.
CANNOT_RUN=3
skipped=()

# skip STAGE: says that a stage cannot run here; ends the run unless the stage may be left out.
skip() {
  local reason=${MAY_SKIP[$1]:-}
  if [ -z "$reason" ] || [ "${CI_MUST_RUN:-}" = all ] || [[ " ${CI_MUST_RUN:-} " == *" $1 "* ]]; then
    echo "FAILED: the stage '$1' cannot run on this machine, and may not be left out"
    exit 1
  fi
  echo "left out: $1"
  skipped+=("$1: $reason")
}

# optional STAGE COMMAND…: runs a stage that may lack what it needs.
optional() {
  local stage=$1 code=0
  shift
  "$@" || code=$?
  if [ "$code" -eq "$CANNOT_RUN" ]; then skip "$stage"; elif [ "$code" -ne 0 ]; then exit "$code"; fi
}

# report_skipped: names what was left out, so that a green run does not say more than it did.
report_skipped() {
  if [ "${#skipped[@]}" -eq 0 ]; then echo 'every stage ran'; else
    echo "${#skipped[@]} stages were left out, as .ci/skips.sh allows:"
    printf '  %s\n' "${skipped[@]}"
  fi
}
