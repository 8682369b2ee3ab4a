# The terminal: kinds of it, what is given back, and what fails.

load tmux

@test "it works on the usual kinds of terminal" {
	three_cases
	for t in xterm xterm-256color screen linux vt100 tmux-256color; do
		infocmp "$t" >/dev/null 2>&1 || continue
		open_queue -n "$t" -t "$t"
		press j
		sees '^>.* 2 msto' 'help *$'
		press Q
		ended 0
	done
}

@test "an unknown or useless TERM is one line and status 2" {
	three_cases
	for t in nosuch-terminal dumb ''; do
		TERM=$t run script -qec "'$CASEQ'" /dev/null
		echo "$output"
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
		grep -q '^caseq: .*TERM' <<<"$output"
	done
}

@test "NO_COLOR and terminals without colour get none" {
	three_cases
	caseq take 2
	open_queue
	tmux_ capture-pane -e -p -t main | grep -qP '\x1b\[[0-9;]*3[0-7]m'
	open_queue -n plain -e NO_COLOR=1
	! tmux_ capture-pane -e -p -t plain |
	    grep -qP '\x1b\[[0-9;]*[34][0-7]m' || return 1
	open_queue -n vt -t vt100
	! tmux_ capture-pane -e -p -t vt |
	    grep -qP '\x1b\[[0-9;]*[34][0-7]m' || return 1
}

given_back() { # modes and screen are as they were
	soon test -e "$pane.done"
	diff "$pane.before" "$pane.after"
	gone '\[5\]All'
	[ "$(tmux_ display -p -t "$pane" '#{cursor_flag}')" = 1 ]
	[ "$(tmux_ display -p -t "$pane" '#{alternate_on}')" = 0 ]
}

@test "the terminal is given back on leaving" {
	three_cases
	open_queue
	press Q
	ended 0
	given_back
}

@test "the terminal is given back on a signal" {
	three_cases
	for s in TERM HUP INT QUIT; do
		open_queue -n "$s"
		kill "-$s" "$(pid)"
		ended 0
		given_back
	done
	for s in ABRT SEGV; do
		open_queue -n "$s"
		kill "-$s" "$(pid)"
		given_back
		sees 'status 1[0-9][0-9]'
	done
}

@test "Ctrl-C leaves in order" {
	three_cases
	open_queue
	press C-c
	ended 0
	given_back
}

@test "a stopped program gives the terminal back and takes it again" {
	three_cases
	open_queue
	kill -TSTP "$(pid)"
	soon test -e main.stopped
	gone '\[5\]All'
	: >main.go
	sees '\[5\]All'
	press j
	sees '^>.* 2 msto'
	press Q
	ended 0
	given_back
}

@test "a busy queue is told, tried again, and takes no words" {
	three_cases
	open_queue
	open_case
	press c
	sees 'internal note'
	press -l 'patient words'
	exec 9>>q.db-gate
	flock 9
	press C-s
	sees 'the queue is busy: trying again'
	sees 'patient words'
	flock -u 9
	exec 9>&-
	sees 'note saved' 'patient words +\[note\]'
}

@test "words that no queue takes are kept in a file when the program ends" {
	three_cases
	open_queue
	open_case
	press c
	sees 'internal note'
	exec 9>>q.db-gate
	flock 9
	press -l 'homeless words'
	sees 'homeless words'
	kill -TERM "$(pid)"
	WAIT_S=25 sees 'your note is in '
	ended 0
	flock -u 9
	exec 9>&-
	grep -q 'homeless words' caseq-note-1-*
	[ "$(stat -c %a caseq-note-1-*)" = 600 ]
}

@test "a queue file that is gone takes no words and is told" {
	three_cases
	open_queue
	open_case
	press c
	sees 'internal note' 'nothing written yet'
	mkdir away
	mv q.db* away
	press -l 'homeless words'
	press C-s
	sees 'the queue file ' 'homeless words'
	says_gone() { screen | tr -d '\n' | grep -q 'is gone: put *it *back'; }
	soon says_gone
	press Escape
	sees '\^C ends caseq and puts your words into a file'
	mv away/q.db* .
	press C-s
	sees 'note saved' 'homeless words +\[note\]'
	mv q.db q.old
	press q
	says_trying() { screen | tr -d '\n' | grep -q 'trying *again'; }
	soon says_trying
	cp q.old q.db
	press t
	sees 'another file is in the place of the queue'
	press c Q
	ended 0
}

@test "Ctrl-backslash keeps the words, as Ctrl-C does" {
	three_cases
	open_queue
	press c
	sees 'internal note'
	press -l 'quick words'
	sees 'quick words'
	press 'C-\'
	ended 0
	open_queue -n again
	press c
	sees 'quick words'
}

@test "a damaged queue is a line on the screen, not a crash" {
	many_cases 100 # more than the list has read
	open_queue
	for f in q.db q.db-wal; do
		[ -s "$f" ] && dd if=/dev/urandom of="$f" bs=4096 conv=notrunc \
		    count=$(($(stat -c %s "$f") / 4096 + 1)) status=none
	done
	press G Enter
	sees 'case [0-9]+ cannot be shown: ' 'damaged'
	press j k '?'
	sees 'Help'
	press q Q
	ended 0
}
