# A Discourse forum, as the program meets it.  The page was recorded.
# shellcheck shell=bash disable=SC2154

bats_require_minimum_version 1.5.0
load cli_helper
load replay

serve_forum() {
	queue
	route GET /posts.json posts_latest.json 'ignore=*'
	replay_start discourse
	(umask 077 && echo 'ann:f0rum-k3y' >token)
	caseq source add forum "$REPLAY_URL" --adapter discourse \
	    --token-file token --since 3600d
}

@test "posts of a forum become cases, once, with their topic's title" {
	serve_forum
	run -0 caseq fetch
	[[ $output == *'forum: read 4, new 4,'* ]]
	caseq export | grep -q 'This is an uncategorized title'
	at 2026-11-23T14:05:00Z
	run -0 caseq fetch
	[[ $output == *'new 0,'* ]]
	[ "$(asked | head -3)" = 'GET /posts.json
GET /posts.json?before=50
GET /posts.json' ]
	all_matched
}

@test "the key goes into its header and nowhere else" {
	serve_forum
	run -0 caseq fetch
	[ "$(asked_header Api-Key)" = f0rum-k3y ]
	[ "$(asked_header Api-Username)" = ann ]
	[[ $output != *f0rum* ]]
	run ! grep -qa f0rum q.db*
}

@test "a forum that asks for patience in its body is left alone so long" {
	serve_forum
	fault status=429 'body={"extras":{"wait_seconds":1800}}'
	run -1 caseq fetch
	[[ $output == *'asks for patience'* ]]
	run -0 caseq source list
	[[ $output == *14:30* || $output == *30m* ]]
}
