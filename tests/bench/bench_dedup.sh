#!/bin/sh
# How well posts are folded into cases, and how often a right case is
# suggested, on data sets with known answers.
#
#	bench_dedup.sh CASEQ DATA SCORE [TASK...]
#
# DATA, or DATA/tasks, has TASK.posts.ndjson.gz and TASK.gold.tsv.gz for each
# task; SCORE is the program that compares a map of posts to cases with the
# right one: SCORE GOLD MAP --json prints attach_precision, attach_recall,
# swallowed and bcubed_f1; with --kinds it prints the recall (R) of each kind
# of copy.  One setting serves all tasks, but "mixed" is asked twice: without
# follow-ups and with them.
set -eu

if [ $# -lt 3 ]; then
	echo "usage: bench_dedup.sh CASEQ DATA SCORE [TASK...]" >&2
	exit 2
fi
caseq=$1 data=$2 score=$3
shift 3
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
export CASEQ_QUEUE="$work/q.db"

[ ! -d "$data/tasks" ] || data=$data/tasks
[ $# -gt 0 ] || set -- a_copies d_siblings a_retweets mixed c_bugs c_news \
	c_events

# TASK FOLLOW: a queue of its own, its map and its suggestions
make_queue() {
	rm -f "$work"/q.db*
	"$caseq" init --name bench >"$work/out"
	if [ "$2" = off ]; then
		"$caseq" dedup set follow-up off >>"$work/out"
	fi
	gzip -dc "$data/$1.posts.ndjson.gz" | "$caseq" ingest \
		>>"$work/out" 2>"$work/err" || { cat "$work/err" >&2; exit 1; }
	"$caseq" dedup index >>"$work/out"
	"$caseq" export --map >"$work/map"
	"$caseq" export --suggestions >"$work/suggestions"
	gzip -dc "$data/$1.gold.tsv.gz" >"$work/gold"
}

# KEY: that number of the scorer's
number() {
	sed -n "s/.*\"$1\": *\\([0-9.]*\\).*/\\1/p" "$work/score"
}

scorer() { # OPTION
	case $score in
	*.py) python3 "$score" "$work/gold" "$work/map" "$1" ;;
	*) "$score" "$work/gold" "$work/map" "$1" ;;
	esac
}

kinds() { # the recall of some kinds of copies, in the last queue
	scorer --kinds | awk '
	$1 == "kind" && $2 ~ /^copy:(typo|html|unicode)$/ {
		printf "  %s %s", substr($2, 6), $NF
	}
	END { print "" }'
}

row() { # NAME TASK FOLLOW
	make_queue "$2" "$3"
	scorer --json | tr ',{}' '\n' >"$work/score"
	printf '%-22s %7d %8.4f %8.4f %8d %8.4f' "$1" \
		"$(wc -l <"$work/gold")" "$(number attach_precision)" \
		"$(number attach_recall)" "$(number swallowed)" \
		"$(number bcubed_f1)"
	awk -f "$here/hits.awk" "$work/gold" "$work/map" "$work/suggestions" |
		awk '$1 == "all" { printf "  %s %s %s\n", $3, $4, $5 }'
}

printf '%-22s %7s %8s %8s %8s %8s  %s\n' task posts 'attach P' 'attach R' \
	swallowed 'B3 F1' 'hit@1  hit@3  hit@5'
for task; do
	case $task in
	mixed)
		row 'mixed, rules 1-3' mixed off
		row 'mixed, rules 1-4' mixed on
		;;
	a_copies)
		row "$task" "$task" on
		kinds
		;;
	*) row "$task" "$task" on ;;
	esac
done
