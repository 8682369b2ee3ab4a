# Fossil: the RSS of its tickets and its forum.  It sends no ETag, and gives
# each change of a ticket a guid of its own.
# shellcheck shell=bash disable=SC2154

bats_require_minimum_version 1.5.0
load servers

fsl() { # USER COMMAND...
	local user=$1
	shift
	HOME=$DIR USER=$user fossil "$@" -R "$DIR/shop.fossil"
}

setup_file() {
	begin_suite "$(fossil version | sed 's/This is //; s/ \[.*//')"
	export PORT
	PORT=$(free_port)
	HOME=$DIR USER=admin fossil init --admin-user admin shop.fossil
	fsl admin user new carla carla@shop.example password
	fsl admin user capabilities carla hijrw234 # tickets and forum
	fsl admin user capabilities nobody hjr2	   # may read both
	fsl admin settings backoffice-disable 1 # it outlives the server
	HOME=$DIR USER=admin serve fossil fossil server --localhost \
	    --port "$PORT" --nojail shop.fossil
	until_true 5 opens "$PORT"
	begin_test "$DIR/q.db"
	queue
	for kind in t f; do
		caseq source add "shop-$kind" --adapter feed \
		    "http://127.0.0.1:$PORT/timeline.rss?y=$kind"
	done
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

case_of() { # AUTHOR: the number of the only case
	caseq list --json | jq "select(.author == \"$1\").case"
}

guids() { # KIND: how many the feed has
	curl -s "http://127.0.0.1:$PORT/timeline.rss?y=$1" | grep -c '<guid>'
}

forum() { # PATH FIELD=TEXT...: as carla, with the form of the web page
	local path=$1 field
	local -a form
	shift
	for field; do
		form+=(--data-urlencode "$field")
	done
	curl -s -o page -w '%{http_code}\n' -b jar -c jar \
	    -e "http://127.0.0.1:$PORT/" "${form[@]}" \
	    "http://127.0.0.1:$PORT/$path"
}

@test "an empty feed is read and brings nothing" {
	fetched shop-t read=0 new=0
	shows "0 items: read 0"
}

@test "tickets become cases, under the name of who wrote them" {
	fsl carla ticket add title 'Parcel soaked <again>' status Open
	fsl admin ticket add title 'Refund of May is missing' status Open
	fetched shop-t read=2 new=2
	run caseq show "$(case_of carla)"
	[[ $output == *'carla (carla) in shop-t'* ]]
	[[ $output == *'Parcel soaked <again>'* ]]
	[[ $output == *"http://127.0.0.1:$PORT/info/"* ]]
	shows "2 tickets: read 2, new 2; markup in a title comes as text"
	shows "caseq show: $(grep subject <<<"$output" | tr -s ' ')"
}

@test "a second fetch without a validator adds nothing" {
	run curl -si "http://127.0.0.1:$PORT/timeline.rss?y=t"
	[[ $output == *'200 OK'* && ${output,,} != *$'\n'etag:* ]]
	[[ ${output,,} != *$'\n'last-modified:* ]]
	fetched shop-t read=2 new=0 known=2
	shows "no ETag, no Last-Modified: read 2, new 0, known 2"
}

@test "a changed ticket has a new guid and is a new post" {
	id=$(fsl admin ticket show 0 | awk -F '\t' '/soaked/ { print $2 }')
	fsl carla ticket set "$id" status Closed
	[ "$(guids t)" -eq 3 ]
	fetched shop-t read=3 new=1 known=2
	run caseq show "$(case_of carla)"
	shows "status changed: 3 guids in the feed, 1 of them new"
	# the same author speaks of the same ticket
	[[ $output == *'posts     2 by 1 author'* ]]
	shows "caseq show: $(grep 'here because' <<<"$output" | tr -s ' ')"
}

@test "a forum post becomes a case" {
	[ "$(forum login u=carla p=password in=Login)" = 302 ]
	[ "$(forum forume1 title='The app does not open' \
	    mimetype=text/plain submit=Submit \
	    content='Since the update the app does not open.')" = 302 ]
	fetched shop-f read=1 new=1
	run caseq list --json 'source:shop-f'
	[ "$(jq -r .subject <<<"$output")" = 'Post: The app does not open' ]
	shows "1 post: read 1, new 1; subject: $(jq -r .subject <<<"$output")"
	fetched shop-f read=1 new=0 known=1
	shows "again: read 1, new 0, known 1"
}
