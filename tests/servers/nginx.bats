# nginx: validators, limits, broken answers and certificates as a server that
# half the world uses does them.
# shellcheck shell=bash disable=SC2154,SC2030,SC2031

bats_require_minimum_version 1.5.0
load servers

key() { # NAME
	openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
}

# NAME SUBJECT-ALT-NAME DAYS: a certificate that our authority signed
certificate() {
	key "$1"
	openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
	openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key \
	    -set_serial $RANDOM -days "$3" -out "$1.pem" \
	    -extfile <(echo "subjectAltName=$2")
}

certificates() {
	key ca
	openssl req -x509 -new -key ca.key -subj /CN=test-ca -days 2 -out ca.pem
	certificate good IP:127.0.0.1 2
	certificate wrong DNS:shop.example 2
	certificate old IP:127.0.0.1 -1
	key self
	openssl req -x509 -new -key self.key -subj /CN=self -days 2 \
	    -addext subjectAltName=IP:127.0.0.1 -out self.pem
}

item() { # NUMBER TEXT
	printf '<item><guid isPermaLink="false">n%s</guid><title>%s</title>' \
	    "$1" "$2"
	printf '<pubDate>%s</pubDate><author>c%s@shop.example</author></item>\n' \
	    "$(LC_ALL=C date -Ru)" "$1"
}

feed() { # ITEMS...: becomes www/feed.xml, long enough to be cut in two
	{
		echo '<?xml version="1.0"?><rss version="2.0"><channel>'
		echo '<title>Complaints</title>'
		printf '%s\n' "$@"
		printf '<!--%04000d-->' 0
		echo '</channel></rss>'
	} >www/feed.new
	mv www/feed.new www/feed.xml
}

setup_file() {
	local name
	begin_suite "$(/usr/sbin/nginx -v 2>&1 | sed 's/.*: //')"
	mkdir www tmp
	certificates 2>certificates.log
	for name in PLAIN SLOW GOOD WRONG OLD SELF; do
		export "$name=$(free_port)"
	done
	sed -e "s|@DIR@|$DIR|; s|@PLAIN@|$PLAIN|; s|@SLOW@|$SLOW|" \
	    -e "s|@GOOD@|$GOOD|; s|@WRONG@|$WRONG|; s|@OLD@|$OLD|" \
	    -e "s|@SELF@|$SELF|" \
	    -e "s|@USER@|$([ "$(id -u)" -ne 0 ] || echo 'user root;')|" \
	    "$BATS_TEST_DIRNAME/nginx.conf" >nginx.conf
	serve nginx /usr/sbin/nginx -p "$DIR" -c nginx.conf -e error.log
	until_true 5 opens "$SELF"
}

teardown_file() {
	end_servers "$DIR"
}

setup() {
	begin_test "$BATS_TEST_TMPDIR/q.db"
	queue
	: >access.log
	feed "$(item 1 'The parcel was left in the rain')" \
	    "$(item 2 'Charged twice for one order')"
}

teardown() {
	end_test
}

source_at() { # ADDRESS
	caseq source add site "$1" --adapter feed >/dev/null
}

# the last request as nginx logged it: $sent is the validator that came in,
# $had the one that went out
logged() {
	local rest
	read -r rest answer sent had coding rest < <(tail -n 1 access.log)
	sent=${sent#sent=} had=${had#had=}
	# nginx writes a quote as \x22
	sent=${sent//\\x22/\"} had=${had//\\x22/\"}
}

@test "a strong ETag is sent back as it was, and 304 adds nothing" {
	source_at "http://127.0.0.1:$PLAIN/feed.xml"
	fetched site read=2 new=2
	logged
	[[ "$answer" = 200 && "$sent" = - ]]
	[[ $had == \"*\" ]]
	tag=$had
	fetched site read=0 new=0
	logged
	[[ "$answer" = 304 && "$sent" = "$tag" ]]
	shows "200 with ETag $tag; then If-None-Match $sent: 304, nothing read"
	feed "$(item 1 'The parcel was left in the rain')" \
	    "$(item 2 'Charged twice for one order')" \
	    "$(item 3 'The app logs me out every day')"
	fetched site read=3 new=1
	logged
	[[ "$answer" = 200 && "$sent" = "$tag" && "$had" != "$tag" ]]
	shows "the file changed: 200, 3 read, 1 of them new"
}

@test "a weak ETag of a gzip answer is sent back with its W/" {
	source_at "http://127.0.0.1:$PLAIN/zipped/feed.xml"
	fetched site read=2 new=2
	logged
	[[ "$answer" = 200 && "$coding" = gzip ]]
	[[ $had == W/\"*\" ]]
	tag=$had
	fetched site read=0 new=0
	logged
	[[ "$answer" = 304 && "$sent" = "$tag" ]]
	shows "200 gzip with ETag $tag; then If-None-Match $sent: 304"
}

@test "429 with Retry-After is waited for, also by a new process" {
	source_at "http://127.0.0.1:$PLAIN/limited/feed.xml"
	fetched site read=2 new=2
	before=$(date +%s)
	refused site '*127.0.0.1*'
	logged
	[ "$answer" = 429 ]
	next=$(date -d "$(jq -r .next <<<"$output")" +%s)
	wait_s=$((next - before))
	[[ "$wait_s" -ge 1200 && "$wait_s" -le 1210 ]]
	shows "429, Retry-After: 1200: next try in $wait_s s; told: $error"
	asked=$(wc -l <access.log)
	run timeout 3 "$CASEQ" run
	[ "$status" -eq 124 ]
	[ "$(wc -l <access.log)" -eq "$asked" ]
	shows "caseq run for 3 s afterwards: no request"
}

@test "a certificate of an authority of our own is trusted when named" {
	source_at "https://127.0.0.1:$GOOD/feed.xml"
	refused site '*not signed by an authority*nothing was sent or read'
	[ ! -s access.log ]
	shows "without: $error; no request reached nginx"
	export SSL_CERT_FILE=$DIR/ca.pem
	fetched site read=2 new=2
	tail -n 1 access.log | grep -q ' HTTP/2.0$'
	shows "with SSL_CERT_FILE: 2 posts read, over HTTP/2"
}

@test "a wrong, an expired and a self-made certificate are refused" {
	export SSL_CERT_FILE=$DIR/ca.pem
	for port in "$WRONG=*is for another name*" "$OLD=*has expired*" \
	    "$SELF=*is self-signed*"; do
		source_at "https://127.0.0.1:${port%%=*}/feed.xml"
		refused site "${port#*=}"
		shows "$error"
		caseq source remove site >/dev/null
	done
	[ ! -s access.log ]
	shows "no request reached nginx"
}

@test "an answer that is cut short is no answer" {
	source_at "http://127.0.0.1:$PLAIN/cut/feed.xml"
	refused site '*broke off*'
	logged
	[ "$answer" = 200 ]
	grep -q 'upstream timed out' error.log
	shows "nginx began a 200 and closed midway; told: $error"
	[ -z "$(caseq list --json)" ]
	shows "no post of the part that came was stored"
}

@test "a feed that moved for good is asked at its new address" {
	source_at "http://127.0.0.1:$PLAIN/moved/feed.xml"
	fetched site read=2 new=2
	[ "$(caseq source list --json | jq -r .address)" = \
	    "http://127.0.0.1:$PLAIN/feed.xml" ]
	: >access.log
	fetched site read=0 new=0
	[ "$(cut -d ' ' -f 1,2 access.log)" = '/feed.xml 304' ]
	shows "301: new address stored; then only /feed.xml: 304"
}

@test "a feed that is gone is asked no more" {
	source_at "http://127.0.0.1:$PLAIN/gone/feed.xml"
	refused site '*'
	[ "$(caseq source list --json | jq -r .paused)" = true ]
	shows "410: paused; told: $error"
}

@test "a page in the place of a feed is told and stores nothing" {
	echo '<!DOCTYPE html><html><body><p>Maintenance</p></body></html>' \
	    >www/page.html
	source_at "http://127.0.0.1:$PLAIN/page.html"
	refused site '*'
	[ -z "$(caseq list --json)" ]
	shows "200 text/html; told: $error"
}
