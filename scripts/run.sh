#!/bin/sh
# Check a plan, model its future and serve both: scripts/run.sh plans/hai-phong 8000
#
# Findings about a plan are shown and do not stop anything (exit code 1); a plan that cannot be read does.
set -eu
plan=$1
port=$2

.venv/bin/cuabien check "$plan" || [ $? -eq 1 ]
.venv/bin/cuabien run "$plan"
echo
echo "    http://localhost:$port"
echo
exec .venv/bin/cuabien serve "$plan" --port "$port"
