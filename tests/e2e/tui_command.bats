# The ":" line: every name of the table, with history and completion.

load tmux

command() { # TEXT: after ":"
	press :
	sees '^ :'
	press -l "$1"
	press Enter
}

@test "a name does what its key does" {
	three_cases
	open_queue
	command preview
	gone '^--- 1'
	command down
	sees '^>.* 2 msto'
	command take
	sees 'case 2 is yours'
	command open
	sees '^ 2 OPEN'
	command history
	sees '\[event\]'
	command back
	sees '\[5\]All'
	command quit
	ended 0
}

@test "Tab completes names, Up brings back what was typed" {
	three_cases
	open_queue
	press :
	press -l 'prev'
	press Tab
	sees '^ : preview'
	press Enter
	gone '^--- 1'
	press : Up
	sees '^ : preview'
	press Down
	gone 'preview'
	press -l 're'
	press Tab
	sees '^ : (release|renew|resolve|reopen|refresh|redraw|report)'
	press Tab
	press Escape
	gone '^ :'
}

@test "what prints is shown as a text to scroll and search" {
	three_cases
	open_queue
	command 'show 1'
	sees '^ show' 'Charged twice'
	press q
	command 'audit 1'
	sees '^ audit'
	press q
	command 'help take'
	sees 'claim the case'
	press q
	command 'list unclaimed'
	sees '^ list' ' 3 '
	press q
	sees '\[5\]All'
}

@test "a printed line longer than the screen is broken, not cut" {
	queue
	{
		post a1 'Other words'
		post "$(printf 'long%02d-' {1..20})end" 'Short words'
	} | caseq ingest
	open_queue
	command 'export --map'
	sees '^ export' '^long01' 'end 2$'
	press /
	press -l 'long20'
	press Enter
	sees 'end 2$'
	tmux_ resize-window -t main -x 40 -y 24
	sees '^6-long07' 'end 2$'
}

@test "acts with words run as in line mode" {
	three_cases
	open_queue
	command 'tag 2 billing "refund"'
	sees 'tag'
	gone '^ : '
	caseq list tag:billing | grep -q ' 2 '
	command 'note 3 "two words"'
	shows_two_words() { caseq show 3 | grep -q 'two words'; }
	soon shows_two_words
	command 'assign 1 --to=bo'
	sees 'bo owns +1'
	command 'take 99'
	sees '^ there is no case 99'
}

@test "mistakes are told in one line" {
	three_cases
	open_queue
	command nosuch
	sees 'no command is called nosuch'
	command 'tag 1'
	sees 'write: tag CASE TAG'
	command 'take 1 --nosuch'
	sees 'take has no option --nosuch'
	command 'take 1 --lease'
	sees '--lease needs a value'
	command 'down 3'
	sees 'down takes no words'
	command run
	sees 'run works only outside'
	command split
	sees 'split does nothing on this screen'
	command 'view'
	sees 'views have numbers'
	command ''
	sees '^>N .* 1 msto'
}
