# The units of systemd, as they are installed.  Where systemd is not there,
# nothing of it can be tested.

setup() {
	CASEQ=$(realpath "${CASEQ:-$BATS_TEST_DIRNAME/../../caseq}")
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	export LC_ALL=C.UTF-8
	to=$BATS_TEST_TMPDIR/caseq
	make -s -o all B="$(dirname "$CASEQ")" PREFIX="$to" install
	system=$to/lib/systemd/system/caseq@.service
	user=$to/lib/systemd/user/caseq.service
}

analyze() { # as an account that has a directory of its own for it
	command -v systemd-analyze >/dev/null || skip 'no systemd-analyze'
	XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR run systemd-analyze "$@"
}

@test "the units name the program that was installed" {
	grep -qx "ExecStart=$to/bin/caseq run" "$system"
	grep -qx "ExecStart=$to/bin/caseq run" "$user"
}

@test "systemd finds no fault with the units" {
	analyze verify --man=no "$system"
	[ "$status" -eq 0 ] && [ -z "$output" ] || { echo "$output"; return 1; }
	analyze verify --man=no --user "$user"
	[ "$status" -eq 0 ] && [ -z "$output" ] || { echo "$output"; return 1; }
	# and it would find one
	sed 's/^ProtectSystem=.*/ProtectSystem=maybe/' "$system" \
	    >"$BATS_TEST_TMPDIR/caseq@.service"
	analyze verify --man=no "$BATS_TEST_TMPDIR/caseq@.service"
	[ -n "$output" ]
}

@test "the service is exposed to little: at most 2.0 of 10" {
	# what it knows of a unit file alone came with systemd 250
	analyze security --offline=true --threshold=20 "$system"
	[[ $output != *'unrecognized option'* ]] || skip 'an old systemd'
	[ "$status" -eq 0 ] || { echo "$output"; return 1; }
	[[ $output == *'Overall exposure level'* ]]
}

@test "what the program asks of the kernel is allowed to the service" {
	command -v strace >/dev/null || skip 'no strace'
	analyze syscall-filter
	[ "$status" -eq 0 ]
	echo "$output" >"$BATS_TEST_TMPDIR/sets"
	cd "$BATS_TEST_TMPDIR"
	export CASEQ_QUEUE=$PWD/q.db
	"$CASEQ" init --name ann
	# nobody listens on port 1, and nobody has such a name
	"$CASEQ" source add near http://127.0.0.1:1/ --adapter feed
	"$CASEQ" source add far https://no.invalid/ --adapter feed
	# a leak checker would ask for more, and cannot be traced
	ASAN_OPTIONS=detect_leaks=0 strace -f -o trace timeout 3 "$CASEQ" run >said || true
	grep -q 'near: failed' said
	# what @system-service is made of, set in set
	awk '/^@/ { set = $1; next }
		/^ +#/ || !NF { next }
		{ of[set] = of[set] " " $1 }
		function open(set, words, n, i) {
			n = split(of[set], words, " ")
			for (i = 1; i <= n; i++)
				if (words[i] ~ /^@/) open(words[i])
				else print words[i]
		}
		END { open("@system-service"); open("@default") }' sets |
	    sort -u >allowed
	[ "$(wc -l <allowed)" -gt 200 ]
	sed -nE 's/^[0-9]+ +([a-z_0-9]+)\(.*/\1/p' trace | sort -u >asked
	[ "$(wc -l <asked)" -gt 20 ]
	run comm -23 asked allowed
	[ -z "$output" ] || { echo "not allowed: $output"; return 1; }
}

@test "a new account for the service" {
	command -v systemd-sysusers >/dev/null || skip 'no systemd-sysusers'
	mkdir -p "$BATS_TEST_TMPDIR/root/etc"
	grep -v '^#' "$to/lib/sysusers.d/caseq.conf" |
	    systemd-sysusers --root="$BATS_TEST_TMPDIR/root" -
	grep -q '^caseq:.*:/var/lib/caseq:' "$BATS_TEST_TMPDIR/root/etc/passwd"
	grep -q '^caseq:' "$BATS_TEST_TMPDIR/root/etc/group"
}
