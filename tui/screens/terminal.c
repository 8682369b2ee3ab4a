#include "tui/screens/terminal.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "tui/cells.h"
#include "tui/screens/rescue.h"

#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
#define ESC_MS 25 /* a lone Esc is known after this */

static struct {
	SCREEN *screen;
	FILE *out; /* apart from stdout, which a command may redirect */
	bool colour;
	bool gone; /* the terminal went away */
} term;

static void
choose_locale(void)
{
	setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_CTYPE, "C.UTF-8");
}

static enum cq_status
check_terminal(struct cq_err *err)
{
	const char *name = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return cq_fail(err, CQ_INPUT,
		    "the screens need a terminal: use a command instead, see "
		    "caseq help");
	if (name == NULL || name[0] == '\0')
		return cq_fail(err, CQ_INPUT,
		    "TERM is not set: set it to the kind of your terminal, for "
		    "example TERM=xterm");
	return rescue_check(name, err);
}

static void
start_colours(void)
{
	const char *no = getenv("NO_COLOR");

	term.colour = has_colors() && (no == NULL || no[0] == '\0');
	if (!term.colour)
		return;
	start_color();
	if (use_default_colors() != OK)
		assume_default_colors(COLOR_WHITE, COLOR_BLACK);
	for (short i = 1; i < 8; i++)
		init_pair(i, i, -1);
}

/* Home and End as terminals send them whose TERM says otherwise. */
static const struct {
	const char *bytes;
	int code;
} others[] = {
    {"\033[1~", KEY_HOME},
    {"\033[7~", KEY_HOME},
    {"\033[H", KEY_HOME},
    {"\033OH", KEY_HOME},
    {"\033[4~", KEY_END},
    {"\033[8~", KEY_END},
    {"\033[F", KEY_END},
    {"\033OF", KEY_END},
};

static void
set_modes(void)
{
	cbreak();
	noecho();
	nonl();
	rescue_no_flow_control();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	set_escdelay(ESC_MS);
	curs_set(0);
	define_key("\033[200~", TERM_PASTE_BEGIN);
	define_key("\033[201~", TERM_PASTE_END);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		define_key(others[i].bytes, others[i].code);
}

static void
send(const char *bytes)
{
	fputs(bytes, term.out);
	fflush(term.out);
}

enum cq_status
term_start(struct cq_err *err)
{
	enum cq_status rc;

	choose_locale();
	rc = check_terminal(err);
	if (rc != CQ_OK)
		return rc;
	term.gone = false;
	term.out = fdopen(dup(STDOUT_FILENO), "w");
	if (term.out == NULL)
		return cq_fail(err, CQ_INPUT, "the terminal cannot be opened");
	rescue_prepare(fileno(term.out), PASTE_OFF);
	term.screen = newterm(NULL, term.out, stdin);
	if (term.screen == NULL) {
		fclose(term.out);
		return cq_fail(err, CQ_INPUT,
		    "the terminal cannot be used: try TERM=xterm");
	}
	rescue_catch();
	set_modes();
	start_colours();
	refresh();
	send(PASTE_ON);
	return CQ_OK;
}

void
term_stop(void)
{
	send(PASTE_OFF);
	endwin();
	rescue_release();
	delscreen(term.screen);
	fclose(term.out);
	term.screen = NULL;
}

/* Ctrl-Z: gives the terminal to the shell and takes it back later. */
static void
suspend(void)
{
	send(PASTE_OFF);
	endwin();
	rescue_suspend();
	clearok(curscr, TRUE);
	refresh();
	send(PASTE_ON);
}

bool
term_ending(void)
{
	return term.gone || rescue_asked(RESCUE_END);
}

long long
term_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static const struct {
	int code;
	const char *name;
} names[] = {
    {KEY_UP, "Up"},
    {KEY_DOWN, "Down"},
    {KEY_LEFT, "Left"},
    {KEY_RIGHT, "Right"},
    {KEY_HOME, "Home"},
    {KEY_END, "End"},
    {KEY_FIND, "Home"},
    {KEY_SELECT, "End"},
    {KEY_NPAGE, "PgDn"},
    {KEY_PPAGE, "PgUp"},
    {KEY_ENTER, "Enter"},
    {KEY_BACKSPACE, "Backspace"},
    {KEY_DC, "Delete"},
    {KEY_BTAB, "BackTab"},
    {KEY_F(1), "F1"},
    {KEY_RESIZE, "Resize"},
    {TERM_PASTE_BEGIN, "PasteBegin"},
    {TERM_PASTE_END, "PasteEnd"},
};

static void
name_code(struct term_key *key)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].code == key->code)
			strcpy(key->name, names[i].name);
}

static void
name_character(struct term_key *key)
{
	wchar_t c = key->c;

	if (c == L'\r' || c == L'\n')
		strcpy(key->name, "Enter");
	else if (c == L'\t')
		strcpy(key->name, "Tab");
	else if (c == L' ')
		strcpy(key->name, "Space");
	else if (c == 27)
		strcpy(key->name, "Esc");
	else if (c == 127 || c == 8)
		strcpy(key->name, "Backspace");
	else if (c < 32)
		snprintf(key->name, sizeof(key->name), "^%c", (int)c + 64);
	else
		snprintf(key->name, sizeof(key->name), "%lc", (wint_t)c);
}

/* No key: is it that nobody types, or that the terminal is no more? */
static void
check_gone(void)
{
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
	int n = poll(&p, 1, 0);

	if (n > 0 && (p.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0)
		term.gone = true;
}

/*
 * Esc: alone it is a key; the start of a sequence that this TERM does not
 * know, the whole of it is read, lest its letters be taken for keys.
 */
static bool
skip_sequence(void)
{
	wint_t c;

	timeout(0);
	if (get_wch(&c) != OK)
		return false;
	if (c != L'[' && c != L'O') {
		unget_wch((wchar_t)c);
		return false;
	}
	while (get_wch(&c) == OK && (c < 0x40 || c > 0x7e || c == L'['))
		continue;
	return true;
}

bool
term_key(int ms, struct term_key *key)
{
	wint_t c = 0;
	int rc;

	memset(key, 0, sizeof(*key));
	if (rescue_asked(RESCUE_SUSPEND))
		suspend();
	timeout(ms);
	rc = get_wch(&c);
	if (rc == ERR) {
		check_gone();
		key->code = TERM_NO_KEY;
		return false;
	}
	if (rc == KEY_CODE_YES) {
		key->code = (int)c;
		name_code(key);
	} else {
		key->c = (wchar_t)c;
		name_character(key);
	}
	if (c != 27 || rc == KEY_CODE_YES || !skip_sequence())
		return true;
	key->code = TERM_SKIPPED;
	return false;
}

static const struct {
	int plain;  /* attributes on a terminal without colour */
	int colour; /* ... with colour */
	short pair;
} styles[N_STYLES] = {
    [ST_PLAIN] = {A_NORMAL, A_NORMAL, 0},
    [ST_HEAD] = {A_BOLD, A_BOLD, COLOR_CYAN},
    [ST_HERE] = {A_REVERSE, A_REVERSE, 0},
    [ST_DIM] = {A_NORMAL, A_DIM, 0},
    [ST_STRONG] = {A_BOLD, A_BOLD, 0},
    [ST_MINE] = {A_BOLD, A_BOLD, COLOR_GREEN},
    [ST_NOTE] = {A_NORMAL, A_NORMAL, COLOR_YELLOW},
    [ST_REVISION] = {A_NORMAL, A_NORMAL, COLOR_MAGENTA},
    [ST_EVENT] = {A_NORMAL, A_NORMAL, COLOR_CYAN},
    [ST_GOOD] = {A_BOLD, A_BOLD, COLOR_GREEN},
    [ST_WARN] = {A_BOLD, A_BOLD, COLOR_YELLOW},
    [ST_BAD] = {A_BOLD | A_REVERSE, A_BOLD, COLOR_RED},
};

int
term_style(enum style style)
{
	if (!term.colour)
		return styles[style].plain;
	return styles[style].colour | (int)COLOR_PAIR(styles[style].pair);
}

void
term_text_n(int y, int x, int width, const char *shown, size_t n,
    enum style style)
{
	struct cq_buf out = {0};

	if (width > COLS - x)
		width = COLS - x;
	if (y < 0 || y >= LINES || x < 0 || width <= 0)
		return;
	cells_fit_n(shown, n, width, false, &out);
	attrset(term_style(style));
	mvaddnstr(y, x, out.s, (int)out.n);
	attrset(A_NORMAL);
	cq_buf_free(&out);
}

void
term_text(int y, int x, int width, const char *shown, enum style style)
{
	term_text_n(y, x, width, shown, strlen(shown), style);
}

void
term_fmt(int y, int x, int width, enum style style, const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	va_end(ap);
	if (s != NULL)
		term_text(y, x, width, s, style);
	free(s);
}

void
term_rule(int y, const char *words, enum style style)
{
	struct cq_buf line = {0};

	cq_buf_str(&line, words);
	for (int x = cells_width(words); x < COLS; x++)
		cq_buf_char(&line, '-');
	term_text(y, 0, COLS, line.s, style);
	cq_buf_free(&line);
}
