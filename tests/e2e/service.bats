# caseq run as a service: how it ends, is told to ask anew, and stays alone.

load cli_helper
load replay

teardown() {
	[ -z "${pid-}" ] || kill -KILL "$pid" 2>/dev/null || true
	replay_stop
}

listen() { # one source, a feed, which is asked and due again in 15 minutes
	queue
	cat >page.xml <<-END
		<?xml version="1.0"?><rss version="2.0"><channel><title>Forum</title>
		<item><guid>g1</guid><title>The lift in Hall 2 does not move</title>
		<pubDate>Mon, 23 Nov 2026 13:30:00 GMT</pubDate></item>
		</channel></rss>
	END
	route GET /posts.rss "$PWD/page.xml" type=application/rss+xml
	replay_start "$PWD"
	caseq source add forum "$REPLAY_URL/posts.rss" --adapter feed
}

start() { # the service; its output in said
	"$CASEQ" run "$@" >said 2>&1 </dev/null 3>&- &
	pid=$!
}

soon() { # COMMAND...: is true within 5 s
	for _ in {1..100}; do
		"$@" && return 0
		sleep 0.05
	done
	echo "not so: $*"
	cat said
	return 1
}

hears_hup() { # its handler of SIGHUP stands
	local caught
	caught=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$pid/status")
	[ "$(cat "/proc/$pid/comm")" = caseq ] && ((0x$caught & 1))
}

asked_times() { # N
	[ "$(asked | wc -l)" -eq "$1" ]
}

ends() { # STATUS, within 2 s
	local i
	for ((i = 0; i < 40; i++)); do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.05
	done
	[ "$i" -lt 40 ] || { echo 'it does not end'; return 1; }
	status=0
	wait "$pid" || status=$?
	pid=
	[ "$status" -eq "$1" ] || { echo "status $status"; cat said; return 1; }
}

@test "SIGTERM ends it with status 0; what it had stored is whole" {
	listen
	start
	soon grep -q 'forum: read 1, new 1' said
	kill -TERM "$pid"
	ends 0
	[ "$(caseq export --map | wc -l)" -eq 1 ]
	run caseq audit verify
	[ "$status" -eq 0 ]
}

@test "SIGTERM while a server keeps silent ends it within 2 s all the same" {
	listen
	fault silent n=all
	start
	soon asked_times 1
	kill -TERM "$pid"
	ends 0
	# nothing is held against the source: it did not fail
	run caseq source list --json
	[[ $output != *'"last_error":"'* ]]
	heal
	run caseq fetch
	[ "$status" -eq 0 ]
	[[ $output == *'forum: read 1, new 1'* ]]
}

@test "SIGINT ends it as well" {
	listen
	# a shell has it ignored by what runs in the background
	env --default-signal=INT "$CASEQ" run >said 2>&1 </dev/null 3>&- &
	pid=$!
	soon grep -q 'forum: read 1' said
	kill -INT "$pid"
	ends 0
}

@test "SIGHUP: all sources are asked at once, and it goes on" {
	listen
	start
	soon asked_times 1
	soon grep -q 'forum: read 1, new 1' said
	for n in 2 3 4; do # each time, although it is not due
		kill -HUP "$pid"
		soon asked_times "$n"
	done
	[ "$(grep -c 'told by SIGHUP' said)" -eq 3 ]
	kill -0 "$pid"
	kill -TERM "$pid"
	ends 0
	[ "$(caseq export --map | wc -l)" -eq 1 ]
}

@test "SIGHUP does not ask a source that is paused" {
	listen
	caseq source pause forum
	start
	soon hears_hup
	kill -HUP "$pid"
	soon grep -q 'told by SIGHUP' said
	sleep 0.5
	asked_times 0
	caseq source resume forum # and what is resumed is asked, as ever
	soon asked_times 1
	kill -TERM "$pid"
	ends 0
}

@test "SIGHUP while a server keeps silent: it is asked anew, SIGTERM still ends it" {
	listen
	fault silent n=all
	start
	soon asked_times 1
	kill -HUP "$pid"
	soon asked_times 2
	kill -TERM "$pid"
	ends 0
}

@test "a SIGTERM at the same time as a SIGHUP is not lost" {
	listen
	for _ in 1 2 3 4 5; do
		start
		soon hears_hup
		kill -HUP "$pid"
		kill -TERM "$pid"
		ends 0
	done
}

@test "a hang-up is nothing under nohup" {
	listen
	nohup "$CASEQ" run >said 2>&1 </dev/null 3>&- &
	pid=$!
	soon grep -q 'forum: read 1' said
	kill -HUP "$pid"
	sleep 0.5
	asked_times 1
	kill -TERM "$pid"
	ends 0
}

@test "a second one for the same queue is refused, also after SIGHUP" {
	listen
	start
	soon grep -q 'forum: read 1' said
	run timeout 10 "$CASEQ" run
	fails 4
	[[ $output == *"another 'caseq run' serves this queue already"* ]]
	kill -HUP "$pid"
	soon asked_times 2
	run timeout 10 "$CASEQ" run
	fails 4
	run caseq fetch # by hand it may be asked in between
	[ "$status" -eq 0 ]
	kill -TERM "$pid"
	ends 0
}

@test "one that was killed leaves the place to the next" {
	listen
	start
	soon grep -q 'forum: read 1, new 1' said
	kill -KILL "$pid"
	wait "$pid" || true
	start
	soon hears_hup
	kill -HUP "$pid"
	soon asked_times 2
	kill -TERM "$pid"
	ends 0
	[ "$(caseq export --map | wc -l)" -eq 1 ]
}

@test "a post comes once however often it is asked and killed" {
	listen
	for _ in 1 2 3 4 5 6; do
		start
		sleep "0.$((RANDOM % 4))$((RANDOM % 10))"
		kill -KILL "$pid"
		wait "$pid" || true
	done
	pid=
	caseq fetch
	[ "$(caseq export --map | wc -l)" -eq 1 ]
	run caseq doctor
	lacks BAD
}
