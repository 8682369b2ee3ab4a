# Services that are read by a map, as the program meets them.  The answers of
# Lemmy are written by hand after its documentation.
# shellcheck shell=bash disable=SC2154

bats_require_minimum_version 1.5.0
load cli_helper
load replay

serve_lemmy() {
	local search='/api/v3/search?q=parcel&type_=Comments&listing_type=All'

	queue
	route GET "$search&sort=New&limit=50&page=1" by-hand-lemmy-1.json
	route GET "$search&sort=New&limit=50&page=2" by-hand-lemmy-2.json
	replay_start json
}

@test "by hand: a search of Lemmy is read by the map that ships, once" {
	serve_lemmy
	caseq source add lem "$REPLAY_URL" --adapter json --map lemmy \
	    --query parcel
	run -0 caseq source test lem
	[[ $output == *'ann@lemmy.example'*'since Monday'* ]]
	[[ $output == *'bo@other.example'* ]]
	[[ $output == *'2 posts in the first answer'* ]]
	run -0 caseq fetch
	[[ $output == *'lem: read 2, new 2,'* ]]
	run -0 caseq show 1
	[[ $output == *'My parcel has been in that locker'* ]]
	at 2026-11-23T15:00:00Z
	run -0 caseq fetch
	[[ $output == *'new 0,'* ]]
	all_matched
}

@test "a map is kept in the queue: its file may go" {
	queue
	echo '{"url":"{address}/list","items":"/rows","every":"10m","post":
	    {"id":"/no","text":"{/what} at {/where}"}}' >own.json
	echo '{"rows":[{"no":7,"what":"Noise","where":"night"}]}' >rows.json
	route GET /v1/list "$PWD/rows.json"
	replay_start json
	caseq source add own "$REPLAY_URL/v1/" --adapter json --map own.json
	rm own.json
	run -0 caseq fetch own
	[[ $output == *'own: read 1, new 1,'* ]]
	run -0 caseq show 1
	[[ $output == *'Noise at night'* ]]
	all_matched
}

@test "a map that cannot work is refused with what is wrong" {
	queue
	run -2 caseq source add x https://e.example --adapter json
	[[ $output == *'needs a map: --map FILE'* ]]
	run -2 caseq source add x https://e.example --adapter json --map acme
	[[ $output == *"no map 'acme'"*nhtsa*'./acme.json'* ]]
	run -1 caseq source add x https://e.example --adapter json --map ./acme
	[[ $output == *'acme: No such file'* ]]
	run -2 caseq source add x https://e.example --adapter feed --map nhtsa
	[[ $output == *'--map is for --adapter json'* ]]
	run -2 caseq source add x https://e.example --adapter json --map nhtsa
	[[ $output == *'{query.make}'*'make=MAKE&model=MODEL&year=YEAR'* ]]
	echo '{"url":"{address}","items":"","post":{"id":"/i","txt":"/t"}}' >m.json
	run -2 caseq source add x https://e.example --adapter json --map m.json
	[[ $output == *"no member 'post/txt'"* ]]
	echo '{"url":"{address}","items":"","post":{"id":"id","text":"/t"}}' >m.json
	run -2 caseq source add x https://e.example --adapter json --map m.json
	[[ $output == *"post/id: 'id' holds no pointer"*'did you mean "/id"?' ]]
	[ "${#lines[@]}" -eq 1 ]
	head -c 70000 /dev/zero | tr '\0' ' ' >m.json
	run -1 caseq source add x https://e.example --adapter json --map m.json
	[[ $output == *'longer than 64 KiB'* ]]
	printf '{"about":"\377"}' >m.json
	run -1 caseq source add x https://e.example --adapter json --map m.json
	[[ $output == *'no text in UTF-8'* ]]
	run -0 caseq source list
	[[ $output != *e.example* ]]
}

@test "a map that finds no text brings no blank cases" {
	queue
	echo '{"url":"{address}/list","items":"","post":
	    {"id":"/no","text":"/words"}}' >m.json
	echo '[{"no":7,"what":"Noise"},{"no":8,"what":"Dust"}]' >rows.json
	route GET /list "$PWD/rows.json"
	replay_start json
	caseq source add own "$REPLAY_URL" --adapter json --map m.json
	run -1 caseq source test own
	[[ $output == *'none of 2 items has a text at /words: check the map'* ]]
	run -1 caseq fetch own
	[[ $output == *'none of 2 items has a text at /words'* ]]
	run -0 caseq list
	[[ $output != *'own'* ]]
	sed -i 's|/words|/what|' m.json
	caseq source set own --map m.json
	run -0 caseq fetch own
	[[ $output == *'own: read 2, new 2,'* ]]
	run -0 caseq show 1
	[[ $output == *Noise* ]]
}

@test "fixed words in a map are told to who gives it, and read if stored" {
	queue
	echo '{"url":"{address}/list","items":"","post":
	    {"id":"/no","text":"/what","title":"Complaint form"}}' >m.json
	echo '[{"no":7,"what":"Noise"}]' >rows.json
	route GET /list "$PWD/rows.json"
	replay_start json
	run -2 caseq source add own "$REPLAY_URL" --adapter json --map m.json
	[[ $output == *"post/title: 'Complaint form' holds no pointer"* ]]
	sed 's|"Complaint form"|"{/no}"|' m.json >good.json
	caseq source add own "$REPLAY_URL" --adapter json --map good.json
	run -2 caseq source set own --map m.json
	[[ $output == *"post/title: 'Complaint form' holds no pointer"* ]]
	sqlite3 q.db "UPDATE source SET
	    options = json_object('map', CAST(readfile('m.json') AS TEXT))"
	run -0 caseq source set own --every 20m
	[ "$output" = 'source own: interval changed' ]
	run -0 caseq fetch own
	[[ $output == *'own: read 1, new 1,'* ]]
	run -0 caseq show 1
	[[ $output == *'Complaint form'*Noise* ]]
}

@test "a source that had words goes on when an item comes without" {
	queue
	echo '{"url":"{address}/list","items":"","post":
	    {"id":"/no","text":"/what"}}' >m.json
	echo '[{"no":7,"what":"Noise"}]' >rows.json
	echo '[{"no":8}]' >bare.json
	route GET /list "$PWD/rows.json" "$PWD/bare.json"
	replay_start json
	caseq source add own "$REPLAY_URL" --adapter json --map m.json
	run -0 caseq fetch own
	[[ $output == *'own: read 1, new 1,'* ]]
	at 2026-11-23T15:00:00Z
	run -0 caseq fetch own
	[[ $output == *'own: read 1, new 1,'* ]]
	run -1 caseq source test own
	[[ $output == *'none of 1 items has a text at /what: check the map'* ]]
}

@test "the maps that ship are listed and printed, and can be used as files" {
	queue
	run -0 caseq source map
	for name in lemmy lemmy-posts nhtsa open311 socrata-311; do
		[[ $output == *$name* ]]
	done
	run -0 caseq --json source map
	is_json
	run -0 caseq source map
	[[ $output == *"--query 'make=MAKE&model=MODEL&year=YEAR'"* ]]
	caseq source map nhtsa >mine.json
	cmp mine.json "$BATS_TEST_DIRNAME/../../share/maps/nhtsa.json"
	run -0 caseq source add car https://api.nhtsa.gov --adapter json \
	    --map mine.json --query 'make=acme&model=roadster&year=2020'
	run -0 caseq --json source map nhtsa
	is_json
	run -2 caseq source map nosuch
	[[ $output == *"no map 'nosuch'"* ]]
}

@test "the token of a map goes into its header and nowhere else" {
	queue
	(umask 077; echo s3cr3t-m4rk3r >token)
	echo '{"url":"{address}/list","items":"","headers":
	    {"X-App-Token":"{token}"},"post":{"id":"/no","text":"/t"}}' >m.json
	echo '[{"no":7,"t":"Noise"}]' >rows.json
	route GET /list "$PWD/rows.json"
	replay_start json
	caseq source add own "$REPLAY_URL" --adapter json --map m.json \
	    --token-file token
	run -0 caseq fetch
	[[ $(asked_header X-App-Token) == s3cr3t-m4rk3r ]]
	[[ -z $(asked_header Authorization) ]]
	! grep -q s3cr3t "$CASEQ_QUEUE"*
	fault status=400 'body={"message":"bad token s3cr3t-m4rk3r"}'
	at 2026-11-23T15:00:00Z
	run -1 caseq fetch
	[[ $output != *s3cr3t* ]]
	! grep -q s3cr3t "$CASEQ_QUEUE"*
}
