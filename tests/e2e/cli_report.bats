# The shift report on paper and as JSON.

load cli_helper

a_day() { # posts at 14:00, a take, a refusal, a resolve at 14:30
	three_cases
	at 2026-11-23T14:10:00Z
	caseq take 1
	caseq --as bo take 1 || true
	caseq --as bo take 2
	at 2026-11-23T14:15:00Z
	caseq --as bo dismiss 2
	at 2026-11-23T14:16:00Z
	caseq renew 1 --lease 1h
	at 2026-11-23T14:30:00Z
	caseq note 1 'bank was asked'
	caseq resolve 1
	at 2026-11-23T15:00:00Z
} >/dev/null 2>&1

@test "report: pages with header, figures, agents, meanings" {
	a_day
	run caseq report --from 13:00
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == 'caseq shift report: q.db '*' page 1 of '* ]]
	[[ ${lines[1]} == '2026-11-23 13:00 UTC to 2026-11-23 15:00 UTC, '* ]]
	[[ $output == *AGENTS*'ann '*'bo '* ]]
	[[ $output == *'WHAT THE FIGURES MEAN'* ]]
	[ "$(wc -L <<<"$output")" -le 80 ]
	[ "$(tr '\f' '\n' <<<"$output" | wc -L)" -le 80 ]
	awk 'BEGIN { RS = "\f" } { if (gsub(/\n/, "&") > 60) exit 1 }' \
	    <<<"$output"
	refute_escapes
}

@test "report --json: the figures of that day" {
	a_day
	run caseq report --from 13:00 --json
	[ "$status" -eq 0 ]
	is_json
	[[ $output == *'"from":"2026-11-23T13:00:00Z","to":"2026-11-23T15:00:01Z"'* ]]
	[[ $output == *'"posts_in":{"n":5,'* ]]
	[[ $output == *'"opened":{"n":3,'* ]]
	[[ $output == *'"joined":{"n":2,'* ]]
	[[ $output == *'"resolved":{"n":1,'* ]]
	[[ $output == *'"dismissed":{"n":1,'* ]]
	[[ $output == *'"refused":{"n":1,'* ]]
	[[ $output == *'"backlog_start":{"n":0,'* ]]
	[[ $output == *'"backlog_end":{"n":1,'* ]]
	[[ $output == *'"first_take":{"n":2,"median_s":600,"p90_s":600,'* ]]
	[[ $output == *'"resolution":{"n":1,"median_s":1800,'* ]]
	[[ $output == *'"agent":"bo","taken":1,'* ]]
}

@test "report --cases: the numbers behind each figure" {
	a_day
	run caseq report --from 13:00 --cases resolved
	[ "$output" = 1 ]
	run caseq report --from 13:00 --cases dismissed --json
	[ "$output" = '{"case":2}' ]
	run caseq report --from 13:00 --cases opened
	[ "${lines[*]}" = '1 2 3' ]
	run caseq report --from 13:00 --cases backlog-end
	[ "$output" = 3 ]
	run caseq report --from 13:00 --cases stolen
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "report: nothing measured is --, not 0" {
	queue
	run caseq report
	[ "$status" -eq 0 ]
	[[ $output == *'First take '*' 0 '*'--'*'--'* ]]
	run caseq report --json
	[[ $output == *'"first_take":{"n":0,"median_s":null,'* ]]
}

@test "report: a night shift is last night, whenever it is asked for" {
	queue
	night='2026-11-22 22:00 UTC to 2026-11-23 06:00 UTC'
	at 2026-11-23T07:00:00Z
	[[ $(caseq report --from 22:00 --to 06:00) == *"$night"* ]]
	at 2026-11-23T03:00:00Z # it is not over: its report ends now
	[[ $(caseq report --from 22:00 --to 06:00) == \
	    *'2026-11-22 22:00 UTC to 2026-11-23 03:00 UTC'* ]]
	at 2026-11-23T21:00:00Z
	[[ $(caseq report --from 22:00 --to 06:00) == *"$night"* ]]
	[[ $(caseq report --from 06:00 --to 14:00) == \
	    *'2026-11-23 06:00 UTC to 2026-11-23 14:00 UTC'* ]]
	[[ $(caseq report --from 8h) == \
	    *'2026-11-23 13:00 UTC to 2026-11-23 21:00 UTC'* ]]
	[[ $(caseq report) == *'2026-11-23 13:00 UTC to 2026-11-23 21:00 UTC'* ]]
	[[ $(caseq report --from yesterday --to today) == \
	    *'2026-11-22 00:00 UTC to 2026-11-23 00:00 UTC'* ]]
}

@test "report: --to a time of day is the first one behind --from" {
	queue
	at 2026-11-23T21:00:00Z
	[[ $(caseq report --from 2026-11-20 --to 06:00) == \
	    *'2026-11-20 00:00 UTC to 2026-11-20 06:00 UTC'* ]]
	[[ $(caseq report --from '2026-11-20 22:00' --to 06:00) == \
	    *'2026-11-20 22:00 UTC to 2026-11-21 06:00 UTC'* ]]
	[[ $(caseq report --from 06:00 --to '2026-11-20 14:00') == \
	    *'2026-11-20 06:00 UTC to 2026-11-20 14:00 UTC'* ]]
	run caseq report --from 2026-11-20 --to 2026-11-19
	fails 2
}

@test "report: shifts keep to the clock on the wall in New York" {
	queue
	export TZ=EST5EDT,M3.2.0,M11.1.0
	[ ! -e /usr/share/zoneinfo/America/New_York ] ||
		export TZ=America/New_York
	at 2026-11-24T02:00:00Z
	[[ $(caseq report --from 2026-11-20 --to 06:00) == \
	    *'2026-11-20 00:00 EST to 2026-11-20 06:00 EST'* ]]
	at 2026-11-01T20:00:00Z # nine hours
	[[ $(caseq report --from 22:00 --to 06:00) == \
	    *'2026-10-31 22:00 EDT to 2026-11-01 06:00 EST'* ]]
	at 2026-11-02T04:30:00Z # at the end of a day of 25 hours
	[[ $(caseq report --from 23:45) == \
	    *'2026-10-31 23:45 EDT to 2026-11-01 23:30 EST'* ]]
	at 2026-03-08T20:00:00Z # seven hours
	[[ $(caseq report --from 22:00 --to 06:00) == \
	    *'2026-03-07 22:00 EST to 2026-03-08 06:00 EDT'* ]]
}

@test "report: printed at its very end, it has nothing of the next shift" {
	three_cases >/dev/null # at 14:00:00
	[ -z "$(caseq report --from 06:00 --to 14:00 --cases opened)" ]
	[ -z "$(caseq report --from 06:00 --to now --cases opened)" ]
	[ "$(caseq report --from 06:00 --cases opened | tr '\n' ' ')" = '1 2 3 ' ]
	at 2026-11-23T22:00:00Z
	[ "$(caseq report --from 14:00 --to 22:00 --cases opened |
	    tr '\n' ' ')" = '1 2 3 ' ]
}

@test "report --team: acts of that team, named on the page" {
	three_cases >/dev/null
	caseq agent set bo --team night
	at 2026-11-23T14:10:00Z
	caseq --as bo take 1
	caseq --as bo resolve 1
	caseq agent set bo --team day
	caseq --as bo take 2
	caseq --as bo dismiss 2
	caseq --as ann take 3
	at 2026-11-23T15:00:00Z
	run caseq report --from 13:00 --team night --json
	[ "$status" -eq 0 ]
	[[ $output == *'"team":"night"'* ]]
	[[ $output == *'"resolved":{"n":1,'* ]]
	[[ $output == *'"dismissed":{"n":0,'* ]]
	[[ $output == *'"agent":"bo","taken":1,'* ]]
	[[ $output != *'"agent":"ann"'* ]]
	before=$output
	caseq agent set bo --team none-any-more
	[ "$(caseq report --from 13:00 --team night --json)" = "$before" ]
	run caseq report --from 13:00 --team day --json
	[[ $output == *'"resolved":{"n":0,'*'"dismissed":{"n":1,'* ]]
	[[ $(caseq report --team night) == *'q.db, team night'* ]]
	run caseq report --team dawn
	fails 3
	[[ $output == *"nobody was ever in a team 'dawn'"* ]]
}

@test "report: many agents and pages, each with its header" {
	queue
	post 1 'Late again' | caseq ingest
	for i in {1..70}; do
		caseq agent add "agent$i" --team t >/dev/null
		caseq --as "agent$i" note 1 x >/dev/null
	done
	at 2026-11-23T15:00:00Z
	run caseq report
	[ "$status" -eq 0 ]
	pages=$(grep -c 'page [0-9]* of' <<<"$output")
	[ "$pages" -ge 3 ]
	grep -q "page $pages of $pages\$" <<<"$output"
	[ "$(tr -cd '\f' <<<"$output" | wc -c)" -eq $((pages - 1)) ]
	awk 'BEGIN { RS = "\f" } { if (gsub(/\n/, "&") > 60) exit 1 }' \
	    <<<"$output"
}
