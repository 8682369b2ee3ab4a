# Reviews of an app, as the program meets them; the pages are written by hand.
# shellcheck shell=bash disable=SC2154

bats_require_minimum_version 1.5.0
load cli_helper
load replay

REVIEWS=/us/rss/customerreviews

serve_reviews() {
	queue
	for page in 1 2; do
		route GET "$REVIEWS/page=$page/id=123456789/sortby=mostrecent/json" \
		    "by-hand-$page.json"
	done
	replay_start appstore
	caseq source add reviews "$REPLAY_URL" --adapter appstore \
	    --query us/123456789 --since 60d
}

@test "reviews of two pages become cases, once, with their stars" {
	serve_reviews
	run -0 caseq fetch
	[[ $output == *'reviews: read 3, new 3,'* ]]
	run -0 caseq fetch
	[[ $output == *'new 0,'* ]]
	[ "$(asked page=2 | wc -l)" -eq 1 ]
	run -0 caseq export
	[[ $output == *'Does not connect'* ]]
	[[ $output == *'/us/app/id123456789?see-all=reviews'* ]]
	run -0 caseq show --json 1
	[[ $output == *'"rating":'* ]]
	all_matched
}

@test "a review that was edited is a revision of the same case" {
	serve_reviews
	caseq fetch
	cat >edited.json <<-'EOF'
		{"feed": {"entry": {
		  "id": {"label": "9003"},
		  "im:rating": {"label": "4"},
		  "updated": {"label": "2026-11-23T05:00:00-07:00"},
		  "title": {"label": "Fixed"},
		  "content": {"label": "It connects now."}},
		 "link": [{"attributes": {"rel": "last", "href": "https://x/page=1/"}}]}}
	EOF
	fault 'path=/us/rss/*' n=all "body=$(tr -d '\n\t' <edited.json)"
	run -0 caseq fetch
	[[ $output == *'new 0,'* ]]
	run -0 caseq export
	[[ $output == *'It connects now.'* ]]
}

@test "a page that is empty for hours says nothing, and takes nothing away" {
	serve_reviews
	caseq fetch
	fault 'path=/us/rss/*' n=all 'body={"feed":{}}'
	run -0 caseq fetch
	[[ $output == *'read 0,'* ]]
	run -0 caseq list
	[[ $output == *'Does not connect'* ]]
}
