# A token is in its file, and on its way to its server; it is nowhere else.
# Each test plants a marker as the token, works, and looks everywhere.

load cli_helper
load replay

MARKER=mArKeR-7f3a91c0

teardown() {
	[ -z "${pid-}" ] || kill -KILL "$pid" 2>/dev/null || true
	replay_stop
}

MENTIONS='/api/v1/notifications?types%5B%5D=mention&types%5B%5D=quote'
MENTIONS+='&limit=40&include_filtered=true'

plant() { # a queue that listens to mentions, with more options for the source
	queue
	mkdir secret
	(umask 077 && echo "$MARKER" >secret/token)
	route GET "$MENTIONS" test-notifications-mentions-only-01 'ignore=*'
	replay_start mastodon --rewrite localhost:3000
	told source add toots "$REPLAY_URL" --adapter mastodon \
	    --query mentions --since 365d "$@"
}

told() { # caseq with these words; what it says is kept
	caseq "$@" >>said 2>&1 || echo "($*: status $?)" >>said
}

clean() { # no file but the token's, and the server's log, has the marker
	# WAL and all: the queue, copies, sessions under HOME, and all output
	if grep -rlF --exclude-dir=secret --exclude=replay.log -e "$MARKER" .; then
		return 1
	fi
	[ -s said ]
}

sent() { # but the server was given it
	grep -qF "Bearer $MARKER" replay.log
}

all_commands() { # [SOURCE]: all that could tell it
	local source=${1-toots}
	told source list
	told source list --json
	told source test "$source"
	told fetch
	told fetch --json "$source"
	told list
	told show 1 --events
	told export
	told audit
	told audit verify
	told doctor
	told report
	told backup copy.db
	sqlite3 q.db .dump >dump.sql
	sqlite3 copy.db .dump >copy.sql
}

@test "after answers that are fine" {
	plant --token-file secret/token
	all_commands
	grep -q 'new [1-9]' said
	sent
	clean
	caseq export | grep -q .
	caseq source list --json | grep -q secret/token # the path may be told
}

@test "after answers that are not" {
	plant --token-file secret/token
	for what in status=401 status=403 status=404 status=429 status=500 \
	    html utf8 empty cut reset headers redirect=@OTHER@/x; do
		heal
		fault "$what" n=all
		caseq source resume toots >/dev/null 2>&1 || true
		all_commands
		rm copy.db
	done
	grep -q 'failed' said
	sent
	clean
}

@test "after a server that gives it back in what it says is wrong" {
	plant --token-file secret/token
	for code in 400 401 403 422 500; do
		heal
		fault "status=$code" n=all \
		    "body={\"error\":\"no such token: $MARKER\"}"
		caseq source resume toots >/dev/null 2>&1 || true
		told source test toots
		told fetch
		told source list
	done
	fault status=301 n=all "header=Location: @BASE@/?token=$MARKER"
	caseq source resume toots >/dev/null 2>&1 || true
	told fetch
	told source list
	sent
	clean
}

@test "it is refused where others could read it, and not shown even then" {
	plant --token-file secret/token
	chmod 644 secret/token
	told fetch
	told source test toots
	grep -q 'can be read by others' said
	told source add more "$REPLAY_URL" --adapter mastodon \
	    --query mentions --token-file secret/token
	chmod 600 secret/token
	printf '%s \n' "$MARKER" >secret/token # a character that none has
	told fetch
	clean
	[ ! -s replay.log ]
}

@test "not in the arguments, the environment or a child of the service" {
	plant --token-file secret/token
	fault silent n=all
	"$CASEQ" run >>said 2>&1 </dev/null 3>&- &
	pid=$!
	for _ in {1..100}; do
		[ -s replay.log ] && break
		sleep 0.05
	done
	sent # it is under way, and holds the token now
	tr '\0' '\n' <"/proc/$pid/cmdline" >cmdline
	tr '\0' '\n' <"/proc/$pid/environ" >environ
	grep -q run cmdline
	[ -s environ ]
	cat "/proc/$pid"/task/*/children >children
	[ ! -s children ]
	# and nothing open can be read by others but what everybody has
	for fd in "/proc/$pid"/fd/*; do
		readlink "$fd" || true
	done >files
	if grep -F secret/ files; then
		return 1 # the file is closed again
	fi
	kill -TERM "$pid"
	wait "$pid"
	pid=
	echo ended >>said
	clean
}

@test "a credential of the service, which people do not have" {
	plant --credential toots
	mkdir secret/credentials
	(umask 077 && echo "$MARKER" >secret/credentials/toots)
	chmod 400 secret/credentials/toots
	told fetch # by hand
	grep -q 'LoadCredential=toots:FILE' said
	[ ! -s replay.log ]
	CREDENTIALS_DIRECTORY=$PWD/secret/credentials all_commands
	grep -q 'new [1-9]' said
	sent
	clean
	caseq source list --json | grep -q credential:toots
	run caseq source add bad "$REPLAY_URL" --adapter mastodon \
	    --query mentions --credential ../toots
	fails 2
}

# The two tokens are made up, as the recorded ones were blotted out.
@test "a login: the password stays in its file, the session in one of its own" {
	queue
	mkdir secret
	(umask 077 && echo "acmecare.test:$MARKER" >secret/token)
	access=aCcEsS.$MARKER-1 refresh=rEfReSh.$MARKER-2
	cat >login.json <<-END
		{"accessJwt":"$access","refreshJwt":"$refresh","active":true,
		"did":"did:plc:4vu7bsuixt5nfvmxneibf4uq","handle":"acmecare.test"}
	END
	mv login.json secret/
	route POST /xrpc/com.atproto.server.createSession \
	    "$PWD/secret/login.json" type=application/json
	route GET /xrpc/app.bsky.feed.searchPosts local-searchPosts-empty 'ignore=*'
	replay_start bluesky
	told source add sky "$REPLAY_URL" --adapter bluesky --query kettle \
	    --token-file secret/token
	all_commands sky
	grep -qF "$MARKER" replay.log # sent as the password
	grep -qF "Bearer $access" replay.log
	# one file holds the session, for its owner alone
	run grep -rlF --exclude-dir=secret --exclude=replay.log -e "$MARKER" .
	[ "${#lines[@]}" -eq 1 ]
	[[ ${lines[0]} == ./.local/state/caseq/sessions/bluesky-* ]]
	[ "$(stat -c %a "${lines[0]}")" = 600 ]
	[ "$(stat -c %a .local/state/caseq/sessions)" = 700 ]
	grep -qF "$refresh" "${lines[0]}"
	# and not the password, in whatever form
	if sed "s/$access//g; s/$refresh//g" "${lines[0]}" | grep -F "$MARKER"; then
		return 1
	fi
	# who has one does not log in again
	[ "$(asked createSession | wc -l)" -eq 1 ]
	fault status=401 n=all \
	    "body={\"error\":\"ExpiredToken\",\"message\":\"$MARKER $access\"}"
	told fetch
	told source list
	rm -r .local
	clean
}
