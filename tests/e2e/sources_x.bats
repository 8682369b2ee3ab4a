# X, as the program meets it: nothing without a cap, and nothing beyond it.
# The posts are recorded ones.
# shellcheck shell=bash disable=SC2154

bats_require_minimum_version 1.5.0
load cli_helper
load replay

SEARCH=/2/tweets/search/recent

serve_posts() { # CAP
	queue
	route GET "$SEARCH?query=x" test-client-search-recent-tweets-00 \
	    by-hand-empty.json 'ignore=*'
	replay_start x
	(umask 077 && echo bearer-marker >token)
	caseq source add x "$REPLAY_URL" --adapter x --query tweepy \
	    --token-file token --monthly-cap "$1"
}

@test "a source of X without a monthly cap is refused" {
	queue
	(umask 077 && echo bearer-marker >token)
	run caseq source add x https://x.com --adapter x --query tweepy \
	    --token-file token
	[ "$status" -ne 0 ]
	[[ $output == *'--monthly-cap N'* ]]
}

@test "posts of X are read once, and counted" {
	serve_posts 1000
	run -0 caseq fetch
	[[ $output == *'new 10,'* ]]
	at 2026-11-23T14:05:00Z
	run -0 caseq fetch
	[[ $output == *'new 0,'* ]]
	asked | tail -n 1 | grep -q 'since_id=1578516068309794817'
	[ "$(asked | wc -l)" -eq 3 ]
	all_matched
}

@test "at its cap a source of X asks nothing, and says so" {
	serve_posts 15
	run -0 caseq fetch
	[[ $output == *'new 10,'* ]]
	[ "$(asked 'max_results=15' | wc -l)" -eq 1 ]
	at 2026-11-23T14:35:00Z
	run caseq fetch
	[[ $output == *'10 of the 15 posts of this month are read'* ]]
	[[ $output == *'until 2026-12-01'* ]]
	[[ $(caseq source list) == *'10 of the 15 posts'* ]]
	[ "$(asked | wc -l)" -eq 1 ]
}

json_of_x() { # MEMBER
	caseq source list --json | jq -r ".$1"
}

@test "at its cap a source of X is due again with the next month, not sooner" {
	serve_posts 15
	caseq fetch
	for minute in 05 06 36; do
		at "2026-11-23T14:$minute:00Z"
		run -1 caseq fetch
		[[ $output == *'10 of the 15 posts of this month are read'* ]]
		[ "$(json_of_x failures)" = 1 ]
		[ "$(json_of_x next)" = 2026-12-01T00:00:00Z ]
	done
	[[ $(caseq source list) == *'  in 7d '* ]]
	[ "$(asked | wc -l)" -eq 1 ]
	at 2026-12-01T00:00:00Z
	run -0 caseq fetch
	[ "$(asked | wc -l)" -eq 2 ]
	[ "$(json_of_x failures)" = 0 ]
}

@test "a higher cap lets a source of X go on at once" {
	serve_posts 15
	caseq fetch
	at 2026-11-23T14:05:00Z
	run -1 caseq fetch
	caseq source set x --monthly-cap 100
	[ "$(json_of_x next)" = 2026-11-23T14:05:00Z ]
	run -0 caseq fetch
	[ "$(json_of_x failures)" = 0 ]
	[ "$(asked | wc -l)" -eq 2 ]
}
