# What somebody meets who sets sources up: words that are true, and an answer
# to what cannot work.  The feeds are written by hand.
# shellcheck shell=bash disable=SC2154

bats_require_minimum_version 1.5.0
load cli_helper
load replay

serve_feeds() {
	queue
	echo '<rss version="2.0"><channel>
	    <item><guid>a</guid><title>The kettle leaks</title></item>
	    <item><guid>b</guid><title>The lid jams</title></item>
	    </channel></rss>' >undated.xml
	echo '<rss version="2.0"><channel>
	    <item><guid>c</guid><title>Long ago</title>
	    <pubDate>Sun, 01 Nov 2026 10:00:00 GMT</pubDate></item>
	    <item><guid>d</guid><title>This morning</title>
	    <pubDate>Mon, 23 Nov 2026 09:00:00 GMT</pubDate></item>
	    </channel></rss>' >dated.xml
	route GET /undated "$PWD/undated.xml"
	route GET /dated "$PWD/dated.xml"
	replay_start feed
	caseq source add undated "$REPLAY_URL/undated" --adapter feed
	caseq source add dated "$REPLAY_URL/dated" --adapter feed
}

@test "a trial tells how many posts stay out as they are history" {
	serve_feeds
	run -0 caseq source test undated
	[ "$output" = '0 posts in the first answer, and 2 from before --since,'\
' left out; nothing was stored' ]
	run -0 caseq source test dated
	[[ $output == *'This morning'* ]]
	[[ $output != *'Long ago'* ]]
	[[ ${lines[-1]} == '1 post in the first answer, and 1 from before '* ]]
}

@test "a fetch counts posts without a date that are history, once" {
	serve_feeds
	run -0 caseq fetch undated
	[[ $output == *', bad 0, old 2' ]]
	run -0 caseq fetch undated
	[[ $output == *', bad 0' ]]
}

@test "a trial names nobody as the queue does" {
	serve_feeds
	run -0 caseq source test dated
	[[ ${lines[0]} == '2026-11-23 09:00  somebody  id d' ]]
}

@test "a new source is told without a promise of how often it is asked" {
	queue
	run -0 caseq source add kettle https://github.com/ann/kettle \
	    --adapter github
	[ "$output" = 'source kettle added; see what it would bring: caseq'\
' source test kettle' ]
}

@test "who adds a source of X is told that a trial costs something" {
	queue
	(umask 077 && echo token >x.token)
	run -0 caseq source add x https://x.com --adapter x --query acme \
	    --token-file x.token --monthly-cap 100
	[[ $output == *'bring (X bills that): caseq source test x' ]]
}

@test "an option that an adapter does not know is refused" {
	queue
	run caseq source add f https://e.example/rss --adapter feed \
	    --monthly-cap 100
	fails 2
	[[ $output == *'--monthly-cap is for --adapter x'* ]]
	run caseq source add f https://e.example/rss --adapter feed --map nhtsa
	fails 2
}

@test "an address that was copied with its full stop is refused" {
	local end

	queue
	for end in . , ';' ./ .:8080; do
		run caseq source add s "https://itunes.apple.com$end" \
		    --adapter appstore --query us/123456789
		fails 2
		[[ $output == *"the host itunes.apple.com${end:0:1} ends in "* ]]
		[[ $output == *"'${end:0:1}': leave that out" ]]
	done
	run caseq source add s https://forum.example./latest.rss --adapter feed
	fails 2
	caseq source add s https://forum.example/a.b. --adapter feed
}

too_short() { # LEAST, and what else to say to "source": it asks for that
	local least=$1

	run caseq source "${@:2}"
	fails 2
	[[ $output == *"this source is asked each $least at most; say $least"* ]]
}

every() { # NAME: as it is listed
	caseq source list --json | jq "select(.source == \"$1\") | .every_s"
}

@test "an interval that is shorter than a source is asked at is refused" {
	local feed='https://e.example/rss --adapter feed'
	local hub='https://github.com/ann/kettle --adapter github'
	local car='https://e.example --adapter json --map nhtsa
	    --query make=a&model=b&year=2020'

	queue
	(umask 077 && echo token >a.token)
	# shellcheck disable=SC2086 # words
	{
	too_short 5m add f $feed --every 1s
	too_short 5m add f $feed --every 299s
	caseq source add f $feed --every 5m
	too_short 5m set f --every 4m
	[ "$(every f)" = 300 ]
	too_short 10m add hub $hub --every 2m
	caseq source add hub $hub --every 2m --token-file a.token
	too_short 6h add car $car --every 10m
	caseq source add car $car
	}
	[ "$(every car)" = 21600 ]
	caseq source set car --every 7h
	[ "$(every car)" = 25200 ]
}

@test "another map that asks for more time gets it" {
	queue
	for every in 10m 4h; do
		echo '{"url":"{address}","items":"","every":"'$every'",
		    "post":{"id":"/id","text":"/t"}}' >$every.json
	done
	caseq source add own https://e.example --adapter json --map 10m.json
	[ "$(every own)" = 600 ]
	run -0 caseq source set own --map 4h.json
	[[ $output == 'source own: interval, map changed; it begins anew'* ]]
	[ "$(every own)" = 14400 ]
	caseq source set own --map 10m.json
	[ "$(every own)" = 14400 ]
	too_short 4h set own --map 4h.json --every 3h
}

NOTE="looks like a secret; addresses stand in the queue, so who can read "

@test "a secret in an address is accepted, and one is told what that means" {
	queue
	run -0 --separate-stderr caseq source add f \
	    'http://127.0.0.1:1/rss?a=1&feed_token=s3cr3t' --adapter feed
	[[ $output == 'source f added; '* ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == "caseq: note: 'feed_token' in its address $NOTE"* ]]
	[[ $stderr != *s3cr3t* ]]
	[[ $stderr != *'{token}'* ]]
	run -1 --separate-stderr caseq source test f
	[[ ${stderr_lines[0]} == "caseq: note: 'feed_token' "* ]]
	run -0 --separate-stderr caseq source set f --every 10m
	[ -z "$stderr" ]
	run -0 --separate-stderr caseq source add g \
	    'https://e.example/rss?keyword=kettle&token=' --adapter feed
	[ -z "$stderr" ]
}

@test "a secret in the path of a feed is told, and not repeated" {
	queue
	token=8fa3c0d14b7e9f22
	run -0 --separate-stderr caseq source add f \
	    "https://e.example/private/$token/feed.xml" --adapter feed
	[[ $stderr == "caseq: note: '8fa3...' in its address $NOTE"* ]]
	[[ $stderr != *"$token"* ]]
	# what others have in their paths are names
	run -0 --separate-stderr caseq source add g \
	    "https://e.example/$token" --adapter json --map lemmy \
	    --query acme
	[ -z "$stderr" ]
}

@test "a secret in a map or its query is told, and where it belongs" {
	queue
	for key in 'api_key=s3cr3t' 'api_key={query}' 'page=1'; do
		echo '{"url":"{address}/a?'"$key"'","items":"",
		    "post":{"id":"/id","text":"/t"}}' >"${key#*=}.json"
	done
	run -0 --separate-stderr caseq source add a https://e.example \
	    --adapter json --map ./s3cr3t.json
	[[ $stderr == *"'api_key' in its address $NOTE"* ]]
	[[ $stderr == *'{token} there in the map, and use --token-file' ]]
	run -0 --separate-stderr caseq source add b https://e.example \
	    --adapter json --map './{query}.json' --query s3cr3t
	[[ $stderr == *"'api_key' in its address "* ]]
	run -0 --separate-stderr caseq source add c https://e.example \
	    --adapter json --map ./1.json
	[ -z "$stderr" ]
	run -0 --separate-stderr caseq source set c --map ./s3cr3t.json
	[[ $stderr == *"'api_key' in its address "* ]]
}

@test "a token is refused where no service could take it" {
	queue
	(umask 077 && echo token >a.token)
	for line in 'hackernews https://news.ycombinator.com acme' \
	    'appstore https://itunes.apple.com us/123456789' \
	    'cfpb https://www.consumerfinance.gov acme'; do
		read -r adapter address query <<<"$line"
		run caseq source add s "$address" --adapter "$adapter" \
		    --query "$query" --token-file a.token
		fails 2
		[[ $output == *"$adapter takes no token: leave out"* ]]
		run caseq source add s "$address" --adapter "$adapter" \
		    --query "$query" --credential acme
		fails 2
		caseq source add s "$address" --adapter "$adapter" \
		    --query "$query"
		run caseq source set s --token-file a.token
		fails 2
		[[ $output == *"$adapter takes no token"* ]]
		# one that has a token from long ago can be changed
		sqlite3 q.db "UPDATE source SET token_file = '$PWD/a.token'
		    WHERE name = 's'"
		run -0 caseq source set s --every 2h
		[ "$output" = 'source s: interval changed' ]
		run -0 caseq source set s --token-file ''
		caseq source remove s
	done
}

@test "a length of time that is too long is told so" {
	queue
	run caseq source add f https://e.example/rss --adapter feed \
	    --since 9000d
	fails 2
	[[ $output == *'up to ten years'* ]]
}

# The examples of the manuals, as somebody copies them at 80 columns.
examples() {
	local page

	for page in caseq-sources.5 caseq.1; do
		mandoc -T utf8 -O width=78 "$BATS_TEST_DIRNAME/../../man/$page" |
		    sed 's|.\x08||g; s/^ *//' |
		    sed -e :a -e '/ \\$/{N;s/ \\\n */ /;ba' -e '}' |
		    grep '^caseq source add'
	done | sort -u
}

@test "every source that the manuals add can be added by that very line" {
	local line name n=0 file

	queue
	while read -r file; do
		install -D -m 600 /dev/stdin "${file/#\~/$HOME}" <<<token
	done < <(examples | grep -oE '[^ ]+[.]token' | sort -u)
	echo '{"url":"{address}/all","items":"",'\
'"post":{"id":"/id","text":"/words"}}' >crm.json
	while read -r line; do
		name=$(sed 's/ http.*//; s/.* //' <<<"$line")
		run -0 eval "$line"
		[[ $output == "source $name added; "* ]]
		run -0 caseq source list --json
		[[ $line != *'--query'* || $output != *'"query":""'* ]]
		caseq source remove "$name"
		n=$((n + 1))
	done < <(examples)
	[ "$n" -ge 17 ]
}

@test "a list of sources fits 80 columns and tells those of one server apart" {
	queue
	caseq source add kettle https://mastodon.example --adapter mastodon \
	    --query '#kettle'
	caseq source add mugs https://mastodon.example --adapter mastodon \
	    --query '#mugs #cups #saucers #pots'
	caseq source add crm https://crm.example.com/a/path/longer/than/that \
	    --adapter feed
	run -0 caseq source list
	[[ ${lines[0]} == *'   Posts Listens to' ]]
	[[ ${lines[1]} == 'crm            feed          never     now '* ]]
	[[ ${lines[1]} == *' crm.example.com/a…' ]]
	[[ ${lines[2]} == *' #kettle at mastod…' ]]
	[[ ${lines[3]} == *' #mugs #cups #sauc…' ]]
	[ "$(wc -L <<<"$output")" -le 80 ]
}

@test "a list of sources tells those apart whose names begin alike" {
	queue
	for n in 1 2; do
		caseq source add "acme-reviews-$n" "https://crm.example/$n" \
		    --adapter feed
		echo '{"source":"a program of ours that writes many lines '$n'","id":"1","text":"late again"}'
	done | grep '^{' | caseq ingest
	run -0 caseq source list
	[[ ${lines[0]} == 'Source                 Adapter  '* ]]
	[[ ${lines[1]} == 'a program of ours tha… ndjson  '* ]]
	[[ ${lines[3]} == 'acme-reviews-1         feed  '*' crm.examp…' ]]
	[[ ${lines[4]} == 'acme-reviews-2         feed  '*' crm.examp…' ]]
	[ "$(wc -L <<<"$output")" -le 80 ]
	COLUMNS=100 run -0 caseq source list
	[[ ${lines[1]} == 'a program of ours that writes m… ndjson '* ]]
	[[ ${lines[3]} == *' crm.example/1' ]]
}

@test "a wide list of sources has address and query in columns" {
	queue
	(umask 077 && echo token >acme.token)
	caseq source add kettle https://mastodon.example --adapter mastodon \
	    --query '#kettle #pot'
	caseq source add crm https://crm.example.com/a/path/longer/than/that \
	    --adapter feed
	COLUMNS=120 run -0 caseq source list
	[[ ${lines[0]} == *' Address '*' Query' ]]
	[[ ${lines[1]} == *' crm.example.com/a/path/longer/than/that' ]]
	[[ ${lines[2]} == *' mastodon.example '*' #kettle #pot' ]]
	# brand and token have columns as soon as a source has them
	caseq source set kettle --token-file acme.token --brand acme
	caseq source set crm --credential crm
	COLUMNS=200 run -0 caseq source list
	[[ ${lines[0]} == *' Address '*' Query '*' Brand Token' ]]
	[[ ${lines[1]} == *'/than/that '*' credential:crm' ]]
	[[ ${lines[2]} == *' #kettle #pot acme  '*/acme.token ]]
	# and nothing is wider than its screen, whatever the words are
	caseq source set kettle --query "$(printf '#word%d ' {1..40})" \
	    --brand "$(printf 'b%.0s' {1..60})"
	for columns in 80 100 110 120 150 200 400; do
		COLUMNS=$columns run -0 caseq source list
		[ "$(wc -L <<<"$output")" -le "$columns" ]
		[[ ${lines[2]} == *'#word1 '* ]]
	done
}

# --- a team, and the account of its service ---------------------------------

serve_mentions() { # "toots" wants the credential toots, or the token file $1
	queue
	mkdir credentials
	(umask 077 && echo secret >credentials/toots)
	echo '[]' >none.json
	route GET /api/v1/notifications "$PWD/none.json" 'ignore=*'
	replay_start mastodon
	if [ $# -eq 0 ]; then
		set -- --credential toots
	else
		set -- --token-file "$1"
	fi
	caseq source add toots "$REPLAY_URL" --adapter mastodon \
	    --query mentions "$@"
}

@test "who fetches by hand without the credential does the source no harm" {
	serve_mentions
	before=$(caseq source list --json)
	for _ in 1 2 3; do
		run -1 caseq fetch
		[[ $output == 'toots: not asked: credential toots is known only'* ]]
		[[ $output == *'LoadCredential=toots:FILE'*'"A team" in'* ]]
		run -1 caseq fetch --json toots
		is_json
		[[ $output == *'"error":null,"not_asked":"credential toots'* ]]
		[[ $output == *'"next":"2026-11-23T14:00:00Z"'* ]]
	done
	[ "$(caseq source list --json)" = "$before" ]
	run -4 caseq source test toots
	[[ $output == *'is known only to the service'* ]]
	run -0 caseq list
	lacks toots
	[ ! -s replay.log ]
	# who is given it can fetch and try
	export CREDENTIALS_DIRECTORY=$PWD/credentials
	run -0 caseq source test toots
	run -0 caseq fetch
	[ "$(asked_header authorization)" = 'Bearer secret' ]
}

@test "who has to make a new credential learns when it is read" {
	serve_mentions
	export CREDENTIALS_DIRECTORY=$PWD/credentials
	fault status=401
	run -1 caseq fetch
	[ "$output" = 'toots: failed: 127.0.0.1 refused the token: make a new one and put it in the token file; then restart the service, which has a copy of it' ]
	run -0 caseq source list
	[[ $output == *'; then restart the service, which has a copy of it'* ]]
	# a token file is read for each question
	caseq source set toots --token-file credentials/toots
	fault status=401
	run -1 caseq fetch
	[[ $output == *'put it in the token file' ]]
}

@test "that the service has no token is kept, as nobody else has one" {
	serve_mentions
	"$CASEQ" run >said 2>&1 </dev/null 3>&- &
	pid=$!
	for _ in {1..100}; do
		! grep -q 'toots: failed: credential toots' said || break
		sleep 0.05
	done
	kill -HUP "$pid" # a fetch of the service, not one by hand
	for _ in {1..100}; do
		[ "$(grep -c 'toots: failed: ' said)" -lt 2 ] || break
		sleep 0.05
	done
	kill -TERM "$pid"
	wait "$pid"
	[ "$(grep -c 'toots: failed: credential toots' said)" -eq 2 ]
	run -0 caseq source list
	[[ $output == *'failed 2 times since 14:00: credential toots'* ]]
}

@test "the token file of another account is told with whose it is" {
	[ "$(id -u)" -eq 0 ] || skip 'needs another account'
	serve_mentions credentials/toots
	chown 12345 credentials/toots
	before=$(caseq source list --json)
	run -1 caseq fetch
	[[ $output == *'belongs to account 12345, and root may not use it:'* ]]
	[[ $output == *'ask as account 12345, or have root own it'* ]]
	[ "$(caseq source list --json)" = "$before" ]
	run -4 caseq source test toots
	[[ $output == *'"A team" in caseq-sources(5)'* ]]
	# and who owns it reads it
	open=$(mktemp -d)
	chmod 777 "$open"
	cp "$CASEQ" "$open/caseq"
	cp -r credentials q.db* "$open"
	chown -R 12345 "$open"
	as_service() {
		env -u CASEQ_NOW HOME="$open" CASEQ_QUEUE="$open/q.db" \
		    setpriv --reuid 12345 --clear-groups "$open/caseq" "$@"
	}
	sqlite3 "$open/q.db" "UPDATE source SET
	    token_file = '$open/credentials/toots';
	    UPDATE agent SET uid = 12345 WHERE name = 'ann'"
	run -0 as_service source test toots
	chown 0 "$open/credentials/toots"
	run -1 as_service fetch toots
	[[ $output == *'belongs to root, and account 12345 may not'* ]]
	chmod 700 "$open/credentials"
	chown 0 "$open/credentials"
	run -1 as_service fetch toots
	[[ $output == *'account 12345 may not read token file '* ]]
	run -0 sqlite3 "$open/q.db" 'SELECT n_failed FROM source'
	[ "$output" = 0 ]
	rm -r "$open"
}

@test "who adds a source to the queue of a service learns whose the token is" {
	[ "$(id -u)" -eq 0 ] || skip 'needs another account'
	serve_mentions
	run -0 caseq source add mine "$REPLAY_URL" --adapter mastodon \
	    --query mentions --token-file credentials/toots
	[ "${#lines[@]}" -eq 1 ]
	at ''
	chown 12345 q.db*
	run -0 caseq source add theirs "$REPLAY_URL" --adapter mastodon \
	    --query mentions --token-file credentials/toots
	[[ ${lines[1]} == 'caseq: note: the token file is yours, the queue'* ]]
	run -0 caseq source set toots --credential other
	[[ ${lines[-1]} == 'caseq: note: only the service has that credential'* ]]
	run -0 caseq source set toots --token-file credentials/toots
	[[ ${lines[-1]} == 'caseq: note: the token file is yours, the queue'* ]]
}
