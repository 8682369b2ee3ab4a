# Fetching as a person at a terminal sees it.

bats_require_minimum_version 1.5.0

load cli_helper
load replay

setup_file() {
	command -v script >/dev/null || skip 'no script(1)'
}

teardown() {
	replay_stop
}

listen() { # a feed of two posts
	queue
	cat >news.xml <<-END
		<?xml version="1.0"?><rss version="2.0"><channel><title>n</title>
		<item><guid>1</guid><title>The lift does not move</title>
		<pubDate>Mon, 23 Nov 2026 13:30:00 GMT</pubDate></item>
		</channel></rss>
	END
	route GET /news.rss "$PWD/news.xml" type=application/rss+xml
	replay_start "$PWD"
	caseq source add news "$REPLAY_URL/news.rss" --adapter feed
}

@test "fetch shows whom it asks, and takes that away when it is told" {
	listen
	caseq source add other "$REPLAY_URL/other.rss" --adapter feed
	TERM=xterm run script -qec "'$CASEQ' fetch" /dev/null
	[[ $output == *$'\r\e[K'*'asking '*'news'* ]]
	[[ $output == *$'\r\e[Knews: read 1, new 1,'* ]]
	[[ $output == *$'\r\e[Kother: failed: 127.0.0.1 knows no such'* ]]
	# nothing of it stays behind the last line
	[[ ${output##*asking} == *$'\r\e[K' ]]
	run -1 caseq fetch
	lacks asking
}

@test "run tells a person that it listens, and a journal only what is new" {
	listen
	caseq source add other "$REPLAY_URL/other.rss" --adapter feed
	caseq source pause other
	TERM=xterm run script -qec "timeout --foreground 2 '$CASEQ' run &
	    sleep 1; '$CASEQ' run; wait" /dev/null
	[[ ${lines[0]} == 'listening to 1 source, each as its time comes; Ctrl-C ends it'* ]]
	[[ ${lines[1]} == *'  news: read 1, new 1, '* ]]
	# a second one is told that, and not that it listens
	[[ ${lines[2]} == "caseq: another 'caseq run' serves this queue already"* ]]
	[ "${#lines[@]}" -eq 3 ]
	run timeout 1 "$CASEQ" run
	[ -z "$output" ]
}
