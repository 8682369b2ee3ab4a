# A source that is changed in place: by its words, and at its server.  The
# answers are written by hand.
# shellcheck shell=bash disable=SC2154

bats_require_minimum_version 1.5.0
load cli_helper
load replay

MENTIONS='/api/v1/notifications?types%5B%5D=mention&types%5B%5D=quote'
MENTIONS+='&limit=40&include_filtered=true'
TAG=/api/v1/timelines/tag/kettle

token() { # NAME
	(umask 077 && echo "marker-$1" >"$1")
}

serve() { # "toots" listens to mentions with the token in the file "old"
	queue >/dev/null
	token old
	token new
	echo '[{"id":"1","type":"mention","status":{"id":"91",
	    "visibility":"public","created_at":"2026-11-23T13:00:00Z",
	    "content":"<p>where is my parcel?</p>",
	    "account":{"acct":"cleo@e.example"}}}]' >page.json
	echo '[{"id":"95","visibility":"public",
	    "created_at":"2026-11-22T15:00:00Z","content":"<p>My kettle</p>",
	    "account":{"acct":"dora@e.example"}}]' >tag.json
	echo '[]' >none.json
	route GET "$MENTIONS" "$PWD/page.json"
	route GET /api/v1/notifications "$PWD/none.json" 'ignore=*'
	route GET "$TAG?limit=40" "$PWD/tag.json"
	route GET "$TAG?limit=40&max_id=95" "$PWD/none.json"
	route GET /api/v1/statuses "$PWD/none.json" 'ignore=*'
	replay_start mastodon
	caseq source add toots "$REPLAY_URL" --adapter mastodon \
	    --query mentions --token-file old >/dev/null
}

@test "a new token is used by the next fetch, which goes on where it was" {
	serve
	caseq source add also "$REPLAY_URL" --adapter mastodon \
	    --query mentions --token-file old
	run -0 caseq fetch toots
	[[ $output == *'read 1, new 1,'* ]]
	fault path=/api/v1/notifications status=401 n=all
	run -1 caseq fetch toots
	heal
	run -3 caseq fetch
	[[ $output == *'all sources are paused'* ]]
	run -0 caseq source set toots --token-file new
	[ "${lines[0]}" = 'source toots: token changed; it is asked again' ]
	[ "${lines[1]}" = 'these still have its old token: also' ]
	run -0 caseq fetch
	[[ $output == *'toots: read 0, new 0,'* ]]
	[ "$(asked_header authorization)" = 'Bearer marker-new' ]
	[ "$(asked notifications | tail -n 1)" = "GET $MENTIONS&min_id=1" ]
	run -0 caseq source list
	[ "$(grep -c 'failed 1 time' <<<"$output")" -eq 1 ] # also, still
	run -0 caseq source set also --token-file new
	[ "${#lines[@]}" -eq 1 ]
	caseq audit verify
}

@test "another query begins anew, a day back or from where it was heard" {
	serve
	caseq fetch >/dev/null
	run -0 caseq source set toots --query '#kettle'
	[ "$output" = 'source toots: query changed; it begins anew with posts'\
' from 2026-11-22 14:00 on' ]
	run -0 caseq fetch
	[[ $output == 'toots: read 1, new 1,'* ]]
	[ "$(asked kettle | head -n 1)" = "GET $TAG?limit=40" ]
	at 2026-11-26T14:00:00Z # nobody fetched for three days
	run -0 caseq source set toots --query mentions --every 10m
	[[ $output == *': interval, query changed; it begins anew with posts'\
' from 2026-11-23 14:00 on' ]]
	run -0 caseq fetch
	[[ $output == 'toots: read 0, new 0,'*', old 1' ]]
	run -0 caseq source set toots --since 30d
	[[ $output == *': start changed; it begins anew'*' 2026-10-27 14:00 on' ]]
	run -0 caseq fetch
	[[ $output == 'toots: read 1, new 0, known 1,'* ]]
	run -0 caseq source set toots --query mentions
	[ "$output" = 'source toots stood so already' ]
	caseq audit verify
}

@test "set checks as add does, and changes nothing if it refuses" {
	serve
	caseq source list --json >before
	chmod 644 new
	run caseq source set toots --token-file new
	fails 1
	[[ $output == *'others may read the token file new; chmod 600 it' ]]
	run caseq source set toots --token-file nowhere
	fails 1
	run caseq source set toots --token-file old --credential x
	fails 2
	run caseq source set toots --credential a/b
	fails 2
	run caseq source set toots --monthly-cap 100
	fails 2
	[[ $output == *'--monthly-cap is for --adapter x'* ]]
	run caseq source set toots --map nhtsa
	fails 2
	run caseq source set toots --every 1x
	fails 2
	run caseq source set toots --since 9000d
	fails 2
	run caseq source set toots --query '#kettle' --token-file ''\
 --query mentions
	fails 2
	[[ $output == *'mentions need a token'* ]]
	run caseq --as bo source set toots --every 5m
	fails 4
	caseq source list --json | cmp - before
}

@test "what a source is stays: the line says what to do instead" {
	serve
	for more in https://other.example '--adapter feed' --insecure; do
		# shellcheck disable=SC2086 # words
		run caseq source set toots --every 5m $more
		fails 2
		[[ $output == *'add a source with another name, and remove'* ]]
	done
	run caseq source set toots
	fails 2
	[[ $output == *'say what to change'* ]]
	run caseq source set
	fails 2
	run caseq source set nowhere --every 5m
	fails 3
	post 1 'The lid jams' | caseq ingest
	run caseq source set msto --brand tea
	fails 2
	[[ $output == *'come by caseq ingest'* ]]
}

@test "an option that means nothing to a verb is refused by it" {
	local verb option

	serve
	for verb in test seen pause resume remove; do
		run caseq source "$verb" toots --query '#kettle'
		fails 2
		[[ $output == "caseq: source $verb takes no --query; add and set do" ]]
		run caseq source "$verb" toots --not
		fails 2
		[[ $output == *"source $verb takes no --not; own does" ]]
	done
	for option in --insecure '--brand tea' --all '--adapter feed'; do
		for verb in list map own; do
			[ "$verb $option" != 'own --all' ] || continue
			# shellcheck disable=SC2086 # words
			run caseq source $verb $option
			fails 2
			[[ $output == *"source $verb takes no ${option% *}"* ]]
		done
	done
	run caseq source --insecure
	fails 2
	run caseq source own toots --every 5m @acme@e.example
	fails 2
	[[ $output == *'takes no --every, but --all --not' ]]
	run caseq source add more "$REPLAY_URL" --adapter feed --all
	fails 2
	run caseq source set toots --every 5m --not
	fails 2
	[[ $output == *'set takes no --not, but --query '* ]]
	# and nothing of it was done
	run -0 caseq source list --json
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *'"query":"mentions"'*'"paused":false'* ]]
	run -0 caseq source own
	lacks acme
}

@test "too few or too many words for a verb are told with what it takes" {
	queue
	for words in 'list toots' add 'add toots' 'add toots https://a b' set \
	    test 'test a b' seen pause resume 'remove a b' 'map a b'; do
		# shellcheck disable=SC2086 # words
		run caseq source $words
		fails 2
		[[ $output == *"usage: caseq source ${words%% *}"* ]]
	done
	run caseq source tset toots
	fails 2
	[[ $output == *"'tset' is not list, add, set, test,"*' map or own' ]]
}

@test "the cap of X is raised in place, and the posts of the month count on" {
	queue
	token x.token
	caseq source add x https://x.com --adapter x --query acme \
	    --token-file x.token --monthly-cap 100
	sqlite3 q.db "UPDATE source SET cursor = '70 1795430000 202611 95 -' ||
	    ' -9223372036854775808 -', next_at = 1796083200, ok_at = 1795430000"
	run caseq source set x --monthly-cap 9
	fails 2
	run -0 caseq source set x --monthly-cap 5000
	[ "$output" = 'source x: monthly-cap changed' ]
	run -0 caseq source set x --query 'acme kettle'
	run -0 sqlite3 q.db 'SELECT options, cursor, next_at FROM source'
	[ "$output" = '{"monthly_cap":5000}|- -9223372036854775808 202611 95 -'\
' -9223372036854775808 -|1795442400' ]
}

@test "a map is read anew with the source, and counts as another beginning" {
	queue
	echo '{"url":"{address}/all","items":"","post":{"id":"/id",
	    "text":"/words"}}' >crm.json
	caseq source add crm https://crm.example --adapter json --map crm.json
	run -0 caseq source set crm --map crm.json
	[ "$output" = 'source crm stood so already' ]
	sed -i 's/words/text/' crm.json
	run -0 caseq source set crm --map crm.json --brand tea
	[[ $output == 'source crm: brand, map changed; it begins anew with'* ]]
	run -0 caseq source set crm --brand ''
	[ "$output" = 'source crm: brand changed' ]
	run -0 caseq source list --json
	[[ $output == *'"brand":null'* ]]
}

@test "set with --json and --op: the source as it is, and one act" {
	serve
	run -0 caseq source set toots --since 2d --op once --json
	is_json
	first=$output
	[[ $output == *'"since":"2026-11-21T14:00:00Z"'* ]]
	at 2026-11-23T14:00:07Z
	run -0 caseq source set toots --since 2d --op once --json
	[ "$output" = "$first" ]
	run caseq source set toots --since 3d --op once
	fails 4
	[ "$(caseq audit --json | grep -c '"what":"set"')" -eq 1 ]
	caseq source pause toots
	run -0 caseq source set toots --token-file new
	[ "$output" = 'source toots: token changed; it stays paused' ]
}

@test "adding with the same --op a moment later is the same act" {
	queue
	caseq source add f https://e.example/rss --adapter feed --op once
	at 2026-11-23T14:00:07Z
	run -0 caseq source add f https://e.example/rss --adapter feed --op once
	[ "$(caseq audit --json | grep -c '"what":"add"')" -eq 1 ]
}
