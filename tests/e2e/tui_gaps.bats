# Sources that may be missed stand in red above the queue; posts that not
# everybody may read say so wherever they are shown.

load tmux

at() { # TIME: what the clock says from now on
	export CASEQ_NOW=$1
}

# Nobody listens at the port 1: three failures, then twenty minutes.
fails() { # NAME...
	local name
	at 2026-11-23T14:00:00Z
	for name; do
		caseq source add "$name" "http://127.0.0.1:1/$name" \
		    --adapter feed --insecure --every 5m >/dev/null
	done
	for _ in 1 2 3; do
		caseq fetch >/dev/null || true
	done
	at 2026-11-23T14:20:00Z
}

gaps() { # NAME...: three cases, and sources that fail
	at 2026-11-23T14:00:00Z
	three_cases
	fails "$@"
}

open_now() { # the queue by the clock that stands still
	open_queue -e CASEQ_NOW="$CASEQ_NOW" "$@"
}

@test "a source that fails stands above the cases, which stay as they are" {
	gaps loud
	for size in '-x 80 -y 24' '-x 200 -y 60'; do
		# shellcheck disable=SC2086 # two words each
		open_now -n "size${size##* }" $size
		sees '^! source loud: nothing heard since 14:00 \(20 min\): 127' \
		    '^>N .* Charged twice' '^ N .* App crashes'
		press j t
		sees '^>O .* 2 .*The parcel'
		caseq release 2
	done
}

@test "the cursor goes up to red rows and down to the first case" {
	gaps loud
	open_now
	press k
	sees '^> source loud: nothing heard' '^ N .* Charged twice' \
	    'not a case: a source that may be missed' \
	    'caseq cannot hear this source'
	press k j
	sees '^! source loud' '^>N .* Charged twice'
	press k g
	sees '^! source loud' '^>N .* Charged twice'
	press k G
	sees '^! source loud' '^>N .* App crashes'
}

@test "a red row cannot be taken, marked or closed" {
	gaps loud
	open_now
	for key in t Space x c z a L S '&' '!' '='; do
		press k
		sees '^> source loud'
		press "$key"
		sees 'there is no case here'
		press j
		sees '^>N .* Charged twice'
	done
	[ "$(caseq list --json | grep -c '"holder":"')" -eq 0 ]
	[ "$(caseq list --json | grep -c '"gap":')" -eq 1 ]
}

@test "Enter on a red row says what it means and what to do" {
	gaps loud
	open_now -x 100
	press k Enter
	sees 'A source that may be missed' 'caseq cannot hear this source' \
	    'caseq source resume NAME'
	press q
	sees '^> source loud'
}

@test "s says that somebody looks after it, and it stays until it is over" {
	gaps loud
	open_now
	press s
	sees 'red rows above the list tell of sources'
	press k s
	sees 'you look after source loud' \
	    'source loud: nothing heard since 14:00 \(20 min\), seen by ann'
	caseq source pause loud
	sees 'the gap of source loud is over'
	gone 'source loud: nothing'
}

@test "s on a row that a colleague has seen tells who and when" {
	gaps loud
	caseq --as bo source seen loud
	at 2026-11-23T14:25:00Z
	for size in '-x 80 -y 24' '-x 200 -y 60'; do
		# shellcheck disable=SC2086 # two words each
		open_now -n "size${size##* }" $size
		press k s
		sees 'bo has seen the gap of source loud at 14:20' \
		    '^> source loud: .*, seen by bo: '
	done
}

@test "marks, limit and search work beside red rows" {
	gaps loud
	open_now
	press Space Space k k k
	sees '^> source loud' '2 marked' '^\*N .* Charged twice'
	press /
	press -l crashes
	press Enter
	sees '^>N .* App crashes' '^! source loud'
	press l
	press -l parcel
	press Enter
	sees '^! source loud' '^[>*]N .* The parcel' 'limit: parcel'
	gone 'App crashes'
	press C-u Escape
	sees 'limit cleared'
}

@test "many red rows leave the cases in sight, and can all be come to" {
	gaps s1 s2 s3 s4 s5 s6 s7
	open_now
	sees '^! source s1: ' '\+3 more$' '^>N .* Charged twice'
	gone 'source s7: '
	press k
	sees '^> source s7: '
	press k k k k k k
	sees '^> source s1: ' '\+3 more$'
	press j j j j j j j
	sees '^>N .* Charged twice'
}

@test "an empty queue shows red rows too" {
	at 2026-11-23T14:00:00Z
	queue
	fails loud
	open_now
	sees '^! source loud' 'The queue is empty'
	press k j j Enter
	sees 'A source that may be missed'
}

@test "a long queue is paged as before under a red row" {
	at 2026-11-23T14:00:00Z
	many_cases 60
	fails loud
	open_now
	sees '^! source loud' '^>N .*  1 msto'
	press PageDown PageDown PageUp PageUp
	sees '^>N .*  1 msto'
	press G
	sees '^! source loud' '^>N .* 60 msto'
	press g
	sees '^>N .*  1 msto'
}

@test "what not everybody may read says so in list, preview and case" {
	queue
	{
		post a1 'Please keep my address to yourself' \
		    '"visibility":"direct","author_followers":5000'
		post a2 'It is 4 Elm Road' '"in_reply_to":"a1","visibility":"private"'
		post b1 'The parcel was left in the rain again' '"bot":true'
		post c1 'App crashes on login' '"visibility":"unlisted"'
		post d1 'Charged twice for one ticket'
		post d2 'My card ends in 11' '"in_reply_to":"d1","visibility":"private"'
	} | caseq ingest
	printf '{"source":"msto","id":"c1","deleted":true}\n' | caseq ingest
	open_queue
	sees '>N .* \[direct\] Pl' ' N .* \[bot\] The' ' N .* \[unlisted\] \[' \
	    ' N .* \[private\] Ch' \
	    '\[direct\] \[post\]' '\[private\] \[post\]'
	press Enter
	sees '^ \[direct\] aua1' '\[direct\] never answer or quote this in public' \
	    '\[private\] never answer'
	press q G Enter
	sees '\[unlisted\] \[deleted [0-9][0-9]:[0-9][0-9]\] \[post\]'
	gone 'never answer'
}

@test "line mode wraps what is long on a terminal, and not in a pipe" {
	gaps loud
	caseq list | grep -q '^! source loud: .* port right?$'
	cat >lines.sh <<-END
		"$CASEQ" list
		"$CASEQ" source list
		"$CASEQ" fetch loud
		exec cat
	END
	# shellcheck disable=SC2034 # read by sees
	pane=lines
	tmux_ new-session -d -s lines -x 80 -y 24 \
	    -e CASEQ_NOW="$CASEQ_NOW" "sh lines.sh"
	sees '^! source loud: nothing heard .* refuses$' \
	    '^  connections: is' '^    failed 3 times since .* service$' \
	    '^    running, is the port right\?$' \
	    '^loud: failed: .*, is the$' '^    port right\?$'
}

@test "a red row says what is wrong now, and loses the mark of who saw it before" {
	gaps loud
	open_now
	press k s
	sees '^> source loud: .*, seen by ann: 127'
	press q
	at 2026-11-23T16:20:00Z # nothing asked it since
	for size in '-x 80 -y 24' '-x 200 -y 60'; do
		# shellcheck disable=SC2086 # two words each
		open_now -n "size${size##* }" $size
		sees '^! source loud: nothing heard since 14:00 \(2 h 20 min\): nobody asks it: '
		gone 'seen by ann'
		press k Enter
		sees 'A source that may be missed' 'nobody asks it: is "caseq'
		gone '127\.0\.0\.1'
	done
}
