# Comments on YouTube, as the program meets them; written by hand.
# shellcheck shell=bash disable=SC2154

bats_require_minimum_version 1.5.0
load cli_helper
load replay

serve_video() {
	queue
	route GET /youtube/v3/commentThreads by-hand-threads.json 'ignore=*'
	route GET /youtube/v3/comments by-hand-replies.json 'ignore=*'
	replay_start youtube
	(umask 077 && echo AIza-m4rk3r >token)
	caseq source add video "$REPLAY_URL" --adapter youtube \
	    --query video:kEttLe00001 --token-file token --since 30d
}

@test "comments and all replies to them become cases, once" {
	serve_video
	run -0 caseq fetch
	[[ $output == *'new 4,'* ]]
	[ "$(asked parentId=UgxA | wc -l)" -eq 1 ]
	[ "$(asked_header X-Goog-Api-Key)" = AIza-m4rk3r ]
	[ -z "$(asked AIza)" ]
	run -0 caseq fetch
	[[ $output == *'new 0,'* ]]
	[ "$(asked parentId=UgxA | wc -l)" -eq 1 ]
	run -0 caseq export
	[[ $output == *'watch?v=kEttLe00001&lc=UgxA.2'* ]]
	run ! grep -qa AIza q.db*
	all_matched
}

@test "a key without the right service says what to enable" {
	serve_video
	fault 'path=/youtube/v3/*' n=all status=403 'body={"error":{"errors":[{"reason":"accessNotConfigured"}]}}'
	run caseq fetch
	[[ $output == *'enable the YouTube Data API v3'* ]]
	run -0 caseq source list
	[[ $output == *paused* ]]
}
