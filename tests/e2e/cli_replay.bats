# The real program against recorded servers: caseq fetch, and what goes wrong
# on the way.

load cli_helper
load replay

TAG='/api/v1/timelines/tag/acmefail?limit=40'
NEWEST=01M83A6Y25FEXZ1K872FBMEP3H

listen() { # a queue that listens for a tag of a recorded GoToSocial server
	queue
	route GET "$TAG" gts-tag-timeline
	route GET "$TAG&min_id=$NEWEST" gts-notifications-mention-newer-empty
	replay_start mastodon --rewrite localhost:8585 "$@"
	caseq source add acme "$REPLAY_URL" --adapter mastodon \
	    --query '#acmefail' "${more[@]}"
}

@test "a recorded tag timeline becomes cases, and is asked on from its end" {
	listen
	run caseq fetch
	[ "$status" -eq 0 ]
	[[ $output == *'acme: read 3, new 3, known 0,'* ]]
	caseq export | grep -q 'not html</b> & ünïcode 日本語'
	run caseq fetch
	[ "$status" -eq 0 ]
	[[ $output == *'acme: read 0, new 0, known 0,'* ]]
	[ "$(asked)" = "GET $TAG
GET $TAG&min_id=$NEWEST" ]
	[[ $(asked_header User-Agent) == caseq/* ]]
	all_matched
}

@test "posts are linked to the server that they were read from" {
	listen
	caseq fetch
	run caseq export
	[[ $output == *"$REPLAY_URL/@alice/statuses/$NEWEST"* ]]
	lacks localhost:8585
}

@test "a compressed timeline is read as well" {
	listen --gzip
	run caseq fetch
	[[ $output == *'read 3, new 3,'* ]]
	[[ $(asked_header Accept-Encoding) == *gzip* ]]
}

@test "the token goes to the server, and is named nowhere else" {
	(umask 077 && echo s3cret-t0ken >token)
	more=(--token-file "$PWD/token")
	listen
	run caseq fetch
	[ "$status" -eq 0 ]
	lacks s3cret
	[ "$(asked_header Authorization)" = 'Bearer s3cret-t0ken' ]
	run caseq source list --json
	lacks s3cret
}

@test "what nobody recorded is told to the test by name" {
	queue
	replay_start mastodon
	caseq source add acme "$REPLAY_URL" --adapter mastodon --query '#other'
	run caseq fetch
	[ "$status" -eq 1 ]
	run all_matched
	[ "$status" -eq 1 ]
	[[ $output == *'tag/other?limit=40'* ]]
	[ "$(asked other)" = 'GET /api/v1/timelines/tag/other?limit=40' ]
	[ -z "$(asked acmefail)" ]
}
