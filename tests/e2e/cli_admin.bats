# Care of the queue: agents, weights, sources, log, export, backup, doctor.

load cli_helper

@test "agent: list, add, set, retire, restore" {
	queue
	run caseq agent
	[ "${#lines[@]}" -eq 4 ]
	[[ ${lines[1]} == 'ann  '*' administrator '* ]]
	run caseq agent add cy --role lead --team night
	[ "$status" -eq 0 ]
	[[ $output == 'agent cy added: lead, team night, '* ]]
	run caseq agent add cy
	fails 4
	run caseq agent set cy --role agent --team ''
	[[ $output == 'agent cy set: agent, bound to no login' ]]
	run caseq agent retire cy --json
	is_json
	[[ $output == *'"active":false'* ]]
	run caseq --as cy next
	fails 4
	run caseq agent list
	[[ $output == *retired* ]]
	run caseq agent restore cy
	[ "$status" -eq 0 ]
	run caseq agent list --json
	is_json
	[ "${#lines[@]}" -eq 4 ]
	run caseq agent set nosuch --role lead
	fails 3
	run caseq agent retire ann
	fails 4
}

@test "agent: bound to the account that is named, or to its own name's" {
	queue
	account=$(getent passwd | cut -d : -f 1 | grep '^[a-z]*$' |
	    grep -vx "$(id -un)" | head -1)
	[ -n "$account" ]
	run caseq agent add "$account"
	[[ $output == *", login $account" ]]
	run caseq agent set bo --login "$account"
	fails 4
	run caseq agent set "$account" --login ''
	[[ $output == *'bound to no login' ]]
	run caseq agent set bo --login "$account"
	[[ $output == *", login $account" ]]
	run caseq agent set bo --login no-such-account
	fails 2
}

@test "agent: who is retired is told so, and what mends it" {
	queue
	caseq agent add boss --role administrator
	caseq --as boss agent retire ann
	run caseq next
	fails 4
	[[ $output == *'you are ann, '*retired*'caseq agent restore ann' ]]
	run caseq list
	[ "$status" -eq 0 ]
	caseq --as boss agent restore ann
	run caseq next
	fails 3
}

@test "agents are an administrator's to change" {
	queue
	run caseq --as lee agent add cy
	fails 4
	run caseq --as lee weight reach 5
	fails 4
	run caseq --as lee source remove x
	fails '[1-5]'
	run caseq --as lee agent list
	[ "$status" -eq 0 ]
}

@test "weight: lists all, one, and sets one, which moves the queue" {
	three_cases
	run caseq weight
	[ "$status" -eq 0 ]
	[[ $output == *reach*repeat* ]]
	[ "$(wc -L <<<"$output")" -le 80 ]
	[[ $(caseq list --json | head -1) == '{"case":1,'* ]]
	caseq weight reach 0
	run caseq weight repeat 0
	[ "$status" -eq 0 ]
	[[ $output == 'repeat  '*' 0 '* ]]
	[[ $(caseq list --json | head -1) == '{"case":3,'* ]]
	run caseq weight --json
	is_json
	run caseq weight repeat
	[ "${#lines[@]}" -eq 1 ]
}

@test "source: added, listed, paused, resumed, removed" {
	queue
	run caseq source
	[ "${#lines[@]}" -eq 1 ]
	run caseq source add forum https://forum.example/posts.rss --adapter feed
	[ "$status" -eq 0 ]
	[[ $output == 'source forum added; '* ]]
	run caseq source add forum https://forum.example/posts.rss --adapter feed
	fails 4
	run caseq source add toots https://m.example --adapter mastodon \
	    --query '#trains' --every 2m --brand rail --json
	[ "$status" -eq 0 ]
	is_json
	[[ $output == *'"every_s":120'* ]]
	run caseq source list
	[ "${#lines[@]}" -eq 3 ]
	[ "$(wc -L <<<"$output")" -le 80 ]
	run caseq source pause forum
	[ "$status" -eq 0 ]
	[[ $(caseq source list) == *paused* ]]
	run caseq source resume forum
	[ "$status" -eq 0 ]
	[[ $(caseq source list) != *paused* ]]
	run caseq source remove forum
	[ "$status" -eq 0 ]
	run caseq source list --json
	is_json
	[ "${#lines[@]}" -eq 1 ]
	for c in test pause resume remove; do
		run caseq source "$c" nosuch
		fails 3
	done
}

@test "source: addresses and token files that will not do" {
	queue
	add() {
		run caseq source add x "$@" --adapter feed
		fails '[1-5]'
	}
	for address in nonsense ftp://e.example/ file:///etc/passwd \
	    http://e.example/; do
		add "$address"
		fails 2
	done
	add https://e.example/ --token-file nosuch
	add https://e.example/ --token-file .
	echo secret >token
	chmod 644 token
	add https://e.example/ --token-file token
	[[ $output == *'chmod 600'* ]]
	[[ $output != *secret* ]]
	run caseq source list
	[ "${#lines[@]}" -eq 1 ]
	chmod 600 token
	run caseq source add x https://e.example/ --adapter feed \
	    --token-file token --json
	[ "$status" -eq 0 ]
	[[ $output == *"\"token_file\":\"$PWD/token\""* ]]
	run cat q.db*
	lacks secret
}

@test "fetch and test of a server that is not there: one line a source" {
	queue
	run caseq fetch
	fails 3
	caseq source add dead http://127.0.0.1:9/feed --adapter feed
	run caseq source test dead
	fails 1
	run caseq fetch
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == 'dead: failed: '* ]]
	run caseq source list
	[[ $output == *'failed 1 time since '*': '* ]]
	run caseq fetch nosuch
	fails 3
	run caseq fetch --json
	is_json
}

@test "run: one a queue, ends on SIGTERM" {
	queue
	at '' # the clock goes on
	caseq source add dead http://127.0.0.1:9/feed --adapter feed
	"$CASEQ" run >log 2>&1 &
	pid=$!
	for _ in {1..50}; do
		grep -q 'dead: failed' log && break
		sleep 0.1
	done
	grep -q 'dead: failed' log
	run caseq run
	fails 4
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 0 ]
}

@test "audit: prints the log of a case, or all; verify proves it" {
	three_cases
	caseq take 1
	caseq --as bo note 2 x
	run caseq audit 1
	[ "$status" -eq 0 ]
	[[ $output == *'case 1  take by ann, then open'* ]]
	[[ $output != *'case 2'* ]]
	run caseq audit
	[[ $output == *'note by bo through ann'* ]]
	run caseq audit 1 --json
	is_json
	[[ $output == *'"kind":"take"'* ]]
	run caseq audit verify
	[ "$status" -eq 0 ]
	[[ $output =~ ^[0-9]+\ events\ of\ [0-9]+\ cases\ verified$ ]]
	run caseq audit verify --json
	is_json
	run caseq audit 99
	fails 3
}

@test "audit verify names what was changed behind the log's back" {
	command -v sqlite3 >/dev/null || skip 'needs the sqlite3 program'
	three_cases
	caseq take 1
	event=$(caseq audit 1 --json | grep '"kind":"take"' |
	    sed 's/{"event":\([0-9]*\),.*/\1/')
	sqlite3 q.db 'DROP TRIGGER event_fixed' \
	    "UPDATE event SET at = at + 1 WHERE id = $event"
	run caseq audit verify
	fails 1
	[[ $output == *"event $event of case 1 "* ]]
	run caseq audit verify --json
	[ "$status" -eq 1 ]
	is_json
}

@test "JSON holds whole numbers exactly, also beyond 2^53" {
	command -v sqlite3 >/dev/null || skip 'needs the sqlite3 program'
	three_cases
	data='{"text":"say \"9.5\"","n":[9007199254740993,-3,0.5],"m":1}'
	sqlite3 q.db 'DROP TRIGGER event_fixed' \
	    'UPDATE cases SET reach = 9007199254740993 WHERE id = 1' \
	    "UPDATE event SET data = '$data' WHERE case_id = 2"
	run caseq list --json '#1'
	[[ $output == *'"reach":9007199254740993,'* ]]
	run caseq audit 2 --json
	[[ $output == *"\"data\":$data,"* ]]
}

@test "export --map: source, id, case, sorted by bytes" {
	three_cases
	run caseq export --map
	[ "$status" -eq 0 ]
	[ "$output" = "$(LC_ALL=C sort <<<"$output")" ]
	[ "${lines[0]}" = $'msto\ta1\t1' ]
	[ "${lines[2]}" = $'msto\ta3\t1' ]
	[ "${lines[4]}" = $'msto\tc1\t3' ]
	[ "${#lines[@]}" -eq 5 ]
	run caseq export --map --json
	is_json
}

@test "export: every case, closed ones too, one object a line" {
	three_cases
	caseq resolve 2
	run caseq export --json
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 3 ]
	is_json
	[[ $output == *'"state":"resolved"'* ]]
	[[ $output == *'"entries":['* ]]
}

@test "export: of a very long case the newest 2000 entries, and how many not" {
	queue
	post a 'The bridge is closed and nobody says for how long' >f
	for i in {1..2100}; do
		post "r$i" "Still closed, day $i" '"in_reply_to":"a"'
	done >>f
	caseq ingest f
	run caseq export
	[ "$status" -eq 0 ]
	[ "$(grep -o '"kind":"[a-z]*"' <<<"$output" | wc -l)" -eq 2000 ]
	[[ $output =~ \"left_out\":([0-9]+), ]]
	[ "${BASH_REMATCH[1]}" -ge 101 ]
	[ "$(caseq export --map | wc -l)" -eq 2101 ]
}

@test "backup: a copy that opens; never over another file" {
	three_cases
	run caseq backup copy.db
	[ "$status" -eq 0 ]
	[ "$(caseq export --map)" = "$(caseq -q copy.db export --map)" ]
	caseq -q copy.db audit verify
	run caseq backup copy.db
	fails 4
	run caseq backup /nosuch/copy.db
	fails 1
	run caseq backup --json two.db
	is_json
}

@test "doctor: a healthy queue, a damaged one, none at all" {
	three_cases
	run caseq doctor
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == 'ok   open: '* ]]
	lacks '^BAD'
	run caseq doctor --json
	[ "$status" -eq 0 ]
	is_json
	run caseq doctor --repair
	[ "$status" -eq 0 ]
	echo nonsense >bad.db
	run caseq -q bad.db doctor
	[ "$status" -eq 1 ]
	[[ $output == 'BAD  open: '* ]]
	run caseq -q nosuch.db doctor
	[ "$status" -eq 1 ]
	[[ $output == 'BAD  open: '* ]]
}

@test "fetch and run: an operation id is refused, as each answer is new" {
	queue
	run caseq fetch --op F
	[ "$status" -eq 2 ]
	[[ $output == 'caseq: fetch: leave --op out'* ]]
	run caseq run --op F
	[ "$status" -eq 2 ]
}

@test "a credential's name is checked when the source is added" {
	queue
	run caseq source add x https://m.example --adapter mastodon \
	    --query mentions --credential ../token
	[ "$status" -eq 2 ]
	[[ $output == *"a credential is named with letters"* ]]
	run caseq source add x https://m.example --adapter mastodon \
	    --query mentions --credential m --token-file "$0"
	[ "$status" -eq 2 ]
	[[ $output == *"--token-file or --credential, not both"* ]]
	run caseq source add x https://m.example --adapter mastodon \
	    --query mentions --credential mastodon.token
	[ "$status" -eq 0 ]
}
