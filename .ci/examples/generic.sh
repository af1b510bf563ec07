#!/usr/bin/env bash
# A CI recipe for a project that tests its Cal.com client with slotproof; any CI that runs a shell can use it.
# Copy it into your project. It leaves results/: junit.xml for the CI's test report, and for each failure that was
# explored a recorded run (slotproof-*.json): keep the folder as an artifact, `slotproof replay FILE` shows it again.
#
#   INSTALL   how dependencies get there     (default: pip install slotproof pytest pytest-asyncio, and your project)
#   EXPLORE   a scenario and its options, explored after the tests, e.g. "two-callers --schedules 200" (default: nothing)
#   RESULTS   where results go               (default: results)
set -uo pipefail

INSTALL=${INSTALL:-python -m pip install slotproof pytest pytest-asyncio .}
EXPLORE=${EXPLORE:-}
RESULTS=${RESULTS:-results}

export CI=true NO_COLOR=1
mkdir -p "$RESULTS"
$INSTALL || exit

status=0
python -m pytest --junit-xml "$RESULTS/junit.xml" --calcom-gaps || status=$?
if [ -n "$EXPLORE" ]; then   # the recording of a failure is written to the folder that the command runs in
    (cd "$RESULTS" && slotproof explore $EXPLORE --json explored.json) || status=$?
fi
exit $status
