# Incidents on the screens: marked cases under one cause from the ":" line.

load tmux

command() { # TEXT: after ":"
	press :
	sees '^ :'
	press -l "$1"
	press Enter
}

@test ":incident open takes the marked cases, and u takes it back" {
	three_cases
	open_queue
	press Space Space
	sees '2 marked'
	command 'incident open bank delay'
	sees 'incident I-1 "bank delay" opened: 2 cases'
	sees '^.* 1 msto .* I-1 \(2\) Ch' '^.* 2 msto .* I-1 \(2\) Th' \
	    '^.* 3 msto .* App crashes'
	gone '2 marked'
	press u
	sees 'open of incident I-1 undone'
	gone 'I-1 \(2\)'
}

@test "without marks it is the case under the cursor" {
	three_cases
	caseq incident open bank delay 1
	open_queue
	command down
	command 'incident add I-1'
	sees 'incident I-1 "bank delay" has 2 cases'
	sees '^>.* 2 msto .* I-1 \(2\) Th'
	command 'incident leave'
	sees 'case 2 is in no incident now'
	sees '^>.* 2 msto .* The parcel'
	command 'incident leave'
	sees 'case 2 is in no incident$'
	command 'incident leave 1'
	sees 'case 1 is in no incident now'
}

@test "the open case says which incident it is in, and marks stay" {
	three_cases
	open_queue
	command down
	press Space
	sees '1 marked'
	press g Enter
	sees '^ 1 NEW'
	command 'incident open bank delay'
	sees 'opened: 1 case'
	sees '^ Tags - .* Incident I-1 "bank delay" \(1 case\)'
	press q
	sees '1 marked' '^.* 1 msto .* I-1 \(1\) Ch'
	command 'list incident'
	sees '^ list' ' 1 msto '
}

@test "a wide screen says it in words" {
	three_cases
	caseq incident open bank delay 1 2
	open_queue -x 120
	sees ' I-1 2 cases Charged twice'
	press l
	press -l 'incident:I-1'
	press Enter
	gone 'App crashes'
	sees 'limit: incident:I-1'
}

@test "what a colleague puts in shows while one looks" {
	three_cases
	open_queue
	caseq incident open bank delay 2 --as bo
	sees '^.* 2 msto .* I-1 \(1\) Th'
}

@test "in the tray it is the whole cluster under the cursor" {
	queue
	{
		post a1 'My transfer number 4711 never arrived, where is it'
		post a2 'My transfer number 4712 never arrived, where is it'
		post b1 'The parcel was left in the rain again'
	} | caseq ingest
	open_queue
	command maybe
	sees 'transfer'
	command 'incident open bank delay'
	sees 'incident I-1 "bank delay" opened: 2 cases'
	[ "$(caseq list incident:I-1 | grep -c 'My tr')" -eq 2 ]
}
