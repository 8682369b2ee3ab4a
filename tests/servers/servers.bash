# What the suites here share: servers that end with the suite, a queue of the
# suite's own, and what each test saw, for the table at the end.
# shellcheck shell=bash disable=SC2154 # status and output are set by "run"

began() { # PID: when it was started, as the kernel counts; no other has both
	sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20
}

serve() { # NAME COMMAND...: runs it until the suite ends, quietly
	local name=$1
	shift
	"$@" >"$DIR/$name.log" 2>&1 </dev/null 3>&- &
	echo "$! $(began $!)" >>"$DIR/pids"
	eval "${name}_pid=$!"
}

is_up() { # PID BEGAN
	[ -n "$2" ] && [ "$(began "$1")" = "$2" ]
}

end_servers() { # DIR: the last one first; a process that took a number over
	local pid began n # is left alone
	[ -e "$1/pids" ] || return 0
	tac "$1/pids" | while read -r pid began; do
		is_up "$pid" "$began" || continue
		kill "$pid"
		for ((n = 0; n < 100; n++)); do
			is_up "$pid" "$began" || continue 2
			sleep 0.1
		done
		kill -9 "$pid"
	done
	rm -f "$1/pids"
}

end_session() { # ID: whatever still runs in that session of processes
	local stat
	for stat in /proc/[0-9]*/stat; do
		[ "$(sed 's/.*) //' "$stat" 2>/dev/null | cut -d ' ' -f 4)" \
		    != "$1" ] || kill "$(basename "${stat%/stat}")"
	done 2>/dev/null
}

free_port() { # prints one that nobody listens on
	local port
	for ((;;)); do
		port=$((20000 + RANDOM % 12000))
		(: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

until_true() { # SECONDS COMMAND...: until it succeeds
	local n=$(($1 * 10))
	shift
	until "$@" >/dev/null 2>&1; do
		((n-- > 0)) || {
			echo "not true in time: $*"
			tail -n 5 "$DIR"/*.log
			return 1
		}
		sleep 0.1
	done
}

opens() { # PORT
	(: <"/dev/tcp/127.0.0.1/$1")
}

begin_suite() { # WHAT: in setup_file, with the version that answers
	DIR=$SERVERS/$(basename "$BATS_TEST_FILENAME" .bats)
	export DIR
	mkdir "$DIR" && cd "$DIR" || return 1
	echo "$1" >title
}

begin_test() { # QUEUE: in setup; the shown facts begin anew
	cd "$DIR" || return 1
	export CASEQ_QUEUE=$1 TZ=UTC LC_ALL=C.UTF-8 XDG_STATE_HOME=$DIR/state
	unset CASEQ_NOW SSL_CERT_FILE STATE_DIRECTORY
	: >facts
}

end_test() { # in teardown
	{
		if [ "${BATS_TEST_COMPLETED:-0}" = 1 ]; then
			printf '  ok      '
		else
			printf '  FAILED  '
		fi
		printf '%s\n' "$BATS_TEST_DESCRIPTION"
		sed 's/^/            /' facts
	} >>"$DIR/table"
}

shows() { # FACT...: something that was seen, for the table
	printf '%s\n' "$*" >>"$DIR/facts"
}

caseq() {
	"$CASEQ" "$@"
}

queue() { # a new one
	caseq init --name ann >/dev/null
}

# SOURCE KEY=NUMBER...: asks the source, and holds it to these sums
fetched() {
	local name=$1 sum
	shift
	run --separate-stderr caseq fetch --json "$name"
	[ "$status" -eq 0 ] || { echo "status $status: $output $stderr"; return 1; }
	for sum; do
		[ "$(jq -r ".${sum%%=*}" <<<"$output")" = "${sum#*=}" ] ||
		    { echo "not $sum: $output"; return 1; }
	done
}

# SOURCE PATTERN: asks the source, which has to fail so
refused() {
	run --separate-stderr caseq fetch --json "$1"
	[ "$status" -ne 0 ] || { echo "did not fail: $output"; return 1; }
	error=$(jq -r .error <<<"$output")
	# shellcheck disable=SC2053 # a pattern
	[[ $error == $2 ]] || { echo "$output"; return 1; }
}
