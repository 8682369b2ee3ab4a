# A pipe that is read for ever: caseq ingest --follow.

load cli_helper

# Starts it in the background on what is named, and gives its $pid.
follow() {
	"$CASEQ" ingest --follow "$@" >sum 2>err &
	pid=$!
}

teardown() {
	exec 7>&- 8>&-
	[ ! -d "tmux-$(id -u)" ] || tmux -L follow kill-server 2>/dev/null || true
	[ -z "${pid-}" ] || kill -KILL "$pid" 2>/dev/null || true
}

stored() { # how many posts the queue has
	caseq export --map | wc -l
}

shows() { # WORDS: the terminal, at the latest in 4 s
	for _ in {1..80}; do
		tmux -L follow capture-pane -p | grep -qF -e "$1" && return 0
		sleep 0.05
	done
	tmux -L follow capture-pane -p
	return 1
}

holds() { # N: so many posts, at the latest in 3 s
	for _ in {1..60}; do
		[ "$(stored)" -eq "$1" ] && return 0
		sleep 0.05
	done
	echo "stored: $(stored), not $1"
	return 1
}

ends() { # STATUS: within 3 s
	status=0
	for _ in {1..60}; do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.05
	done
	if kill -0 "$pid" 2>/dev/null; then
		echo "it does not end"
		return 1
	fi
	wait "$pid" || status=$?
	pid=
	[ "$status" -eq "$1" ] || { echo "status $status"; cat err; return 1; }
}

@test "a post is stored within a second or so, while more of them come" {
	queue
	mkfifo pipe
	follow pipe
	exec 7>pipe
	post 1 'The first of many' >&7
	began=$(date +%s%N)
	until [ "$(stored)" -ge 1 ]; do
		printf ' ' >&7 # the input never rests
		sleep 0.02
	done
	# a second, and what looking takes on a machine that is busy
	[ $((($(date +%s%N) - began) / 1000000)) -lt 2500 ]
	post 2 'And the next one' >&7
	holds 2
	kill -TERM "$pid"
	ends 0
	[[ $(cat sum) == 'read 2, new 2, '* ]]
}

@test "a full batch is stored at once" {
	queue
	for i in {1..500}; do
		post "n$i" "Number $i has a trouble of its own $i"
	done >f
	mkfifo pipe
	follow pipe
	exec 7>pipe
	cat f >&7
	holds 500
	kill -TERM "$pid"
	ends 0
}

@test "the end of standard input ends it" {
	queue
	run bash -c '"$0" ingest --follow <<<"$1"' "$CASEQ" "$(post 1 one)"
	[ "$status" -eq 0 ]
	[ "$output" = 'read 1, new 1, known 0, joined 0, suggested 0, bad 0' ]
	run bash -c 'echo "$1" | "$0" ingest --follow - --json' "$CASEQ" \
	    "$(post 2 two)"
	[ "$status" -eq 0 ]
	[[ $output == '{"read":1,"new":1,'* ]]
	run bash -c '"$0" ingest --follow <(echo "$1")' "$CASEQ" "$(post 3 three)"
	[ "$status" -eq 0 ]
	[[ $output == 'read 1, new 1, '* ]]
}

@test "one who writes into a FIFO goes, the next one is heard" {
	queue
	mkfifo pipe
	follow pipe
	post 1 'From the first program' >pipe
	holds 1
	post 2 'From the second one' >pipe
	post 3 'And from a third one' >pipe
	holds 3
	printf '{"source":"msto","id":"cut' >pipe # and it died
	sleep 0.3
	post 4 'The one after it is whole' >pipe
	holds 4
	kill -INT "$pid"
	ends 0
	[[ $(cat err) == 'caseq: pipe:4: '*JSON* ]]
	[[ $(cat sum) == 'read 5, new 4, '*'bad 1' ]]
}

@test "bad lines are told by number, all of them, and it goes on" {
	queue
	mkfifo pipe
	follow pipe
	exec 7>pipe
	seq 120 >&7
	post 1 'And this is a good one' >&7
	holds 1
	kill -TERM "$pid"
	ends 0
	[ "$(wc -l <err)" -eq 120 ]
	[[ $(sed -n 120p err) == 'caseq: pipe:120: '* ]]
	[[ $(cat sum) == 'read 121, new 1, '*'bad 120' ]]
}

@test "at the end of the input bad lines make it fail" {
	queue
	run bash -c '"$0" ingest --follow <<<nonsense' "$CASEQ"
	[ "$status" -eq 1 ]
}

@test "a signal in the middle of a line: the line is read to its end" {
	queue
	line=$(post 1 'A line that comes in two parts')
	mkfifo pipe
	follow pipe
	exec 7>pipe
	printf '%s' "${line:0:30}" >&7
	sleep 0.3
	kill -TERM "$pid"
	sleep 0.2
	{ printf '%s\n' "${line:30}"; post 2 'For whoever reads next'; } >&7
	ends 0
	[ "$(stored)" -eq 1 ]
	[ ! -s err ]
	follow pipe # the pipe still has what came behind
	holds 2
	kill -TERM "$pid"
	ends 0
	[ ! -s err ]
}

@test "a signal, and the rest of the line never comes: it is said" {
	queue
	mkfifo pipe
	follow pipe
	exec 7>pipe
	post 1 'A whole line' >&7
	printf '{"source":' >&7
	sleep 0.3
	kill -TERM "$pid"
	ends 0
	[ "$(cat err)" = 'caseq: pipe:2: the line had not come whole: left out' ]
	[[ $(cat sum) == 'read 1, new 1, '* ]]
}

@test "what was read when the signal came is stored" {
	queue
	for i in {1..40}; do
		post "r$i" "Row $i of a pipe that is full $i"
	done >f
	mkfifo pipe
	exec 8<>pipe # so that the lines are there before it reads
	cat f >&8
	follow pipe
	sleep 0.2
	kill -TERM "$pid"
	ends 0
	[ "$(stored)" -eq 40 ]
}

@test "kill -9: what was stored stays, and the same input doubles nothing" {
	queue
	for i in {1..60}; do
		post "k$i" "late$i again$i and$i again$i"
	done >f
	mkfifo pipe
	for n in 7 23 41; do
		follow pipe
		exec 7>pipe
		head -n "$n" f >&7
		holds "$n"
		head -n $((n + 5)) f | tail -n 5 >&7 # these may be lost
		kill -KILL "$pid"
		wait "$pid" || true
		pid=
		exec 7>&-
		[ "$(stored)" -ge "$n" ]
	done
	run bash -c '"$0" ingest --follow <f' "$CASEQ"
	[ "$status" -eq 0 ]
	[ "$(stored)" -eq 60 ]
	[ "$(caseq export --map | sort -u | wc -l)" -eq 60 ]
	[ "$(caseq export --map | cut -f 3 | sort -u | wc -l)" -eq 60 ]
	run caseq audit verify
	[ "$status" -eq 0 ]
	run caseq doctor
	lacks 'BAD'
}

@test "no transaction is open while it waits for input" {
	queue
	mkfifo pipe
	follow pipe
	exec 7>pipe
	post 1 'First' >&7
	holds 1
	printf '{"source":' >&7 # and it waits, in a line
	sleep 0.2
	# neither a reader nor a writer hinders emptying the log of SQLite
	run sqlite3 q.db 'PRAGMA wal_checkpoint(TRUNCATE)'
	[[ $output == '0|0|0' ]]
	run caseq take 1
	[ "$status" -eq 0 ]
	kill -TERM "$pid"
	ends 0
}

@test "on a terminal the sum is told while it goes on, and Ctrl-C ends it" {
	queue
	mkfifo pipe
	exec 8<>pipe
	export TMUX_TMPDIR=$PWD
	unset TMUX
	tmux -L follow -f /dev/null new-session -d \
	    "'$CASEQ' ingest --follow pipe; echo \"ended \$?\"; sleep 20"
	sleep 2
	post 1 'First' >&8
	shows '1 lines read, 1 posts new'
	post 2 'Second' >&8
	shows '2 lines read, 2 posts new'
	tmux -L follow send-keys C-c
	shows 'read 2, new 2, known 0'
	shows 'ended 0'
}

@test "a file that is no pipe is refused, with what to do" {
	queue
	post 1 one >f
	run caseq ingest --follow f
	fails 2
	[[ $output == *'tail -F FILE | caseq ingest --follow'* ]]
	run caseq ingest --follow nosuch
	fails 1
	[ "$(stored)" -eq 0 ]
}

@test "while another process holds the queue, what was read waits" {
	queue
	mkfifo pipe
	follow pipe
	exec 7>pipe
	(
		flock 9
		post 1 'Written while nobody can store it' >&7
		sleep 2
	) 9>>q.db-gate
	[ "$(stored)" -le 1 ]
	holds 1
	kill -TERM "$pid"
	ends 0
}
