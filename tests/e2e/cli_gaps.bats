# Times in which posts may be missing, and posts not everybody may read, in
# line mode.

load cli_helper
load replay

fails() { # NAME: nobody listens at the port 1
	caseq source add "$1" "http://127.0.0.1:1/$1" --adapter feed \
	    --insecure --every 5m >/dev/null
	for _ in 1 2 3; do caseq fetch "$1" >/dev/null || true; done
}

gap_at_1420() {
	three_cases >/dev/null
	fails loud
	at 2026-11-23T14:20:00Z
}

@test "list tells what is not heard before the cases, and only without a query" {
	gap_at_1420
	run caseq list
	[[ ${lines[0]} == '! source loud: nothing heard since 14:00 (20 min): 127.0.0.1 refuses'* ]]
	[[ ${lines[1]} == 'F  Due Pri'* ]]
	[ "${#lines[@]}" -eq 5 ]
	run caseq list unclaimed
	[[ ${lines[0]} == 'F  Due Pri'* ]]
	run caseq list --json
	is_json
	[[ ${lines[0]} == '{"gap":1,"source":"loud","kind":"failed","from":"2026-11-23T14:00:00Z","until":null,"why":"127.0.0.1 refuses'* ]]
	[[ ${lines[1]} == '{"case":1,'* ]]
	[ "${#lines[@]}" -eq 4 ]
}

@test "a gap that somebody has seen says who, and is seen once" {
	gap_at_1420
	run caseq --as bo source seen loud
	[ "$status" -eq 0 ]
	[ "$output" = 'you have seen 1 gap of source loud' ]
	run caseq list
	[[ ${lines[0]} == *'(20 min), seen by bo: '* ]]
	at 2026-11-23T14:25:00Z
	run caseq source seen loud --json
	[ "$status" -eq 4 ]
	[ "$output" = 'caseq: bo has seen the gap of source loud at 14:20' ]
	run caseq --as bo source seen loud
	[ "$status" -eq 3 ]
	[ "$output" = 'caseq: you have seen the gap of source loud at 14:20' ]
	run caseq source seen msto
	[ "$status" -eq 3 ]
	[ "$output" = 'caseq: source msto has no gap to be seen' ]
	run caseq source seen
	[ "$status" -eq 2 ]
	run caseq source seen nowhere
	[ "$status" -ne 0 ]
	caseq audit verify
}

@test "the report has a line a gap, and says so if there is none" {
	three_cases >/dev/null
	run caseq report
	[[ $output == *$'NOT HEARD\nno source was missed for long'* ]]
	fails loud
	at 2026-11-23T16:48:00Z
	caseq list >/dev/null
	caseq source pause loud >/dev/null
	at 2026-11-23T18:00:00Z
	run caseq report
	[[ $output == *$'NOT HEARD\nsource loud: nothing heard 14:00-16:48 (2 h 48 min): nobody asks it'* ]]
	run caseq report --json
	[[ $output == *'"gaps":[{"gap":1,"source":"loud","kind":"failed","from":"2026-11-23T14:00:00Z","until":"2026-11-23T16:48:00Z",'* ]]
	run caseq report --from 17:00
	[[ $output == *'no source was missed for long'* ]]
}

@test "source list tells last success, next try, posts a day and what is wrong" {
	gap_at_1420
	run caseq source list
	[[ ${lines[0]} == 'Source         Adapter       Success   Next     A day   Posts Listens to' ]]
	[[ ${lines[1]} == 'loud           feed          never     now          -       0 http://'* ]]
	[[ ${lines[2]} == '    failed 3 times since 14:00: 127.0.0.1 refuses connections'* ]]
	[[ ${lines[3]} == 'msto           ndjson        -         -            5       5' ]]
	run caseq source list --json
	is_json
	[[ ${lines[0]} == *'"posts_per_day":null,"failing_since":"2026-11-23T14:00:00Z","paused_itself":null,'* ]]
	[[ ${lines[0]} == *'"gaps":[{"gap":1,"source":"loud","kind":"failed",'* ]]
	[[ ${lines[1]} == *'"gaps":[]}' ]]
	[[ ${lines[1]} == *'"posts_per_day":5,"failing_since":null,'* ]]
}

@test "source list tells who has seen a gap, also where it failed" {
	gap_at_1420
	run caseq source list
	lacks 'seen by'
	caseq --as bo source seen loud
	run caseq source list
	[[ ${lines[2]} == '    failed 3 times since 14:00, seen by bo: 127.0.0.1 refuses'* ]]
	run caseq source list --json
	[[ ${lines[0]} == *'"seen":"2026-11-23T14:20:00Z","seen_by":"bo"'* ]]
}

@test "a source that was just added has no past" {
	queue >/dev/null
	run caseq source add loud http://127.0.0.1:1/f --adapter feed \
	    --insecure --json
	[[ $output == *'"failing_since":null,"paused_itself":null,"newest_post":null,'* ]]
}

@test "posts a day are those of a week, by when they were written" {
	queue >/dev/null
	for i in 1 2 3 4 5 6 7 8 9 10; do
		post "$i" "parcel $i$i is lost" "\"created_at\":\"2026-11-1${i: -1}T08:00:00Z\""
	done | caseq ingest >/dev/null
	at 2026-11-20T08:00:00Z
	run caseq source list # 14th to 19th, and today none
	[[ ${lines[1]} == 'msto           ndjson        -         -          0.9      10' ]]
}

@test "where two posts are compared, each says who may read it" {
	queue >/dev/null
	{
		post a1 'Ferry to Konstanz left early without us today'
		post b1 'The ferry to Konstanz left early without us again' \
		    '"visibility":"private"'
	} | caseq ingest >/dev/null
	run caseq dups 1
	[[ $output == *'here:    Ferry to'*'there:   [private] The ferry'* ]]
	run caseq dups 2
	[[ $output == *'here:    [private] The ferry'*'there:   Ferry to'* ]]
	run caseq maybe
	[[ $output == *'text:    [private] The ferry'* ]]
	run caseq dups 1 --json
	[[ $output == *'"visibility":"public","other_post":2,'*'"other_visibility":"private"}' ]]
}

@test "an incident does not push out who may read a post" {
	queue >/dev/null
	post a1 'It is 4 Elm Road' '"visibility":"private"' |
	    caseq ingest >/dev/null
	caseq incident open Mails >/dev/null
	caseq incident add I-1 1 >/dev/null
	run caseq list
	[[ ${lines[1]} == *' [private] I-1 (1)'* ]]
}

@test "examples of a replay say who may read them" {
	queue >/dev/null
	{
		post a1 'Ferry to Konstanz left early without us today'
		post b1 'Ferry to Konstanz left early without us today' \
		    '"visibility":"direct"'
	} | caseq ingest >/dev/null
	run caseq dedup replay --set text=off --set copy=off --set alike=off
	[[ $output == *'    [direct] Ferry to'* ]]
	[[ $output == *'    Ferry to'* ]]
	run caseq dedup replay --set text=off --set copy=off --set alike=off --json
	[[ $output == *'"visibility":"direct","near_text":"Ferry to'*'"near_visibility":"public"'* ]]
}

@test "what was not known at the end of a shift stands apart in its report" {
	three_cases >/dev/null
	fails loud
	at 2026-11-24T07:00:00Z # nobody was there, and nothing ran
	caseq list >/dev/null
	caseq source pause loud >/dev/null
	at 2026-11-24T09:00:00Z
	run caseq report --from '2026-11-23 10:00' --to '2026-11-23 18:00'
	[ "$status" -eq 0 ]
	[[ $output == *$'NOT HEARD\nno source was missed for long, as far as was known then\n'* ]]
	[[ $output == *$'NOT HEARD, AS WAS KNOWN ONLY LATER\nsource loud: nothing heard 23 Nov 14:00-24 Nov 07:00 (17 h 0 min): nobody'* ]]
	run caseq report --from '2026-11-23 10:00' --to '2026-11-23 18:00' --json
	is_json
	[[ $output == *'"gaps":[],"gaps_told_later":[{"gap":1,"source":"loud",'* ]]
	run caseq report --from '2026-11-23 20:00' --to '2026-11-24 08:00'
	[[ $output == *$'NOT HEARD\nsource loud: nothing heard 23 Nov 14:00-24 Nov 07:00 (17 h'* ]]
	[[ $output != *'ONLY LATER'* ]]
}

@test "a post made confidential later is private everywhere, and so is its case" {
	queue >/dev/null
	{
		post a1 'My invoice is wrong'
		post a2 'It is 4 Elm Road' '"in_reply_to":"a1"'
	} | caseq ingest >/dev/null
	run caseq show 1 --json
	[[ $output == *'"lang":null,"visibility":"public",'* ]]
	post a2 'It is 4 Elm Road, Lindau' \
	    '"in_reply_to":"a1","visibility":"private"' |
	    caseq ingest >/dev/null
	run caseq show 1
	[[ $output == *'private   [private] not everybody may read its posts'* ]]
	[[ $output == *'post p2  [private] aua2'* ]]
	[[ $output == *'revision 1 of post p2  [private] by aua2'* ]]
	run caseq show 1 --json
	[[ $output == *'"lang":null,"visibility":"private",'* ]]
	[[ $output == *'{"kind":"revision","revision":1,"visibility":"private",'* ]]
	run caseq show 1 --events
	[[ $output == *'hidden p2: private'* ]]
	caseq audit verify
}

@test "a list tells of a case what not everybody may read of any of its posts" {
	queue >/dev/null
	{
		post a1 'The parcel was left in the rain again'
		post a2 'It is 4 Elm Road' '"in_reply_to":"a1","visibility":"direct"'
		post b1 'App crashes on login'
	} | caseq ingest >/dev/null
	run caseq list
	[[ ${lines[1]} == *' 1 '*'[direct] The '* ]]
	lacks '\] App'
	run caseq list --json
	[[ ${lines[0]} == '{"case":1,'*'"visibility":"direct","bot":false,'* ]]
	[[ ${lines[1]} == '{"case":2,'*'"visibility":"public",'* ]]
	run caseq take 1 --json
	[[ $output == *'"visibility":"direct",'* ]]
}

@test "what not everybody may read says so on paper and in JSON" {
	queue >/dev/null
	{
		post a1 'Please keep my address to yourself' '"visibility":"direct"'
		post a2 'It is 4 Elm Road' \
		    '"in_reply_to":"a1","visibility":"private","bot":true'
		post b1 'The parcel was left in the rain again'
	} | caseq ingest >/dev/null
	printf '{"source":"msto","id":"b1","deleted":true}\n' |
	    caseq ingest >/dev/null
	run caseq list
	[[ $output == *'[direct] Pl'* ]]
	[[ $output == *'[deleted 14:00]'* ]]
	run caseq show 1
	[[ $output == *'private   [direct] not everybody may read its posts: never answer or quote them in public'* ]]
	[[ $output == *'post p1  [direct] aua1 in msto'* ]]
	[[ $output == *'post p2  [private] [bot] aua2 in msto'* ]]
	run caseq explain msto/a2
	[[ ${lines[0]} == '[private] [bot] post p2 by aua2 in msto, case 1 (new)' ]]
	[[ $output == *'[direct] post p1 by aua1'* ]]
	run caseq show 2
	[[ $output != *'private '* ]]
	[[ $output == *'post p3  [deleted 14:00] aub1 in msto'* ]]
	run caseq export
	[[ ${lines[0]} == *'"posts":[{"id":1,'*'"visibility":"direct","bot":false,"deleted":null'*'{"id":2,'*'"visibility":"private","bot":true,"deleted":null'* ]]
	[[ ${lines[1]} == *'"posts":[{"id":3,'*'"visibility":"public","bot":false,"deleted":"2026-11-23T14:00:00Z"'* ]]
	run caseq ingest - <<<'{"source":"msto","id":"q","text":"x","visibility":"friends"}'
	[[ $output == *'visibility is not public, unlisted, private or direct'* ]]
	run caseq show 2 --events
	[[ $output == *'gone p3'* ]]
	caseq audit verify
}

news() { # ADDRESS [OPTION...]: a feed that is read every five minutes
	queue >/dev/null
	caseq source add news "$@" --adapter feed --insecure --every 5m >/dev/null
}

row() { # PATTERN: what stands above the list
	run caseq list
	# shellcheck disable=SC2053 # a pattern
	[[ ${lines[0]} == "! source news: "$1 ]] ||
	    { echo "${lines[0]}"; return 1; }
}

at_each() { # MINUTE...: asked then, of 14 o'clock
	local minute
	for minute; do
		at "2026-11-23T14:$minute:00Z"
		caseq fetch news >/dev/null || true
	done
}

@test "a token that is refused stands where the server was out of order" {
	replay_start "$PWD"
	(umask 077 && echo marker >token)
	news "$REPLAY_URL/news.rss" --token-file token
	fault status=500 n=all
	at_each 00 05 10 17
	row 'nothing heard since 14:00 (17 min): 127.0.0.1 is out of order (500): it will be asked again later'
	caseq --as bo source seen news
	fault status=503 n=all
	at_each 20 25 30
	row '*, seen by bo: 127.0.0.1 is out of order (500): *'
	at 2026-11-23T14:31:00Z
	run caseq report --json
	kept=$(grep -o '"gaps":.*' <<<"$output")
	fault status=401 n=all
	at_each 40
	row 'nothing heard since 14:00 (40 min): 127.0.0.1 refused the token: make a new one*'
	run caseq source list
	[[ $output == *'since 14:00: 127.0.0.1 refused the token'* ]]
	run caseq report
	[[ $output == *$'NOT HEARD\nsource news: nothing heard since 14:00 (40 min): 127.0.0.1 refused'* ]]
	run caseq report --to 14:31 --json
	[[ $output == *"$kept"* ]]
	[[ $kept == *'"why":"127.0.0.1 is out of order (500): '*'"seen_by":"bo"'* ]]
	caseq audit verify
}

@test "a source that is gone for good is red again though it was seen" {
	replay_start "$PWD"
	news "$REPLAY_URL/news.rss"
	fault status=500 n=all
	at_each 00 05 10 17
	caseq source seen news
	row '*, seen by ann: *'
	fault status=410 n=all
	at_each 20
	row 'nothing heard since 14:00 (20 min): 127.0.0.1 says that this is gone for good (410): *'
	run caseq --as bo source seen news
	[ "$output" = 'you have seen 1 gap of source news' ]
	at 2026-11-24T14:25:00Z
	row '*, seen by bo: 127.0.0.1 says that this is gone for good (410): *'
	run caseq source seen news
	[ "$output" = 'caseq: bo has seen the gap of source news at 2026-11-23 14:20' ]
	caseq audit verify
}

@test "a source that is asked again does not say that nobody asks it" {
	replay_start "$PWD"
	news "$REPLAY_URL/news.rss"
	at 2026-11-23T16:30:00Z
	row 'nothing heard since 14:00 (2 h 30 min): nobody asks it: is "caseq run" on, *'
	fault status=404 n=all
	for minute in 31 32 33; do
		at "2026-11-23T16:$minute:00Z"
		run caseq fetch news
		row 'nothing heard since 14:00 *: 127.0.0.1 knows no such page (404): *'
	done
	run caseq report --json
	[[ $output == *'"why":"127.0.0.1 knows no such page (404): '* ]]
	lacks 'nobody asks'
	caseq audit verify
}
