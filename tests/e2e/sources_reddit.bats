# Reddit, as the program meets it: an access token, a list, a second fetch,
# and what an unknown subreddit looks like.  Posts are recorded ones.
# shellcheck shell=bash disable=SC2154

bats_require_minimum_version 1.5.0
load cli_helper
load replay

serve_mentions() {
	local list='/message/mentions?limit=100&raw_json=1'

	queue
	route POST /api/v1/access_token testsubmission-test-reply-00
	route GET "$list" testinbox-test-mentions-01
	route GET "$list&after=t1_ekfncs9" testlistinggenerator-test-no-items-01
	route GET '/api/info?id=x' testlistinggenerator-test-no-items-01 'ignore=*'
	replay_start reddit
	(umask 077 && echo 'app-id:secret-marker:refresh-marker' >token)
	caseq source add red "$REPLAY_URL" --adapter reddit --query mentions \
	    --token-file token --since 3000d
}

@test "mentions of Reddit become posts, once, with one access token" {
	serve_mentions
	run -0 caseq fetch
	[[ $output == *'read 16, new 16,'* ]]
	[ "$(caseq export --map | grep -c '^red')" -eq 16 ]
	at 2026-11-23T14:05:00Z
	run -0 caseq fetch
	[[ $output == *'new 0,'* ]]
	[ "$(asked access_token | wc -l)" -eq 1 ]
	all_matched
}

@test "Reddit's app secret goes to its token address and nowhere else" {
	serve_mentions
	run -0 caseq fetch
	[[ $output != *marker* ]]
	# the id and the secret are in base64
	[ "$(grep -c refresh-marker "$REPLAY_LOG")" -eq 1 ]
	[ "$(grep -c 'Authorization: Basic' "$REPLAY_LOG")" -eq 1 ]
	grep refresh-marker "$REPLAY_LOG" | grep -q 'POST /api/v1/access_token'
	run ! grep -qa marker q.db*
}

@test "a subreddit that is unknown to Reddit is said, and its source paused" {
	serve_mentions
	caseq source add nope "$REPLAY_URL" --adapter reddit --query r/nope \
	    --token-file token
	fault path=/r/nope/new \
	    "redirect=$REPLAY_URL/subreddits/search.json?q=nope"
	run caseq fetch nope
	[[ $output == *'Reddit knows no r/nope: check the query'* ]]
	[ "$(caseq source list --json |
	    jq -r 'select(.paused).source')" = nope ]
	run ! grep -q '/subreddits/' "$REPLAY_LOG"
}
