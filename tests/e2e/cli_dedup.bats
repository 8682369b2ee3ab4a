# The rules of deduplication: explain, source own, dedup.

load cli_helper

buses() { # 1: two copies and a reply; 2: another matter, but alike
	queue
	{
		post a1 'The night bus to the airport left ten minutes early'
		post a2 'The nigth bus to the airport left ten minutes early'
		post a3 'Mine too' '"in_reply_to":"a1"'
		post b1 'The night bus to the harbour left ten minutes early'
	} | caseq ingest
}

@test "explain: the rule, its figures, the post that decided" {
	buses
	run caseq explain p2
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = 'post p2 by aua2 in msto, case 1 (new)' ]
	grep -q '^decided    copy: .*1 spelling difference (event' <<<"$output"
	grep -q '^figures    10 of 10 words the same' <<<"$output"
	grep -q '^by         post p1 by aua1 in msto, case 1' <<<"$output"
	grep -q '^  it would join: copy, post p1 in case 1' <<<"$output"
	[ "$(caseq explain 2)" = "$output" ]
	[ "$(caseq explain msto/a2)" = "$output" ]
}

@test "explain: what a guard kept apart, and what was suggested" {
	buses
	run caseq explain msto/b1
	[ "$status" -eq 0 ]
	grep -q '^decided    first: no known case fits' <<<"$output"
	grep -q 'alike, likeness [0-9]* of 1000, pending' <<<"$output"
	grep -q "no copy: .*harbour.* (guard '" <<<"$output"
	grep -q '^  it would open a case' <<<"$output"
	caseq join 1 2
	run caseq explain msto/b1
	grep -q 'alike, likeness [0-9]* of 1000, accepted' <<<"$output"
}

@test "explain: a split shows beside what was decided" {
	buses
	caseq split 1 p2
	run caseq explain p2
	grep -q '^decided    copy: ' <<<"$output"
	grep -q '^since then split from case 1 by ann' <<<"$output"
	grep -q ', case 3 (new)' <<<"${lines[0]}"
}

@test "explain: JSON, and words that are no post" {
	buses
	run caseq explain --json p3
	is_json
	[[ $output == *'"decided":{"rule":"reply"'* ]]
	run caseq explain p99
	[ "$status" -eq 3 ]
	one_line
	run caseq explain msto/zz
	[ "$status" -eq 3 ]
	one_line
	for word in x '#1' p -1 ''; do
		run caseq explain -- "$word"
		fails 2
	done
}

@test "explain: words of customers cannot write on the terminal" {
	queue
	post e1 'Evil \u001b]0;title\u0007 \u202e text that is long enough' \
	    '"handle":"e\u001b[2Jve"' | caseq ingest
	run caseq explain p1
	[ "$status" -eq 0 ]
	refute_escapes
	run caseq explain --json p1
	refute_escapes
}

@test "source own: named, listed, taken off; ingest counts what it left out" {
	buses
	run caseq source own msto @HelpDesk other
	[ "$status" -eq 0 ]
	[[ $output == '2 accounts added as our own in msto; '* ]]
	run caseq source own --all desk
	[[ $output == '1 account added as our own in all sources; '* ]]
	run caseq source own
	[ "${lines[1]}" = '(all)            desk' ]
	[ "${lines[2]}" = 'msto             helpdesk' ]
	[ "${lines[3]}" = 'msto             other' ]
	[ "$(caseq source own --all | wc -l)" -eq 2 ]
	post c1 'We are open again' '"handle":"helpdesk"' >f
	run caseq ingest f
	[ "$output" = 'read 1, new 0, known 0, joined 0, suggested 0, bad 0, own 1' ]
	run caseq ingest --json f
	[[ $output == *'"bad":0,"own":1}' ]]
	caseq source own msto --not HELPDESK
	run caseq ingest f
	[ "$output" = 'read 1, new 1, known 0, joined 0, suggested 0, bad 0' ]
	run caseq source own msto --not other helpdesk
	fails 3
	[ "$output" = "caseq: 'helpdesk' is no account of our own in source\
 msto; see 'caseq source own msto'" ]
	[[ $(caseq source own msto) == *other* ]]
	run caseq source own --all --not other
	fails 3
	[[ $output == *"in all sources; see 'caseq source own --all'" ]]
	run caseq --as lee source own msto lee
	[ "$status" -eq 4 ]
	one_line
	run caseq source own nowhere x
	[ "$status" -eq 3 ]
	run caseq source own --not msto
	fails 2
	run caseq source pause --all msto
	fails 2
	caseq audit verify
}

@test "dedup: rules with what they may do, and lead sets them" {
	buses
	run caseq dedup
	[ "$status" -eq 0 ]
	grep -q '^copy          auto           1  100.0 %' <<<"$output"
	grep -q '^like          suggest ' <<<"$output"
	lacks '^first\|^person'
	run caseq --as bo dedup set copy off
	[ "$status" -eq 4 ]
	one_line
	run caseq --as lee dedup set copy off --source msto
	[ "$status" -eq 0 ]
	[[ $output == "rule copy is 'off' from now on for posts of msto; "* ]]
	caseq dedup set copy suggest
	run caseq dedup rules
	grep -q '^copy          suggest ' <<<"$output"
	grep -q '^    but off in msto$' <<<"$output"
	caseq dedup set copy default --source msto
	run caseq dedup rules
	lacks '^    but'
	run caseq dedup --json
	is_json
	[[ ${lines[8]} == '{"rule":"copy","mode":"suggest","sources":{},'* ]]
	run caseq audit
	[ "$(grep -c '  policy by' <<<"$output")" -eq 3 ]
	caseq audit verify
}

@test "dedup set: what makes no sense is refused in one line" {
	queue
	for words in 'like auto' 'first off' 'nonsense off' 'copy maybe' copy \
	    'copy off now'; do
		# shellcheck disable=SC2086 # words
		run caseq dedup set $words
		fails 2
	done
	run caseq dedup set copy off --source nowhere
	fails 3
	run caseq dedup set copy off --since 3d
	fails 2
	run caseq dedup sing
	fails 2
}

@test "dedup stats: joins and what was undone, by period and source" {
	buses
	run caseq dedup stats
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == *': 4 posts in 2 cases, 2.00 posts a case' ]]
	grep -q '^copy          auto          1      0 100.0 %' <<<"$output"
	grep -q '^alike         suggest       0      0      --       1 ' <<<"$output"
	grep -q '^Right: joins .* whether or not anybody looked' <<<"$output"
	grep -q '^No rule has 200 joins' <<<"$output"
	caseq split 1 p2
	run caseq dedup stats --source msto
	grep -q '^copy          auto          1      1   0.0 %' <<<"$output"
	run caseq dedup stats --from 2026-11-01 --to 2026-11-02
	[[ ${lines[0]} == *': 0 posts in 0 cases' ]]
	run caseq dedup stats --json --since 1h
	is_json
	[[ $output == *'"posts":4,"cases":3,'* ]]
	[[ $output == *'{"rule":"copy","mode":"auto","joins":1,"undone":1,"precision":0,'* ]]
	run caseq dedup stats --since 1h --from 06:00
	fails 2
	run caseq dedup stats --since soon
	fails 2
	run caseq dedup stats --source nowhere
	fails 3
}

@test "dedup stats: a rule that is wrong twice is advised to suggest" {
	buses
	post a4 'The night bus to the airport lefft ten minutes early' |
	    caseq ingest
	caseq split 1 p2
	caseq split 1 p5
	run caseq dedup stats
	grep -q '^copy is wrong too often: 2 of 2 joins' <<<"$output"
	grep -q '^    caseq dedup set copy suggest$' <<<"$output"
}

@test "dedup replay: with the settings of now nothing differs" {
	buses
	caseq split 1 p2
	at 2026-11-24T09:00:00Z
	caseq export --map >before
	run caseq dedup replay
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == '2026-11-17 09:00 to 2026-11-24 09:00: 4 posts, '* ]]
	grep -q '^Cases opened  *2  *2$' <<<"$output"
	grep -q '^Joined by copy  *1  *1$' <<<"$output"
	grep -q '^0 would no longer join, 0 would join, 0 would' <<<"$output"
	grep -q '^People took 1 of these posts' <<<"$output"
	[ "${lines[-1]}" = 'Nothing was changed.' ]
	[ "$(caseq export --map)" = "$(cat before)" ]
	caseq audit verify
	[ -z "$(find . -newer before ! -name 'q.db*' ! -name before ! -name .)" ]
}

@test "dedup replay: --set, more than once, tells what would differ" {
	buses
	run caseq dedup replay --set copy=off --set reply=suggest --since 2h
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == *' with copy=off, reply=suggest: 4 posts, '* ]]
	grep -q '^Cases opened  *2  *4$' <<<"$output"
	grep -q '^Joined by copy  *1  *0$' <<<"$output"
	grep -q '^2 would no longer join, 0 would join' <<<"$output"
	grep -q '^  post p2, now in case 1, and p1 in case 1, copy: 10 of 10' \
	    <<<"$output"
	grep -q '^    The nigth bus' <<<"$output"
	[ "$(caseq dedup replay --set copy=off,reply=suggest --since 2h)" = "$output" ]
	run caseq dedup replay --set copy=off --json --source msto
	is_json
	[[ $output == *'"set":{"copy":"off"},'*'"cases_were":2,"cases_would_be":3,'* ]]
	[[ $output == *'"lost":{"posts":1,"examples":[{"post":2,'* ]]
}

@test "dedup replay: what makes no sense is refused in one line" {
	queue
	for set in copy copy= =off copy=maybe nonsense=off like=auto first=off; do
		run caseq dedup replay --set "$set"
		fails 2
	done
	run caseq dedup replay --since never
	fails 2
	run caseq dedup replay --source nowhere
	fails 3
	run caseq dedup replay --from 06:00
	fails 2
	run caseq dedup replay
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == *': 0 posts, '* ]]
}

@test "dedup index: says that the word index is up to date" {
	buses
	run caseq dedup index
	[ "$status" -eq 0 ]
	[ "$output" = 'word index: up to date' ]
	run caseq dedup index --json
	[ "$output" = '{"behind":0}' ]
}
