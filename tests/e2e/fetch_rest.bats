# What a service asks for when it wants patience is kept by every caseq fetch,
# and what is not asked is told: in one line, with what to do.

bats_require_minimum_version 1.5.0

load cli_helper
load replay

teardown() {
	[ -z "${pid-}" ] || kill -KILL "$pid" 2>/dev/null || true
	replay_stop
}

feed() { # NAME
	cat >"$1.xml" <<-END
		<?xml version="1.0"?><rss version="2.0"><channel><title>$1</title>
		<item><guid>$1-1</guid><title>The lift in $1 does not move</title>
		<pubDate>Mon, 23 Nov 2026 13:30:00 GMT</pubDate></item>
		</channel></rss>
	END
	route GET "/$1.rss" "$PWD/$1.xml" type=application/rss+xml
}

listen() { # two feeds of one host, whose limits they share
	queue
	feed forum
	feed news
	replay_start "$PWD"
	caseq source add forum "$REPLAY_URL/forum.rss" --adapter feed
	caseq source add news "$REPLAY_URL/news.rss" --adapter feed
}

must_wait() { # the host asks for patience until 14:10
	listen
	fault path=/forum.rss status=429 'header=Retry-After: 600'
	run -1 caseq fetch forum
	[[ $output == *'asks for patience'* ]]
}

@test "fetch asks nobody who asked for patience, says so, and has not failed" {
	must_wait
	run -0 caseq fetch
	[ "${#lines[@]}" -eq 2 ]
	[ "${lines[0]}" = \
	    'forum: not asked: the service asked us to wait until 14:10' ]
	[ "${lines[1]}" = \
	    'news: not asked: the service asked us to wait until 14:10' ]
	[ "$(asked | wc -l)" -eq 1 ]
	at 2026-11-23T14:10:00Z
	run -0 caseq fetch
	[[ $output == *'forum: read 1, new 1'* ]]
	[[ $output == *'news: read 1, new 1'* ]]
}

@test "a source that is named rests as well, and says how to ask it all the same" {
	must_wait
	run -0 caseq fetch news
	[ "$output" = 'news: not asked: the service asked us to wait until 14:10; if you know better: caseq source resume news' ]
	run -4 caseq source test news
	[[ $output == *'news was not asked: the service asked us to wait until 2026-11-23 14:10;'* ]]
	[ "$(asked | wc -l)" -eq 1 ]
	caseq source resume news
	run -0 caseq fetch
	[[ $output == *'forum: read 1, new 1'* ]]
	[[ $output == *'news: read 1, new 1'* ]]
}

@test "programs are told as well what is not asked, and why" {
	must_wait
	caseq source pause news
	run -0 --separate-stderr caseq fetch --json
	is_json
	[ "$(jq -r '[.source, .error, .next] | join(" ")' <<<"${lines[0]}")" \
	    = 'forum  2026-11-23T14:10:00Z' ]
	[[ $(jq -r .not_asked <<<"${lines[0]}") == *'wait until 14:10' ]]
	[[ $(jq -r .not_asked <<<"${lines[1]}") == 'somebody paused it'* ]]
	[ "$(jq -r .next <<<"${lines[1]}")" = null ]
	run -0 caseq source list --json
	[ "$(jq -r .rests_until <<<"${lines[0]}")" = 2026-11-23T14:10:00Z ]
	caseq source resume forum
	run -0 caseq fetch forum --json
	[ "$(jq -r .not_asked <<<"$output")" = null ]
}

@test "source list says how long a source rests, also one that did not fail" {
	must_wait
	run -0 caseq source list
	[[ ${lines[1]} == 'forum '*' in 10m '* ]]
	[[ ${lines[2]} == '    failed 1 time since 14:00: '* ]]
	[ "${lines[3]}" = \
	    '    the service asked us to wait until 14:10' ]
	[[ ${lines[4]} == 'news '*' in 10m '* ]]
	[ "${lines[5]}" = \
	    '    the service asked us to wait until 14:10' ]
	at 2026-11-23T14:10:00Z
	run -0 caseq source list
	lacks 'asked us to wait'
}

@test "who may not store what comes asks nobody" {
	listen
	caseq agent add sup --role supervisor
	for command in fetch 'fetch forum' run; do
		# shellcheck disable=SC2086 # words
		run -4 caseq $command --as sup
		[ "$output" = 'caseq: sup (supervisor) may not fetch; ask an agent, lead or administrator' ]
	done
	[ -z "$(asked)" ]
}

@test "a rest beyond midnight is told with its day" {
	listen
	fault path=/forum.rss status=429 'header=Retry-After: 43200'
	caseq fetch forum || true
	run -0 caseq fetch
	[[ $output == *'asked us to wait until 24 Nov 02:00' ]]
}

@test "what is paused is told in one line each, and to the others it is nothing" {
	listen
	caseq source pause forum
	run -0 caseq fetch
	[ "${lines[0]}" = 'forum: not asked: somebody paused it; to ask it again: caseq source resume forum' ]
	[[ ${lines[1]} == 'news: read 1, new 1,'* ]]
	run -1 caseq fetch forum
	[[ $output == 'forum: not asked: somebody paused it'* ]]
	fault path=/news.rss status=410
	run -1 caseq fetch news
	run -3 caseq fetch
	[[ ${lines[1]} == 'news: not asked: it paused itself, 14:00: 127.0.0.1 says that this is gone for good (410): remove this source, and add its new address if there is one; to ask it again: caseq source resume news' ]]
	[ "${lines[2]}" = 'caseq: fetch: all sources are paused' ]
	# nor does JSON tell a time when they would be
	[ "$(caseq source list --json | grep -c '"next":null')" -eq 2 ]
}

@test "a fetch whose source is changed meanwhile says so, and has not failed" {
	listen
	fault path=/forum.rss wait=1.5
	"$CASEQ" fetch forum >slow 2>&1 3>&- &
	pid=$!
	for _ in {1..100}; do
		[ -n "$(asked forum)" ] && break
		sleep 0.05
	done
	caseq source set forum --since 7d
	wait "$pid"
	pid=
	[ "$(<slow)" = 'forum: the source was changed meanwhile: what came by its old settings is left out, and the next fetch goes by the new ones' ]
	[ "$(caseq export --map | wc -l)" -eq 0 ]
	run -0 caseq source list
	lacks failed
	run -0 caseq fetch forum
	[[ $output == *'forum: read 1, new 1,'* ]]
}

@test "of two fetches at once the slower one says so, and has not failed" {
	listen
	fault path=/forum.rss wait=1.5
	"$CASEQ" fetch forum >slow 2>&1 3>&- &
	pid=$!
	for _ in {1..100}; do
		[ -n "$(asked forum)" ] && break
		sleep 0.05
	done
	run -0 caseq fetch forum
	[[ $output == *'forum: read 1, new 1,'* ]]
	wait "$pid"
	pid=
	[ "$(<slow)" = 'forum: another fetch stored this page first: nothing is lost, and nothing is there twice' ]
	[ "$(caseq export --map | wc -l)" -eq 1 ]
	run -0 caseq source list
	lacks failed
}

@test "SIGHUP does not ask a source that rests" {
	must_wait
	at ''
	caseq source resume forum
	fault path=/forum.rss status=429 'header=Retry-After: 600' n=all
	"$CASEQ" run >said 2>&1 </dev/null 3>&- &
	pid=$!
	for _ in {1..100}; do
		grep -q 'news: read 1, new 1\|news: not asked' said && break
		sleep 0.05
	done
	before=$(asked forum | wc -l)
	kill -HUP "$pid"
	for _ in {1..100}; do
		grep -q 'forum: not asked: the service' said && break
		sleep 0.05
	done
	grep -q 'forum: not asked: the service asked us to wait until' said
	[ "$(asked forum | wc -l)" -eq "$before" ]
	kill -TERM "$pid"
	wait "$pid"
	pid=
}
