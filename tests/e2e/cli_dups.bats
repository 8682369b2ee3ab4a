# Judging what may be the same: dups, maybe, not-same, join --held.

load cli_helper

gates() { # cases 1 to 3: the same words, another gate; 4: another matter
	local gate

	queue
	{
		for gate in 12 19 23; do
			post "g$gate" "my suitcase never came off the belt at gate $gate and nobody at the desk could say where it went"
		done
		post x1 'The parcel was left in the rain again'
	} | caseq ingest
}

heating() { # two cases that are no copies of each other, and one like both
	local text='the heating in coach seven has been broken since Utrecht and the conductor just shrugs at us all'

	{
		post h1 "$text, winter"
		post h2 "$text, summer"
		post h3 "$text"
	} | caseq ingest
}

cases() { # the numbers of the cases in the queue
	caseq list --json --limit 0 | grep -o '"case":[0-9]*' | cut -d: -f2 |
	    sort -n | tr '\n' ' '
}

@test "dups: other cases with state, age, author, reason and both texts" {
	gates
	caseq take 2 --as bo
	at 2026-11-23T16:00:00Z
	run caseq dups 1
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = '2 cases may be the same as case 1' ]
	[ "${lines[1]}" = ' 1. case 3  new, 2h old, by aug23 in msto' ]
	[ "${lines[2]}" = '    because: different: 23 / 12 (alike, 542 of 1000)' ]
	[[ ${lines[3]} == '    here:    my suitcase'*'gate 12'* ]]
	[[ ${lines[4]} == '    there:   my suitcase'*'gate 23'* ]]
	[[ ${lines[5]} == ' 2. case 2  open, 2h old, by aug19 in msto' ]]
	[ "$(wc -L <<<"$output")" -le 80 ]
	at 2026-11-23T14:05:00Z
	run caseq dups 1
	[[ $output == *'case 2  open, 5m old, by aug19 in msto, held by bo'* ]]
	run caseq dups --limit 1 1
	[ "${lines[0]}" = '1 case may be the same as case 1' ]
}

@test "dups: weak likenesses stand last behind a line, and are not counted" {
	local text='the refund for my cancelled night train to Vienna is still missing after'

	queue
	{
		post n1 "$text six weeks of waiting"
		post n2 'no breakfast on the night train, cold coffee, and the toilet was locked until the border at Vienna'
		post n3 "$text nine weeks of waiting"
	} | caseq ingest
	caseq dedup index
	run caseq dups 1
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = '1 case may be the same as case 1' ]
	[[ ${lines[1]} == ' 1. case 3 '* ]]
	[ "${lines[5]}" = 'and 1 weaker one, like in few words:' ]
	[[ ${lines[6]} == ' 2. case 2 '* ]]
	run caseq dups --limit 1 1
	lacks weaker
	run caseq dups 2
	[ "${lines[0]}" = 'no other case seems to be the same as case 2' ]
	[ "${lines[1]}" = 'only 2 weaker ones, like in few words:' ]
	[[ $output == *'join them: '* ]]
	[ "$(caseq dups --json 2 | wc -l)" -eq 2 ]
	run caseq show 1
	[[ $output == *'maybe     the same as 1 other case: caseq dups 1'* ]]
	run caseq show 2
	lacks maybe
}

@test "dups: nothing to tell is no failure, no case is one" {
	gates
	run caseq dups 4
	[ "$status" -eq 0 ]
	[ "$output" = 'no other case seems to be the same as case 4' ]
	run caseq dups --json 4
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	run caseq dups 99
	fails 3
	run caseq dups
	fails 2
	run caseq dups one
	fails 2
	run caseq dups --limit x 1
	fails 2
}

@test "dups --json: one object a suggestion, with the other case whole" {
	gates
	run caseq dups --json 1
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 2 ]
	is_json
	[[ ${lines[0]} == '{"case":1,"other":{"case":3,"fence":0,"state":"new",'* ]]
	[[ ${lines[0]} == *'"rule":"alike","score":542,"because":"different: 23 / 12","post":1,"text":"my suitcase'* ]]
	[[ ${lines[0]} == *'"other_post":3,"other_text":"my suitcase'* ]]
	caseq join 4 1
	run caseq dups --json 1
	[[ ${lines[0]} == '{"case":4,'* ]]
}

@test "show: says that there may be others, and how to see them" {
	gates
	run caseq show 1
	[[ $output == *'maybe     the same as 2 other cases: caseq dups 1'* ]]
	run caseq show --json 1
	[[ $output == *'"n_maybe":2'* ]]
	caseq not-same 1 2
	run caseq show 1
	[[ $output == *'maybe     the same as 1 other case: caseq dups 1'* ]]
	run caseq show 4
	lacks maybe
}

@test "maybe: groups, the most work first, as --accept takes them" {
	gates
	at 2026-11-23T13:00:00Z
	heating
	at 2026-11-23T14:00:00Z
	run caseq maybe
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = '1+2+3  would save 2 cases' ]
	[ "${lines[1]}" = '    case 1  new, just opened, by aug12 in msto' ]
	[[ ${lines[2]} == '    text:    my suitcase'*'gate 12'* ]]
	[ "${lines[3]}" = '    case 2  new, just opened, by aug19 in msto' ]
	[[ ${lines[4]} == '    because: different: 19 / 12 (alike, '* ]]
	[[ $output == *'5+7  would save 1 case'* ]]
	[[ $output == *'because: could be #5 or #6 (either, '* ]]
	[[ ${lines[-1]} == '4 suggestions; join a group: caseq maybe --accept GROUP'* ]]
	run caseq maybe --limit 1
	lacks 5+7
	[[ $output == *'there are more groups: --limit 0 shows all of them'* ]]
	run caseq maybe --json
	[ "${#lines[@]}" -eq 2 ]
	is_json
	[[ ${lines[0]} == '{"group":"1+2+3","saves":2,"head":{"case":1,'* ]]
	[[ ${lines[0]} == *'"others":[{"case":1,"other":{"case":2,'* ]]
}

@test "maybe: an empty tray says so" {
	queue
	run caseq maybe
	[ "$status" -eq 0 ]
	[ "$output" = 'no cases in the queue seem to be the same' ]
	run caseq maybe --json
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "maybe --accept: joins each group in one act that one undo takes back" {
	gates
	heating
	run caseq maybe --accept --reason 'one bus' 1+2+3 5+7
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = 'case 1 has 2 more cases joined in' ]
	[ "${lines[1]}" = 'case 5 has 1 more case joined in' ]
	[ "$(cases)" = '1 4 5 6 ' ]
	caseq undo
	[ "$(cases)" = '1 4 5 6 7 ' ]
	run caseq undo
	[ "$output" = 'join of case 1 undone' ]
	[ "$(cases)" = '1 2 3 4 5 6 7 ' ]
	run caseq maybe
	[ "${lines[0]}" = '1+2+3  would save 2 cases' ]
	run caseq audit verify
	[ "$status" -eq 0 ]
}

@test "maybe --accept: the same operation id joins once" {
	gates
	heating
	caseq maybe --accept --op night-1 1+2 5+7
	run caseq maybe --accept --op night-1 1+2 5+7
	[ "$status" -eq 0 ]
	[ "$(caseq audit | grep -c ' join by ann')" -eq 2 ]
	run caseq maybe --accept --op night-1 1+3 5+7
	[ "$status" -eq 4 ]
}

@test "maybe --refuse: none is the same as another, and not shown again" {
	gates
	run caseq maybe --refuse '#1+#2+#3'
	[ "$status" -eq 0 ]
	[ "$output" = 'case 1 is not the same as 2 and 3, and these are not the same either' ]
	run caseq maybe
	[ "$output" = 'no cases in the queue seem to be the same' ]
	run caseq dups 2
	[[ $output == 'no other case'* ]]
	run caseq maybe --accept 1+2
	fails 4
	[[ $output == *'somebody said that case 2 is not the same as case 1'* ]]
	run caseq undo
	[ "$output" = 'not-same of case 1 undone' ]
	run caseq dups 2
	[ "${lines[0]}" = '2 cases may be the same as case 2' ]
}

@test "maybe --accept: what nothing suggests is not joined by a slip" {
	gates
	heating
	run caseq maybe --accept 1+2+4
	[ "$status" -eq 4 ]
	[[ $output == *'nothing suggests that case 4 is the same as these'* ]]
	run caseq maybe --accept 1+5
	[ "$status" -eq 4 ]
	[ "$(cases)" = '1 2 3 4 5 6 7 ' ]
	caseq join 1 4
}

@test "maybe: only whole groups are judged, and the others all the same" {
	gates
	heating
	run caseq maybe --accept 1
	fails 2
	[[ $output == *'name all of its cases'* ]]
	run caseq maybe --accept 1+x
	fails 2
	run caseq maybe --accept 1+99 5+7
	[ "$status" -eq 3 ]
	[[ $output == *'there is no case 99'* ]]
	[[ $output == *'case 5 has 1 more case joined in'* ]]
	[ "$(cases)" = '1 2 3 4 5 6 ' ]
	for words in '--accept --refuse 1+2' '--held' '--held --refuse 1+2' \
	    '--reason x' '1+2' '--accept' '--refuse' '--accept --limit 2 1+2'; do
		# shellcheck disable=SC2086 # words
		run caseq maybe $words
		fails 2
	done
}

@test "not-same: for good, with what is joined later, until undone" {
	gates
	run caseq not-same --reason 'two bags' 1 2 3
	[ "$status" -eq 0 ]
	[ "$output" = 'case 1 is not the same as 2 and 3' ]
	caseq join 4 2
	run caseq dups 1
	[[ $output == 'no other case'* ]]
	run caseq dups 4
	[[ ${lines[1]} == ' 1. case 3 '* ]]
	run caseq show --events 1
	[[ $output == *'not_same #2 #3: two bags'* ]]
	run caseq not-same 4 2
	fails 2
	[[ $output == *'are case 4 by now'* ]]
	run caseq not-same 1 99
	fails 3
	run caseq not-same 1
	fails 2
	run caseq not-same --json 1 4
	is_json
	[[ $output == '{"case":1,'* ]]
}

@test "not-same: rests under an explicit join, and counts again behind it" {
	gates
	caseq not-same 1 2
	caseq join 1 2 --as bo
	[ "$(cases)" = '1 3 4 ' ]
	caseq undo --as bo
	run caseq dups 1
	[[ $output != *'case 2'* ]]
	run caseq maybe --accept 1+2
	fails 4
	[[ $output == *'somebody said that case 2 is not the same as case 1'* ]]
	caseq join 1 2 --as bo
	caseq undo
	caseq undo --as bo
	run caseq dups 1
	[[ $output == *'case 2'* ]]
	run caseq doctor
	[ "$status" -eq 0 ]
}

@test "join: says who holds what, and --held joins all the same" {
	gates
	caseq take 2 --as bo
	caseq take 3 --as lee
	run caseq join 1 2 3
	fails 4
	[[ $output == *'case 2 is held by bo since 14:00; case 3 is held by lee since 14:00; with --held '* ]]
	[ "$(cases)" = '1 2 3 4 ' ]
	run caseq join --held 1 2 3
	[ "$status" -eq 0 ]
	[ "$output" = 'case 1 has 2 more cases joined in' ]
	run caseq note --fence 1 --as bo 2 'they called'
	fails 4
	caseq undo
	caseq note --fence 1 --as bo 2 'they called'
	run caseq maybe --accept 1+2
	fails 4
	[[ $output == *'held by bo'*'--held'* ]]
	run caseq maybe --accept --held 1+2
	[ "$status" -eq 0 ]
}

@test "judging: hostile words are shown harmless, roles are kept" {
	queue
	{
		post a1 'my \u001b[31msuitcase never came off the belt at gate 12 and nobody at the desk could say where it went'
		post a2 'my \u001b[31msuitcase never came off the belt at gate 19 and nobody at the desk could say where it went'
	} | caseq ingest
	caseq agent add sue --role supervisor
	for words in 'dups 1' maybe 'dups --json 1' 'maybe --json'; do
		# shellcheck disable=SC2086 # words
		run caseq $words
		[[ $output == *suitcase* ]]
		refute_escapes
	done
	for words in 'not-same 1 2' 'maybe --refuse 1+2' 'maybe --accept 1+2' \
	    'join 1 2'; do
		# shellcheck disable=SC2086 # words
		run caseq --as sue $words
		fails 4
	done
	run caseq --as sue dups 1
	[ "$status" -eq 0 ]
}
