# How often is a right case among the first suggestions?
#
#	awk -f hits.awk GOLD.tsv MAP.tsv SUGGESTIONS.tsv
#
# GOLD: source TAB id TAB case [TAB kind], in time order; MAP and SUGGESTIONS
# as "caseq export --map" and "caseq export --suggestions" print them.
#
# Asked are the posts whose gold case an earlier post has opened.  A case
# belongs to the gold case of its first post.  A hit at k is a post that
# joined a right case by itself, or for which one of the first k suggestions
# is a right case.  The second row asks only those that did not join any.

BEGIN {
	FS = "\t"
	DEPTHS = split("1 3 5 10", depth, " ")
}

FILENAME == ARGV[1] {
	at[++n_posts] = $1 FS $2
	gold[$1 FS $2] = $3
	next
}

FILENAME == ARGV[2] {
	found[$1 FS $2] = $3
	next
}

{
	suggested[$1 FS $2 FS $3] = $4
	if ($3 + 0 > last[$1 FS $2] + 0)
		last[$1 FS $2] = $3
	n_suggested++
}

END {
	# whose a case is: that of its first post
	for (i = 1; i <= n_posts; i++) {
		post = at[i]
		if (!(found[post] in owner)) {
			owner[found[post]] = gold[post]
			opened[post] = 1
		}
	}
	for (i = 1; i <= n_posts; i++)
		ask(at[i])
	head()
	row("all", n_asked, hit)
	row("not joined", n_left, left)
	printf "%d of %d posts opened a case, %d of them with suggestions;", \
	    n_opened, n_posts, n_with
	printf " %d suggestions\n", n_suggested
}

function ask(post,    k, rank, right)
{
	if (post in opened) {
		n_opened++
		n_with += post in last
	}
	if (!(gold[post] in seen)) {
		seen[gold[post]] = 1
		return
	}
	right = 0
	for (rank = 1; rank <= last[post] + 0 && right == 0; rank++)
		if (owner[suggested[post FS rank]] == gold[post])
			right = rank
	n_asked++
	n_left += post in opened
	for (k = 1; k <= DEPTHS; k++) {
		if (post in opened)
			left[k] += right > 0 && right <= depth[k]
		else if (owner[found[post]] == gold[post])
			hit[k]++
		if (right > 0 && right <= depth[k] &&
		    ((post in opened) || owner[found[post]] != gold[post]))
			hit[k]++
	}
}

function head(    k)
{
	printf "%-11s %7s", "posts", "n"
	for (k = 1; k <= DEPTHS; k++)
		printf " %8s", "hit@" depth[k]
	printf "\n"
}

function row(name, n, hits,    k)
{
	printf "%-11s %7d", name, n
	for (k = 1; k <= DEPTHS; k++)
		printf " %8.4f", (n > 0 ? hits[k] / n : 1)
	printf "\n"
}
