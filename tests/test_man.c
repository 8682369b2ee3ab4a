#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/case.h"
#include "core/dedup.h"
#include "core/report.h"
#include "core/roles.h"
#include "sources/source.h"
#include "tui/commands/table.h"

/*
 * Holds the tables of the program against man/caseq.1: what the one has,
 * the other has too.  An item of the page is a line ".It Cm list ...".
 */
#define PAGE "man/caseq.1"

typedef void (*item_fn)(const char *item, void *arg);

/* Calls fn with what stands behind ".It " in a subsection of a page. */
static void
items_of(const char *page, const char *subsection, item_fn fn, void *arg)
{
	FILE *f = fopen(page, "r");
	char line[1024];
	bool in = false;
	int n = 0;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, ".Ss ", 4) == 0 ||
		    strncmp(line, ".Sh ", 4) == 0)
			in = strcmp(line + 4, subsection) == 0;
		if (!in || strncmp(line, ".It ", 4) != 0)
			continue;
		fn(line + 4, arg);
		n++;
	}
	fclose(f);
	if (n == 0)
		fail_msg("%s has no items under %s", page, subsection);
}

static void
items(const char *subsection, item_fn fn, void *arg)
{
	items_of(PAGE, subsection, fn, arg);
}

static bool
is_macro(const char *word)
{
	static const char *const macros[] = {
	    "Ar", "Cm", "Fl", "Ic", "Li", "Ns", "Oc", "Oo", "Op"};
	size_t i;

	for (i = 0; i < sizeof(macros) / sizeof(macros[0]); i++)
		if (strcmp(word, macros[i]) == 0)
			return true;
	return false;
}

/* Adds the words that follow each macro to out, as " one two ". */
static void
words_of(const char *item, const char *macro, struct cq_buf *out)
{
	char *copy = strdup(item), *rest = NULL, *word;
	bool take = false;

	assert_non_null(copy);
	for (word = strtok_r(copy, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		if (strcmp(word, macro) == 0)
			take = true;
		else if (is_macro(word))
			take = false;
		else if (take && strcmp(word, ",") != 0)
			cq_buf_fmt(out, "%s ", word);
	}
	free(copy);
}

struct wanted {
	const char *name;
	struct cq_buf found; /* " word word " */
	int n;
};

static bool
has_word(const char *list, const char *word)
{
	size_t n = strlen(word);
	const char *at;

	for (at = strstr(list, word); at != NULL; at = strstr(at + 1, word))
		if ((at == list || at[-1] == ' ') &&
		    (at[n] == ' ' || at[n] == '\0'))
			return true;
	return false;
}

/* --- commands ---------------------------------------------------------- */

static void
item_options(const char *item, void *arg)
{
	struct wanted *w = arg;
	size_t n = strlen(w->name);

	if (strncmp(item, "Cm ", 3) != 0 ||
	    strncmp(item + 3, w->name, n) != 0 ||
	    (item[3 + n] != ' ' && item[3 + n] != '\0'))
		return;
	w->n++;
	words_of(item, "Fl", &w->found);
}

static void
check_options(const struct tui_command *c)
{
	struct wanted w = {.name = c->name};
	const struct tui_option *o;
	char dashed[64], *word, *rest = NULL, *found;

	items("Commands", item_options, &w);
	if (w.n == 0)
		fail_msg("%s does not tell of the command %s", PAGE, c->name);
	found = cq_buf_take(&w.found);
	for (o = c->options; o != NULL && o->name != NULL; o++) {
		snprintf(dashed, sizeof(dashed), "-%s", o->name);
		if (!has_word(found, dashed))
			fail_msg("%s: %s has no --%s", PAGE, c->name, o->name);
	}
	for (word = strtok_r(found, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		if (word[0] != '-')
			continue; /* "Fl Ns Ar tag" */
		for (o = c->options; o != NULL && o->name != NULL; o++)
			if (strcmp(o->name, word + 1) == 0)
				break;
		if (o == NULL || o->name == NULL)
			fail_msg("%s: the program's %s has no -%s", PAGE,
			    c->name, word);
	}
	free(found);
}

static void
test_page_tells_every_command_with_its_options(void **state)
{
	const struct tui_command *c;

	(void)state;
	for (c = tui_commands; c->name != NULL; c++)
		if (c->run != NULL)
			check_options(c);
}

static void
item_is_command(const char *item, void *arg)
{
	char name[64];
	const struct tui_command *c;

	(void)arg;
	assert_int_equal(sscanf(item, "Cm %63s", name), 1);
	c = tui_command_find(name);
	if (c == NULL || c->run == NULL)
		fail_msg("%s tells of %s, which is no command", PAGE, name);
}

static void
test_page_tells_no_other_command(void **state)
{
	(void)state;
	items("Commands", item_is_command, NULL);
}

static void
item_all_flags(const char *item, void *arg)
{
	words_of(item, "Fl", arg);
}

static void
test_page_tells_the_options_of_all_commands(void **state)
{
	const struct tui_option *o;
	struct cq_buf found = {0};
	char dashed[64];

	(void)state;
	items("DESCRIPTION", item_all_flags, &found);
	for (o = tui_options; o->name != NULL; o++) {
		snprintf(dashed, sizeof(dashed), "-%s", o->name);
		if (!has_word(found.s, dashed))
			fail_msg("%s has no --%s", PAGE, o->name);
	}
	cq_buf_free(&found);
}

/* --- keys -------------------------------------------------------------- */

/* "\&?" is "?", "\(haD" is "^D", "\e" is "\". */
static void
plain_key(const char *roff, char *out, size_t size)
{
	if (strncmp(roff, "\\(ha", 4) == 0)
		snprintf(out, size, "^%s", roff + 4);
	else if (strncmp(roff, "\\&", 2) == 0)
		snprintf(out, size, "%s", roff + 2);
	else if (strcmp(roff, "\\e") == 0)
		snprintf(out, size, "\\");
	else
		snprintf(out, size, "%s", roff);
}

static void
item_keys(const char *item, void *arg)
{
	struct cq_buf words = {0}, *all = arg;
	char *list, *word, *rest = NULL, key[32];

	words_of(item, "Ic", &words);
	list = cq_buf_take(&words);
	cq_buf_char(all, '|');
	for (word = strtok_r(list, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		plain_key(word, key, sizeof(key));
		cq_buf_fmt(all, "%s%s", all->s[all->n - 1] == '|' ? "" : " ",
		    key);
	}
	cq_buf_char(all, '|');
	free(list);
}

static void
test_page_tells_every_key_and_no_other(void **state)
{
	const struct tui_command *c;
	struct cq_buf page = {0};
	char row[64], *at;

	(void)state;
	items("Keys", item_keys, &page);
	for (c = tui_commands; c->name != NULL; c++) {
		if (c->keys == NULL)
			continue;
		snprintf(row, sizeof(row), "|%s|", c->keys);
		at = strstr(page.s, row);
		if (at == NULL)
			fail_msg("%s does not tell of %s (%s)", PAGE, c->keys,
			    c->name);
		memset(at, ' ', strlen(row));
	}
	if (page.s[strspn(page.s, " ")] != '\0')
		fail_msg("%s tells of keys that nothing has: %s", PAGE, page.s);
	cq_buf_free(&page);
}

/* --- other tables ------------------------------------------------------ */

struct names {
	const char *page; /* NULL: PAGE */
	const char *at[32];
	int n;
	unsigned seen;
};

static void
item_is_name(const char *item, void *arg)
{
	struct names *names = arg;
	int i;

	if (strncmp(item, "Cm ", 3) == 0)
		item += 3;
	for (i = 0; i < names->n; i++)
		if (strcmp(item, names->at[i]) == 0)
			break;
	if (i == names->n)
		fail_msg("%s tells of %s, which is none",
		    names->page == NULL ? PAGE : names->page, item);
	names->seen |= 1u << i;
}

static void
check_names(const char *subsection, struct names *names)
{
	const char *page = names->page == NULL ? PAGE : names->page;

	items_of(page, subsection, item_is_name, names);
	for (int i = 0; i < names->n; i++)
		if (!(names->seen & 1u << i))
			fail_msg("%s leaves out %s", page, names->at[i]);
}

static void
test_page_tells_every_state_and_no_other(void **state)
{
	struct names names = {0};

	(void)state;
	for (; names.n < CQ_N_STATES; names.n++)
		names.at[names.n] = cq_state_name((enum cq_state)names.n);
	check_names("States", &names);
}

static void
test_page_tells_every_role_and_no_other(void **state)
{
	struct names names = {0};

	(void)state;
	for (; names.n < CQ_N_ROLES; names.n++)
		names.at[names.n] = cq_role_name((enum cq_role)names.n);
	check_names("Roles", &names);
}

static void
test_page_tells_every_figure_and_no_other(void **state)
{
	struct names names = {0};

	(void)state;
	for (; names.n < CQ_N_FIGURES; names.n++)
		names.at[names.n] = cq_figure_rows[names.n].name;
	check_names("Shift report", &names);
}

static void
test_page_tells_every_outcome(void **state)
{
	FILE *f = fopen(PAGE, "r");
	char page[65536];
	size_t i, n;

	(void)state;
	assert_non_null(f);
	n = fread(page, 1, sizeof(page) - 1, f);
	page[n] = '\0';
	fclose(f);
	for (i = 0; cq_outcomes[i] != NULL; i++)
		if (strstr(page, cq_outcomes[i]) == NULL)
			fail_msg("%s leaves out %s", PAGE, cq_outcomes[i]);
}

/* --- the page about deduplication ---------------------------------------- */

#define DEDUP "man/caseq-dedup.7"

static void
test_dedup_page_tells_every_rule_and_no_other(void **state)
{
	struct names names = {.page = DEDUP};

	(void)state;
	for (; names.n < CQ_N_RULES; names.n++)
		names.at[names.n] = cq_rule_name((enum cq_rule)names.n);
	check_names("Rules", &names);
}

static void
test_dedup_page_tells_every_guard_and_no_other(void **state)
{
	struct names names = {.page = DEDUP};

	(void)state;
	for (int i = CQ_GUARD_NONE + 1; i < CQ_N_GUARDS; i++)
		names.at[names.n++] = cq_guard_name((enum cq_guard)i);
	check_names("Guards", &names);
}

static void
test_dedup_page_tells_every_mode_and_no_other(void **state)
{
	struct names names = {.page = DEDUP};

	(void)state;
	for (; names.n <= CQ_MODE_OFF; names.n++)
		names.at[names.n] = cq_mode_name((enum cq_mode)names.n);
	check_names("Settings", &names);
}

/* All of a file; free it. */
static char *
read_all(const char *path)
{
	struct cq_buf b = {0};
	char line[1024];
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		cq_buf_str(&b, line);
	fclose(f);
	return cq_buf_take(&b);
}

/*
 * In the page a comment with name and value stands before the words about a
 * limit, so that whoever changes one reads what is said of it.
 */
static void
test_dedup_page_tells_every_limit_as_it_is(void **state)
{
	char *page = read_all(DEDUP), *limits = read_all("core/limits.h");
	char *rest = NULL, name[64], value[64], want[160];
	int n = 0;

	(void)state;
	for (char *line = strtok_r(limits, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (sscanf(line, "#define %63s %63[^/\n]", name, value) != 2)
			continue;
		for (size_t i = strlen(value);
		     i > 0 && strchr(" \t", value[i - 1]) != NULL; i--)
			value[i - 1] = '\0';
		snprintf(want, sizeof(want), ".\\\" %s %s\n", name, value);
		if (strstr(page, want) == NULL)
			fail_msg("%s does not tell of %s %s", DEDUP, name,
			    value);
		n++;
	}
	assert_true(n > 30);
	for (char *at = page; (at = strstr(at, ".\\\" CQ_")) != NULL; at++)
		n--;
	assert_int_equal(n, 0); /* nor of one that is not there any more */
	free(page);
	free(limits);
}

/* --- the page about sources ---------------------------------------------- */

/* Each adapter has a section below ADAPTERS, and nothing else has. */
static void
test_sources_page_tells_every_adapter_and_no_other(void **state)
{
	char *page = read_all("man/caseq-sources.5"), *at;
	size_t i, n = 0;

	(void)state;
	at = strstr(page, "\n.Sh ADAPTERS\n");
	assert_non_null(at);
	for (i = 0; src_adapters[i] != NULL; i++) {
		char *section = cq_format("\n.Ss %s\n", src_adapters[i]->name);

		if (strstr(at, section) == NULL)
			fail_msg("caseq-sources(5) has no section %s",
			    src_adapters[i]->name);
		free(section);
	}
	while ((at = strstr(at, "\n.Ss ")) != NULL) {
		at++;
		n++;
	}
	assert_int_equal(n, i);
	free(page);
}

/* Who copies one to the end of its sentence has a host with a dot too much. */
static void
test_no_sentence_ends_in_an_address(void **state)
{
	static const char *const pages[] = {"man/caseq-sources.5", PAGE, DEDUP};
	char *page, *line, *rest;
	size_t i, n, seen = 0;

	(void)state;
	for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		rest = page = read_all(pages[i]);
		while ((line = strsep(&rest, "\n")) != NULL) {
			n = strlen(line);
			if (strstr(line, "://") == NULL)
				continue;
			seen++;
			if (line[n - 1] == '.')
				fail_msg("%s: %s", pages[i], line);
		}
		free(page);
	}
	assert_true(seen > 30);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_page_tells_every_command_with_its_options),
	    cmocka_unit_test(test_page_tells_no_other_command),
	    cmocka_unit_test(test_page_tells_the_options_of_all_commands),
	    cmocka_unit_test(test_page_tells_every_key_and_no_other),
	    cmocka_unit_test(test_page_tells_every_state_and_no_other),
	    cmocka_unit_test(test_page_tells_every_role_and_no_other),
	    cmocka_unit_test(test_page_tells_every_figure_and_no_other),
	    cmocka_unit_test(test_page_tells_every_outcome),
	    cmocka_unit_test(test_dedup_page_tells_every_rule_and_no_other),
	    cmocka_unit_test(test_dedup_page_tells_every_guard_and_no_other),
	    cmocka_unit_test(test_dedup_page_tells_every_mode_and_no_other),
	    cmocka_unit_test(test_dedup_page_tells_every_limit_as_it_is),
	    cmocka_unit_test(
		test_sources_page_tells_every_adapter_and_no_other),
	    cmocka_unit_test(test_no_sentence_ends_in_an_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
