# The queue's screen: what it shows, how it moves, what changes by itself.

load tmux

cursor_on() { # CASE: the row under the cursor is that case's
	sees "^>.* $1 +msto"
}

@test "the queue is a table with counts, agent and time in its head" {
	three_cases
	open_queue
	sees '^ caseq  \[1\]Mine 0 \[2\]Unclaimed 3 \[3\]Due 0 \[4\]Waiting 0' \
	    '\[5\]All 3 .* ann  [0-2][0-9]:[0-5][0-9]$' \
	    '^ F  Due Pri Reach Held by +Case Src +Author +Subject +Ps$' \
	    '^>N   [34]h +[0-9]+   88k - +1 msto +aua1 +Charged twice.* 3$' \
	    '^ N .* 500 - +2 msto' '^ N .* 3 msto .*App crashes'
}

@test "an empty queue says so" {
	queue
	open_queue
	sees 'The queue is empty'
	press t
	sees 'there is no case here'
	press Enter Space
	sees 'there is no case here'
}

@test "every key of movement moves" {
	many_cases 60
	open_queue
	press p # more rows
	cursor_on 1
	press j
	cursor_on 2
	press Down
	cursor_on 3
	press k
	cursor_on 2
	press Up
	cursor_on 1
	press G
	cursor_on 60
	press g
	cursor_on 1
	press End
	cursor_on 60
	press Home
	cursor_on 1
	press NPage
	cursor_on 20
	press PPage
	cursor_on 1
	press C-d
	cursor_on 11
	press C-u
	cursor_on 1
	press k
	cursor_on 1
}

@test "the list goes on and back through more rows than it holds" {
	many_cases 190
	for ((i = 191; i <= 700; i++)); do
		post "p$i" "Complaint number $i"
	done | caseq ingest
	open_queue
	press G
	cursor_on 700
	for _ in {1..30}; do press PPage; done
	press j
	sees '^>.* [0-9]+ msto .*Complaint number'
	press g
	cursor_on 1
	for _ in {1..70}; do press NPage; done
	cursor_on 700
	for _ in {1..70}; do press PPage; done
	cursor_on 1
}

@test "views are filters with numbers" {
	three_cases
	caseq take 2
	caseq snooze 3 --until 2h
	open_queue
	press 1
	sees '^>O .*ann \(you\) +2 msto'
	gone ' 1 msto'
	press 2
	sees '^>N .* 1 msto'
	gone ' 2 msto' ' 3 msto'
	press 3
	sees 'No case in this view'
	press 4
	sees '^>Z .*asleep [12]h.* 3 msto'
	press 5
	sees ' 1 msto' ' 2 msto' ' 3 msto'
}

@test "l limits, Esc lifts the limit, a wrong query is explained" {
	three_cases
	open_queue
	press l
	sees 'limit \(due<15m'
	press -l 'reach>1k'
	press Enter
	sees 'limit: reach>1k' ' 1 msto'
	gone ' 2 msto'
	press 2
	sees 'limit: reach>1k' ' 1 msto'
	press Escape
	sees ' 2 msto' ' 3 msto'
	gone 'limit: reach'
	press '\'
	sees 'limit \('
	press -l 'reach>lots'
	press Enter
	sees 'reach needs a number' ' 2 msto'
	press l
	sees 'limit \('
	press Up
	press C-u
	press -l 'nosuchword'
	press Enter
	sees 'No case matches the limit'
}

@test "Space marks and moves on, Esc clears the marks" {
	three_cases
	open_queue
	press Space Space
	sees '^\*.* 1 msto' '^\*.* 2 msto' '^>.* 3 msto' '2 marked'
	press Escape
	gone '^\*' '2 marked'
	sees 'marks cleared'
	press g Space l
	sees 'limit \('
	press -l 'reach>1k'
	press Enter
	sees 'limit: reach>1k   1 marked'
	press Escape
	sees 'limit cleared; Esc again' ' 2 msto' '^\*.* 1 msto'
	press Escape
	sees 'marks cleared'
}

@test "a case joined elsewhere leaves the cursor on the survivor" {
	three_cases
	open_queue
	press j
	cursor_on 2
	caseq --as bo join 1 2
	sees 'case 2 was joined into 1' '^>. .* 1 msto'
	gone ' 2 msto' '^[ *].* 1 msto'
}

@test "the head has room for name and time however long the queue" {
	many_cases 120
	open_queue
	sees '\[2\]Unclaimed 120 .*\[4\]Waiting 0 .* ann  [0-9]+:[0-9]+$'
	tmux_ resize-window -t main -x 72 -y 24
	sees '\[2\]Free 120 .*\[4\]Wait 0 .* ann  [0-9]+:[0-9]+$'
}

@test "p shows and hides the preview, which says how posts were joined" {
	three_cases
	open_queue
	sees '^--- 1 -- 3 posts, 3 authors, joined: repost \(1\), reply \(1\) --' \
	    'aua2 +Same here since Monday +\[post\]' '\[repost\]'
	press p
	gone '^--- 1 --'
	press p
	sees '^--- 1 --'
	press j
	sees '^--- 2 -- 1 post, 1 author --' 'left in the rain'
}

@test "a terminal of less than 20 lines begins without preview" {
	three_cases
	open_queue -y 18
	gone '^---'
	press p
	sees '^--- 1 --'
}

@test "/ searches, n and N go on and back" {
	many_cases 60
	open_queue
	press /
	sees '^ search'
	press -l 'NUMBER 3'
	press Enter
	cursor_on 3
	press n
	cursor_on 30
	press n
	cursor_on 31
	press N
	cursor_on 30
	press /
	press -l 'nosuchthing'
	press Enter
	sees '"nosuchthing" is not found below'
	cursor_on 30
	press Escape
	press n
	sees 'nothing was searched for yet'
}

@test "what another process does shows by itself and soon" {
	three_cases
	open_queue
	caseq --as bo take 1
	began=$(date +%s%N)
	sees '^>O .* bo (now|[0-9]+s) +1 msto' '\[2\]Unclaimed 2'
	took=$((($(date +%s%N) - began) / 1000000))
	echo "took $took ms"
	[ "$took" -lt 1000 ]
	post d1 'A fourth thing went wrong' | caseq ingest
	sees ' 4 msto .*A fourth thing' '\[5\]All 4'
	caseq --as bo resolve 1
	sees '^>R .* 1 msto' '\[5\]All 3'
	caseq resolve 2
	gone ' 2 msto'
}

@test "new rows above wait behind a counter and the cursor keeps its case" {
	three_cases
	open_queue -x 100
	press j
	cursor_on 2
	line=$(screen | grep -n '^>' | cut -d: -f1)
	for i in 1 2 3; do
		post "h$i" "Urgent thing number $i" '"author_followers":9000000'
	done | caseq ingest
	sees '3 new above \(g to see\)' '\[5\]All 6'
	cursor_on 2
	[ "$(screen | grep -n '^>' | cut -d: -f1)" = "$line" ]
	gone 'Urgent thing'
	press j
	cursor_on 3
	press R
	cursor_on 3
	sees 'Urgent thing number 2'
	gone 'new above'
	post h4 'Urgent thing number 4' '"author_followers":95000000' |
	    caseq ingest
	sees '1 new above'
	press g
	sees '^>.* 7 msto .*Urgent thing number 4'
	gone 'new above'
}

@test "the cursor stays on a case whose priority rises" {
	three_cases
	open_queue
	press j j
	cursor_on 3
	post c2 'It crashes for all of us' \
	    '"in_reply_to":"c1","author_followers":9000000'  | caseq ingest
	sees '^>.* 9\.[0-9]M.* 3 msto'
	screen | sed -n 5p | grep '^>'
}

@test "P tells the priority and its sum" {
	three_cases
	open_queue
	press P
	sees 'case 1: priority [0-9]+ = reach [0-9]+'
}

@test "the keys of work do their work from the list too" {
	three_cases
	open_queue
	press t
	sees '^>O .*ann \(you\)'
	press U Enter
	sees 'case 1 is free again'
	press x 1
	sees '^>R ' 'case 1 resolved'
	press X Enter
	sees '^>O '
	press D Enter
	sees '^>D ' 'case 1 dismissed'
	press u
	sees '^>O ' 'undone'
	press z Enter
	sees '^>Z .*asleep'
	press u
	sees '^>O '
	press a b Tab Enter
	sees 'bo owns'
	press u
	gone 'bo owns'
	press L
	press -l 'odd'
	press Enter
	sees 'tags changed'
	press l
	press -l 'tag:odd'
	press Enter
	sees ' 1 msto'
	gone ' 2 msto'
}

@test "redraw removes what others wrote on the screen" {
	three_cases
	open_queue
	printf '\033[5;5HGARBAGE' >"$(tmux_ display -p -t main '#{pane_tty}')"
	sees GARBAGE
	press C-l
	gone GARBAGE
}

@test "q and Q leave from the queue" {
	three_cases
	open_queue
	press q
	ended 0
	tmux_ kill-session -t main
	rm main.done
	open_queue
	press Q
	ended 0
}

@test "a key without meaning is named, and help offered" {
	three_cases
	open_queue
	press @
	sees '@ does nothing here; \? tells what does'
}

@test "pasted text is not run as keys" {
	three_cases
	open_queue
	tmux_ set-buffer 'Qtwx'
	tmux_ paste-buffer -p -t main
	sees 'pasted text is not run as keys'
	sees '^>N .* 1 msto'
	[ ! -e main.done ]
}

@test "an escape sequence in pasted text does not end it" {
	three_cases
	open_queue
	# ESC [200~ a ESC [31m Q ESC [201~
	press -H 1b 5b 32 30 30 7e 61 1b 5b 33 31 6d 51 1b 5b 32 30 31 7e
	sees 'pasted text is not run as keys'
	sees '^>N .* 1 msto'
	[ ! -e main.done ]
}

@test "help lists the keys of the screen, can be searched and scrolled" {
	three_cases
	open_queue
	press '?'
	sees 'Help: queue list' 'You are ann \(administrator\)' '^ Move'
	gone 'audit log of the case'
	press G
	sees '^   Q +quit +leave caseq' ':show .*:report'
	sees 'F +N new, O open, W pending, Z snoozed, R resolved' 'due<15m'
	press g
	press /
	press -l 'take over'
	press Enter
	sees '^   S +steal +take over'
	press j k C-d C-u NPage PPage n N R C-l Escape
	press q
	sees '\[5\]All'
	open_case
	press F1
	sees 'Help: case' '^ Move'
	press G
	sees 'leave caseq'
	gone '^   Space'
	press Q
	ended 0
}

@test "rows with wide characters are as wide as the others" {
	queue
	{
		post w1 '駅員さんが誰も答えてくれません。もう一時間待っています。返金も' \
		    '"author_name":"駅","handle":"駅前の住人たちの会の会長"'
		post w2 'Plain letters only, but rather a lot of them in here'
		post w3 'Smile 😀😀😀👩‍👩‍👧 and flags 🇩🇪🇪🇸 and cafe\u0301s in line'
		post w4 'القطارات متوقفة في محطة إسكربي المركزية منذ ساعة'
	} | caseq ingest
	open_queue
	press p
	sees ' 4 msto'
	for i in 1 2 3 4; do
		row=$(screen | grep " $i msto")
		echo "$row"
		[ "$(wc -L <<<"$row")" -eq 80 ]
	done
}

@test "a hostile post reaches the terminal only as visible signs" {
	queue
	post x1 'a\u001b]0;pwned\u0007b\u001b[2J\u009b31m\u202egnp.exe' \
	    '"handle":"\u001b[31mred"' | caseq ingest
	open_queue
	sees '^>N .*<ESC>'
	open_case
	sees 'a<ESC>\]0;pwned<BEL>b<ESC>\[2J<9B>31m<RLO>gnp'
	[ "$(tmux_ display -p -t main '#{pane_title}')" != pwned ]
}

@test "a resized terminal is filled, a tiny one asks for more room" {
	many_cases 60
	open_queue
	tmux_ resize-window -t main -x 120 -y 40
	soon rows 20
	tmux_ resize-window -t main -x 30 -y 6
	sees 'needs more room' '40 columns, 8 lines'
	press j
	tmux_ resize-window -t main -x 40 -y 8
	sees '\[1\]Mine' '^>'
	tmux_ resize-window -t main -x 80 -y 24
	sees '^>.* 2 msto'
}

rows() { # N: at least so many cases are on the screen
	[ "$(screen | grep -c ' msto ')" -ge "$1" ]
}

@test "a terminal of 200 by 60 shows more rows and longer texts" {
	many_cases 60
	post long "$(printf 'word %.0s' {1..30})" \
	    '"author_followers":99000000' | caseq ingest
	open_queue -x 200 -y 60
	soon rows 38
	screen | grep -q '\(word \)\{15\}'
}

@test "a claim held from the list is renewed while somebody types" {
	three_cases
	caseq take 2 --lease 60s
	open_queue
	renewed() { caseq show 2 | grep -q 'held by' && ! lease_ends_soon; }
	lease_ends_soon() {
		local until
		until=$(caseq list --json '#2' | grep -o '"lease_until":"[^"]*"')
		[ "$(date -ud "$(cut -d'"' -f4 <<<"$until")" +%s)" -lt \
		    $(($(date +%s) + 300)) ]
	}
	soon renewed
}
