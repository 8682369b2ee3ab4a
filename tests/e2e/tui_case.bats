# One case on the screen, and every key that works on it.

load tmux

case_1() { # three cases, and the first of them on the screen
	three_cases
	open_queue "$@"
	open_case
}

@test "a case shows head, story with labels, reasons of joins and foot" {
	case_1
	sees '^ 1 NEW +free +due [34]h +pri [0-9]+ \(P why\) +msto' \
	    '^ aua1 \(Train Fan\) +reach 88k +3 posts, 3 authors' \
	    '^>..:.. +aua1 +Charged twice .*\[post\]' \
	    ' aua2 +Same here since Monday +\[post\]' \
	    ' +joined: a reply to' ' +\[repost\]' ' +joined: a repost of' \
	    '^ Tags - +Owner -'
}

@test "opening a case locks and assigns nothing" {
	case_1
	[ "$(caseq list --json 'held' | wc -l)" -eq 0 ]
	[ "$(caseq list --json 'owner' | wc -l)" -eq 0 ]
	caseq --as bo take 1
	sees 'held by bo'
}

@test "the cursor goes through the entries of a case" {
	case_1
	press j
	sees '^>..:.. +aua2'
	press G
	sees '^>..:.. +aua3'
	press g
	sees '^>..:.. +aua1'
	press NPage
	sees '^>..:.. +aua3'
	press k
	sees '^>..:.. +aua2'
	press /
	press -l 'ticket'
	press Enter
	sees '^>..:.. +aua3'
	press N
	sees '^>..:.. +aua1'
	press n
	sees '^>..:.. +aua3'
}

@test "a post longer than the screen is scrolled through" {
	queue
	post long "$(printf 'line %d of it\\n' {1..80})end of it" | caseq ingest
	open_queue
	open_case
	sees 'line 1 of it' '--- [0-9]+ more lines'
	gone 'line 40 of it'
	for _ in {1..30}; do press j; done
	sees 'line 31 of it' 'line 40 of it'
	gone 'line 1 of it'
	press G
	sees 'end of it'
	press C-u PPage C-d
	press g
	sees 'line 1 of it'
}

@test "w claims the top case, opens it and says why it was served" {
	three_cases
	open_queue
	press j w
	sees 'case 1 is yours: priority [0-9]+ = reach' \
	    'held by you \(lease 9:5[0-9]\)' 'pri [0-9]+ \(P why\)'
	press w
	sees 'case 2 is yours'
	press w w
	sees 'nothing'
	press q
	sees '\[5\]All'
	[ "$(caseq list --json held:ann | wc -l)" -eq 3 ]
}

@test "t takes; a refusal says who holds it and offers the next" {
	case_1
	press t
	sees 'case 1 is yours for 10 minutes' 'held by you'
	press q j
	caseq --as bo take 2
	press t
	sees 'bo .*since .*w gives you the next free one'
}

@test "U gives back with a reason, which has a default" {
	case_1
	press t
	sees 'held by you'
	press U
	sees 'give back, because not now'
	press Enter
	sees 'case 1 is free again' ' free '
	caseq audit 1 | grep -q 'not now, somebody else'
	press t
	sees 'held by you'
	press U
	sees 'give back'
	press Escape
	gone 'give back, because'
	sees 'held by you'
}

@test "S takes over: a lead may, an agent may not, both need a reason" {
	three_cases
	caseq --as bo take 1
	open_queue -x 120 -a lee
	press S
	sees 'take over, because'
	press Enter
	sees 'it needs a reason'
	press S
	sees 'take over, because'
	press -l 'bo is ill'
	press Enter
	sees 'case 1 is yours now' 'lee \(you\)'
	start -n other -a bo
	sees '\[5\]All'
	press S
	sees 'take over, because'
	press -l 'give it back'
	press Enter
	gone 'take over, because'
	sees 'lee'
	not_on_screen 'bo \(you\)'
	caseq list --json held:lee | grep -q '"case":1'
}

@test "c writes a note, ^S saves it" {
	case_1
	press c
	sees 'internal note on case 1' '\^S save the note +Esc leave'
	press -l 'Refund is on its way'
	press Enter
	press -l '返金済み é'
	press C-s
	sees 'note saved' '\(ann\) +Refund is on its way' '返金済み é +\[note\]'
	caseq show 1 | grep -q '返金済み é'
}

@test "c from the list comes back to the list" {
	three_cases
	open_queue
	press j c
	sees 'internal note on case 2'
	press -l 'Seen.'
	press C-x
	sees 'note saved' '\[5\]All'
	caseq show 2 | grep -q 'Seen\.'
}

@test "the editor knows the keys of editing" {
	case_1
	press c
	sees 'internal note'
	press -l 'wrong words here'
	press C-w C-w
	press -l 'one two'
	press Enter
	press -l 'tres'
	press BSpace BSpace BSpace
	press -l 'hree'
	press Home
	press -l '>'
	press End
	press -l '<'
	press C-a Right Right DC
	press Up End
	press -l '!'
	press Down Left C-k
	press Enter
	press -l 'gone'
	press C-u
	press C-s
	sees 'note saved'
	caseq show 1 >shown
	cat shown
	grep -q 'wrong one two!$' shown || grep -q 'wrong one two! *$' shown
	grep -q '>tree' shown
	! grep -q 'gone' shown || return 1
}

@test "pasted lines go into the note as they are, escapes made visible" {
	case_1
	press c
	sees 'internal note'
	printf 'first Q\nsecond \033[31m line\n' | tmux_ load-buffer -
	tmux_ paste-buffer -p -t main
	sees 'first Q' 'second '
	press C-s
	sees 'note saved'
	caseq show 1 | grep -q 'first Q'
}

@test "an empty note is not saved" {
	case_1
	press c
	sees 'internal note'
	press Space C-s
	sees 'there is nothing to save'
	press Escape
	sees '^ Tags'
}

@test "Esc keeps the draft, and c goes on with it" {
	case_1
	press c
	sees 'internal note'
	press -l 'half a sent'
	press Escape
	sees 'draft kept'
	press c
	sees 'your draft is here again' 'half a sent'
	press -l 'ence'
	press C-s
	sees 'half a sentence +\[note\]'
	press c
	sees 'internal note'
	not_on_screen 'your draft is here'
}

@test "a draft is kept while it is written and survives SIGKILL" {
	case_1
	press c
	sees 'internal note'
	press -l 'words of worth'
	sees 'draft kept'
	kill -KILL "$(pid)"
	soon test -e main.done
	open_queue -n again
	press c
	sees 'words of worth'
}

@test "words survive SIGTERM at once" {
	case_1
	press c
	sees 'internal note'
	press -l 'last words'
	sees 'last words'
	kill -TERM "$(pid)"
	ended 0
	open_queue -n again
	open_case
	press c
	sees 'last words'
}

@test "words survive the loss of the terminal" {
	case_1
	press c
	sees 'internal note'
	press -l 'last words'
	sees 'last words'
	pid=$(pid)
	tmux_ kill-session -t main
	soon not_running "$pid"
	open_queue -n again
	press c
	sees 'last words'
}

not_running() {
	! kill -0 "$1" 2>/dev/null
}

@test "a lost claim is told in a banner and takes no words" {
	case_1
	press t
	sees 'held by you'
	press c
	sees 'internal note'
	press -l 'still here'
	caseq --as lee steal 1 --reason 'shift ends'
	sees 'You no longer hold this case: lee holds it since' 'still here'
	press C-s
	sees 'note saved' 'still here +\[note\]' 'You no longer hold'
	press q
	sees '\[5\]All'
	open_case
	not_on_screen 'You no longer hold'
}

@test "the banner of a lost claim says how the case stands now" {
	case_1
	press t
	sees 'held by you'
	caseq --as lee steal 1 --reason 'shift ends'
	sees 'no longer hold this case: lee holds it since'
	caseq --as lee resolve 1
	sees 'no longer hold this case: it is resolved.'
	caseq --as lee reopen 1
	sees 'no longer hold this case: free since .*, t takes it again'
}

@test "the agent's own acts raise no banner" {
	case_1
	press t
	sees 'held by you'
	press U Enter
	sees 'is free again'
	not_on_screen 'You no longer hold'
}

@test "x asks for the outcome; digits, arrows and Enter choose" {
	case_1
	press x
	sees '> 1 answered' '  2 '
	press Escape
	gone '> 1 answered'
	caseq list new | grep -q ' 1 msto'
	press x
	sees '> 1 answered'
	press j
	sees '> 2 '
	press Up Enter
	sees 'case 1 resolved: answered; u undoes' '^ 1 RESOLVED \(answered\)'
	press X
	sees 'reopen, because more to do'
	press Enter
	sees 'case 1 is back to work' '^ 1 OPEN'
	press x
	sees '> 1 answered'
	press 2
	sees 'case 1 resolved: ' '^ 1 RESOLVED'
}

@test "what cannot be is told before a question is asked" {
	case_1
	press U
	sees 'case 1 is not held by you: nothing to give back'
	press S
	sees 'case 1 is held by nobody: t takes it'
	press X
	sees 'case 1 is new: it allows take, '
	press t
	sees 'held by you'
	press S
	sees 'case 1 is yours already'
	press x Enter
	sees 'resolved: answered'
	for k in x D z; do
		press u
		sees 'undone'
		press x Enter
		sees 'resolved: answered'
		press "$k"
		sees 'case 1 is resolved: it allows reopen'
	done
}

@test "the audit log shows the whole of a long link" {
	queue
	url=https://social.example/$(printf 'part%02d/' {1..20})end
	post a1 'See there' "\"url\":\"$url\"" | caseq ingest
	open_queue
	open_case
	press H
	sees 'audit log of the case shown, and links' 'https://social.example/part01' '/end$'
}

@test "D dismisses with a reason" {
	case_1
	press D
	sees 'dismiss, because no complaint'
	press C-u
	press -l 'spam'
	press Enter
	sees 'case 1 dismissed' '^ 1 DISMISSED \(spam\)'
	press z
	sees 'case 1 is dismissed: it allows reopen'
}

@test "z snoozes until a time or until the author writes" {
	case_1
	press z
	sees 'until \(2h, tomorrow, 14:30, author\) 4h'
	press C-u
	press -l 'some day'
	press Enter
	sees 'not a time: write 2h'
	press z
	sees 'until \('
	press C-u
	press -l '3h'
	press Enter
	sees 'case 1 sleeps until' '^ 1 SNOOZED' 'asleep'
	press X Enter
	sees '^ 1 OPEN'
	press z
	sees 'until \('
	press C-u
	press -l 'author'
	press Enter
	sees 'waits for its author' '^ 1 PENDING'
	post a9 'Now I have my money' '"in_reply_to":"a1"' | caseq ingest
	sees '^ 1 OPEN' 'Now I have my money'
}

@test "L puts tags on and takes them off" {
	case_1
	press L
	sees 'tags \(-TAG takes one off\)'
	press -l 'billing refund'
	press Enter
	sees 'tags changed' '^ Tags billing refund'
	press L
	sees 'tags \('
	press -l 'billing'
	press Enter
	sees 'stood so already'
	press L
	sees 'tags \('
	press -l -- '-billing bank'
	press Enter
	sees '^ Tags bank refund'
	press L
	sees 'tags \('
	press -l 'Not,Valid!'
	press Enter
	sees 'is no tag'
	press k
	sees '^ Tags bank refund'
}

@test "a gives an owner, Tab completes agents, - takes it away" {
	case_1
	press a
	sees 'owner \(Tab'
	press b Tab
	sees 'nobody\) bo'
	press Enter
	sees 'case 1 belongs to bo' 'Owner bo'
	press a
	sees 'owner \('
	press -l 'nosuch'
	press Enter
	sees 'nosuch'
	press a
	sees 'owner \('
	press -
	press Enter
	sees 'belongs to nobody' 'Owner -'
}

@test "& joins the marked cases after y, u undoes it exactly" {
	three_cases
	open_queue
	press '&'
	sees 'mark the others with Space'
	press j Space Space
	sees '2 marked'
	press g '&'
	sees '2 aub1: The parcel' '3 auc1: App crashes' \
	    'join 2 cases into 1\? y joins'
	press n
	sees 'nothing was joined'
	press '&'
	sees 'join 2 cases into 1'
	press Enter
	sees 'nothing was joined'
	press '&'
	sees 'join 2 cases into 1'
	press y
	sees 'joined 2 cases into case 1; u undoes' '\[5\]All 1'
	gone 'marked'
	open_case
	sees 'came with case 2'
	press u
	sees 'undone'
	gone 'came with case 2'
	press q
	sees '\[5\]All 3'
}

@test "# breaks the post under the cursor out after y" {
	case_1
	press j '#'
	sees 'break the post under the cursor out\? y'
	press n
	sees 'nothing was broken out'
	press '#'
	sees 'break the post'
	press y
	sees 'the post is case 4 now; u undoes'
	gone 'aua2'
	press u
	sees 'undone' 'aua2 '
	press c
	sees 'internal note'
	press -l 'no post'
	press C-s
	sees 'note saved'
	press '#'
	sees 'put the cursor on the post'
}

@test "# asks nothing about the only post of a case" {
	three_cases
	open_queue
	press j
	open_case
	press '#'
	sees 'it is the only post of this case: nothing to break out'
}

@test "u undoes the last act in a sentence" {
	case_1
	press u
	sees 'undo'
	press L
	sees 'tags \('
	press -l 'oops'
	press Enter
	sees '^ Tags oops'
	press u
	sees 'undone' '^ Tags -'
}

@test "P tells the priority, H the audit log" {
	case_1
	press P
	sees 'case 1: priority [0-9]+ = '
	press t
	sees 'held by you'
	press H
	sees 'audit log of the case shown' 'followers: 88000'
	press G
	sees 'ann +take, fence 1.*\[event\]'
	press H
	gone '\[event\]'
}

@test "changes of others appear in the open case" {
	case_1
	caseq --as bo note 1 'I know this one'
	sees '\(bo\) +I know this one +\[note\]'
	post a1 'Charged THREE times for one ticket and nobody answers' \
	    '"author_followers":88000' | caseq ingest
	sees '\[revision 1\]' 'Charged THREE times'
	caseq --as bo take 1
	sees '^ 1 OPEN +held by bo'
}

@test "others see in words who looks and who writes" {
	case_1
	start -n other -a bo
	sees '^>N .* ann looking +1 msto'
	pane=main
	press t c
	sees 'internal note'
	pane=other
	sees 'ann writing (now|[0-9]+s)'
	pane=main
	press Escape
	sees '^ Tags'
	press q
	sees '\[5\]All'
	pane=other
	sees '^>O .* ann (now|[0-9]+s) +1 msto'
	pane=main
	open_case
	press U Enter
	sees 'is free again'
	pane=other
	sees '^>O .* ann looking +1 msto'
	pane=main
	press Q
	ended 0
	pane=other
	gone 'ann looking'
}

@test "an open case renews the lease of who works on it" {
	three_cases
	caseq take 1 --lease 60s
	open_queue
	open_case
	sees 'held by you \(lease 9:[0-9][0-9]\)'
	caseq list --json held:ann | grep -q '"case":1'
}

@test "a claim that has run out is not renewed" {
	three_cases
	caseq take 1 --lease 1s
	nobody_holds() { [ -z "$(caseq list --json held)" ]; }
	soon nobody_holds
	open_queue
	sees '^>O .* - +1 msto'
	caseq --as bo take 1
	sees '^>O .* bo (now|[0-9]+s) +1 msto'
}

@test "R reads again and ^L draws again" {
	case_1
	printf '\033[5;5HGARBAGE' >"$(tmux_ display -p -t main '#{pane_tty}')"
	sees GARBAGE
	press R C-l
	gone GARBAGE
	sees 'Charged twice'
}

@test "joined under one's eyes, the case leads to the survivor" {
	three_cases
	open_queue
	press j
	open_case
	caseq --as bo join 1 2
	sees 'case 2 was joined into 1' '^ 1 (NEW|OPEN)' 'came with case 2'
}
