#!/usr/bin/env bash
# Give the partner's billing profile a new purchase order number, with curl and jq alone.
# The variables are those that `partnercenter env` exports.
set -euo pipefail

# Sends a request until it is answered. curl itself repeats 408, 429 and 5xx, and waits as Retry-After says; 7, 28, 52
# and 56 are its codes for no connection, no answer in time and a lost answer. Safe, for the request id stays the same.
ask() {
  local attempt code=0
  for attempt in 1 2 3 4 5; do
    curl --silent --show-error --fail-with-body --cacert "$PARTNERCENTER_CA_BUNDLE" --output "$answer" \
      --retry 5 --retry-max-time 60 --max-time 60 "$@" && cat "$answer" && return
    code=$?
    case $code in 7 | 28 | 52 | 56) sleep "0.$((attempt * 2 - 1))" ;; *) break ;; esac
  done
  cat "$answer" >&2 # it says why
  return "$code"
}

a_guid() { cat /proc/sys/kernel/random/uuid; }

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

token=$(ask "$PARTNERCENTER_AUTHORITY/$PARTNERCENTER_TENANT_ID/oauth2/v2.0/token" \
  --data-urlencode grant_type=refresh_token \
  --data-urlencode "client_id=$PARTNERCENTER_CLIENT_ID" \
  --data-urlencode "client_secret=$PARTNERCENTER_CLIENT_SECRET" \
  --data-urlencode "refresh_token=$PARTNERCENTER_REFRESH_TOKEN" \
  --data-urlencode "scope=https://api.partnercenter.microsoft.com/.default" | jq -er .access_token)

billing="$PARTNERCENTER_BASE_URL/v1/profiles/billing"
as_user=(-H "Authorization: Bearer $token" -H "Accept: application/json" -H "MS-CorrelationId: $(a_guid)")
profile=$(ask "$billing" "${as_user[@]}")
tag=$(jq -er .attributes.etag <<<"$profile")
changed=$(jq -c --arg number "$((RANDOM % 1000 + 9000))" '.purchaseOrderNumber = $number' <<<"$profile")

# If-Match: whoever changed the profile in between is not overwritten. That is 412 then, and worth no second attempt.
ask -X PUT "$billing" "${as_user[@]}" -H "Content-Type: application/json" -H "If-Match: \"$tag\"" \
  -H "MS-RequestId: $(a_guid)" --data-raw "$changed" | jq -er .purchaseOrderNumber
