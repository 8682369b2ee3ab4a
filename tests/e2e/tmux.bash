# What the tests of the screens share: the real program in a real terminal
# (tmux, with a server of its own for each test), keys in, screen out.
# Nothing sleeps for a fixed time: the screen is looked at until it shows
# what it should, for a few seconds at most.

setup() {
	CASEQ=$(realpath "${CASEQ:-$BATS_TEST_DIRNAME/../../caseq}")
	cd "$BATS_TEST_TMPDIR" || return 1
	export CASEQ_QUEUE=$PWD/q.db TZ=UTC LC_ALL=C.UTF-8 HOME=$PWD
	export TMUX_TMPDIR=$PWD TMPDIR=$PWD
	unset CASEQ_NOW XDG_DATA_HOME COLUMNS LINES NO_COLOR TMUX
}

teardown() {
	tmux_ kill-server 2>/dev/null
	return 0
}

caseq() {
	"$CASEQ" "$@"
}

tmux_() {
	tmux -L caseq -f /dev/null "$@"
}

# ID TEXT [MORE]: a post as NDJSON, of its own author unless MORE says so
post() {
	printf '{"source":"msto","id":"%s","text":"%s","author":"au%s"%s}\n' \
	    "$1" "$2" "$1" "${3:+,$3}"
}

queue() { # a new queue of ann, with bo and lee the lead
	caseq init --name ann
	caseq agent add bo
	caseq agent add lee --role lead
}

# Case 1: two posts and a repost, of great reach; 2; 3.
three_cases() {
	queue
	{
		post a1 'Charged twice for one ticket and nobody answers' \
		    '"author_name":"Train Fan","author_followers":88000'
		post a2 'Same here since Monday' '"in_reply_to":"a1"'
		post a3 'Charged twice for one ticket and nobody answers' \
		    '"repost_of":"a1"'
		post b1 'The parcel was left in the rain again' \
		    '"brand":"parcel","author_followers":500'
		post c1 'App crashes on login'
	} | caseq ingest
}

many_cases() { # N: cases 1 to N, the first the most urgent
	queue
	for ((i = 1; i <= $1; i++)); do
		post "p$i" "Complaint number $i" \
		    "\"author_followers\":$(((200 - i) * (200 - i) * 100))"
	done | caseq ingest
}

# [-n NAME] [-x COLS] [-y LINES] [-t TERM] [-e VAR=VALUE] [-a AGENT]: the
# program in a terminal; NAME tells terminals apart.  A shell with job control
# runs it, and continues it when NAME.go is there.
start() {
	local name=main cols=80 lines=24 term=xterm-256color env='' as='' o
	OPTIND=1
	while getopts n:x:y:t:e:a: o; do
		case $o in
		n) name=$OPTARG ;;
		x) cols=$OPTARG ;;
		y) lines=$OPTARG ;;
		t) term=$OPTARG ;;
		e) env=$OPTARG ;;
		a) as="--as $OPTARG" ;;
		*) return 1 ;;
		esac
	done
	cat >"$name.sh" <<-END
		stty -a | grep -v speed >$name.before
		env TERM=$term $env "$CASEQ" $as &
		echo \$! >$name.pid
		fg %1 >/dev/null
		status=\$?
		while [ -n "\$(jobs -ps)" ]; do
			: >$name.stopped
			until [ -e $name.go ]; do sleep 0.02; done
			fg %1 >/dev/null
			status=\$?
		done
		echo "status \$status"
		stty -a | grep -v speed >$name.after
		: >$name.done
		exec cat
	END
	tmux_ new-session -d -s "$name" -x "$cols" -y "$lines" \
	    "bash -m $name.sh"
	pane=$name
}

press() { # KEY...: as tmux names them; -l TEXT: letter by letter
	if [ -z "${KEYS_LATE_S-}" ]; then
		tmux_ send-keys -t "$pane" "$@"
		return
	fi
	late "$pane" "$@" 3>&- &
	late_pid=$!
}

# Sends keys after a while, behind those pressed before: a test that looks at
# the screen before its keys can have worked fails then, see check-late.
late() { # PANE KEY...
	local to=$1 before=${late_pid-}
	shift
	sleep "$KEYS_LATE_S"
	while [ "$before" ] && kill -0 "$before" 2>/dev/null; do
		sleep 0.01
	done
	tmux_ send-keys -t "$to" "$@" >/dev/null 2>&1
}

screen() {
	tmux_ capture-pane -p -t "$pane"
}

# Asks again and again, for some seconds, whether a command succeeds.
soon() {
	local end=$((SECONDS + ${WAIT_S:-5}))
	until "$@"; do
		if [ "$SECONDS" -ge "$end" ]; then
			echo "not so: $*"
			screen
			return 1
		fi
		sleep 0.02
	done
}

on_screen() {
	screen | grep -qE -- "$1"
}

not_on_screen() {
	! on_screen "$1"
}

sees() { # REGEX...: each is on the screen, or soon will be
	local r
	for r; do soon on_screen "$r" || return 1; done
}

gone() { # REGEX...: each is not on the screen, or soon will not be
	local r
	for r; do soon not_on_screen "$r" || return 1; done
}

open_queue() { # waits until the queue is drawn
	start "$@"
	sees '\[5\]All'
}

open_case() { # the case under the cursor
	press Enter
	sees 'pri [0-9]+ \(P why\)'
}

ended() { # STATUS: the program has ended with it
	soon test -e "$pane.done"
	sees "status $1"
}

pid() {
	cat "$pane.pid"
}
