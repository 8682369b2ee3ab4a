# Likely duplicates of one case: the list of them, the two posts side by side,
# and the keys that judge.

load tmux

flight() { # ID NUMBER DAY [MORE]
	post "$1" "Your flight $2 to Lisbon on $3 was cancelled without any warning and nobody at the desk would help us" "$4"
}

# Cases 1 to 3 are about flights, 4 and 5 about parcels, 6 about nothing else.
alike() {
	queue
	{
		flight f1 123 Monday '"author_followers":90000'
		flight f2 456 Monday
		flight f3 789 Friday
		post p1 'The parcel with tracking number 88812 was left outside in the rain and the box is ruined'
		post p2 'The parcel with tracking number 99913 was left outside in the rain and the box is ruined'
		post x1 'App crashes on login since the update'
	} | caseq ingest
}

buses() { # N: cases 1 to N, each on another line
	queue
	for ((i = 1; i <= $1; i++)); do
		post "b$i" "Your bus line $i to the old harbour did not stop for anybody this morning although it was half empty" \
		    "\"author_followers\":$(((20 - i) * 10000))"
	done | caseq ingest
}

dups_of_1() {
	alike
	open_queue "$@"
	press =
	sees 'Likely duplicates of case 1, auf1'
}

@test "a case says that it has likely duplicates, in the preview and when open" {
	alike
	open_queue
	sees '^--- 1 -- = 2 maybe the same -- 1 post' ' = dups '
	open_case
	sees '^ = 2 maybe the same +Tags -' ' = dups '
	press q
	sees '\[5\]All'
	press G
	sees '^--- 6 -- 1 post'
	not_on_screen '= dups'
}

@test "= lists them with the reason, and marks the words that differ" {
	dups_of_1
	sees ' F  Case  Age Author +Ps Alike  Why' '2 to judge' \
	    '^>N +2 +[0-9]+[sm] auf2 +1 maybe\? different: 456 / 123' \
	    '^ N +3 +[0-9]+[sm] auf3 +1 maybe\? different: 789 / 123' \
	    '^--- 19 of 20 words the same -- different: 456 / 123 --' \
	    '^ this case, 1, auf1' '^ Your flight \[123\] to Lisbon on Monday' \
	    '^ case 2, auf2' '^ Your flight \[456\] to Lisbon on Monday' \
	    'Enter open  q back  & join  ! not same  Space mark  u undo  \? help'
	press j
	sees '^>N +3 ' '^--- 18 of 20 words' 'Lisbon on \[Monday\] was' \
	    'flight \[789\] to Lisbon on \[Friday\] was'
	press /
	press -l 'flight 456'
	press Enter
	sees 'is not found below'
	press N
	sees '^>N +2 '
}

@test "a wide screen shows both posts beside each other, also without colour" {
	dups_of_1 -x 200 -y 60 -e NO_COLOR=1
	sees '^ this case, 1, auf1 +\| case 2, auf2' \
	    'Your flight \[123\] to .* \| Your flight \[456\] to ' 'Held by'
}

@test "a narrow screen still judges" {
	alike
	start -x 40 -y 12
	sees '^ caseq'
	press =
	sees '^>N +2 .*maybe\?' '& join'
	press '&'
	sees 'joined case 2 into case 1'
	gone '^.N +2 '
	tmux_ resize-window -t main -x 80 -y 24
	sees '^>N +3 .* different: 789 / 123' 'flight \[789\]'
}

@test "Enter opens the other case, q comes back to the list" {
	dups_of_1
	press j Enter
	sees '^ 3 NEW' '= 2 maybe the same'
	press q
	sees 'Likely duplicates of case 1' '^>N +3 '
	press q
	sees '\[5\]All'
}

@test "& joins what is under the cursor, u takes it back" {
	dups_of_1
	press '&'
	sees 'joined case 2 into case 1; u undoes' '1 to judge' '^>N +3 '
	caseq show 1 | grep -q 'flight 456'
	press u
	sees 'join of case 1 undone' '2 to judge' '^ N +2 '
	[ "$(caseq list --json | wc -l)" -eq 6 ]
}

@test "! says that they are not the same: told in the case, not asked again" {
	dups_of_1
	press !
	sees '1 and 2 are not the same: noted, and not suggested again; u undoes'
	gone '^.N +2 '
	press q Enter
	sees 'maybe same as 2\? no: you said so +\[not-same\]' \
	    '= 1 maybe the same'
	start -n bo -a bo
	sees '\[5\]All'
	press j Enter
	sees '^ 2 NEW' 'maybe same as 1\? no: ann said so'
	flight f9 456 Monday '"in_reply_to":"f2"' | caseq ingest
	pane=main
	press u
	sees 'not-same of case 1 undone' '= 2 maybe the same'
	gone 'maybe same as'
}

@test "nothing is left: it is said, and u is still at hand" {
	alike
	open_queue
	press j j j =
	sees 'Likely duplicates of case 4' '1 to judge'
	press !
	sees 'No likely duplicate is left to judge'
	press '&'
	sees 'there is no case here'
	press u
	sees '1 to judge' '^>N +5 '
}

@test "Space marks several, Esc forgets them, & joins all of them in one act" {
	dups_of_1
	press Space Space
	sees '2 to judge, 2 marked' '^\*N +2 ' '^\*N +3 '
	press Escape
	sees 'marks cleared' '^ N +2 '
	press g Space Space '&'
	sees 'joined 2 cases into case 1; u undoes' 'No likely duplicate is left'
	press u
	sees '2 to judge'
	gone 'marked'
	[ "$(caseq list --json | wc -l)" -eq 6 ]
}

@test "more than three are judged only after a question" {
	buses 6
	open_queue
	press =
	sees '5 to judge'
	press Space Space Space Space '&'
	sees 'join 4 cases into 1\? y joins' '^ +[0-9] aub[0-9]: Your bus'
	press n
	sees 'nothing was joined' '5 to judge, 4 marked'
	press !
	sees '1 is not the same as these\? y notes it'
	press y
	sees '1 is not the same as these 4: noted' '1 to judge'
	press u
	sees '5 to judge'
}

@test "a case that a colleague works on is joined only after a question" {
	dups_of_1
	caseq --as bo take 2
	sees 'case 2, auf2, bo '
	press '&'
	sees 'bo is working 2 \((now|[0-9]+s)\)\. Join all the same\? Both drafts are kept\. y/n'
	press n
	sees 'bo .*; nothing was joined' '2 to judge'
	press '&'
	sees 'Join all the same'
	press y
	sees 'joined case 2 into case 1' '1 to judge'
	[ "$(caseq list --json held:bo | wc -l)" -eq 0 ]
}

@test "who writes in a case that is joined keeps the words" {
	alike
	open_queue -n bo -a bo
	press j t Enter
	sees '^ 2 OPEN +held by you'
	press c
	sees 'internal note on case 2'
	press -l 'I called them'
	open_queue
	press =
	sees 'Likely duplicates of case 1'
	press '&'
	sees 'bo is working 2'
	press y
	sees 'joined case 2 into case 1'
	pane=bo
	sees 'case 2 was joined into 1' 'I called them'
	press C-s
	sees 'note saved' '\(bo\) +I called them'
	caseq show 1 | grep -q 'I called them'
}

@test "marked cases of the queue: & asks about a colleague, ! tells them apart" {
	alike
	caseq --as bo take 5
	caseq --as lee take 6
	open_queue
	press G Space k Space g j
	sees '2 marked' '& join  ! not same'
	press '&'
	sees 'join 2 cases into 2\? y'
	press y
	sees 'bo is working 5 ' 'lee is working 6 ' \
	    'Join all the same\? All drafts are kept'
	press n
	sees 'lee since .*bo since .*nothing$' '^ was joined'
	press !
	sees '2 is not the same as these\? y notes it' '5 aup2: ' '6 aux1: '
	press y
	sees '2 is not the same as these 2: noted'
	gone '2 marked'
	press Enter
	sees 'maybe same as .*5.*\? no: you said so'
}

@test "what a colleague judges meanwhile goes, and the next key hits no other" {
	dups_of_1
	press Space
	caseq --as bo join 1 2
	sees '1 to judge' '^>N +3 '
	gone 'marked'
	press k
	caseq --as bo not-same 1 3
	sees 'case 3 left this list meanwhile' 'No likely duplicate is left'
	caseq --as bo undo
	sees '1 to judge'
	caseq --as bo undo
	sees '2 to judge'
	caseq --as bo join 4 1
	sees 'case 1 was joined into 4' 'Likely duplicates of case 4' \
	    '3 to judge'
}

@test "the key that comes just after the list moved does nothing" {
	dups_of_1
	for _ in {1..5}; do # it may be too slow once for "just after"
		caseq --as bo not-same 1 2
		sees 'case 2 left this list meanwhile' '^>N +3 '
		press '&'
		sees 'look again|joined case 3'
		not_on_screen 'joined case 3' && break
		press u
		caseq --as bo undo
		sees '2 to judge'
		press g
	done
	sees 'has just changed under the cursor: look again'
	[ "$(caseq list --json | wc -l)" -eq 6 ]
	sleep 1.2 # a person looks
	press '&'
	sees 'joined case 3 into case 1'
}

@test "what is faintly like is not announced, and there for who asks" {
	queue
	{
		post n1 'the refund for my cancelled night train to Vienna is still missing after six weeks of waiting'
		post n2 'no breakfast on the night train, cold coffee, and the toilet was locked until the border at Vienna'
	} | caseq ingest
	caseq dedup index
	open_queue
	sees '^--- 1 -- 1 post'
	not_on_screen 'maybe the same|= dups'
	press =
	sees 'Likely duplicates of case 1' '1 to judge' '^>N +2 '
}

@test "a case without likely duplicates says so and opens nothing" {
	alike
	open_queue
	press G =
	sees 'no likely duplicates of case 6 are known' '\[5\]All'
}

@test "names of the keys work after the colon" {
	alike
	open_queue
	press :
	press -l dups
	press Enter
	sees 'Likely duplicates of case 1'
	press :
	press -l not-same
	press Enter
	sees '1 and 2 are not the same'
	press '?'
	sees 'Help: likely duplicates of a case'
	press NPage
	sees '& +join ' '! +not-same ' 'M +maybe '
	press q
	sees '1 to judge'
}

@test "what a customer writes is harmless where posts are compared" {
	queue
	printf '{"source":"msto","id":"%s","text":"The parcel \\u001b[2J\\u202e with number %s was left outside in the rain and the box is ruined","author":"%s"}\n' \
	    h1 11 'a\u001b]0;x' h2 22 'b\u0007' | caseq ingest
	open_queue
	press =
	sees 'Likely duplicates of case 1, a<ESC>' 'The parcel <ESC>\[2J<RLO>' \
	    'number \[11\] was' 'number \[22\] was'
}

@test "of a long post the part that differs is shown" {
	queue
	for n in 31 32; do
		post "l$n" "$(printf 'and then part %d of the old story goes on ' {1..11})with number $n at the end"
	done | caseq ingest
	open_queue -x 60 -y 20
	press =
	sees '\[31\] at the end' '\[32\] at the end' \
	    'this case, 1, aul31 \(lines [2-9]+-[0-9]+ of [0-9]+\)'
}

@test "a follow-up is marked, # breaks it out at once, u puts it back" {
	queue
	{
		post a1 'My invoice of July is wrong' '"author":"kim"'
		post a2 'Also the app crashes now' '"author":"kim"'
	} | sed 's/"author":"au[^"]*",//' | caseq ingest
	open_queue
	sees '^.*Also the app crashes now +\[follow-up\]'
	open_case
	sees 'Also the app crashes now +\[follow-up\]' \
	    'follow-up \(# splits it\): same author, within a minute'
	press j '#'
	sees 'the post is case 2 now; u undoes'
	gone 'Also the app'
	press u
	sees 'undone' 'Also the app crashes now +\[follow-up\]'
}
