# The real program against recorded servers: caseq fetch, and what goes wrong
# on the way.

load cli_helper
load replay

TAG='/api/v1/timelines/tag/acmefail?limit=40'
NEWEST=01M83A6Y25FEXZ1K872FBMEP3H
OLDEST=01M83A6Y0KJE710H2T300AV0FG

listen() { # a queue that listens for a tag of a recorded GoToSocial server
	queue
	route GET "$TAG" gts-tag-timeline
	route GET "$TAG&max_id=$OLDEST" gts-notifications-mention-newer-empty
	# the second look at what is known
	route GET /api/v1/statuses gts-tag-timeline 'ignore=*'
	replay_start mastodon --rewrite localhost:8585 "$@"
	caseq source add acme "$REPLAY_URL" --adapter mastodon \
	    --query '#acmefail' "${more[@]}"
}

@test "a recorded tag timeline becomes cases, and is asked on from its newest" {
	listen
	run caseq fetch
	[ "$status" -eq 0 ]
	[[ $output == *'acme: read 3, new 3, known 0,'* ]]
	caseq export | grep -q 'not html</b> & ünïcode 日本語'
	run caseq fetch
	[ "$status" -eq 0 ]
	[[ $output == *'acme: read 3, new 0, known 3,'* ]]
	[ "$(asked tag/)" = "GET $TAG
GET $TAG&max_id=$OLDEST
GET $TAG" ]
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

refuses() { # MESSAGE FAULT...: fetch fails with it, and nothing comes in
	local message=$1

	shift
	fault "$@" || return 1
	run caseq fetch
	[ "$status" -eq 1 ] || return 1
	[[ $output == "acme: failed: $message"* ]] || {
		echo "$output"
		return 1
	}
	[ -z "$(caseq export)" ]
}

@test "what goes wrong is told in words, and the next fetch reads it all" {
	listen
	refuses '127.0.0.1 asks for patience (429)' \
	    status=429 'header=Retry-After: 60'
	at 2026-11-23T14:01:00Z
	refuses '127.0.0.1 is out of order (503)' status=503 html
	refuses '127.0.0.1 answered with a web page instead of JSON' html
	refuses '127.0.0.1 answered with nothing instead of JSON' empty
	refuses '127.0.0.1 answered with something else' utf8
	refuses 'the connection to 127.0.0.1 broke off' cut
	refuses 'the connection to 127.0.0.1 broke off' reset
	refuses 'the answer of 127.0.0.1 is larger than 4096 KiB' big
	refuses 'the answer of 127.0.0.1 is larger than 4096 KiB' bomb
	fault rate=20000 wait=0.2
	run caseq fetch
	[[ $output == *'read 3, new 3, known 0,'* ]]
	all_matched
}

@test "a fault of one page spares the others until it is healed" {
	listen
	caseq fetch
	fault path="$TAG" n=all status=500
	run caseq fetch
	[ "$status" -eq 1 ]
	heal
	caseq fetch
	run fault no-such-fault
	[ "$status" -eq 1 ]
	[[ $output == *'no such fault: no-such-fault'* ]]
}

@test "a token is not carried over a redirect to another host" {
	(umask 077 && echo s3cret-t0ken >token)
	more=(--token-file "$PWD/token")
	listen
	fault redirect=@OTHER@/elsewhere
	run caseq fetch
	[ "$status" -eq 1 ]
	lacks s3cret
	[ "$(asked)" = "GET $TAG" ]
}
