# shellcheck shell=bash
# A server on 127.0.0.1 that answers with recorded exchanges, for tests of
# fetching with the real program.
#
#     load cli_helper
#     load replay
#
#     @test "a tag is read" {
#         queue
#         route GET '/api/v1/timelines/tag/late?limit=40' gts-tag-timeline
#         replay_start mastodon
#         caseq source add late "$REPLAY_URL" --adapter mastodon --query '#late'
#         caseq fetch
#         [ "$(asked)" = 'GET /api/v1/timelines/tag/late?limit=40' ]
#         all_matched
#     }
#
# replay_start SOURCE [OPTION...]
#     Serves tests/fixtures/SOURCE (or a folder that begins with /) on a free
#     port.  Every NAME.meta.json answers the request it was recorded with:
#     same method, path and query, any host; NAME-00, NAME-01 of one request
#     are given in turn, the last one again and again.  Sets REPLAY_URL
#     ("http://127.0.0.1:PORT") and REPLAY_LOG.  Options: --gzip; --rewrite
#     HOST, to have Link headers and bodies name this server instead of HOST.
#     It ends with the test.
#
# route METHOD TARGET ANSWER... [ignore=NAME,...] [status=N] [type=TYPE]
#     Before replay_start: what answers a request that is not asked as it was
#     recorded, or a body that was stored without its exchange.  An ANSWER is
#     an exchange or a file of the folder, or a file that begins with /, such
#     as one the test has just written ("$PWD/page.json").  ignore= names
#     parameters that may have any value (ignore=since); ignore=* is all of
#     them.  Routes that hold for every test of a source can stand in
#     tests/fixtures/SOURCE/replay.routes, one a line.
#
# fault WORD...
#     From now on, something goes wrong with the next request.  The words are
#     listed in tests/replay.h; among them, each one an argument:
#         path=/api/v1/x  n=2  n=all  after=1        which requests
#         status=429 'header=Retry-After: 60'         refused
#         status=429 'header=X-RateLimit-Reset: @ISO+60@'
#         status=503 html                             with a page for people
#         html | empty | utf8 | 'body={"ok":1}' | type=text/plain
#         redirect=@OTHER@/x                          "localhost", not 127.0.0.1
#         big=20000000 | bomb=500 | endless | headers  too much
#         wait=2 | silent | rate=1000 | cut | reset    on the way
#     A request that meets a fault uses up no answer: asking again gets it.
#     The times in @...@ count from CASEQ_NOW as it was at replay_start.
# heal
#     No faults any more.
#
# asked [REGEX]
#     The requests so far, in order, one a line: "METHOD /path?query".
# asked_header NAME
#     That header of the last request; nothing if it was not sent.
# asked_body
#     The body of the last request.
# all_matched
#     Fails, and names them, if requests were made that nothing answers.
#
# REPLAY_LOG has all of that, one request a line, parted by tabs:
#     matched|fault|unmatched  METHOD TARGET  STATUS  EXCHANGE  HEADER...  body=

route() { # METHOD TARGET ANSWER... [NAME=VALUE]...
	echo "$*" >>"$BATS_TEST_TMPDIR/routes"
}

replay_start() { # SOURCE [OPTION...]
	local program dir=$1 port i
	local -a own=()

	shift
	program=${CASEQ%/*}/tests/replay
	[ -x "$program" ] || program=${CASEQ%/*}/build/tests/replay
	[[ $dir == /* ]] || dir=$BATS_TEST_DIRNAME/../fixtures/$dir
	REPLAY_LOG=$BATS_TEST_TMPDIR/replay.log
	[ ! -e "$BATS_TEST_TMPDIR/routes" ] ||
	    own=(--routes "$BATS_TEST_TMPDIR/routes")
	: >"$BATS_TEST_TMPDIR/replay.port"
	# bats waits for whoever has its descriptor 3
	"$program" "$dir" --log "$REPLAY_LOG" "${own[@]}" "$@" \
	    >"$BATS_TEST_TMPDIR/replay.port" 3>&- &
	REPLAY_PID=$!
	for ((i = 0; i < 200; i++)); do
		read -r port <"$BATS_TEST_TMPDIR/replay.port" && break
		kill -0 "$REPLAY_PID" 2>/dev/null || return 1
		sleep 0.05
	done
	[ -n "$port" ] || return 1
	REPLAY_PORT=$port
	export REPLAY_URL=http://127.0.0.1:$port REPLAY_LOG
}

replay_stop() { # also after a test that failed
	[ -n "${REPLAY_PID-}" ] || return 0
	kill "$REPLAY_PID" 2>/dev/null || true
	wait "$REPLAY_PID" 2>/dev/null || true
	unset REPLAY_PID
}

teardown() { # what was asked is told with the failure
	replay_stop
	[ -n "${BATS_TEST_COMPLETED-}" ] || cat "$REPLAY_LOG"
}

replay_tell() { # PATH LINE...: asks the server for something
	local path=$1 body status reply socket

	shift
	body=$(printf '%s\n' "$@")
	exec {socket}<>"/dev/tcp/127.0.0.1/$REPLAY_PORT" || return
	printf 'POST %s HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s' "$path" \
	    "$(printf %s "$body" | wc -c)" "$body" >&"$socket"
	read -r _ status _ <&"$socket"
	reply=$(cat <&"$socket")
	exec {socket}>&-
	[ "$status" = 200 ] || { echo "$path: ${reply##*$'\n'}"; return 1; }
}

fault() {
	replay_tell /__fault "$@"
}

heal() {
	replay_tell /__heal
}

asked() { # [REGEX]
	cut -f 2 "$REPLAY_LOG" | grep -E -e "${1:-}" || true
}

asked_header() { # NAME
	tail -n 1 "$REPLAY_LOG" | tr '\t' '\n' | sed '1,4d' |
	    grep -i "^$1: " | cut -d ' ' -f 2-
}

asked_body() {
	tail -n 1 "$REPLAY_LOG" | tr '\t' '\n' | sed -n '1,4d; s/^body=//p'
}

all_matched() {
	! grep ^unmatched "$REPLAY_LOG"
}
