# Likeness in words: what is suggested, and when.

load cli_helper

alike() { # two posts of one matter
	post 1 'no heater in coach 12 of the night train, we froze'
	post 2 'froze for six hours: heater of that coach stone cold'
}

suggested() { # within a few seconds there is a suggestion
	for _ in {1..60}; do
		[ -n "$(caseq export --suggestions)" ] && return
		sleep 0.1
	done
	echo 'nothing is suggested'
	return 1
}

@test "export --suggestions: source, id, rank, case, rule" {
	queue
	alike | caseq ingest
	run caseq export --suggestions
	[ "$status" -eq 0 ]
	[ "$output" = $'msto\t2\t1\t1\tlike' ]
	run caseq export --suggestions --json
	is_json
	[[ $output == *'"id":"2","rank":1,"case":1,"rule":"like"'* ]]
	caseq join 2 1
	[ "$(caseq export --suggestions)" = $'msto\t2\t1\t2\tlike' ]
	run caseq export --suggestions --map
	fails 2
}

@test "the word index is kept up while the input rests" {
	queue
	mkfifo pipe
	caseq ingest pipe >sum 2>err &
	exec 7>pipe
	alike >&7
	suggested
	exec 7>&-
	wait
	[ ! -s err ]
}

@test "run: keeps the word index up" {
	command -v sqlite3 >/dev/null || skip 'needs the sqlite3 program'
	queue
	sqlite3 q.db 'UPDATE queue SET searched = 999'
	alike | caseq ingest
	[ -z "$(caseq export --suggestions)" ]
	sqlite3 q.db 'UPDATE queue SET searched = 0'
	"$CASEQ" run >out 2>err &
	pid=$!
	suggested
	kill -TERM "$pid"
	wait "$pid"
	[ "$(caseq export --suggestions)" = $'msto\t2\t1\t1\tlike' ]
}

@test "the demo shows what is like in words, with no post left to look at" {
	caseq demo --text --keep "$PWD/demo.db" >/dev/null
	caseq -q demo.db maybe --limit 0 | grep -q 'because: like in words: '
	cp demo.db again.db
	caseq -q again.db dedup index
	cmp <(caseq -q demo.db export --suggestions) \
	    <(caseq -q again.db export --suggestions)
}
