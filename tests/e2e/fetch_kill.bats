# A fetch that is killed at any moment neither loses a post nor doubles one.

load cli_helper
load replay

PAGES=60 # more than one visit reads
EACH=20

# N: the page of posts behind number N, newest first, as a server gives it
page() {
	awk -v from="$1" -v each=$EACH 'BEGIN {
		for (i = from + each; i > from; i--)
			printf "%s{\"id\":\"%06d\",\"created_at\":" \
			    "\"2026-11-23T13:00:00Z\",\"account\":{\"acct\":" \
			    "\"u%d@e.example\"},\"content\":\"<p>train %d of " \
			    "line %d left %d people behind</p>\"}",
			    i == from + each ? "[" : ",", i, i, i * 7, i % 13,
			    i * 31
		print "]"
	}'
}

pages() {
	local i last=0
	echo '[]' >none.json
	page 0 >page0.json
	page $(((PAGES - 1) * EACH)) >newest.json
	route GET '/api/v1/timelines/tag/late?limit=40' "$PWD/page0.json" \
	    "$PWD/newest.json"
	for ((i = 1; i < PAGES; i++)); do
		last=$(printf '%06d' $((i * EACH)))
		page $((i * EACH)) >"page$i.json"
		route GET "/api/v1/timelines/tag/late?limit=40&min_id=$last" \
		    "$PWD/page$i.json"
	done
	route GET /api/v1/timelines/tag/late "$PWD/none.json" 'ignore=*'
	route GET /api/v1/statuses "$PWD/none.json" 'ignore=*'
}

# Waits until the process has asked so many questions more, or is gone.
until_asked() { # PID N
	local until=$(($(wc -l <"$REPLAY_LOG") + $2))
	while kill -0 "$1" 2>/dev/null &&
	    [ "$(wc -l <"$REPLAY_LOG")" -lt "$until" ]; do :; done
}

@test "killed again and again, a fetch brings each post once" {
	local pid i kills=0
	RANDOM=7 # the same moments each time, as far as a machine can
	queue
	pages
	replay_start mastodon
	caseq source add late "$REPLAY_URL" --adapter mastodon --query '#late' \
	    --since 2h
	caseq fetch # the first page, as there was no more
	for ((i = 0; i < 40; i++)); do
		"$CASEQ" fetch >/dev/null 2>&1 &
		pid=$!
		until_asked $pid $((RANDOM % 3))
		sleep "0.0$((RANDOM % 2))$((RANDOM % 10))"
		if kill -9 $pid 2>/dev/null; then
			kills=$((kills + 1))
		fi
		wait $pid 2>/dev/null || true
	done
	echo "$kills kills"
	[ "$kills" -gt 5 ]
	while caseq fetch | grep -v ', new 0,' >/dev/null; do :; done
	caseq export --map >map
	[ "$(wc -l <map)" -eq $((PAGES * EACH)) ]
	[ "$(cut -f2 map | sort -u | wc -l)" -eq $((PAGES * EACH)) ]
	caseq doctor
	caseq audit verify
}
