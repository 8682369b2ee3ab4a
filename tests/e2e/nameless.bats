# Most feeds do not tell who wrote a post: then it is "somebody", on paper and
# on the screens, and null in JSON.
# shellcheck shell=bash disable=SC2154

load tmux

shop() { # ID TEXT [MORE]
	printf '{"source":"shop","id":"%s","text":"%s"%s}\n' "$1" "$2" "${3:+,$3}"
}

nameless() { # 1: two posts, one of them edited; 2: maybe the same
	queue >/dev/null
	{
		shop a1 'The ferry to Konstanz left early without us today'
		shop a2 'Nobody at the pier knew of it' '"in_reply_to":"a1"'
		shop b1 'The ferry to Konstanz left early without us again' \
		    '"author":"   "'
	} | caseq ingest >/dev/null
	shop a1 'The ferry to Konstanz left early without me today' |
	    caseq ingest >/dev/null
}

@test "on paper a post that nobody signed is of somebody" {
	nameless
	run caseq show 1
	[[ $output == *$'\n  author    somebody in shop\n'* ]]
	[[ $output == *$'\n  posts     2 by somebody, reach 0\n'* ]]
	[[ $output == *'post p1  somebody in shop'* ]]
	[[ $output == *'revision 1 of post p1 by somebody'* ]]
	run caseq show 2
	[[ $output == *$'\n  author    somebody in shop\n'* ]]
	run caseq explain p2
	[[ ${lines[0]} == 'post p2 by somebody in shop, case 1 (new)' ]]
	[[ $output == *'post p1 by somebody in shop, case 1'* ]]
	run caseq list
	[[ ${lines[1]} == *' shop  somebody     The ferry'* ]]
	run caseq dups 1
	[[ $output == *'case 2  new, '*', by somebody in shop'* ]]
	run caseq maybe
	[[ $output == *'case 1  new, '*', by somebody in shop'* ]]
}

@test "in JSON it has no author" {
	nameless
	run caseq show 1 --json
	[[ $output == *'"author":null,"author_name":null,'*'"n_authors":0,'* ]]
	[[ $output == *'"posts":[{"id":1,'*'"author":null,"author_name":null,'* ]]
	run caseq explain p2 --json
	[[ $output == *'"author":null,'* ]]
	[[ $(caseq list --json; caseq show 1 --json; caseq explain p2 --json) != *somebody* ]]
}

@test "on the screens a post that nobody signed is of somebody" {
	nameless
	for size in '-x 80 -y 24' '-x 200 -y 60'; do
		# shellcheck disable=SC2086 # two words each
		open_queue -n "size${size##* }" $size
		sees '^>N .* shop +somebody +The ferry' \
		    '2 posts by somebody' \
		    '^.[0-9:]+ +somebody +The ferry .*\[post\]$'
		press Enter
		sees '^ somebody +reach 0 +2 posts by somebody' \
		    '^.[0-9:]+ +somebody +The ferry .* me today' \
		    '^.[0-9:]+ +somebody +The ferry .* us today' \
		    '\[revision 1\]$' '^.[0-9:]+ +somebody +Nobody at'
		gone '0 authors'
	done
}
