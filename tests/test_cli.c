#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "tui/commands/cli.h"
#include "tui/commands/lines.h"
#include "tui/commands/out.h"
#include "tui/commands/paper.h"

/* --- the command line ---------------------------------------------------- */

#define MAX_WORDS 16

/* A command line, taken apart. */
struct given {
	char text[256];
	char *argv[MAX_WORDS + 1];
	struct cli cli;
	struct cli_line line;
	int status;
};

/* Parses words parted by single spaces, the first of them the program. */
static struct given *
give(struct given *g, const char *text)
{
	int n = 0;

	memset(g, 0, sizeof(*g));
	snprintf(g->text, sizeof(g->text), "%s", text);
	for (char *s = strtok(g->text, " "); s != NULL; s = strtok(NULL, " "))
		g->argv[n++] = s;
	g->status = cli_parse(n, g->argv, &g->cli, &g->line);
	return g;
}

static void
assert_words(const struct given *g, const char *expected)
{
	struct cq_buf words = {0};

	for (int i = 0; i < g->line.args.n; i++)
		cq_buf_fmt(&words, "%s%s", i > 0 ? " " : "",
		    g->line.args.at[i]);
	cq_buf_str(&words, "");
	assert_int_equal(g->status, EXIT_DONE);
	assert_string_equal(words.s, expected);
	cq_buf_free(&words);
}

static void
test_an_option_that_may_stand_more_than_once_keeps_all_values(void **state)
{
	struct given g;

	(void)state;
	give(&g, "caseq dedup replay --set a=b --since 2d --set c=d --set e=f");
	assert_words(&g, "replay");
	assert_string_equal(cli_option(&g.line.args, "set"), "a=b,c=d,e=f");
	assert_string_equal(cli_option(&g.line.args, "since"), "2d");
	cli_line_free(&g.line);
	give(&g, "caseq dedup replay --since 3d --since 2d"); /* the last one */
	assert_string_equal(cli_option(&g.line.args, "since"), "2d");
	cli_line_free(&g.line);
}

static void
test_options_stand_anywhere_behind_the_command(void **state)
{
	static const char *const lines[] = {
	    "caseq -q x.db --json --as bo steal 12 --reason r --lease 5m",
	    "caseq steal --reason r -q x.db 12 --as=bo --lease=5m --json",
	    "caseq --as bo steal --lease 5m --reason=r --json -qx.db 12",
	    "caseq steal --json -q x.db --as bo --reason r --lease 5m -- 12",
	};
	struct given g;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_words(give(&g, lines[i]), "12");
		assert_string_equal(g.line.args.command->name, "steal");
		assert_string_equal(g.line.queue, "x.db");
		assert_string_equal(g.cli.as, "bo");
		assert_true(g.cli.json);
		assert_string_equal(cli_option(&g.line.args, "reason"), "r");
		assert_string_equal(cli_option(&g.line.args, "lease"), "5m");
		cli_line_free(&g.line);
	}
}

static void
test_words_keep_their_order_with_posixly_correct(void **state)
{
	struct given g;

	(void)state;
	setenv("POSIXLY_CORRECT", "1", 1);
	assert_words(give(&g, "caseq list a --limit 3 b --json c"), "a b c");
	assert_string_equal(cli_option(&g.line.args, "limit"), "3");
	unsetenv("POSIXLY_CORRECT");
	cli_line_free(&g.line);
}

static void
test_a_tag_with_a_minus_is_a_word(void **state)
{
	struct given g;

	(void)state;
	assert_words(give(&g, "caseq tag 12 -refund billing -h --json -q"),
	    "12 -refund billing -h -q");
	assert_true(g.cli.json);
	assert_false(g.line.help);
	cli_line_free(&g.line);
	assert_words(give(&g, "caseq tag -q x.db 12 --op 7 -a -- -b --c"),
	    "12 -a -b --c");
	assert_string_equal(g.line.queue, "x.db");
	cli_line_free(&g.line);
}

static void
test_two_dashes_end_the_options(void **state)
{
	struct given g;

	(void)state;
	assert_words(give(&g, "caseq note 12 -- --json"), "12 --json");
	assert_false(g.cli.json);
	cli_line_free(&g.line);
}

static void
test_help_needs_no_words(void **state)
{
	static const char *const lines[] = {"caseq take --help",
	    "caseq take -h", "caseq -h take", "caseq --help take"};
	struct given g;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_words(give(&g, lines[i]), "");
		assert_true(g.line.help);
		assert_string_equal(g.line.args.command->name, "take");
		cli_line_free(&g.line);
	}
}

static void
test_mistakes_in_the_line_are_refused(void **state)
{
	static const char *const lines[] = {"caseq nosuch", "caseq down",
	    "caseq --nosuch list", "caseq list --nosuch", "caseq -x list",
	    "caseq list -x", "caseq take", "caseq take 1 2",
	    "caseq take 1 --lease", "caseq take 1 --json=yes", "caseq undo 1",
	    "caseq join 1", "caseq tag 1", "caseq take 1 --reason x",
	    "caseq -q", "caseq take 1 --as=", "caseq take 1 --op="};
	struct given g;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		give(&g, lines[i]);
		if (g.status != EXIT_USAGE)
			fail_msg("'%s' gave %d", lines[i], g.status);
		cli_line_free(&g.line);
	}
}

static void
test_case_numbers_are_whole_and_above_zero(void **state)
{
	static const char *const bad[] = {"", "#", "0", "-1", "1x", "x1", " 1",
	    "+1", "1.0", "0x10", "9223372036854775808"};
	int64_t id;

	(void)state;
	assert_true(cli_case("12", &id));
	assert_int_equal(id, 12);
	assert_true(cli_case("#9223372036854775807", &id));
	assert_true(id == INT64_MAX);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(cli_case(bad[i], &id));
}

static void
test_exit_status_follows_from_what_went_wrong(void **state)
{
	(void)state;
	assert_int_equal(cli_exit(CQ_OK), 0);
	assert_int_equal(cli_exit(CQ_INPUT), 1);
	assert_int_equal(cli_exit(CQ_FULL), 1);
	assert_int_equal(cli_exit(CQ_NOT_FOUND), 3);
	assert_int_equal(cli_exit(CQ_CONFLICT), 4);
	assert_int_equal(cli_exit(CQ_STALE), 4);
	assert_int_equal(cli_exit(CQ_STATE), 4);
	assert_int_equal(cli_exit(CQ_DENIED), 4);
	assert_int_equal(cli_exit(CQ_BUSY), 5);
}

static void
test_only_what_was_typed_is_a_usage_error(void **state)
{
	struct cq_err err = {.status = CQ_INPUT, .msg = "the reason is empty"};

	(void)state;
	assert_int_equal(cli_act_failed(&err), EXIT_USAGE);
	assert_int_equal(cli_failed(&err), EXIT_FAILED);
	err.status = CQ_CONFLICT;
	assert_int_equal(cli_act_failed(&err), EXIT_REFUSED);
}

/* The help screen has 27 columns before the words, and one is left free. */
static void
test_help_of_a_key_fits_on_80_columns(void **state)
{
	(void)state;
	for (const struct tui_command *c = tui_commands; c->name != NULL; c++)
		if (c->keys != NULL && strlen(c->help) > 80 - 27 - 1)
			fail_msg("%s: '%s' is too long", c->name, c->help);
}

/* --- lines ---------------------------------------------------------------- */

/* A file that holds s n times, read from its start. */
static int
file_of(const char *s, size_t n)
{
	FILE *f = tmpfile();
	int fd;

	assert_non_null(f);
	for (size_t i = 0; i < n; i++)
		fputs(s, f);
	fflush(f);
	fd = dup(fileno(f));
	fclose(f);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static enum lines_got
next_line(struct lines *l, const char **s, size_t *n)
{
	enum lines_got got;

	do
		got = lines_next(l, s, n);
	while (got == LINES_MORE);
	return got;
}

static void
test_lines_come_one_by_one_and_the_last_needs_no_feed(void **state)
{
	struct lines l = {.fd = file_of("ab\n\n\nc", 1)};
	static const char *const expected[] = {"ab", "", "", "c"};
	const char *s;
	size_t n;

	(void)state;
	for (int i = 0; i < 4; i++) {
		assert_int_equal(next_line(&l, &s, &n), LINES_ONE);
		assert_int_equal(n, strlen(expected[i]));
		assert_memory_equal(s, expected[i], n);
		assert_int_equal(l.number, i + 1);
	}
	assert_int_equal(next_line(&l, &s, &n), LINES_END);
	assert_int_equal(next_line(&l, &s, &n), LINES_END);
	close(l.fd);
	lines_free(&l);
}

static void
test_a_line_too_long_is_left_out_whole(void **state)
{
	struct lines l = {.fd = file_of("0123456789abcdef", 2 << 16)};
	const char *s;
	size_t n;

	(void)state;
	lseek(l.fd, 0, SEEK_END);
	assert_int_equal(write(l.fd, "\nnext\n", 6), 6);
	lseek(l.fd, 0, SEEK_SET);
	assert_int_equal(next_line(&l, &s, &n), LINES_LONG);
	assert_int_equal(next_line(&l, &s, &n), LINES_ONE);
	assert_int_equal(l.number, 2);
	assert_memory_equal(s, "next", 4);
	assert_int_equal(next_line(&l, &s, &n), LINES_END);
	assert_true(l.held.cap < 2 * LINES_MAX + (1 << 18));
	close(l.fd);
	lines_free(&l);
}

static void
test_a_line_of_one_mebibyte_is_the_longest(void **state)
{
	struct lines l = {.fd = file_of("0123456789abcdef", 1 << 16)};
	const char *s;
	size_t n;

	(void)state;
	assert_int_equal(next_line(&l, &s, &n), LINES_ONE);
	assert_int_equal(n, LINES_MAX);
	assert_int_equal(next_line(&l, &s, &n), LINES_END);
	close(l.fd);
	lines_free(&l);
}

static void
test_input_that_cannot_be_read_says_why(void **state)
{
	struct lines l = {.fd = -1};
	const char *s;
	size_t n;

	(void)state;
	assert_int_equal(next_line(&l, &s, &n), LINES_FAILED);
	assert_int_not_equal(l.error, 0);
	lines_free(&l);
}

static void
test_a_line_that_has_begun_is_read_to_its_end_and_no_further(void **state)
{
	struct lines l = {0};
	const char *s;
	size_t n;
	int end[2];
	char rest[8];

	(void)state;
	assert_int_equal(pipe(end), 0);
	l.fd = end[0];
	assert_int_equal(write(end[1], "one\ntw", 6), 6);
	assert_int_equal(next_line(&l, &s, &n), LINES_ONE);
	assert_int_equal(lines_held(&l, &s, &n), LINES_MORE);
	assert_false(lines_finish(&l, 1)); /* it does not come */
	assert_int_equal(lines_held(&l, &s, &n), LINES_MORE);
	assert_int_equal(write(end[1], "o\nmore", 6), 6);
	assert_true(lines_finish(&l, 1000));
	assert_int_equal(lines_held(&l, &s, &n), LINES_ONE);
	assert_int_equal(n, 3);
	assert_memory_equal(s, "two", 3);
	assert_int_equal(l.number, 2);
	assert_true(lines_finish(&l, 1000)); /* none has begun */
	assert_int_equal(read(end[0], rest, sizeof(rest)), 4);
	assert_memory_equal(rest, "more", 4);
	close(end[0]);
	close(end[1]);
	lines_free(&l);
}

static void
test_the_end_of_a_line_too_long_is_found_in_little_memory(void **state)
{
	struct lines l = {.fd = file_of("0123456789abcdef", 3 << 15)};
	const char *s;
	size_t n;

	(void)state;
	lseek(l.fd, 0, SEEK_END);
	assert_int_equal(write(l.fd, "\nnext\n", 6), 6);
	lseek(l.fd, 0, SEEK_SET);
	assert_int_equal(lines_next(&l, &s, &n), LINES_MORE);
	assert_int_equal(lines_next(&l, &s, &n), LINES_MORE); /* a part of it */
	assert_true(lines_finish(&l, 60000));
	assert_int_equal(lines_held(&l, &s, &n), LINES_LONG);
	assert_int_equal(lines_held(&l, &s, &n), LINES_MORE);
	assert_true(l.held.cap < 2 * LINES_MAX + (1 << 18));
	assert_int_equal(next_line(&l, &s, &n), LINES_ONE);
	assert_int_equal(n, 4);
	close(l.fd);
	lines_free(&l);
}

static void
test_behind_the_end_another_writer_is_read(void **state)
{
	struct lines l = {.fd = file_of("a\nb", 1)};
	const char *s;
	size_t n;

	(void)state;
	assert_int_equal(next_line(&l, &s, &n), LINES_ONE);
	assert_int_equal(next_line(&l, &s, &n), LINES_ONE);
	assert_int_equal(next_line(&l, &s, &n), LINES_END);
	assert_int_equal(write(l.fd, "c\n", 2), 2);
	lseek(l.fd, -2, SEEK_END);
	assert_int_equal(next_line(&l, &s, &n), LINES_END);
	lines_go_on(&l);
	assert_int_equal(next_line(&l, &s, &n), LINES_ONE);
	assert_memory_equal(s, "c", 1);
	assert_int_equal(l.number, 3);
	close(l.fd);
	lines_free(&l);
}

/* --- paper ---------------------------------------------------------------- */

/* What paper_print() prints; the caller frees it. */
static char *
printed(const struct paper *p)
{
	FILE *f = tmpfile();
	int saved = dup(STDOUT_FILENO);
	char *out = calloc(1, 1 << 16);

	assert_non_null(f);
	fflush(stdout);
	dup2(fileno(f), STDOUT_FILENO);
	paper_print(p);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	rewind(f);
	assert_true(fread(out, 1, (1 << 16) - 1, f) > 0);
	fclose(f);
	return out;
}

static void
test_pages_have_a_header_and_at_most_60_lines(void **state)
{
	struct paper p = {0};
	char *out, *s;
	int lines = 0, pages = 1;

	(void)state;
	paper_begin(&p, "title");
	paper_under(&p, "under");
	for (int i = 0; i < 200; i++)
		paper_line(&p, "line %d", i);
	out = printed(&p);
	for (s = out; *s != '\0'; s++) {
		if (*s == '\f') {
			pages++;
			lines = 0;
			assert_memory_equal(s + 1, "title", 5);
		}
		lines += *s == '\n';
		assert_in_range(lines, 0, PAPER_LINES);
	}
	assert_int_equal(pages, 4);
	assert_non_null(strstr(out, "page 1 of 4\nunder\n\nline 0\n"));
	assert_non_null(strstr(out, "page 4 of 4\nunder\n\nline 171\n"));
	free(out);
	paper_free(&p);
}

static void
test_lines_that_belong_together_stay_on_one_page(void **state)
{
	struct paper p = {0};
	char *out;

	(void)state;
	paper_begin(&p, "t");
	paper_under(&p, "u");
	for (int i = 0; i < PAPER_LINES - 5; i++)
		paper_line(&p, "x");
	paper_text(&p, "first\nsecond\nthird\n");
	out = printed(&p);
	assert_non_null(strstr(out, "x\n\f"));
	assert_non_null(strstr(out, "u\n\nfirst\nsecond\nthird\n"));
	free(out);
	paper_free(&p);
}

static void
test_a_line_wider_than_the_paper_is_cut(void **state)
{
	struct paper p = {0};
	char *out;

	(void)state;
	paper_begin(&p, "t");
	paper_under(&p, "u");
	paper_line(&p, "%0100d", 1);
	out = printed(&p);
	assert_non_null(strstr(out, "000\xE2\x80\xA6\n"));
	free(out);
	paper_free(&p);
}

/* --- words to be copied -------------------------------------------------- */

/* What a shell makes of a command line that ends with word. */
static void
assert_typed(const char *word, const char *want)
{
	char *line = cq_format("printf '<%%s>' %s", word), got[200];
	FILE *shell = popen(line, "r");
	size_t n;

	assert_non_null(shell);
	n = fread(got, 1, sizeof(got) - 1, shell);
	got[n] = '\0';
	assert_int_equal(pclose(shell), 0);
	assert_string_equal(got, want);
	free(line);
}

static void
test_a_word_to_be_copied_is_one_word_to_a_shell(void **state)
{
	static const char *const words[] = {"make=A&model=B&year=C", "it's",
	    "'", "", " ", "a b", "$HOME", "`id`", "~", "*", "#kettle", "a;b",
	    "\\", "\"", "!x", "(", "{a,b}", "caf\xc3\xa9"};
	struct cq_buf word = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		char want[64];

		out_word(&word, words[i]);
		snprintf(want, sizeof(want), "<%s>", words[i]);
		assert_typed(word.s, want);
		cq_buf_clear(&word);
	}
	cq_buf_free(&word);
}

static void
test_a_plain_word_to_be_copied_has_no_quotes(void **state)
{
	struct cq_buf word = {0};

	(void)state;
	out_word(&word, "https://x.example/a-b_c.rss");
	assert_string_equal(word.s, "https://x.example/a-b_c.rss");
	cq_buf_free(&word);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_word_to_be_copied_is_one_word_to_a_shell),
	    cmocka_unit_test(test_a_plain_word_to_be_copied_has_no_quotes),
	    cmocka_unit_test(test_options_stand_anywhere_behind_the_command),
	    cmocka_unit_test(
		test_an_option_that_may_stand_more_than_once_keeps_all_values),
	    cmocka_unit_test(test_words_keep_their_order_with_posixly_correct),
	    cmocka_unit_test(test_a_tag_with_a_minus_is_a_word),
	    cmocka_unit_test(test_two_dashes_end_the_options),
	    cmocka_unit_test(test_help_needs_no_words),
	    cmocka_unit_test(test_mistakes_in_the_line_are_refused),
	    cmocka_unit_test(test_case_numbers_are_whole_and_above_zero),
	    cmocka_unit_test(test_exit_status_follows_from_what_went_wrong),
	    cmocka_unit_test(test_only_what_was_typed_is_a_usage_error),
	    cmocka_unit_test(test_help_of_a_key_fits_on_80_columns),
	    cmocka_unit_test(
		test_lines_come_one_by_one_and_the_last_needs_no_feed),
	    cmocka_unit_test(test_a_line_too_long_is_left_out_whole),
	    cmocka_unit_test(test_a_line_of_one_mebibyte_is_the_longest),
	    cmocka_unit_test(test_input_that_cannot_be_read_says_why),
	    cmocka_unit_test(
		test_a_line_that_has_begun_is_read_to_its_end_and_no_further),
	    cmocka_unit_test(
		test_the_end_of_a_line_too_long_is_found_in_little_memory),
	    cmocka_unit_test(test_behind_the_end_another_writer_is_read),
	    cmocka_unit_test(test_pages_have_a_header_and_at_most_60_lines),
	    cmocka_unit_test(test_lines_that_belong_together_stay_on_one_page),
	    cmocka_unit_test(test_a_line_wider_than_the_paper_is_cut),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
