#!/usr/bin/env bats
# What is no verb's own is refused by it, and nothing is done. Those of
# "source" are in sources_set.bats.

bats_require_minimum_version 1.5.0
load cli_helper

refused() { # OPTION WORDS...: the verb takes no such option
	local option=$1

	shift
	run caseq "$@" "$option"
	fails 2
	[[ $output == "caseq: $1 $2 takes no ${option%%=*}"[,\;]' '* ]] ||
	    { echo "$* $option: $output"; return 1; }
}

known() { # COMMAND: the options of its own, by its help
	caseq help "$1" | sed -n '/^Options$/,/^$/s/^  --\([a-z-]*\) .*/\1/p'
}

# Each verb of a command is tried with each option that the help of it knows.
@test "each verb refuses each option that is not its own" {
	local -A own=(
		[agent list]='role team' [agent add]='role team login'
		[agent set]='role team login' [agent retire]= [agent restore]=
		[incident list]=all [incident open]= [incident show]=
		[incident add]= [incident leave]= [incident close]=
		[incident reopen]=
		[dedup rules]= [dedup set]=source [dedup index]=
		[dedup stats]='since from to source'
		[dedup replay]='since set source'
	)
	local -A words=(
		[agent add]=cy [agent set]=bo [agent retire]=bo
		[agent restore]=bo [incident open]='strike 2'
		[incident show]=I-1 [incident add]='I-1 2' [incident leave]=1
		[incident close]=I-1 [incident reopen]=I-1
		[dedup set]='reference off'
	)
	local -A values=([role]==lead [team]==tea [login]==ann [all]= [source]==msto
		[since]==2d [from]==2d [to]==1d [set]==reference=off)
	local form option n=0

	three_cases
	caseq incident open delay 1
	before=$(caseq audit)
	agents=$(caseq agent list)
	rules=$(caseq dedup rules)
	for form in "${!own[@]}"; do
		for option in $(known "${form% *}"); do
			[[ " ${own[$form]} " != *" $option "* ]] || continue
			# shellcheck disable=SC2086 # words
			refused "--$option${values[$option]}" $form \
			    ${words[$form]}
			n=$((n + 1))
		done
	done
	[ "$n" -eq 30 ]
	[ "$(caseq audit)" = "$before" ]
	[ "$(caseq agent list)" = "$agents" ]
	[ "$(caseq dedup rules)" = "$rules" ]
}

@test "who is told that a verb takes no option learns what takes it" {
	queue
	run caseq agent retire bo --role lead
	fails 2
	[[ $output == *'agent retire takes no --role; list, add and set do' ]]
	run caseq agent list --login bo
	fails 2
	[[ $output == *'list takes no --login, but --role --team' ]]
	run caseq incident show I-1 --all
	fails 2
	[[ $output == *'incident show takes no --all; list does' ]]
	run caseq agent --login bo # the list
	fails 2
	run caseq dedup --set reference=off
	fails 2
}

@test "a verb without its words, or with more, is told what it takes" {
	queue
	for words in 'agent list bo' 'agent add' 'agent add a b' 'agent set' \
	    'agent retire' 'agent restore a b' 'incident list 1' \
	    'incident open' 'incident show' 'incident show 1 2' \
	    'incident add' 'incident close' 'incident close 1 2' \
	    'incident reopen' 'dedup rules a' 'dedup set' \
	    'dedup set reference' 'dedup set reference off b' \
	    'dedup stats a' 'dedup replay a' 'dedup index a'; do
		# shellcheck disable=SC2086 # words
		run caseq $words
		fails 2
		# shellcheck disable=SC2086 # words
		set -- $words
		[[ $output == *"usage: caseq $1 $2"* ]] ||
		    { echo "$words: $output"; return 1; }
	done
	for words in 'agent lsit' 'incident shut' 'dedup off'; do
		# shellcheck disable=SC2086 # words
		run caseq $words
		fails 2
		[[ $output == "caseq: ${words% *}: '${words#* }' is not "*' or '* ]]
	done
	run caseq audit verify 1
	fails 2
	run caseq weight age 1 2
	fails 2
}

@test "--op is refused where nothing is changed, and nothing is printed" {
	local words n=0

	three_cases
	caseq incident open delay 1
	before=$(caseq audit)
	for words in list 'show 1' 'dups 1' 'explain p1' report audit \
	    'audit verify' export 'backup copy.db' doctor 'help list' version \
	    'completion bash' fetch run maybe weight 'weight age' 'source own' \
	    'source own --all' 'init -q other.db' 'demo --text'; do
		# shellcheck disable=SC2086 # words
		run caseq $words --op once
		fails 2
		[[ $output == *': leave --op out: it may be repeated as it is' ]] ||
		    { echo "$words: $output"; return 1; }
		n=$((n + 1))
	done
	for words in 'agent list' agent 'incident list' 'incident show I-1' \
	    'dedup rules' 'dedup stats' 'dedup replay' 'dedup index' \
	    'source list' 'source map' 'source test none'; do
		# shellcheck disable=SC2086 # words
		run caseq $words --op once
		fails 2
		[[ $output == "caseq: ${words%% *} "*' takes no --op; '*' do'?(es) ]] ||
		    { echo "$words: $output"; return 1; }
		n=$((n + 1))
	done
	[ "$n" -eq 33 ]
	run caseq agent list --op once
	[[ $output == *'no --op; add, set, retire and restore do' ]]
	[ ! -e copy.db ] && [ ! -e other.db ]
	[ "$(caseq audit)" = "$before" ]
}

@test "whatever changes the queue takes --op" {
	local words

	three_cases
	for words in 'agent add cy' 'agent set cy --team tea' 'agent retire cy' \
	    'agent restore cy' 'incident open delay 1' 'incident add I-1 2' \
	    'incident leave 1' 'incident close I-1' 'incident reopen I-1' \
	    'dedup set repost off' 'weight age 3' 'source own msto me' \
	    'source add f https://e.example/rss --adapter feed' \
	    'source set f --every 1h' 'source pause f' 'source resume f' \
	    'source remove f' next 'release 1' 'take 1' 'note 1 x' \
	    'tag 1 new' 'assign 1' 'snooze 1' 'reopen 1' 'resolve 1' undo \
	    'join 1 2 --held' 'split 1 p2' 'not-same 1 3' 'dismiss 3'; do
		n=$(caseq audit | wc -l)
		for _ in 1 2; do
			# shellcheck disable=SC2086 # words
			run caseq $words --op "once:$words"
			[ "$status" -eq 0 ] || { echo "$words: $output"; return 1; }
		done
		[ "$(caseq audit | wc -l)" -gt "$n" ] || { echo "$words"; return 1; }
	done
}

@test "the list of agents can be of one role or team" {
	queue
	caseq agent set bo --team tea
	run -0 caseq agent list --role lead
	[ "${#lines[@]}" -eq 2 ]
	[[ ${lines[1]} == 'lee '* ]]
	run -0 caseq agent list --team tea --json
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *'"agent":"bo"'* ]]
	run -0 caseq agent --team ''
	[ "${#lines[@]}" -eq 3 ]
	lacks '^bo '
	run -0 caseq agent list --role lead --team tea --json
	[ -z "$output" ]
	run caseq agent list --role boss
	fails 2
}
