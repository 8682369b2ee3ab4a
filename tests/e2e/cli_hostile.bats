# What customers wrote never reaches the terminal as it came.

load cli_helper

hostile() { # a post with an escape, C1, bidi override and newline everywhere
	local x='\u001b[31m\u001b]52;c;ZXZpbA==\u0007\u009b2J\u202egpj\u0000\r\n'
	x=${x//\\u0000/}
	printf '{"source":"msto","id":"h%s","text":"evil %s text","author":"e%s",' \
	    "$x" "$x" "$x"
	printf '"author_name":"n%s","url":"https://e.example/%s",' "$x" "$x"
	printf '"lang":"l%s","brand":"b%s","x%s":"y%s"}\n' "$x" "$x" "$x" "$x"
}

@test "no listing, record, log, export or report lets an escape through" {
	queue
	hostile | caseq ingest
	caseq note 1 $'note \e]0;title\a\u202e and \u009b2J'
	caseq dismiss 1 --reason $'why \e[2J\u202e'
	caseq reopen 1 --reason $'why \e[2J'
	caseq tag 1 ok
	while read -r line; do
		# shellcheck disable=SC2086 # words of a command line
		run caseq $line
		[ "$status" -eq 0 ] || { echo "$line: $output"; return 1; }
		[ -n "$output" ]
		refute_escapes || { echo "$line: $output"; return 1; }
	done <<-'END'
		list
		list --json
		show 1
		show 1 --events
		show 1 --json --events
		next
		take 1 --json
		audit
		audit 1 --json
		export
		export --map
		export --map --json
		source list
		report
		report --json
	END
}

@test "JSON with hostile words in it is JSON" {
	queue
	hostile | caseq ingest
	caseq note 1 $'a "quote", a \\ and \e[2J'
	for c in list 'show 1' 'take 1' 'audit' 'export' 'export --map'; do
		# shellcheck disable=SC2086 # words of a command line
		run caseq --json $c
		[ "$status" -eq 0 ]
		is_json || { echo "$c: $output"; return 1; }
	done
}

@test "the map has three fields a line, whatever the ids hold" {
	queue
	printf '%s\n' \
	    '{"source":"a\tb","id":"c\nd\te","text":"one two three"}' \
	    '{"source":"s","id":"plain","text":"four five six"}' | caseq ingest
	run caseq export --map
	[ "${#lines[@]}" -eq 2 ]
	awk -F '\t' 'NF != 3 { exit 1 }' <<<"$output"
}

@test "complaints about hostile words are one harmless line" {
	queue
	evil=$'x\e[31m\u202e\u009b\ny'
	while read -r line; do
		# shellcheck disable=SC2086 # words of a command line
		run caseq $line "$evil"
		[ "$status" -ne 0 ]
		one_line || { echo "$line: $output"; return 1; }
		refute_escapes || { echo "$line: $output"; return 1; }
	done <<-'END'
		take
		help
		ingest
		backup /nosuch/
		agent add
		agent set
		source test
		source nosuch
		audit
		report --from
		report --cases
		list --limit
		completion
		weight
		take 1 --as
		-q
	END
}

@test "bad input lines are told without their escapes" {
	queue
	printf '{"source":"s","id":"1","text":"t","lang":7,"\x1b[2J":1}\n\x1b[2J\n' >f
	run caseq ingest f
	[ "$status" -eq 1 ]
	refute_escapes
}
