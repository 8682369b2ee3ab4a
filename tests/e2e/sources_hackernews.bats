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
