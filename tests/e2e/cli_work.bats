# Working cases: what next, take and the other verbs do, refuse and print.

load cli_helper

@test "list: a row a case, within 80 columns, wide signs in straight columns" {
	three_cases
	post w1 '電車がまた遅れました、もう三回目です、どうにかしてください' \
	    '"author_name":"雪"' | caseq ingest
	run caseq list
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 5 ]
	[[ ${lines[0]} == 'F  Due Pri Reach Held by '*' Ps' ]]
	[[ ${lines[1]} == 'N '*' 88k - '*' 1 msto  '*'Charged twice'*' 3' ]]
	[ "$(wc -L <<<"$output")" -le 80 ]
	COLUMNS=120 run caseq list
	[ "$(wc -L <<<"$output")" -gt 80 ]
	[ "$(wc -L <<<"$output")" -le 120 ]
}

@test "list: queries, limit, and the query that names nothing" {
	three_cases
	run caseq list brand:parcel
	[ "${#lines[@]}" -eq 2 ]
	run caseq list 'rating<2' new
	[ "${#lines[@]}" -eq 2 ]
	run caseq list --limit 2
	[[ ${lines[3]} == *'--limit 0'* ]]
	run caseq list --limit 0
	[ "${#lines[@]}" -eq 4 ]
	run caseq list tag:none
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 1 ]
}

@test "list --json: one object a line with stable names" {
	three_cases
	run caseq list --json
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 3 ]
	is_json
	for name in case fence state owner holder priority why subject source \
	    author tags reach due opened n_posts n_notes lease_until; do
		[[ ${lines[0]} == *"\"$name\":"* ]]
	done
	[[ ${lines[0]} == *'"case":1,"fence":0,"state":"new","owner":null,"holder":null'* ]]
	[[ ${lines[0]} == *'"n_posts":3'* ]]
}

@test "show: head, posts, reasons of joins, notes; --events adds the log" {
	three_cases
	caseq note 1 'bank was asked'
	run caseq show 1
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == 'case 1  NEW  held by nobody' ]]
	[[ $output == *'posts     3 by 3 authors'* ]]
	[[ $output == *'post p1  aua1 (Train Fan), 88000 followers in msto'* ]]
	[[ $output == *'here because: '* ]]
	[[ $output == *'note by ann'*'bank was asked'* ]]
	[[ $output != *'event by'* ]]
	caseq take 1
	run caseq show --events '#1'
	[[ $output == *'event by'* ]]
	run caseq show --json 1
	is_json
	[[ $output == *'"posts":[{"id":1,'* ]]
	[[ $output == *'"notes":[{"id":1,'* ]]
	[[ $output == *'"entries":['* ]]
	run caseq show 99
	fails 3
}

@test "next: the top case, then the one below it, then nothing" {
	three_cases
	run caseq next --json
	[ "$status" -eq 0 ]
	is_json
	[[ $output == '{"case":1,"fence":1,"state":"open","owner":null,"holder":"ann"'* ]]
	[[ $output == *'"priority":'*'"why":"'*' = reach '*'"posts":['* ]]
	run caseq next --as bo
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == 'case 3  OPEN  held by bo (you) until 14:10, fence 1' ]]
	run caseq next
	[[ ${lines[0]} == 'case 2  OPEN'* ]]
	run caseq next
	fails 3
	run caseq --json next
	fails 3
}

@test "take: refused with who and since when; free again after the lease" {
	three_cases
	caseq take 1 --lease 5m
	at 2026-11-23T14:03:00Z
	run caseq --as bo take 1
	fails 4
	[[ $output == *'held by ann since 14:00'* ]]
	run caseq --as bo --json take 1
	fails 4
	at 2026-11-23T14:05:00Z
	run caseq --as bo take 1
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == *'held by bo (you)'*'fence 2' ]]
	run caseq resolve 1 --fence 1
	fails 4
	run caseq take 99
	fails 3
}

@test "words that make no sense are status 2 wherever that is found" {
	three_cases
	caseq take 1
	long=$(printf '%02000d' 0)
	run caseq release 1 --reason "$long"
	fails 2
	run caseq dismiss 1 --reason ''
	fails 2
	caseq dismiss 3
	run caseq reopen 3 --reason "$long"
	fails 2
	run caseq --as lee steal 1 --reason ' '
	fails 2
	run caseq --as lee assign 2 --to bo --reason "$long"
	fails 2
	run caseq join 1 2 --reason "$long"
	fails 2
}

@test "the same --op twice is one act" {
	three_cases
	caseq take 1 --op x1 --json >one
	caseq take 1 --op x1 --json >two
	cmp one two
	caseq note 1 once --op n1
	caseq note 1 once --op n1
	[[ $(caseq list --json '#1') == *'"n_notes":1'* ]]
}

@test "renew: makes the claim longer, by fence or as it is" {
	three_cases
	caseq take 1
	run caseq renew 1 --lease 30m
	[ "$status" -eq 0 ]
	[ "$output" = 'case 1 is yours until 2026-11-23 14:30' ]
	run caseq renew 1 --fence 1 --json
	is_json
	[[ $output == *'"lease_until":"2026-11-23T14:10:00Z"'* ]]
	run caseq renew 1 --fence 7
	fails 4
	run caseq --as bo renew 1
	fails 4
	run caseq renew 2
	fails 4
}

@test "release: gives back; what is not held is refused" {
	three_cases
	caseq take 1
	run caseq --as bo release 1
	fails 4
	run caseq release 1 --reason 'shift ends'
	[ "$status" -eq 0 ]
	[ "$output" = 'case 1 given back (shift ends)' ]
	run caseq release 1
	fails 4
}

@test "steal: a lead at once, an agent after the lease, with a reason" {
	three_cases
	caseq take 1
	run caseq --as bo steal 1 --reason 'ann is out'
	fails 4
	run caseq --as lee steal 1 --reason 'ann is out'
	[ "$status" -eq 0 ]
	[ "$output" = 'case 1 taken over (ann is out), fence 2' ]
	at 2026-11-23T14:20:00Z
	run caseq --as bo --json steal 1 --reason late
	[ "$status" -eq 0 ]
	is_json
	[[ $output == *'"fence":3,'*'"holder":"bo"'* ]]
}

@test "assign: oneself, another, nobody" {
	three_cases
	run caseq --as bo assign 1
	[ "$output" = 'case 1 is owned by bo' ]
	run caseq --as bo assign 1 --to ann
	fails 4
	run caseq --as lee assign 1 --to ann --reason 'knows the bank'
	[ "$output" = 'case 1 is owned by ann' ]
	run caseq assign 1 --nobody --json
	is_json
	[[ $output == *'"owner":null'* ]]
	run caseq --as lee assign 1 --to nosuch
	fails 3
}

@test "note: words, a file, standard input; bad ones are refused" {
	three_cases
	run caseq note 1 'first'
	[ "$output" = 'case 1 has a new note' ]
	printf 'second\nline\n' >f
	caseq note 1 --file f
	caseq note 1 --file - <<<third
	run caseq show 1
	[[ $output == *first*second*line*third* ]]
	[[ $(caseq show 1 --json) == *'"text":"second\nline"'* ]]
	run caseq note 1 -- --json
	[ "$status" -eq 0 ]
	run caseq note 1 ''
	fails 2
	run caseq note 1 $'\xff'
	fails 2
	run caseq note 1 --file /dev/null
	fails 1
	run caseq note 1 --file nosuch
	fails 1
	run caseq note 1 --file /
	fails 1
	printf 'a\0b' >nul
	run caseq note 1 --file nul
	fails 1
	run caseq note 1 --file /dev/zero
	fails 1
	run caseq note 99 lost
	fails 3
	[[ $(caseq list --json '#1') == *'"n_notes":4'* ]]
}

@test "tag: adds, takes off, says when nothing changed" {
	three_cases
	run caseq tag 1 refund vip
	[ "$output" = 'case 1 has its tags changed' ]
	run caseq tag 1 billing -refund
	[ "$status" -eq 0 ]
	[[ $(caseq list --json '#1') == *'"tags":["billing","vip"]'* ]]
	run caseq tag 1 vip -refund --json
	[ "$status" -eq 0 ]
	is_json
	run caseq tag 1 vip
	[ "$output" = 'case 1 had these tags already' ]
	run caseq list tag:vip
	[ "${#lines[@]}" -eq 2 ]
}

@test "resolve, reopen: outcomes and what a state allows" {
	three_cases
	caseq take 1
	run caseq resolve 1
	[ "$output" = 'case 1 resolved (answered)' ]
	run caseq resolve 1
	fails 4
	[[ $output == *reopen* ]]
	run caseq list
	[ "${#lines[@]}" -eq 3 ]
	run caseq list closed
	[ "${#lines[@]}" -eq 2 ]
	run caseq reopen 1 --reason 'wrote again'
	[ "$output" = 'case 1 reopened (wrote again)' ]
	run caseq resolve 1 --outcome no-reply-needed --json
	is_json
	[[ $output == *'"state":"resolved"'*'"outcome":"no-reply-needed"'* ]]
}

@test "dismiss: with a reason, or the usual one" {
	three_cases
	run caseq dismiss 1
	[ "$output" = 'case 1 dismissed (not a complaint)' ]
	run caseq dismiss 2 --reason spam --json
	is_json
	[[ $output == *'"state":"dismissed"'*'"outcome":"spam"'* ]]
}

@test "snooze: until a time, or until the author writes" {
	three_cases
	run caseq snooze 1
	[ "$output" = 'case 1 sleeps until 2026-11-23 18:00' ]
	run caseq snooze 2 --until 14:30
	[ "$output" = 'case 2 sleeps until 2026-11-23 14:30' ]
	at 2026-11-23T14:31:00Z
	[[ $(caseq list --json '#2') == *'"state":"open"'* ]]
	[[ $(caseq list --json '#1') == *'"snoozed_until":"2026-11-23T18:00:00Z"'* ]]
	caseq take 3
	run caseq snooze 3 --author
	[ "$output" = 'case 3 waits for its author' ]
	post c2 'It crashes still, in another way' \
	    '"in_reply_to":"c1","author":"auc1"' | sed 's/"author":"auc2",//' |
	    caseq ingest
	[[ $(caseq list --json '#3') == *'"state":"open"'* ]]
}

@test "join, split and undo" {
	three_cases
	run caseq join 1 2 3 --reason 'one outage'
	[ "$output" = 'case 1 has 2 more cases joined in' ]
	run caseq show 2
	[[ ${lines[0]} == 'case 1  '* ]]
	[[ ${lines[1]} == *'case 2 was joined into it' ]]
	[[ $(caseq show 2 --json) == *'"asked":2'* ]]
	run caseq undo
	[ "$status" -eq 0 ]
	[[ $output == *'undone'* ]]
	run caseq list
	[ "${#lines[@]}" -eq 4 ]
	run caseq split 1 p2
	[ "$output" = 'case 4 opened with 1 post broken out of case 1' ]
	run caseq undo --json
	[ "$status" -eq 0 ]
	is_json
	run caseq split 1 1 2 p3
	fails 2
	run caseq split 1 p77
	fails 3
	run caseq join 1 99
	fails 3
	run caseq join 1 1
	fails 2
}

@test "undo: nothing to undo is status 3, what others changed since is 4" {
	three_cases
	run caseq --as bo undo
	fails 3
	caseq resolve 1
	caseq --as bo reopen 1
	run caseq undo
	fails 4
}

@test "a supervisor reads, and works nothing" {
	three_cases
	caseq agent add sue --role supervisor
	run caseq --as sue list
	[ "$status" -eq 0 ]
	for c in next 'take 1' 'note 1 x' 'tag 1 x' 'resolve 1' 'assign 1'; do
		# shellcheck disable=SC2086 # words of a command line
		run caseq --as sue $c
		fails 4
	done
	[ "$(caseq list --json unclaimed | wc -l)" -eq 3 ]
}
