# All likely duplicates, in groups: those first that would save the most work.

load tmux

bus() { # ID LINE
	post "$1" "Your bus line $2 to the old harbour did not stop for anybody this morning although it was half empty"
}

parcel() { # ID NUMBER
	post "$1" "The parcel with tracking number $2 was left outside in the rain and the box is ruined"
}

flight() { # ID NUMBER
	post "$1" "Your flight $2 to Lisbon was cancelled without any warning and nobody at the desk would help us"
}

# Cases 1 to 5 are about buses, 6 to 8 flights, 9 and 10 parcels.
groups() {
	queue
	{
		for i in 1 2 3 4 5; do bus "b$i" "$i"; done
		for i in 123 456 789; do flight "f$i" $i; done
		parcel p1 88812
		parcel p2 99913
	} | caseq ingest
}

tray() {
	groups
	open_queue "$@"
	press M
	sees 'Maybe the same: 14 suggestions in 3 groups'
}

cases() { # N: so many are in the queue, or soon will be
	local n=$1
	there() { [ "$(caseq list --json --limit 0 | wc -l)" -eq "$n" ]; }
	soon there
}

@test "M shows groups, those first that would save the most work" {
	tray
	sees '^   Saves Alike   Case  Age Author +Subject +Why' \
	    '^>\+ +4 maybe\? +1 .* aub1 +Your bus .* different: 2 / 1' \
	    '^ \+ +2 maybe\? +6 .* auf123 ' '^ \+ +1 maybe\? +9 .* aup1 ' \
	    '^--- 18 of 19|^--- 19 of 20 words the same -- different: 2 / 1' \
	    '^ case 1, aub1' 'bus line \[1\]' '^ case 2, aub2' 'bus line \[2\]' \
	    'Enter open  q back .*& join  ! not same  Space mark  u undo'
	press G
	sees '^>\+ +1 maybe\? +9 ' 'number \[88812\]' 'number \[99913\]'
	press /
	press -l flight
	press Enter N
	sees '^>\+ +2 maybe\? +6 '
}

@test "M tells how sure a group is, and of an author who is not known" {
	queue
	{
		parcel p1 88812
		parcel p2 99913
		for i in 1 2; do
			printf '{"source":"msto","id":"h%s","text":"%s, %s"}\n' \
			    $i 'the heating in coach seven has been broken since Utrecht and the conductor just shrugs at us all' \
			    "$([ $i = 1 ] && echo winter || echo summer)"
		done
	} | caseq ingest
	open_queue
	sees ' msto +somebody +the heating'
	press M
	sees '^.\+ +1 likely +3 .* somebody +the heat' \
	    '^.\+ +1 maybe\? +1 .* aup1 ' '^ case 3, somebody$'
}

@test "Enter opens a group and closes it, and opens a case of it" {
	tray -x 200 -y 60
	press Enter
	sees '^>- +4 maybe\? +1 ' '^ +N +1 .* first +the others join into it' \
	    '^ +N +2 .* maybe\? different: 2 / 1' '^ +N +5 ' \
	    '^ case 1, aub1 +\| case 2, aub2'
	press j j j
	sees '^> +N +3 ' '^ case 1, aub1 +\| case 3, aub3'
	press Enter
	sees '^ 3 NEW' ' = 4 maybe the same'
	press q =
	sees 'Likely duplicates of case 3'
	press q g Enter
	sees '^>\+ +4 maybe\? +1 '
	gone 'the others join into it'
}

@test "& joins a whole group in one act after a question, u takes it back" {
	tray
	press '&'
	sees 'join 4 cases into 1\? y joins' '^ +1 aub1: Your bus line 1' \
	    '^ +5 aub5: '
	press Escape
	sees 'nothing was joined' '14 suggestions in 3 groups'
	press '&'
	sees 'join 4 cases into 1'
	press y
	sees 'joined 4 cases into case 1; u undoes' '4 suggestions in 2 groups' \
	    '^>\+ +2 maybe\? +6 '
	cases 6
	press u
	sees 'join of case 1 undone' '14 suggestions in 3 groups'
	cases 10
}

@test "a small group that is seen is joined without a question" {
	tray
	press G '&'
	sees 'joined case 10 into case 9; u undoes'
	gone ' aup1 '
	press G '&'
	sees 'join 2 cases into 6\?'
	press n
	sees 'nothing was joined'
	press Enter
	sees '^>- +2 maybe\? +6 '
	press '&'
	sees 'joined 2 cases into case 6; u undoes' 'suggestions in 1 group$'
	cases 7
}

@test "in an open group & and ! act on one case of it" {
	tray
	press Enter j j '&'
	sees 'joined case 2 into case 1' '^ ?- +3 maybe\? +1 '
	press !
	sees '3 is not the same as these 3: noted' '^ ?- +2 maybe\? +1 '
	not_on_screen '^..  N +3 '
	press u
	sees 'not-same of case 3 undone' '^ ?- +3 maybe\? +1 '
	caseq audit 3 | grep -q 'not_same'
}

@test "! says that no two of a group are the same, also later" {
	tray
	press !
	sees 'none of these is the same as another\? y notes it' '^ +5 aub5: '
	press y
	sees 'no two of these 5 are the same: noted' \
	    '4 suggestions in 2 groups'
	[ -z "$(caseq dups --json 2)" ]
	cases 10
	press u
	sees '14 suggestions in 3 groups'
}

@test "marked groups are one act each: u takes back one" {
	tray
	press Space j Space
	sees ' 2 marked' '^\*\+ +4 maybe\? +1 ' '^\*\+ +1 maybe\? +9 '
	press !
	sees 'not the same as others of their groups\? y notes it'
	press n
	sees 'nothing was noted'
	press '&'
	sees 'join 5 cases into these 2\?' '^ +1 aub1: ' '^ +9 aup1: '
	press y
	sees 'joined 2 times, 5 cases; u takes them back one by one' \
	    'suggestions in 1 group$'
	gone 'marked'
	cases 5
	press u
	sees 'join of case 9 undone' 'in 2 groups'
	cases 6
	press u
	sees 'join of case 1 undone' '14 suggestions in 3 groups'
	cases 10
}

@test "marked cases of an open group are judged, the others are left" {
	tray
	press Enter j Space
	sees 'the others join into this one: mark them, or the whole group'
	press Space Space '&'
	sees 'joined 2 cases into case 1; u undoes' '^ ?. +2 maybe\? +1 '
	press Escape
	press u
	sees 'undone' '14 suggestions'
	press g j j Space Space
	sees '2 marked'
	press Escape
	sees 'marks cleared'
	gone '2 marked'
}

@test "one that a colleague holds asks; the other groups are joined" {
	tray
	caseq --as bo take 10
	press Space j Space '&'
	sees 'join 5 cases into these 2'
	press y
	sees 'bo is working 10 \((now|[0-9]+s)\)\. Join all the same\?'
	press n
	sees '1 of 2 joined; the first that was not: .*bo'
	press '&'
	sees 'bo is working 10'
	press y
	sees 'joined case 10 into case 9'
	cases 5
}

@test "what others do shows, and what is gone is not marked any more" {
	tray
	press Space g Enter
	sees '^\*- +4 maybe\? +1 ' '1 marked'
	caseq --as bo maybe --accept 1+2+3+4+5
	sees '4 suggestions in 2 groups' '^>\+ +2 maybe\? +6 ' \
	    'case 1 left this list meanwhile'
	gone 'marked'
	bus b9 9 | caseq ingest
	sees 'in 3 groups' '^>\+ +2 maybe\? +6 '
	caseq --as bo maybe --refuse 6+7+8
	caseq --as bo not-same 9 10
	caseq --as bo not-same 1 11
	sees 'No suggestion is left to judge'
	press '&'
	sees 'there is no case here'
}

@test "what changes while the question stands is not joined unseen" {
	tray
	press '&'
	sees 'join 4 cases into 1\?'
	caseq --as bo join 9 2
	press y
	sees 'case 2 was joined into case 9 meanwhile; look again; nothing was'
	cases 9
	press k
	sees '^>\+ +4 maybe\? +1 ' '^ case 9, '
}

@test "an incident is made of a group" {
	tray
	press :
	press -l 'incident open harbour line'
	press Enter
	sees 'incident I-1 "harbour line" opened: 5 cases' \
	    '^>\+ +4 maybe\? +1 .* I-1 Your'
	caseq incident show I-1 | grep -q aub5
}

@test "nothing suggested: it is said, and the queue stays" {
	three_cases
	open_queue
	press M
	sees 'nothing is suggested' '\[5\]All'
}

@test "a hundred groups: the cursor goes through them, and keys are quick" {
	queue
	words=(anchor basket candle dragon engine forest garden hammer island jacket)
	for a in "${words[@]}"; do
		for b in "${words[@]}"; do
			for n in 11 22; do
				post "$a$b$n" "The ${a}shop in ${b}street sold me a broken ${b}${a} with number $n and will not take it back"
			done
		done
	done | caseq ingest
	open_queue -x 200 -y 60
	press M
	sees 'Maybe the same: [0-9]+ suggestions in [0-9]+ groups'
	screen | sed -n '1s/.* in \([0-9]*\) groups.*/\1/p' >n
	[ "$(cat n)" -ge 5 ]
	press G
	sees '^>'
	press g Enter
	sees '^>- '
	began=$EPOCHREALTIME
	for _ in {1..30}; do press j; done
	for _ in {1..30}; do press k; done
	sees '^>- '
	took=$(((${EPOCHREALTIME/./} - ${began/./}) / 1000))
	echo "60 keys took $took ms"
	[ "$took" -lt 4000 ]
	press '?'
	sees 'Help: all likely duplicates'
}
