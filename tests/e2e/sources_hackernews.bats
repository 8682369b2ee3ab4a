# Hacker News, as the program meets it.  The search is written by hand after
# its documentation, the items were recorded.
# shellcheck shell=bash disable=SC2154

bats_require_minimum_version 1.5.0
load cli_helper
load replay

serve_hn() {
	queue
	route GET /api/v1/search_by_date by-hand-hits.json 'ignore=*'
	route GET /v0/item/8863.json 8863.json
	route GET /v0/item/21500985.json "$PWD/gone.json"
	echo '{"id":21500985,"deleted":true,"type":"comment"}' >gone.json
	replay_start hackernews
	caseq source add hn "$REPLAY_URL" --adapter hackernews \
	    --query kettle --since 3600d
}

@test "a story and a comment that hold the phrase become cases, once" {
	serve_hn
	run -0 caseq fetch
	[[ $output == *'hn: read 2, new 2,'* ]]
	[[ $(asked) == *'search_by_date?query=%22kettle%22&'* ]]
	run -0 caseq export
	[[ $output == *'https://news.ycombinator.com/item?id=8863'* ]]
	[[ $output == *"It's been a week."* ]]
	all_matched
}

@test "items are looked at again: one was edited, one is deleted" {
	serve_hn
	caseq fetch
	at 2026-11-23T15:00:00Z
	run -0 caseq fetch
	[[ $output == *'new 0,'* ]]
	run -0 caseq show 1
	[[ $output == *'Throw away your USB drive'* ]]
	run -0 caseq show --json 2
	[[ $output == *'"deleted":"2026-11-23T15:00:00Z"'* ]]
	all_matched
}

hits() { # N: so many comments, the newest first
	local n

	for ((n = $1; n > 0; n--)); do
		jq -nc --argjson n "$n" '{objectID: "\(1000 + $n)",
		    author: "ann\($n)", created_at_i: (1795438800 + $n),
		    comment_text: "The kettle \(7919 * $n) of mine leaks",
		    story_id: (5000 + $n), story_title: "Kettle \($n)"}'
	done | jq -s '{hits: ., nbHits: length, nbPages: 1, page: 0}'
}

items() { # how often items were asked for, and how many of them
	echo "$(asked /v0/item/ | wc -l) $(asked /v0/item/ | sort -u | wc -l)"
}

@test "each fetch goes on looking at items where the last one stopped" {
	queue
	hits 25 >hits.json
	echo null >unchanged.json
	route GET /api/v1/search_by_date "$PWD/hits.json" 'ignore=*'
	for n in {1001..1025}; do
		route GET "/v0/item/$n.json" "$PWD/unchanged.json"
	done
	replay_start hackernews
	caseq source add hn "$REPLAY_URL" --adapter hackernews \
	    --query kettle --since 30d
	run -0 caseq fetch
	[[ $output == *'read 25, new 25,'* ]]
	[ "$(items)" = '0 0' ]
	caseq fetch
	[ "$(items)" = '10 10' ]
	at 2026-11-23T14:14:00Z
	caseq fetch # not each time, but each quarter of an hour
	[ "$(items)" = '10 10' ]
	at 2026-11-23T14:15:00Z
	caseq fetch
	[ "$(items)" = '20 20' ]
	at 2026-11-23T14:30:00Z
	caseq fetch
	[ "$(items)" = '25 25' ]
	[ "$(asked | tail -n 1)" = 'GET /v0/item/1001.json' ]
	at 2026-11-23T14:45:00Z
	caseq fetch # and from the newest on
	[ "$(items)" = '35 25' ]
	all_matched
}
