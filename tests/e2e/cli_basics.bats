# What holds for every command: help, exit status, where the queue is.

load cli_helper

@test "help lists every command and stays within 80 columns" {
	run caseq help
	[ "$status" -eq 0 ]
	for c in init ingest list show next take release steal assign note tag \
	    resolve dismiss reopen snooze join split undo source fetch run \
	    agent weight report audit export backup doctor completion version; do
		grep -q "^  $c " <<<"$output"
	done
	lacks '.\{81\}'
}

@test "help comes with -h and --help, alone and behind a command" {
	[ "$(caseq -h)" = "$(caseq help)" ]
	[ "$(caseq --help)" = "$(caseq help)" ]
	[ "$(caseq take --help)" = "$(caseq help take)" ]
	[ "$(caseq -h take)" = "$(caseq help take)" ]
	caseq help take | grep -q -- '--lease TIME'
}

@test "help of every command stays within 80 columns" {
	for c in $(caseq help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
		run caseq help "$c"
		[ "$status" -eq 0 ]
		lacks '.\{81\}'
	done
}

@test "help breaks a synopsis between options, and names all outcomes" {
	run caseq help source
	[[ ${lines[1]} == '      | own [NAME [ADDRESS | HANDLE...]] [--adapter NAME] [--query WORDS]' ]]
	[[ ${lines[2]} == '      [--token-file FILE] [--credential NAME] [--every TIME] [--since TIME]' ]]
	run caseq help resolve
	[[ $output == *'unreachable,'*'duplicate'* ]]
}

@test "help of what is no command" {
	run caseq help nosuch
	fails 2
}

@test "help as JSON" {
	run caseq help --json
	[ "$status" -eq 0 ]
	is_json
	run caseq help take --json
	is_json
	[[ $output == *'"option":"lease"'* ]]
}

@test "version comes with the command, --version and -V" {
	run caseq version
	[ "$status" -eq 0 ]
	[[ $output == 'caseq '[0-9]* ]]
	[ "$(caseq --version)" = "$output" ]
	[ "$(caseq -V)" = "$output" ]
	run caseq version --json
	is_json
}

@test "without a command and a terminal it names list and help" {
	run caseq </dev/null
	fails 2
	[[ $output == *'caseq list'* ]]
	[[ $output == *'caseq help'* ]]
}

@test "mistakes in the command line are one line and status 2" {
	queue
	while read -r line; do
		# shellcheck disable=SC2086 # words of a command line
		run caseq $line </dev/null
		[ "$status" -eq 2 ] || { echo "$line: $status"; return 1; }
		one_line || { echo "$line: $output"; return 1; }
	done <<-'END'
		nosuch
		--nosuch list
		list --nosuch
		list --limit x
		list state:nosuch
		list due<x
		take
		take x
		take 0
		take 1 2
		take 1 --lease 0
		take 1 --lease x
		take 1 --lease
		take 1 --fence 3
		resolve 1 --outcome nosuch
		resolve 1 --fence x
		snooze 1 --until nosuch
		snooze 1 --until 2020-01-01
		snooze 1 --until 2h --author
		assign 1 --to bo --nobody
		tag 1
		tag 1 A_Capital
		note 1
		note 1 text --file f
		steal 1
		join 1
		join 1 x
		split 1 px
		audit x
		agent nosuch
		agent add
		agent add UPPER
		agent add cy --role nosuch
		weight nosuch
		weight nosuch 1
		weight reach 1000000000
		weight reach x
		source nosuch
		source add x
		source add x https://e.example/
		source add x https://e.example/ --adapter nosuch
		report --from nosuch
		report --from 2026-11-23 --to 2026-11-22
		report --cases nosuch
		completion tcsh
		help nosuch
	END
}

@test "options stand before and behind, as do words" {
	three_cases
	run caseq take --json 1 --lease 5m
	[ "$status" -eq 0 ]
	is_json
	run caseq --json -q "$CASEQ_QUEUE" show 1
	[ "$status" -eq 0 ]
	is_json
}

@test "the queue is -q, else CASEQ_QUEUE, else below XDG_DATA_HOME or HOME" {
	caseq -q one.db init --name ann
	[ -f one.db ]
	[ ! -e q.db ]
	caseq init --name ann
	[ -f q.db ]
	unset CASEQ_QUEUE
	XDG_DATA_HOME=$PWD/data caseq init --name ann
	[ -f data/caseq/queue.db ]
	caseq init --name ann
	[ -f .local/share/caseq/queue.db ]
	run caseq list
	[ "$status" -eq 0 ]
}

@test "a queue that is not there: status 1, and what to do" {
	run caseq list
	fails 1
	[[ $output == *"no queue at $CASEQ_QUEUE"* ]]
	[[ $output == *'caseq init'* ]]
	[ ! -e q.db ]
}

@test "files that are no queue: one line, and they stay as they are" {
	echo 'dear diary' >text
	head -c 8192 /dev/zero >zero
	mkdir dir
	for f in text zero dir /dev/null; do
		cp -r "$f" before 2>/dev/null || true
		run caseq -q "$f" list
		fails 1
	done
	[ "$(cat text)" = 'dear diary' ]
}

@test "init: prints where and who; a second one is refused" {
	run caseq init --name ann
	[ "$status" -eq 0 ]
	[[ $output == *"$CASEQ_QUEUE"* ]]
	[[ $output == *ann* ]]
	[ "$(stat -c %a q.db)" = 600 ]
	run caseq init --name ann
	fails 4
}

@test "init: a name that cannot be one, a place that cannot be written" {
	run caseq init --name 'Ann B'
	fails 2
	run caseq -q /proc/x/q.db init --name ann
	fails 1
}

@test "init as JSON" {
	run caseq init --name ann --json
	[ "$status" -eq 0 ]
	is_json
	[[ $output == *'"agent":"ann"'* ]]
}

@test "a locale that is not UTF-8 is refused, none at all is not" {
	queue
	LC_ALL='' LC_CTYPE='' LANG='' run caseq list
	[ "$status" -eq 0 ]
	LC_ALL=C run caseq list
	[ "$status" -eq 0 ]
	LC_ALL=POSIX run caseq list
	[ "$status" -eq 0 ]
	LC_ALL=nosuch_XX.UTF-8 run caseq list
	[ "$status" -eq 0 ]
	LC_ALL=de_DE.ISO-8859-1 run caseq list
	fails 1
	[[ $output == *UTF-8* ]]
}

@test "a full disk behind standard output is reported" {
	three_cases
	run bash -c '"$0" list >/dev/full' "$CASEQ"
	fails 1
	[[ $output == *'No space left'* ]]
	run bash -c '"$0" list >&-' "$CASEQ"
	fails 1
}

@test "a reader that leaves early ends a listing quietly" {
	queue
	for i in {1..300}; do
		post "x$i" "Something else went wrong, number $i of many"
	done | caseq ingest
	run bash -c 'set -o pipefail; "$0" list | head -1' "$CASEQ"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 1 ]
	run bash -c 'set -o pipefail; "$0" export | head -1 >/dev/null' "$CASEQ"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "closed standard files do no harm to the queue" {
	three_cases
	caseq list <&- >&- 2>&- || true
	run caseq audit verify
	[ "$status" -eq 0 ]
}

@test "CASEQ_NOW: no time is refused" {
	at noon
	run caseq init --name ann
	fails 2
}

@test "who is no agent may read, not act, nor act as another" {
	[ "$(id -u)" -eq 0 ] || skip 'needs another account'
	open=$(mktemp -d) # a place that another account reaches
	chmod 777 "$open"
	cp "$CASEQ" "$open/caseq"
	CASEQ_QUEUE=$open/q.db
	three_cases
	chmod 666 "$open"/q.db*
	as_other() {
		setpriv --reuid 12345 --clear-groups "$open/caseq" "$@"
	}
	at ''
	run as_other take 1
	fails 4
	[[ $output == *'no agent of this queue'* ]]
	[[ $output == *'caseq agent add NAME --login'* ]]
	run as_other take 1 --as bo
	fails 4
	run as_other agent add cy
	fails 4
	run as_other list
	[ "$status" -eq 0 ]
	at 2026-11-23T14:00:00Z
	run as_other list
	fails 4
	rm -rf "$open"
}

@test "--as: an agent that is not there is status 3" {
	queue
	run caseq --as nosuch list
	fails 3
	run caseq --as nosuch next
	fails 3
}

@test "completions: scripts that their shells can read" {
	caseq completion bash >c.bash
	bash -n c.bash
	# shellcheck disable=SC1091
	source ./c.bash
	COMP_WORDS=(caseq resolve --out) COMP_CWORD=2
	_caseq
	[ "${COMPREPLY[*]}" = --outcome ]
	COMP_WORDS=(caseq re) COMP_CWORD=1
	_caseq
	[[ " ${COMPREPLY[*]} " == *' resolve '* ]]
	COMP_WORDS=(caseq -q x.db resolve --outcome an) COMP_CWORD=5
	_caseq
	[ "${COMPREPLY[*]}" = answered ]
	caseq completion zsh | grep -q '^#compdef caseq'
	caseq completion fish | grep -q "complete -c caseq"
	for c in $(caseq help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
		caseq completion zsh | grep -q "^	'$c:"
		caseq completion fish | grep -q -- "-a $c "
	done
}

@test "completions: fish knows the command behind options, and where files go" {
	command -v fish >/dev/null || skip 'needs fish'
	caseq completion fish >c.fish
	: >report.txt
	offered() {
		fish --no-config -c "source c.fish; complete -C '$1'" |
		    cut -f 1 | tr '\n' ' '
	}
	[ "$(offered 'caseq -q x.db reso')" = 'resolve ' ]
	[ "$(offered 'caseq resolve 12 --outcome an')" = 'answered ' ]
	[ "$(offered 'caseq note agent re')" = '' ]
	[ "$(offered 'caseq help repor')" = 'report ' ]
	[ "$(offered 'caseq ingest repor')" = 'report.txt ' ]
	[ "$(offered 'caseq take repor')" = '' ]
}

@test "completions: zsh knows the same" {
	zsh=$(caseq completion zsh)
	[[ $zsh == *"help) _arguments"*"'1:word:("*' report '*")'"* ]]
	grep -A 3 '^	take)' <<<"$zsh" | grep -qF "'*:word: '"
	grep -A 3 '^	ingest)' <<<"$zsh" | grep -qF "'*:word:_files'"
}
