# The program, its manual, the README and what is installed agree.

setup() {
	CASEQ=$(realpath "${CASEQ:-$BATS_TEST_DIRNAME/../../caseq}")
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	export LC_ALL=C.UTF-8
	unset CASEQ_QUEUE CASEQ_NOW
}

# Every "caseq ..." of a text, one a line, without prompt and markup.
commands_of() {
	grep -oE '(^|[$`] ?)caseq [a-z][^`|]*' "$1" | sed 's/^[$` ]*//'
}

known() { # LINE: its command and its options are in the program's help
	local help word
	set -f
	# shellcheck disable=SC2086 # words
	set -- $1
	help=$("$CASEQ" help "$2") || { echo "no command: $*"; return 1; }
	for word; do
		[[ $word != --* ]] || grep -q -- " $word\b" <<<"$help" ||
		    { echo "no $word: $*"; return 1; }
	done
}

@test "every command in the README is one of the program's" {
	commands_of README.md >"$BATS_TEST_TMPDIR/lines"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/lines")" -ge 10 ]
	while read -r line; do
		known "$line"
	done <"$BATS_TEST_TMPDIR/lines"
}

# The commands that stand in displays of a manual, one a line, put together
# where they go on behind a backslash.
examples_of() { # PAGE...
	sed -n 's/^\.Dl //p; /^\.Bd -literal/,/^\.Ed/p' "$@" |
	    sed -e :a -e '/\\e$/{N;s/\\e\n *//;ba' -e '}' | grep '^caseq '
}

@test "every example in the manuals is one of the program's" {
	examples_of man/*.[1-9] >"$BATS_TEST_TMPDIR/lines"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/lines")" -ge 35 ]
	while read -r line; do
		known "${line%%|*}"
	done <"$BATS_TEST_TMPDIR/lines"
}

@test "every make target in the README is one of the Makefile's" {
	grep -oE '(^    |`)make [a-z-]+' README.md | tr -d '`' | sort -u |
	while read -r _ target; do
		make help | grep -q "^make $target " ||
		    { echo "no target $target"; return 1; }
	done
}

rendered() { # WIDTH <PAGE
	mandoc -T utf8 -O width="$1" | sed 's|.\x08||g'
}

@test "the manuals are clean, and literal text fits on a terminal" {
	mandoc -T lint -W warning man/*.[1-9]
	for page in man/*.[1-9]; do
		if rendered 78 <"$page" | grep '.\{79\}'; then
			return 1
		fi
	done
}

# What goes on in the next line without a backslash is two commands to a shell.
# A mark of one cell stands before each line that would be broken.
@test "every example in the manuals can be copied at 80 columns" {
	for page in man/*.[1-9]; do
		sed 's/^\.Dl /&\\(ps/' "$page" >"$BATS_TEST_TMPDIR/page"
		rendered 301 <"$BATS_TEST_TMPDIR/page" | grep '¶' >>"$BATS_TEST_TMPDIR/wide"
		rendered 79 <"$BATS_TEST_TMPDIR/page" | grep '¶' >>"$BATS_TEST_TMPDIR/narrow"
	done
	[ "$(wc -l <"$BATS_TEST_TMPDIR/wide")" -ge 10 ]
	diff "$BATS_TEST_TMPDIR/wide" "$BATS_TEST_TMPDIR/narrow"
	# nor is a prompt copied with them
	if grep -n '^\(\.Dl \)\?\$ ' man/*.[1-9]; then
		return 1
	fi
}

@test "every command that a manual names is one of the program's" {
	sed -n 's/^\.Cm caseq \([a-z-]*\).*/\1/p' man/*.[1-9] | sort -u \
	    >"$BATS_TEST_TMPDIR/names"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/names")" -ge 8 ]
	while read -r name; do
		"$CASEQ" help "$name" >/dev/null
	done <"$BATS_TEST_TMPDIR/names"
}

@test "help, the manual and the completions know the same commands" {
	"$CASEQ" help --json | sed 's/.*"command":"\([a-z-]*\)".*/\1/' |
	    sort >"$BATS_TEST_TMPDIR/help"
	sed -n '/^\.Ss Commands/,/^\.Ss Keys/s/^\.It Cm \([a-z-]*\).*/\1/p' \
	    man/caseq.1 | sort -u >"$BATS_TEST_TMPDIR/man"
	diff "$BATS_TEST_TMPDIR/help" "$BATS_TEST_TMPDIR/man"
	for shell in bash zsh fish; do
		"$CASEQ" completion $shell >"$BATS_TEST_TMPDIR/$shell"
		while read -r name; do
			grep -qw -- "$name" "$BATS_TEST_TMPDIR/$shell"
		done <"$BATS_TEST_TMPDIR/help"
	done
	bash -n "$BATS_TEST_TMPDIR/bash"
}

@test "what install puts there, uninstall takes away" {
	local to=$BATS_TEST_TMPDIR/root
	# "-o all": what is tested here is not built again
	make -s -o all B="$(dirname "$CASEQ")" DESTDIR="$to" PREFIX=/usr install
	"$to/usr/bin/caseq" version
	[ -s "$to/usr/share/man/man1/caseq.1" ]
	[ -s "$to/usr/share/man/man7/caseq-dedup.7" ]
	[ -s "$to/usr/share/man/man5/caseq-sources.5" ]
	[ -s "$to/usr/share/doc/caseq/LICENSE" ]
	[ -s "$to/usr/share/bash-completion/completions/caseq" ]
	[ -s "$to/usr/share/zsh/site-functions/_caseq" ]
	[ -s "$to/usr/share/fish/vendor_completions.d/caseq.fish" ]
	[ -s "$to/usr/lib/systemd/system/caseq@.service" ]
	[ -s "$to/usr/lib/systemd/user/caseq.service" ]
	[ -s "$to/usr/lib/sysusers.d/caseq.conf" ]
	make -s B="$(dirname "$CASEQ")" DESTDIR="$to" PREFIX=/usr uninstall
	[ -z "$(find "$to" ! -type d)" ]
}

# What stands in the page is done here, with a forum that encrypts as Discourse
# does: RSA with PKCS #1, base64 in lines of 60.
@test "the steps for a user's key of a forum print the key" {
	command -v openssl jq >/dev/null || skip 'no openssl or no jq'
	page=$PWD/man/caseq-sources.5
	cd "$BATS_TEST_TMPDIR"
	steps_with() { # WORD: the display that has it, as a shell reads it
		sed -n '/^\.Bd -literal/,/^\.Ed/p' "$page" |
		    sed "s/\\\\e/\\\\/g; s/\\\\(aq/'/g" |
		    awk -v word="$1" '/^\.Bd/ { text = ""; next }
			/^\.Ed/ { if (index(text, word)) printf "%s", text; next }
			{ text = text $0 "\n" }'
	}
	address=$(. <(steps_with genrsa) 2>/dev/null)
	[[ $address == https://forum.example.com/user-api-key/new'?'* ]]
	[[ $address == *'&scopes=read&public_key=-----BEGIN%20PUBLIC%20KEY'* ]]
	public=${address##*public_key=}
	printf '%b' "${public//%/\\x}" >public.pem
	payload='{"key":"0123456789abcdef0123456789abcdef","nonce":"1","push":false,"api":4}'
	printf %s "$payload" | openssl pkeyutl -encrypt -pubin -inkey public.pem |
	    base64 -w 60 >shown
	run bash -c "$(steps_with pkeyutl)" <shown
	[ "$output" = 0123456789abcdef0123456789abcdef ]
	# and those for Reddit print one address
	run bash -c "$(steps_with response_type)"
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == https://www.reddit.com/api/v1/authorize'?'client_id=ID'&'* ]]
	[[ $output == *'&redirect_uri=http://localhost:8080&duration=permanent'* ]]
}
