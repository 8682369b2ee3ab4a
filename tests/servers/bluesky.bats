# A Bluesky network: customers post, mention, answer, edit and delete there
# with the protocol's own calls, and caseq reads it with an app password.
# shellcheck shell=bash disable=SC2154,SC2030,SC2031

bats_require_minimum_version 1.5.0
load servers

# --- the network -----------------------------------------------------------

# NAME COMMAND...: serve, as an account that PostgreSQL agrees to run as
serve_as_postgres() {
	local name=$1
	shift
	if [ "$(id -u)" -eq 0 ]; then
		set -- setpriv --reuid postgres --regid postgres \
		    --clear-groups "$@"
	fi
	serve "$name" "$@"
}

postgres() {
	local bin
	bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
	mkdir -m 700 pg
	[ "$(id -u)" -ne 0 ] || chown postgres pg
	serve_as_postgres initdb "$bin/initdb" -D "$DIR/pg/data" -A trust \
	    -U postgres --no-sync --no-locale -E UTF8
	wait "$initdb_pid" || { cat initdb.log; return 1; }
	# only who may enter the directory can connect
	serve_as_postgres postgres "$bin/postgres" -D "$DIR/pg/data" \
	    -k "$DIR/pg" -c listen_addresses= -c fsync=off \
	    -c max_connections=300
	until_true 10 test -S pg/.s.PGSQL.5432
}

redis() { # Debian has the server in redis-tools, without its service
	export REDIS_PORT
	REDIS_PORT=$(free_port)
	serve redis bash -c 'exec -a redis-server redis-check-rdb "$@"' - \
	    --port "$REDIS_PORT" --bind 127.0.0.1 --save '' --dir "$DIR"
	until_true 10 opens "$REDIS_PORT"
}

network() {
	mkdir tmp
	TMPDIR=$DIR/tmp LOG_ENABLED=0 DB_POSTGRES_SCHEMA=caseq \
	    REDIS_HOST=127.0.0.1:$REDIS_PORT \
	    DB_POSTGRES_URL="postgres://postgres@localhost/postgres?host=$DIR/pg" \
	    NODE_NO_WARNINGS=1 serve network "$CACHE/bluesky/node22/bin/node" \
	    "$BATS_TEST_DIRNAME/network.mjs" "$CACHE/bluesky" "$DIR"
	until_true 120 test -e pds
	PDS=$(cat pds)
	export PDS
}

# --- its people ------------------------------------------------------------

# NAME CURL-ARGUMENTS...: one call, as the account of $AS unless that is empty
call() {
	local name=$1
	shift
	curl -sS --fail-with-body "$PDS/xrpc/$name" \
	    ${AS:+-H "Authorization: Bearer $(cat "$AS.jwt")"} "$@"
}

tell() { # NAME JSON
	call "$1" -H 'Content-Type: application/json' -d "$2"
}

account() { # NAME: its identity goes to NAME.did
	AS='' tell com.atproto.server.createAccount "$(jq -n --arg n "$1" \
	    '{handle: ($n + ".test"), email: ($n + "@shop.example"),
		password: ($n + "-password")}')" >"$1.json" || return 1
	jq -r .accessJwt "$1.json" >"$1.jwt"
	jq -r .did "$1.json" >"$1.did"
}

now() {
	date -u +%Y-%m-%dT%H:%M:%S.%3NZ
}

# WHO TEXT [JSON]: a post, with JSON added to its record; prints uri and cid
writes() {
	AS=$1 tell com.atproto.repo.createRecord "$(jq -n --arg t "$2" \
	    --arg did "$(cat "$1.did")" --arg now "$(now)" \
	    --argjson more "${3:-{\}}" '{repo: $did,
		collection: "app.bsky.feed.post", record: ({text: $t,
		createdAt: $now, "$type": "app.bsky.feed.post"} + $more)}')" |
	    jq -c '{uri, cid}'
}

follows() { # WHO WHOM
	AS=$1 tell com.atproto.repo.createRecord "$(jq -n --arg now "$(now)" \
	    --arg did "$(cat "$1.did")" --arg whom "$(cat "$2.did")" \
	    '{repo: $did, collection: "app.bsky.graph.follow", record: {
		"$type": "app.bsky.graph.follow", subject: $whom,
		createdAt: $now}}')"
}

counted() { # WHO FIELD: a number of its profile
	AS=$1 call app.bsky.actor.getProfile -G -d "actor=$(cat "$1.did")" |
	    jq -r ".$2 // 0"
}

has() { # WHO FIELD NUMBER
	[ "$(counted "$1" "$2")" -eq "$3" ]
}

# WHO NUMBER WORD: so many posts at once, each a second older than the next
writes_many() {
	AS=$1 tell com.atproto.repo.applyWrites "$(jq -n --argjson n "$2" \
	    --arg word "$3" --arg did "$(cat "$1.did")" '{repo: $did,
		writes: [range($n) | {
		    "$type": "com.atproto.repo.applyWrites#create",
		    collection: "app.bsky.feed.post", value: {
			text: ($word + " number \(.)"),
			"$type": "app.bsky.feed.post",
			createdAt: (now - $n + . | todate)}}]}')"
}

mention() { # WHO TEXT-LENGTH: a facet for the first bytes of a text
	jq -n --arg did "$(cat "$1.did")" --argjson n "$2" '{facets: [{index:
		{byteStart: 0, byteEnd: $n}, features: [{did: $did,
		"$type": "app.bsky.richtext.facet#mention"}]}]}'
}

link() { # TEXT LINKED URL: a facet for LINKED in TEXT, counted in bytes
	local before=${1%%"$2"*} LC_ALL=C
	jq -n --argjson from ${#before} --argjson n ${#2} --arg url "$3" \
	    '{facets: [{index: {byteStart: $from, byteEnd: ($from + $n)},
		features: [{"$type": "app.bsky.richtext.facet#link",
		uri: $url}]}]}'
}

quote_of() { # POST
	jq -n --argjson p "$1" \
	    '{embed: {"$type": "app.bsky.embed.record", record: $p}}'
}

reply_to() { # POST [ROOT]
	jq -n --argjson p "$1" --argjson r "${2:-$1}" \
	    '{reply: {root: $r, parent: $p}}'
}

record_of() { # WHO POST: the place of a record, for the calls on it
	jq -n --arg did "$(cat "$1.did")" --argjson p "$2" '{repo: $did,
		collection: "app.bsky.feed.post",
		rkey: ($p.uri | split("/") | last)}'
}

rewrites() { # WHO POST TEXT: the same record with other words
	local place
	place=$(record_of "$1" "$2")
	AS=$1 call com.atproto.repo.getRecord -G -d "repo=$(cat "$1.did")" \
	    -d collection=app.bsky.feed.post \
	    -d "rkey=$(jq -r .rkey <<<"$place")" |
	    jq --arg t "$3" --argjson p "$place" \
		'$p + {record: (.value + {text: $t})}' >rewrite.json
	AS=$1 tell com.atproto.repo.putRecord @rewrite.json | jq -c '{uri, cid}'
}

deletes() { # WHO POST
	AS=$1 tell com.atproto.repo.deleteRecord "$(record_of "$1" "$2")"
}

is_shown() { # POST: the index has it in this very form
	AS=carla call app.bsky.feed.getPosts -G --data-urlencode \
	    "uris=$(jq -r .uri <<<"$1")" |
	    jq -e --argjson p "$1" '.posts[0].cid == $p.cid'
}

is_gone() { # POST
	AS=carla call app.bsky.feed.getPosts -G --data-urlencode \
	    "uris=$(jq -r .uri <<<"$1")" | jq -e '.posts == []'
}

# --- the suite -------------------------------------------------------------

setup_file() {
	begin_suite "Bluesky network: $(jq -r .version \
	    "$CACHE/bluesky/node_modules/@atproto/dev-env/package.json" |
	    sed 's/^/@atproto\/dev-env /')"
	postgres
	redis
	network
	account carla
	account dora
	account acmecare
	AS=acmecare tell com.atproto.server.createAppPassword \
	    '{"name": "caseq"}' | jq -r .password >app-password
	(umask 077 && echo "acmecare.test:$(cat app-password)" >token)
	begin_test "$DIR/q.db"
	queue
	caseq source add sky "$PDS" --adapter bluesky --query parcel \
	    --token-file token
	caseq source add men "$PDS" --adapter bluesky --query mentions \
	    --token-file token
}

teardown_file() {
	end_servers "$DIR"
}

setup() {
	begin_test "$DIR/q.db"
}

teardown() {
	end_test
}

# Posts are kept from test to test: each goes on where the last one ended.
keep() { # NAME POST
	echo "$2" >"$1.post"
	until_true 20 is_shown "$2"
}

kept() { # NAME
	cat "$1.post"
}

case_of() { # NAME: the numbers of the cases that its post is in
	caseq export --map | awk -v id="$(kept "$1" | jq -r .uri)" \
	    '$2 == id { print $3 }'
}

# NAME JQ: something of a post as its case shows it
shown() {
	caseq show --json "$(case_of "$1" | head -n 1)" |
	    jq -r --arg id "$(kept "$1" | jq -r .uri)" \
		".posts[] | select(.remote_id == \$id) | $2"
}

asked() { # METHOD-AND-NAME: how often caseq asked that
	grep -c "^${1%% *} /xrpc/${1#* }[? ].* caseq/" requests || true
}

@test "a search and mentions become cases" {
	follows dora carla >/dev/null
	until_true 20 has carla followersCount 1
	keep wet "$(writes carla 'The parcel was left in the rain')"
	keep letter "$(writes dora \
	    '@acmecare.test nobody answers my letters' \
	    "$(mention acmecare 14)")"
	writes dora 'A word about something else' >/dev/null
	fetched sky read=1 new=1
	fetched men read=1 new=1
	[ "$(case_of wet)" != "$(case_of letter)" ]
	[ "$(shown wet .author)" = carla.test ]
	[ "$(shown wet .text)" = 'The parcel was left in the rain' ]
	[ "$(shown wet .url)" = "https://bsky.app/profile/$(cat carla.did)/post/$(
	    kept wet | jq -r '.uri | split("/") | last')" ]
	[ "$(shown wet .followers)" = 1 ]
	[ "$(shown letter .author)" = dora.test ]
	shows "of 3 posts the search read 1, mentions read 1: 2 cases"
	shows "author $(shown wet .author), $(shown wet .followers) follower"
}

@test "a second fetch adds nothing and does not log in again" {
	fetched sky new=0
	fetched men new=0
	[ "$(asked 'POST com.atproto.server.createSession')" -eq 1 ]
	session=$(find state -type f)
	[ "$(stat -c %a "$session")" = 600 ]
	[ "$(stat -c %a "$(dirname "$session")")" = 700 ]
	shows "4 fetches of 2 sources: 1 login; session kept with mode 0600"
	for file in q.db*; do
		[ "$(grep -acF "$(cat app-password)" "$file")" -eq 0 ]
		[ "$(grep -acF 'eyJ' "$file")" -eq 0 ]
	done
	[ "$(grep -cF "$(cat app-password)" "$session")" -eq 0 ]
	shows "neither password nor token in the queue's files"
}

@test "a reply and a quote go into the case of what they speak of" {
	keep same "$(writes dora 'My parcel came wet as well' \
	    "$(reply_to "$(kept wet)")")"
	fetched sky new=1 joined=1
	[ "$(case_of same)" = "$(case_of wet)" ]
	shows "joined: $(shown same .why_joined)"
	keep quote "$(writes dora 'This is how a parcel comes to my street' \
	    "$(quote_of "$(kept wet)")")"
	fetched sky new=1 joined=1
	[ "$(case_of quote)" = "$(case_of wet)" ]
	shows "joined: $(shown quote .why_joined)"
}

@test "our own answer opens no case, and what follows it is heard" {
	caseq source own --all acmecare.test
	keep ours "$(writes acmecare 'Sorry for the parcel. Which number?' \
	    "$(reply_to "$(kept wet)")")"
	keep number "$(writes carla 'It is on the label' \
	    "$(reply_to "$(kept ours)" "$(kept wet)")")"
	fetched sky new=1
	[ "$(case_of ours)" = "$(case_of wet)" ]
	fetched men new=1
	[ "$(case_of number)" = "$(case_of wet)" ]
	shows "answer and answer to it are in the customer's case"
	# an answer that no source reads, as it has none of the words
	unread=$(writes acmecare 'Thank you, we look for it' \
	    "$(reply_to "$(kept number)" "$(kept wet)")")
	until_true 20 is_shown "$unread"
	keep thanks "$(writes carla 'And what did you find?' \
	    "$(reply_to "$unread" "$(kept wet)")")"
	fetched men new=1
	[ "$(case_of thanks)" = "$(case_of wet)" ]
	shows "after an answer that no source reads: $(shown thanks .why_joined)"
}

@test "an edit in place is a revision of the same post" {
	n=$(caseq list --json | wc -l)
	keep wet "$(rewrites carla "$(kept wet)" \
	    'The parcel was left in the rain twice')"
	fetched sky new=0
	[ "$(shown wet .text)" = 'The parcel was left in the rain twice' ]
	[ "$(shown wet '.revisions | length')" -ge 1 ]
	[ "$(caseq list --json | wc -l)" -eq "$n" ]
	shows "putRecord, new cid: $(shown wet '.revisions | length') revision"
}

@test "a link is where its bytes are, behind letters of many bytes" {
	text='Störung 🚆: Näheres hier, sagt ihr. Das parcel fehlt'
	keep link "$(writes dora "$text" \
	    "$(link "$text" hier https://shop.example/a)")"
	fetched sky new=1
	[ "$(shown link .text)" = "${text/hier/hier (https://shop.example/a)}" ]
	shows "$(shown link .text)"
}

@test "a search is read through all its pages, and none twice" {
	n=$(counted dora postsCount)
	writes_many dora 190 wagon >/dev/null
	writes_many dora 60 wagon >/dev/null
	until_true 30 has dora postsCount $((n + 250))
	caseq source add wagons "$PDS" --adapter bluesky --query wagon \
	    --token-file token
	before=$(asked 'GET app.bsky.feed.searchPosts')
	fetched wagons read=250 new=250
	pages=$(($(asked 'GET app.bsky.feed.searchPosts') - before))
	[ "$pages" -ge 3 ]
	[ "$(caseq export --map | grep -c '^wagons')" -eq 250 ]
	shows "250 posts: read 250, new 250, in $pages pages"
	fetched wagons new=0
	shows "again: new 0"
}

@test "a fetch that is killed at any moment loses nothing" {
	caseq source add trams "$PDS" --adapter bluesky --query tram \
	    --token-file token
	killed=0
	for ms in 010 020 030 040 050 060 080 100 130 160 200 300; do
		post=$(writes carla "No tram came, I waited $ms minutes")
		jq -r .uri <<<"$post" >>trams
		until_true 20 is_shown "$post"
		timeout -s KILL "0.$ms" "$CASEQ" fetch trams ||
		    killed=$((killed + 1))
	done
	[ "$killed" -ge 3 ]
	fetched trams
	caseq export --map | awk '$1 == "trams" { print $2 }' >trams.found
	diff <(sort trams) <(sort trams.found)
	caseq doctor
	shows "12 posts, a fetch after each, $killed of 12 killed within" \
	    "10 to 300 ms: each is there once"
}

# TOKEN: the same, but it has run out (the server's key is in its package)
run_out() {
	local text
	text=$(jq -Rr 'split(".") | .[1] | gsub("-"; "+") | gsub("_"; "/")
		| @base64d | fromjson | .iat -= 9000 | .exp = .iat + 60
		| tojson' <<<"$1" | url64)
	text="${1%%.*}.$text"
	printf '%s.%s' "$text" "$(printf %s "$text" | openssl dgst -sha256 \
	    -hmac jwt-secret -binary | url64)"
}

url64() {
	openssl base64 -A | tr '+/' '-_' | tr -d '=\n'
}

let_run_out() { # the access token that caseq keeps
	local old
	session=$(find state -type f)
	old=$(grep -oE 'eyJ[A-Za-z0-9._-]+' "$session" | while read -r jwt; do
		jq -Rr --arg jwt "$jwt" 'split(".") | .[1] | gsub("-"; "+")
		    | gsub("_"; "/") | @base64d | fromjson
		    | select(.scope | test("appPass")) | $jwt' <<<"$jwt"
	done)
	[ -n "$old" ]
	sed -i "s|$old|$(run_out "$old")|" "$session"
}

@test "an access token that ran out is renewed, without a login" {
	let_run_out
	before=$(asked 'POST com.atproto.server.refreshSession')
	fetched sky new=0
	renewed=$(($(asked 'POST com.atproto.server.refreshSession') - before))
	[ "$renewed" -eq 1 ]
	[ "$(asked 'POST com.atproto.server.createSession')" -eq 1 ]
	grep -qE '^GET .*searchPosts.* 400 caseq' requests
	shows "the server said 400; 1 refreshSession, no createSession"
}

@test "a deleted post is marked, and its case stays" {
	deletes dora "$(kept same)" >/dev/null
	until_true 20 is_gone "$(kept same)"
	# known posts are looked at again after a quarter of an hour
	CASEQ_NOW=$(date -u -d '20 minutes' +%FT%TZ)
	export CASEQ_NOW
	before=$(asked 'GET app.bsky.feed.getPosts')
	fetched sky new=0
	[ "$(asked 'GET app.bsky.feed.getPosts')" -gt "$before" ]
	[ "$(case_of same)" = "$(case_of wet)" ]
	[ "$(shown same .deleted)" != null ]
	[ "$(shown wet .deleted)" = null ]
	line=$(caseq show "$(case_of wet)" | grep "post p$(shown same .id) ")
	[[ $line == *deleted* ]]
	shows "getPosts did not have it: $line"
}

@test "a revoked app password parks the account, with a word for a person" {
	AS=acmecare tell com.atproto.server.revokeAppPassword \
	    '{"name": "caseq"}'
	let_run_out
	refused sky '*'
	shows "told: $error"
	caseq source list --json >sources
	[ "$(jq -r 'select(.source == "sky" or .source == "men") | .paused' \
	    sources | sort -u)" = true ]
	shows "paused: $(jq -r 'select(.paused) | .source' sources | xargs)"
}
