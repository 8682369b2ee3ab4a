# Cases under one cause, in line mode.

load cli_helper

@test "open: a name without quotes, cases behind it, shown with each case" {
	three_cases
	run caseq incident open bank delay 1 '#2'
	[ "$status" -eq 0 ]
	[ "$output" = 'incident I-1 "bank delay" opened: 2 cases' ]
	run caseq show 1
	[[ $output == *'incident  I-1 "bank delay" (2 cases)'* ]]
	run caseq show 3
	lacks '^ *incident'
	run caseq show 1 --events
	[[ $output == *'incident I-1 "bank delay"'* ]]
	run caseq incident open 'platform 9'
	[ "$output" = 'incident I-2 "platform 9" opened: 0 cases' ]
}

@test "list: the incident stands before the subject, in full if there is room" {
	three_cases
	caseq incident open bank delay 1 2
	run caseq list
	[[ ${lines[1]} == *' I-1 (2) Ch'* ]]
	[[ ${lines[2]} == *' App crashes on'* ]]
	[ "$(wc -L <<<"$output")" -le 80 ]
	COLUMNS=110 run caseq list
	[[ ${lines[1]} == *' I-1 2 cases Charged'* ]]
	caseq incident leave 2
	COLUMNS=110 run caseq list
	[[ ${lines[1]} == *' I-1 1 case Charged'* ]]
}

@test "list: queries by incident" {
	three_cases
	caseq incident open bank delay 1 2
	caseq incident open login 3
	run caseq list incident
	[ "${#lines[@]}" -eq 4 ]
	run caseq list incident:I-2
	[ "${#lines[@]}" -eq 2 ]
	[[ ${lines[1]} == *' 3 msto '* ]]
	run caseq list '!incident:1'
	[ "${#lines[@]}" -eq 2 ]
	run caseq list incident:soon
	[ "$status" -eq 2 ]
	[[ $output == *'incident:I-17'* ]]
}

@test "show: its cases, closed ones too" {
	three_cases
	caseq incident open bank delay 1 2
	caseq resolve 2
	run caseq incident show I-1
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == 'incident I-1 "bank delay"  opened 2026-11-23 14:00' ]]
	[[ ${lines[1]} == '2 cases, 1 in the queue' ]]
	[[ ${lines[3]} == 'N '*' 1 msto '* ]]
	[[ ${lines[4]} == 'R '*' 2 msto '* ]]
	[ "${#lines[@]}" -eq 5 ]
}

@test "add and leave: a case moves over and out, and undo takes it back" {
	three_cases
	caseq incident open bank delay 1 2
	caseq incident open login
	run caseq incident add I-2 2 3
	[ "$output" = 'incident I-2 "login" has 2 cases' ]
	run caseq show 1
	[[ $output == *'I-1 "bank delay" (1 case)'* ]]
	run caseq undo
	[ "$output" = 'fill of incident I-2 undone' ]
	run caseq show 2
	[[ $output == *'I-1 "bank delay" (2 cases)'* ]]
	run caseq incident leave 1 2
	[ "$output" = '2 cases are in no incident now' ]
	run caseq incident leave 1
	[ "$status" -eq 3 ]
	[[ $output == 'caseq: case 1 is in no incident' ]]
	caseq undo
	run caseq incident leave 1
	[ "$output" = 'case 1 is in no incident now' ]
	run caseq audit verify
	[ "$status" -eq 0 ]
}

@test "close and reopen: a lead's; closed ones take no more and are listed last" {
	three_cases
	caseq incident open bank delay 1
	caseq incident open login 3
	run caseq incident close I-1 --as bo
	[ "$status" -eq 4 ]
	[[ $output == *'bo (agent) may not close incidents; ask a lead'* ]]
	at 2026-11-23T15:30:00Z
	run caseq incident close I-1 --as lee
	[ "$output" = 'incident I-1 "bank delay" closed: 1 case' ]
	run caseq incident add 1 2
	[ "$status" -eq 4 ]
	[[ $output == *'I-1 is closed; a lead can reopen it'* ]]
	run caseq incident list
	[ "${#lines[@]}" -eq 2 ]
	[[ ${lines[1]} == 'I-2 '*' login' ]]
	run caseq incident list --all
	[ "${#lines[@]}" -eq 3 ]
	[[ ${lines[2]} == 'I-1 '*'2026-11-23 14:00 2026-11-23 15:30 '*' bank delay' ]]
	run caseq show 1
	[[ $output == *'I-1 "bank delay"'* ]]
	run caseq incident reopen I-1 --as lee
	[ "$output" = 'incident I-1 "bank delay" reopened: 1 case' ]
	run caseq undo --as lee
	[ "$output" = 'reopen of incident I-1 undone' ]
	run caseq audit verify
	[ "$status" -eq 0 ]
}

@test "--json: stable names, in cases too" {
	three_cases
	run caseq incident open bank delay 1 2 --json
	is_json
	[[ $output == '{"incident":1,"name":"bank delay","opened":"2026-11-23T14:00:00Z","closed":null,"cases":2,"in_queue":2}' ]]
	run caseq incident show I-1 --json
	[[ $output == *'"numbers":[1,2]}' ]]
	run caseq list --json
	[[ ${lines[0]} == *'"incident":1,"incident_name":"bank delay","incident_cases":2'* ]]
	[[ ${lines[1]} == *'"incident":null,"incident_name":null,"incident_cases":0'* ]]
	run caseq incident leave 1 2 --json
	[ "${#lines[@]}" -eq 2 ]
	is_json
	[[ ${lines[1]} == '{"case":2,'*'"incident":null'* ]]
	caseq incident open login
	run caseq undo --json # it concerned no case
	is_json
	[[ $output == '{"undone":"open of incident I-2 undone"}' ]]
	run caseq incident list --json
	[ "${#lines[@]}" -eq 1 ]
}

@test "the same operation id opens one incident" {
	three_cases
	caseq incident open bank delay 1 --op one
	run caseq incident open bank delay 1 --op one
	[ "$output" = 'incident I-1 "bank delay" opened: 1 case' ]
	run caseq incident list
	[ "${#lines[@]}" -eq 2 ]
	run caseq incident open bank delay 1 2 --op one
	[ "$status" -eq 4 ]
}

@test "a joined case shows the incident of the one that goes on" {
	three_cases
	caseq incident open login 3
	caseq join 2 3
	run caseq show 3
	[[ ${lines[0]} == 'case 2 '* ]]
	[[ $output == *'I-1 "login" (1 case)'* ]]
	caseq undo
	run caseq show 2
	lacks '^ *incident'
	run caseq show 3
	[[ $output == *'I-1 "login" (1 case)'* ]]
}

@test "a name from outside is harmless in every listing" {
	three_cases
	caseq incident open $'red \x1b[31m bank' 1
	for command in 'incident' 'incident show 1' 'list' 'show 1' \
	    'show 1 --events' 'audit' 'export'; do
		# shellcheck disable=SC2086 # two words
		run caseq $command
		[ "$status" -eq 0 ]
		refute_escapes
	done
}

@test "mistakes are told in one line, and change nothing" {
	three_cases
	caseq incident open bank delay 1
	run caseq incident open
	fails 2
	run caseq incident open login 2 soon
	fails 2
	run caseq incident open login 99
	fails 3
	run caseq incident open 'Bank Delay' 2
	fails 4
	[[ $output == *'I-1 has that name'* ]]
	run caseq incident open ''
	fails 2
	run caseq incident add I-9 2
	fails 3
	run caseq incident add I-1
	fails 2
	run caseq incident add soon 2
	fails 2
	run caseq incident show
	fails 2
	run caseq incident show I-9
	fails 3
	run caseq incident close 1 2
	fails 2
	run caseq incident leave
	fails 2
	run caseq incident nosuch
	fails 2
	run caseq incident list 1
	fails 2
	run caseq incident show 1 --all
	fails 2
	run caseq incident list --all
	[ "${#lines[@]}" -eq 2 ]
	run caseq show 2
	lacks '^ *incident'
}
