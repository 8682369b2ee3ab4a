# Posts in: caseq ingest.

load cli_helper

@test "posts become cases; the same file again changes nothing" {
	queue
	{ post 1 'The app is down since this morning'; post 2 'Late again'; } >f
	run caseq ingest f
	[ "$status" -eq 0 ]
	[ "$output" = 'read 2, new 2, known 0, joined 0, suggested 0, bad 0' ]
	caseq export --map >before
	run caseq ingest f
	[ "$status" -eq 0 ]
	[ "$output" = 'read 2, new 0, known 2, joined 0, suggested 0, bad 0' ]
	[ "$(caseq export --map)" = "$(cat before)" ]
	run caseq audit verify
	[ "$status" -eq 0 ]
}

@test "the sum as one JSON object" {
	queue
	post 1 'Late again' >f
	run caseq ingest --json f
	[ "$output" = '{"read":1,"new":1,"known":0,"joined":0,"suggested":0,"bad":0}' ]
}

@test "standard input: -, or nothing named" {
	queue
	run bash -c '"$0" ingest - <<<"$1"' "$CASEQ" "$(post 1 one)"
	[ "$status" -eq 0 ]
	run bash -c '"$0" ingest <<<"$1"' "$CASEQ" "$(post 2 two)"
	[ "$status" -eq 0 ]
	[ "$(caseq export --map | wc -l)" -eq 2 ]
}

@test "bad lines are named with number and reason, the rest goes in" {
	queue
	{
		post 1 good
		echo '{"source":"s","text":"t"}'
		echo 'no json'
		echo '[]'
		echo
		post 2 good
		printf '{"source":"s","id":"x","text":"\xff"}\n'
		printf '{"source":"s","id":"a\\u0000b","text":"t"}\n'
		echo '{"source":"s","id":"t","text":"t","created_at":"soon"}'
		printf '%s' "$(post 3 'good, and without a line feed')"
	} >f
	run caseq ingest f
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = 'caseq: f:2: id is missing' ]
	[[ ${lines[1]} == 'caseq: f:3: '*JSON* ]]
	[[ ${lines[2]} == 'caseq: f:4: '*JSON* ]]
	[[ ${lines[3]} == 'caseq: f:7: '*UTF-8* ]]
	[[ ${lines[4]} == 'caseq: f:8: '*NUL* ]]
	[[ ${lines[5]} == 'caseq: f:9: created_at '* ]]
	[ "${lines[6]}" = 'read 9, new 3, known 0, joined 0, suggested 0, bad 6' ]
	[ "${#lines[@]}" -eq 7 ]
	[ "$(caseq export --map | wc -l)" -eq 3 ]
}

@test "of very many bad lines 100 are told one by one" {
	queue
	seq 250 >f
	run caseq ingest f
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 102 ]
	[[ ${lines[100]} == *'and 150 more bad lines' ]]
	[[ ${lines[101]} == 'read 250, '*'bad 250' ]]
}

@test "lines of 2 MiB and nesting a million deep are refused by number" {
	queue
	{
		post 1 good
		printf '{"source":"s","id":"l","text":"'
		head -c 2097152 /dev/zero | tr '\0' x
		printf '"}\n'
		head -c 1000000 /dev/zero | tr '\0' '['
		echo
		post 2 good
	} >f
	run caseq ingest f
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = 'caseq: f:2: the line is longer than 1 MiB' ]
	[[ ${lines[1]} == 'caseq: f:3: the line is '* ]]
	[[ ${lines[2]} == 'read 4, new 2, '*'bad 2' ]]
}

@test "files that cannot be read: one line, nothing changed" {
	queue
	mkdir dir
	run caseq ingest nosuch
	fails 1
	[[ $output == *'No such file'* ]]
	run caseq ingest dir
	fails 1
	[[ $output == *directory* ]]
}

@test "a byte order mark, CR LF and empty lines do no harm" {
	queue
	{
		printf '\xef\xbb\xbf'
		post 1 one | sed 's/$/\r/'
		printf '\r\n\n'
		post 2 two | sed 's/$/\r/'
	} >f
	run caseq ingest f
	[ "$status" -eq 0 ]
	[[ $output == 'read 2, new 2, '* ]]
}

@test "nothing in, nothing done" {
	queue
	run caseq ingest /dev/null
	[ "$status" -eq 0 ]
	[[ $output == 'read 0, new 0, '* ]]
}

@test "what came in is stored while the input rests" {
	queue
	mkfifo pipe
	caseq ingest pipe >sum &
	exec 7>pipe
	post 1 'First of a slow stream' >&7
	for _ in {1..40}; do
		[ "$(caseq export --map | wc -l)" -eq 1 ] && break
		sleep 0.1
	done
	[ "$(caseq export --map | wc -l)" -eq 1 ]
	exec 7>&-
	wait
	[[ $(cat sum) == 'read 1, new 1, '* ]]
}

@test "SIGTERM: what was read is stored, and the sum is printed" {
	queue
	mkfifo pipe
	"$CASEQ" ingest pipe >sum 2>err &
	pid=$!
	exec 7>pipe
	post 1 'Before the signal' >&7
	for _ in {1..40}; do
		[ "$(caseq export --map | wc -l)" -eq 1 ] && break
		sleep 0.1
	done
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	exec 7>&-
	[ "$status" -eq 1 ]
	[[ $(cat sum) == 'read 1, new 1, '* ]]
	grep -q 'stopped' err
}

@test "batches: 1200 posts, each once, and again with the same --op" {
	queue
	for i in {1..1200}; do
		post "n$i" "Number $i has a trouble of its own $i"
	done >f
	run caseq ingest f --op day1
	[ "$status" -eq 0 ]
	[[ $output == 'read 1200, new 1200, '* ]]
	run caseq ingest f --op day1
	[ "$status" -eq 0 ]
	[ "$(caseq export --map | wc -l)" -eq 1200 ]
}

@test "killed and repeated with the same --op: nothing is lost or counted twice" {
	queue
	for i in {1..6}; do
		post "k$i" "late$i again$i and$i again$i"
	done >f
	mkfifo pipe
	"$CASEQ" ingest --op day1 pipe >sum 2>&1 &
	pid=$!
	exec 7>pipe
	head -3 f >&7
	for _ in {1..40}; do
		[ "$(caseq export --map | wc -l)" -eq 3 ] && break
		sleep 0.1
	done
	kill -KILL "$pid"
	wait "$pid" || true
	exec 7>&-
	[ "$(caseq export --map | wc -l)" -eq 3 ]
	run caseq ingest --op day1 f
	[ "$status" -eq 0 ]
	[ "$output" = 'read 6, new 3, known 3, joined 0, suggested 0, bad 0' ]
	[ "$(caseq export --map | wc -l)" -eq 6 ]
	run caseq ingest --op day1 f
	[ "$status" -eq 0 ]
	[ "$output" = 'read 6, new 3, known 3, joined 0, suggested 0, bad 0' ]
}

@test "the same --op with another file is another act" {
	queue
	post 1 'Late again' >one
	post 2 'No seat again' >two
	caseq ingest --op day1 one
	run caseq ingest --op day1 two
	[ "$status" -eq 0 ]
	[[ $output == 'read 1, new 1, '* ]]
}

@test "batches that are alike are counted each, with one --op" {
	queue
	for i in {1..500}; do
		post "n$i" "late$i again$i and$i again$i"
	done >f
	cat f f >ff
	run caseq ingest --op day1 ff
	[ "$output" = 'read 1000, new 500, known 500, joined 0, suggested 0, bad 0' ]
}

@test "the longest --op will do" {
	queue
	op=$(printf '%0128d' 0)
	post 1 'Late again' >f
	run caseq ingest --op "$op" f
	[ "$status" -eq 0 ]
	run caseq ingest --op "${op}0" f
	fails 2
}

@test "followers beyond all people are refused, and said so" {
	queue
	post 1 'Late again' '"author_followers":10000000000' >f
	post 2 'No seat' '"author_followers":10000000001' >>f
	run caseq ingest f
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = 'caseq: f:2: author_followers is no whole number from 0 to 10000000000' ]
	[[ ${lines[1]} == 'read 2, new 1, '* ]]
}

@test "a supervisor brings in no posts" {
	queue
	caseq agent add sue --role supervisor
	run caseq ingest --as sue - <<<"$(post 1 one)"
	[ "$status" -eq 4 ]
	[[ ${lines[0]} == 'caseq: '* ]]
	[ "$(caseq export --map | wc -l)" -eq 0 ]
}
