# build-aux/runtests must not call a run good that was not.

setup() {
	RUN=$(realpath "$BATS_TEST_DIRNAME/../../build-aux/runtests")
	cd "$BATS_TEST_TMPDIR" || return 1
}

suite() { # NAME LINE...: a program that does these lines of shell
	local name=$1
	shift
	printf '%s\n' '#!/bin/sh' "$@" >"$name"
	chmod +x "$name"
}

ends() { # WORDS SUITE...: the last line is WORDS
	local words=$1
	shift
	run "$RUN" "$@"
	[ "${lines[-1]}" = "$words" ] || { echo "$output"; return 1; }
}

@test "all suites are summed up" {
	suite ./a 'echo 1..2' 'echo "ok 1 - x"' 'echo "ok 2 - y"'
	suite ./b 'echo 1..1' 'echo "ok 1 - z"'
	ends '3 passed, 0 failed' ./a ./b
	[ "$status" -eq 0 ]
}

@test "a failed test, a lost one, a crash and no test at all count" {
	suite ./fails 'echo 1..2' 'echo "ok 1 - x"' 'echo "not ok 2 - y"'
	suite ./loses 'echo 1..3' 'echo "ok 1 - x"' 'exit 0'
	suite ./dies 'echo 1..1' 'echo "ok 1 - x"' 'kill -SEGV $$'
	suite ./silent 'exit 0'
	ends '1 passed, 1 failed' ./fails
	[ "$status" -ne 0 ]
	ends '1 passed, 2 failed' ./loses
	ends '1 passed, 1 failed' ./dies
	ends '0 passed, 1 failed' ./silent
	ends '0 passed, 1 failed' ./missing
	ends '3 passed, 6 failed' ./fails ./loses ./dies ./silent ./missing
	[ "$status" -ne 0 ]
}

@test "a skipped test is neither passed nor failed" {
	suite ./skips 'echo 1..2' 'echo "ok 1 x # skip no disk"' \
	    'echo "ok 2 - y"'
	ends '1 passed, 0 failed' ./skips
	[ "$status" -eq 0 ]
}

@test "a suite that hangs is stopped and counts as failed" {
	suite ./hangs 'echo 1..1' 'sleep 60'
	LIMIT_S=1 ends '0 passed, 1 failed' ./hangs
	[ "$status" -ne 0 ]
}

@test "no suite is no success" {
	ends '0 passed, 1 failed'
	[ "$status" -ne 0 ]
}

@test "what a suite leaves behind is removed" {
	suite ./litters 'echo 1..1; echo "ok 1 - x"' \
	    'mkdir "$TMPDIR/d" "$HOME/h"; chmod 0 "$TMPDIR/d"' \
	    "echo \"\$TMPDIR\" >$PWD/where"
	ends '1 passed, 0 failed' ./litters
	[ ! -e "$(cat where)" ]
}
