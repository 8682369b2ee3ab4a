# The scorer of suggestions (tests/bench/hits.awk), against a count by hand.

setup() {
	hits=$BATS_TEST_DIRNAME/../bench/hits.awk
	cd "$BATS_TEST_TMPDIR" || return 1
	tsv gold a 1 b 1 c 2 d 2 e 2 f 1
}

tsv() { # FILE, then ID and CASE by turns
	local file=$1

	shift
	printf 's\t%s\t%s\n' "$@" >"$file"
}

@test "hits: joined, at the second place, joined wrongly, at the sixth place" {
	# b joined a's case; e joined it too, but is none of it
	tsv map a 1 b 1 c 3 d 4 e 1 f 6
	printf 's\t%s\t%d\t%d\tlike\n' d 1 1 d 2 3 e 1 3 f 6 1 >suggestions
	run awk -f "$hits" gold map suggestions
	[ "$status" -eq 0 ]
	read -ra all <<<"${lines[1]}"
	[ "${all[*]}" = 'all 4 0.5000 0.7500 0.7500 1.0000' ]
	read -ra left <<<"${lines[2]}"
	[ "${left[*]}" = 'not joined 2 0.0000 0.5000 0.5000 1.0000' ]
	[[ ${lines[3]} == '4 of 6 posts opened a case, 2 of them with '* ]]
}

@test "hits: nothing suggested, nothing hit; the first of a case is not asked" {
	tsv map a 1 b 2 c 3 d 4 e 5 f 6
	: >suggestions
	run awk -f "$hits" gold map suggestions
	[ "$status" -eq 0 ]
	read -ra all <<<"${lines[1]}"
	[ "${all[*]}" = 'all 4 0.0000 0.0000 0.0000 0.0000' ]
}
