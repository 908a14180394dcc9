#!/usr/bin/env bash
# Makes third_party/echarts/echarts-report.min.js, the charts of the report page, from the versions
# in package-lock.json; needs Node.js and npm. With --check it makes the file elsewhere and compares
# the hash. Normal builds need neither.
set -euo pipefail
cd "$(dirname "$0")/../third_party/echarts"
beside=$(mktemp -d)
trap 'rm -rf "$beside"' EXIT

cp package.json package-lock.json entry.js "$beside"
(
  cd "$beside"
  npm ci --no-audit --no-fund --silent
  npx esbuild entry.js --bundle --minify --format=iife --legal-comments=none \
    --outfile=echarts-report.min.js --log-level=warning
)
if [[ ${1:-} == --check ]]; then
  (cd "$beside" && sha256sum --check --quiet "$OLDPWD/SHA256")
  echo "echarts: the bundle is what package-lock.json makes"
  exit
fi
cp "$beside/echarts-report.min.js" .
cp "$beside/node_modules/echarts/LICENSE" "$beside/node_modules/echarts/NOTICE" .
sha256sum echarts-report.min.js >SHA256
echo "echarts: $(wc -c <echarts-report.min.js) bytes"
