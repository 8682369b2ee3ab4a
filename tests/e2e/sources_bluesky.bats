# Bluesky, as the program meets it: login, list, reach, and a second fetch.
# The profile is written by hand; the rest was recorded.
# shellcheck shell=bash disable=SC2154

bats_require_minimum_version 1.5.0
load cli_helper
load replay

NOTIFICATIONS=/xrpc/app.bsky.notification.listNotifications
PROFILES=/xrpc/app.bsky.actor.getProfiles

serve_mentions() {
	queue
	echo '{"profiles":[{"did":"did:plc:l3evwt76qks4z7riq3mjil7c",
		"followersCount":1200}]}' >profile.json
	route GET "$NOTIFICATIONS?limit=100" local-listNotifications-page2 \
	    'ignore=*'
	route GET "/xrpc/app.bsky.feed.getPosts?uris=x" local-getPosts \
	    'ignore=*'
	route GET "$PROFILES?actors=x" "$PWD/profile.json" 'ignore=*'
	replay_start bluesky
	(umask 077 && echo 'acmecare.test:app-pass-word-marker' >token)
	caseq source add sky "$REPLAY_URL" --adapter bluesky \
	    --query mentions --token-file token
}

@test "mentions become posts with their authors' reach, once" {
	serve_mentions
	run -0 caseq fetch
	[[ $output == *'read 3, new 3,'* ]]
	[ "$(caseq export --map | grep -c '^sky')" -eq 3 ]
	[ "$(caseq show --json 1 | jq -r '.posts[0].followers')" = 1200 ]
	[ "$(caseq show --json 1 | jq -r '.posts[0].author')" = carol2.test ]
	at 2026-11-23T14:05:00Z
	run -0 caseq fetch
	[[ $output == *'new 0,'* ]]
	[ "$(asked createSession | wc -l)" -eq 1 ]
	all_matched
}

@test "a trial shows the mentions and stores none" {
	serve_mentions
	run -0 caseq source test sky
	[[ $output == *'kettle'* ]]
	run ! grep '^sky' <<<"$(caseq export --map)"
}

@test "the app password goes to the login and nowhere else" {
	serve_mentions
	run -0 caseq fetch
	[[ $output != *marker* ]]
	[ "$(grep -c marker "$REPLAY_LOG")" -eq 1 ]
	grep marker "$REPLAY_LOG" |
	    grep -q 'POST /xrpc/com.atproto.server.createSession'
	run ! grep -qa marker q.db*
}

@test "a refused login pauses the source with a word for a person" {
	serve_mentions
	fault path=/xrpc/com.atproto.server.createSession status=401 \
	    'body={"error":"AuthenticationRequired"}'
	run caseq fetch
	[[ $output == *'refused the handle or the password'* ]]
	[ "$(caseq source list --json | jq -r .paused)" = true ]
}

# --- a place for the session -------------------------------------------------

@test "who fetches by hand and cannot keep the session does the source no harm" {
	serve_mentions
	before=$(caseq source list --json)
	: >.local # in the way of .local/state/caseq/sessions
	for _ in 1 2; do
		run -1 caseq fetch
		[[ $output == 'sky: not asked: session directory '* ]]
		[[ $output == *'/sessions: Not a directory' ]]
	done
	run -1 env -u HOME "$CASEQ" fetch --json sky
	is_json
	[[ $output == *'"error":null,"not_asked":"there is no directory for'* ]]
	run -4 caseq source test sky
	rm .local
	mkdir -p .local/state/caseq/sessions
	chmod 750 .local/state/caseq/sessions
	run -1 caseq fetch
	[[ $output == 'sky: not asked: session directory '*'chmod 700 it'* ]]
	[ "$(caseq source list --json)" = "$before" ]
	[ ! -s replay.log ] # no login for nothing
	chmod 700 .local/state/caseq/sessions
	run -0 caseq fetch
	[[ $output == *'read 3, new 3,'* ]]
}

@test "a session that cannot be written after a login is told to the caller" {
	serve_mentions
	run -0 caseq source test sky # its session is kept
	session=$(echo .local/state/caseq/sessions/bluesky-*)
	[ -f "$session" ]
	before=$(caseq source list --json)
	rm "$session"
	mkdir "$session.new"
	run -1 caseq fetch
	[[ $output == 'sky: failed: session file '*': File exists' ]]
	[ "$(caseq source list --json)" = "$before" ]
	[ "$(asked createSession | wc -l)" -eq 2 ]
}

@test "that the service cannot keep a session is its source's failure" {
	serve_mentions
	: >.local
	"$CASEQ" run >said 2>&1 </dev/null 3>&- &
	pid=$!
	for _ in {1..100}; do
		! grep -q 'sky: failed: session directory ' said || break
		sleep 0.05
	done
	kill -TERM "$pid"
	wait "$pid"
	run -0 caseq source list --json
	[[ $output == *'session directory '*'Not a directory'* ]]
}
