# A Mastodon server, as the program meets it.  The answers were written by
# hand, from the documentation of its API.
# shellcheck shell=bash disable=SC2154

bats_require_minimum_version 1.5.0
load cli_helper
load replay

MENTIONS='/api/v1/notifications?types%5B%5D=mention&types%5B%5D=quote'
MENTIONS+='&limit=40&include_filtered=true'

# ID VISIBILITY TEXT: a mention of this moment
mention() {
	cat <<-EOF
	{"id":"$1","type":"mention","status":{"id":"9$1","visibility":"$2",
	"created_at":"2026-11-23T13:00:00Z","content":"<p>$3</p>",
	"account":{"acct":"cleo@e.example","followers_count":3}}}
	EOF
}

serve_mentions() {
	at 2026-11-23T13:07:00Z
	queue
	(umask 077 && echo mArKeR-7f3a91c0 >token)
	echo "[$(mention 2 direct 'my address is Main Street 1'),
	    $(mention 1 public 'where is my parcel?')]" >page.json
	echo '[]' >none.json
	route GET "$MENTIONS" "$PWD/page.json"
	route GET /api/v1/notifications "$PWD/none.json" 'ignore=*'
	route GET /api/v1/timelines/tag/late "$PWD/none.json" 'ignore=*'
	replay_start mastodon
	caseq source add toots "$REPLAY_URL" --adapter mastodon \
	    --query mentions --token-file token
}

@test "a trial shows what is not public as such, and changes nothing" {
	serve_mentions
	sqlite3 q.db .dump >before.sql
	run -0 caseq source test toots
	[[ $output == *'[direct] cleo@e.example'* ]]
	[[ $output == *'2 posts in the first answer; nothing was stored' ]]
	run -0 caseq source test toots --json
	[[ ${lines[0]} != *'"visibility"'* ]]
	[[ ${lines[1]} == *'"visibility":"direct"'* ]]
	sqlite3 q.db .dump | cmp - before.sql
	run -0 caseq fetch
	[[ $output == *'toots: read 2, new 2,'* ]]
}

@test "a token that was refused parks all sources of its account, with a reason" {
	serve_mentions
	caseq source add tag "$REPLAY_URL" --adapter mastodon \
	    --query '#late' --token-file token
	fault path=/api/v1/notifications status=403 n=all
	run -1 caseq fetch
	[[ $output == *'toots: failed: 127.0.0.1 refused the token: make a new'* ]]
	run -0 caseq source list
	[ "$(grep -c 'refused the token' <<<"$output")" -eq 2 ]
	run -3 caseq fetch
	[[ $output == *'tag: not asked: it paused itself, 13:07: 127.0.0.1'* ]]
	[[ $output == *'to ask it again: caseq source resume tag'* ]]
	[[ $output == *'caseq: fetch: all sources are paused' ]]
	heal
	caseq source resume toots
	run -0 caseq fetch
	[[ $output == *'tag: read 0'* ]]
}

@test "how long an account has to wait is known to the next process" {
	serve_mentions
	caseq source add more "$REPLAY_URL" --adapter mastodon \
	    --query mentions --token-file token
	fault path=/api/v1/notifications status=429 'header=Retry-After: 600'
	run -1 caseq fetch toots
	[[ $output == *'asks for patience'* ]]
	run -0 caseq source list --json
	[ "$(grep -c '"next":"2026-11-23T13:17:00Z"' <<<"$output")" -eq 2 ]
}

@test "a deletion is seen of the only post there is, on any server" {
	at 2026-11-23T13:07:00Z
	queue
	(umask 077 && echo mArKeR-7f3a91c0 >token)
	echo "[$(mention 1 public 'where is my parcel?')]" >page.json
	echo '[]' >none.json
	echo '{"error":"Record not found"}' >gone.json
	route GET "$MENTIONS" "$PWD/page.json"
	route GET /api/v1/notifications "$PWD/none.json" 'ignore=*'
	route GET /api/v1/statuses "$PWD/none.json" 'ignore=*'
	route GET /api/v1/statuses/91 "$PWD/gone.json" status=404
	replay_start mastodon
	caseq source add toots "$REPLAY_URL" --adapter mastodon \
	    --query mentions --token-file token
	caseq fetch
	at 2026-11-23T13:27:00Z
	caseq fetch
	run -0 caseq show 1
	[[ $output == *'[deleted'* ]]
	[ "$(asked statuses)" = "$(printf '%s\n' \
	    'GET /api/v1/statuses?id%5B%5D=91' 'GET /api/v1/statuses/91')" ]
	at 2026-11-23T13:47:00Z
	caseq fetch # nothing is left to look at
	[ "$(asked statuses | wc -l)" -eq 2 ]
	all_matched
}

@test "customer, we, customer: one case, though our answer is in no mention" {
	at 2026-11-23T13:07:00Z
	queue
	(umask 077 && echo mArKeR-7f3a91c0 >token)
	echo "[$(mention 1 public 'where is my parcel?')]" >page.json
	echo '[]' >none.json
	cat >ours.json <<-EOF
	{"id":"93","created_at":"2026-11-23T13:10:00Z","content":"Which number?",
	"in_reply_to_id":"91","in_reply_to_account_id":"7",
	"account":{"id":"1","acct":"acme"}}
	EOF
	cat >reply.json <<-EOF
	[{"id":"2","type":"mention","status":{"id":"95","content":"It is 4711.",
	"created_at":"2026-11-25T13:00:00Z","in_reply_to_id":"93",
	"in_reply_to_account_id":"1","mentions":[{"id":"1","acct":"acme"}],
	"account":{"id":"7","acct":"cleo@e.example"}}}]
	EOF
	route GET "$MENTIONS" "$PWD/page.json"
	route GET "$MENTIONS&min_id=1" "$PWD/reply.json"
	route GET "$MENTIONS&min_id=2" "$PWD/none.json"
	route GET /api/v1/statuses/93 "$PWD/ours.json"
	route GET /api/v1/statuses "$PWD/none.json" 'ignore=*' status=503
	replay_start mastodon
	caseq source add toots "$REPLAY_URL" --adapter mastodon \
	    --query mentions --token-file token
	caseq source own toots @acme@127.0.0.1
	caseq fetch
	at 2026-11-25T13:07:00Z
	run -0 caseq fetch
	[[ $output == *'toots: read 2, new 2, known 0, joined 2,'* ]]
	run -0 caseq list --json
	[ "${#lines[@]}" -eq 1 ]
	run -0 caseq show 1
	[[ $output == *'where is my parcel?'*'Which number?'*'It is 4711.'* ]]
	[ "$(asked statuses/)" = 'GET /api/v1/statuses/93' ]
}

@test "of several edits between two looks each text is kept, once" {
	at 2026-11-23T13:07:00Z
	queue
	(umask 077 && echo mArKeR-7f3a91c0 >token)
	echo "[$(mention 1 public 'where is my parcel?')]" >page.json
	echo '[]' >none.json
	cat >edited.json <<-EOF
	[{"id":"91","created_at":"2026-11-23T13:00:00Z",
	"edited_at":"2026-11-23T13:20:00Z","content":"sorry, my fault",
	"account":{"acct":"cleo@e.example"}}]
	EOF
	cat >history.json <<-EOF
	[{"created_at":"2026-11-23T13:00:00Z","content":"where is my parcel?"},
	{"created_at":"2026-11-23T13:10:00Z","content":"you lost my parcel"},
	{"created_at":"2026-11-23T13:20:00Z","content":"sorry, my fault"}]
	EOF
	route GET "$MENTIONS" "$PWD/page.json"
	route GET /api/v1/notifications "$PWD/none.json" 'ignore=*'
	route GET /api/v1/statuses "$PWD/edited.json" 'ignore=*'
	route GET /api/v1/statuses/91/history "$PWD/history.json"
	replay_start mastodon
	caseq source add toots "$REPLAY_URL" --adapter mastodon \
	    --query mentions --token-file token
	caseq fetch
	for now in 13:27 13:47 14:07 14:27 14:47; do
		at "2026-11-23T$now:00Z"
		caseq fetch
	done
	run -0 sqlite3 q.db 'SELECT n, text FROM revision
	    UNION ALL SELECT 9, text FROM post ORDER BY n'
	[ "$output" = "$(printf '%s\n' '1|where is my parcel?' \
	    '2|you lost my parcel' '9|sorry, my fault')" ]
	[ "$(asked history | wc -l)" -eq 3 ] # not for ever
	caseq doctor
	all_matched
}
