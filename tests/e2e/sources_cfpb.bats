# The register of complaints, as the program meets it; written by hand.
# shellcheck shell=bash disable=SC2154

bats_require_minimum_version 1.5.0
load cli_helper
load replay

API=/data-research/consumer-complaints/search/api/v1/

serve_register() {
	queue
	route GET $API by-hand-hits.json 'ignore=*'
	replay_start cfpb
	caseq source add bureau "$REPLAY_URL" --adapter cfpb \
	    --query 'company:ACME BANK' --since 90d
}

@test "complaints with the customer's words become cases, once" {
	serve_register
	run -0 caseq fetch
	[[ $output == *'bureau: read 2, new 2,'* ]]
	[[ $(asked) == *'company=ACME%20BANK&'* ]]
	run -0 caseq fetch
	[[ $output == *'new 0,'* ]]
	[[ $(asked) == *date_received_min=2026-08-2* ]]
	run -0 caseq export
	[[ $output == *'yearly fee twice'* ]]
	[[ $output == *'search/detail/25000003'* ]]
	all_matched
}

@test "a network that is not answered is told, and asked again later" {
	serve_register
	fault "path=$API" n=all status=403 html
	run caseq fetch
	[[ $output == *'does not answer this network (403)'* ]]
	run -0 caseq source list
	[[ $output != *paused* ]]
}
