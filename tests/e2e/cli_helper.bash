# What the tests of line mode share: a queue of its own for each test, a
# shellcheck disable=SC2154 # status, output and lines are set by "run"
# clock that stands still, and posts in one line of shell.

setup() {
	CASEQ=${CASEQ:-$BATS_TEST_DIRNAME/../../caseq}
	CASEQ=$(realpath "$CASEQ")
	cd "$BATS_TEST_TMPDIR" || return 1
	export CASEQ_QUEUE=$PWD/q.db TZ=UTC LC_ALL=C.UTF-8 HOME=$PWD
	unset CASEQ_NOW XDG_DATA_HOME COLUMNS POSIXLY_CORRECT NO_COLOR
	at 2026-11-23T14:00:00Z
}

caseq() {
	"$CASEQ" "$@"
}

at() { # TIME: what the clock says from now on
	export CASEQ_NOW=$1
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

three_cases() { # 1: two posts and a repost, 2, 3
	queue
	{
		post a1 'Charged twice for one ticket and nobody answers' \
		    '"author_name":"Train Fan","author_followers":88000'
		post a2 'Same here since Monday' '"in_reply_to":"a1"'
		post a3 'Charged twice for one ticket and nobody answers' \
		    '"repost_of":"a1"'
		post b1 'The parcel was left in the rain again' \
		    '"lang":"en","brand":"parcel"'
		post c1 'App crashes on login' '"rating":1'
	} | caseq ingest
}

refute_escapes() { # in $output: nothing that a terminal would obey
	local controls=$'[\x01-\x08\x0b\x0d-\x1f\x7f]'
	! LC_ALL=C grep -q "$controls" <<<"$output" || return 1
	! LC_ALL=C grep -qP '\xc2[\x80-\x9f]' <<<"$output" || return 1
	! LC_ALL=C grep -qP '\xe2\x80[\xaa-\xae]' <<<"$output"
}

# Every line of $output is a JSON object: caseq's own reader, which knows no
# mercy, is asked; it may only miss what makes a post of it.
is_json() {
	[ -n "$output" ] || return 1
	[ -e judge.db ] || caseq -q judge.db init --name judge >/dev/null
	! caseq -q judge.db ingest - <<<"$output" 2>&1 |
	    grep -E 'JSON|nested|UTF-8'
}

one_line() { # $output is a single line from caseq's complaints
	[ "${#lines[@]}" -eq 1 ] || return 1
	[[ $output == 'caseq: '* ]]
}

fails() { # STATUS, or a pattern of it: failed so, and said why in one line
	# shellcheck disable=SC2053 # a pattern
	[[ $status == $1 ]] || { echo "status $status: $output"; return 1; }
	one_line
}

# "! grep" would never end a test: bash does not count it as a failure.
lacks() { # REGEX: no line of $output fits
	if grep -e "$1" <<<"$output"; then
		return 1
	fi
}
