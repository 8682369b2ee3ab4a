# A Discourse forum, as the program meets it.  The page was recorded, what it
# says of its categories is written by hand.
# shellcheck shell=bash disable=SC2154

bats_require_minimum_version 1.5.0
load cli_helper
load replay

serve_forum() { # [WORD...] of the route to its categories
	queue
	route GET /site.json "${@:-by-hand-site.json}"
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
	[ "$(asked | head -4)" = 'GET /site.json
GET /posts.json
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
	fault path=/posts.json status=429 'body={"extras":{"wait_seconds":1800}}'
	run -1 caseq fetch
	[[ $output == *'asks for patience'* ]]
	run -0 caseq source list
	[[ $output == *14:30* || $output == *30m* ]]
}

@test "what only some may read is marked as private (by hand)" {
	serve_forum
	run -0 caseq source test forum
	[[ $output == *'[private]'* ]]
	caseq fetch
	# the oldest post stands in a category for the staff
	run -0 caseq show 1
	[[ $output == *'[private] not everybody may read'* ]]
	run -0 caseq show 2
	[[ $output != *private* ]]
	at 2026-11-23T14:05:00Z
	caseq fetch
	[ "$(asked site.json | wc -l)" -eq 2 ] # once a day, and for the test
	all_matched
}

@test "a forum for members is private as a whole (by hand)" {
	serve_forum by-hand-site-closed.json status=403
	caseq fetch
	[ "$(caseq export | grep -o '"visibility":"private"' | wc -l)" -ge 4 ]
	run ! grep -q '"visibility":"public"' <(caseq export)
	all_matched
}

@test "who may read a forum is asked without the key" {
	serve_forum
	fault path=/posts.json reset n=all
	run -1 caseq fetch
	[[ $(asked) == *site.json* ]]
	run ! grep site.json.*f0rum "$REPLAY_LOG"
}

@test "a category without its number is asked for it, and not searched" {
	queue
	run -2 caseq source add forum https://forum.example --adapter discourse \
	    --query category:support
	[[ $output == *'number of the category is missing'*'/c/support/5'* ]]
	caseq source add forum https://forum.example --adapter discourse \
	    --query category:support/5
	run -2 caseq source set forum --query category:support
	[[ $output == *'number of the category is missing'* ]]
}
