#include "tui/screens/rescue.h"

#include <curses.h>
#include <signal.h>
#include <string.h>
#include <term.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static struct {
	int fd;
	bool have_modes;
	struct termios modes;
	char bytes[256];
	size_t n;
} saved;

static volatile sig_atomic_t ending, suspending;

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const int fatal[] = {SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE};
static const int gentle[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};

static struct sigaction old_fatal[N(fatal)], old_gentle[N(gentle)], old_stop;
static char alternate[16384]; /* a stack for when the stack is the trouble */

enum cq_status
rescue_check(const char *kind, struct cq_err *err)
{
	int known = 0;

	if (setupterm(kind, STDOUT_FILENO, &known) != OK || known != 1)
		return cq_fail(err, CQ_INPUT,
		    "TERM=%s is not known here: set it to the kind of your "
		    "terminal, for example TERM=xterm",
		    kind);
	if (cursor_address == NULL)
		return cq_fail(err, CQ_INPUT,
		    "a terminal of kind TERM=%s cannot show screens: use a "
		    "command instead, see caseq help",
		    kind);
	return CQ_OK;
}

/* Adds a string of terminfo without its padding ("$<5>"). */
static void
add_bytes(const char *s)
{
	while (s != NULL && s != (const char *)-1 && *s != '\0') {
		if (s[0] == '$' && s[1] == '<') {
			s = strchr(s, '>');
			s = s == NULL ? NULL : s + 1;
		} else if (saved.n < sizeof(saved.bytes)) {
			saved.bytes[saved.n++] = *s++;
		} else {
			return;
		}
	}
}

void
rescue_prepare(int fd, const char *more)
{
	saved.fd = fd;
	saved.n = 0;
	saved.have_modes = tcgetattr(fd, &saved.modes) == 0;
	add_bytes(more);
	add_bytes(exit_attribute_mode);
	add_bytes(keypad_local);
	add_bytes(cursor_normal);
	if (exit_ca_mode == NULL)
		add_bytes(clear_screen);
	add_bytes(exit_ca_mode);
	add_bytes("\r");
	del_curterm(cur_term); /* curses makes its own */
}

/* Safe in a signal handler. */
static void
give_back(void)
{
	if (write(saved.fd, saved.bytes, saved.n) < 0)
		return; /* it is gone; so is the need */
	if (saved.have_modes)
		tcsetattr(saved.fd, TCSANOW, &saved.modes);
}

static void
on_fatal(int sig)
{
	give_back();
	signal(sig, SIG_DFL);
	raise(sig);
}

/*
 * The loop ends in order and saves drafts.  Asked again after a while, the
 * loop must be stuck; at once, it is only a shell that passes SIGHUP on.
 */
static void
on_gentle(int sig)
{
	static volatile time_t since;

	if (ending && time(NULL) > since + 3)
		on_fatal(sig);
	if (!ending)
		since = time(NULL);
	ending = 1;
}

static void
on_stop(int sig)
{
	(void)sig;
	suspending = 1;
}

static void
catch_signal(int sig, void (*handler)(int), int flags, struct sigaction *old)
{
	struct sigaction sa = {0};

	sa.sa_handler = handler;
	sa.sa_flags = flags;
	sigemptyset(&sa.sa_mask);
	sigaction(sig, &sa, old);
}

void
rescue_catch(void)
{
	stack_t stack = {0};

	stack.ss_sp = alternate;
	stack.ss_size = sizeof(alternate);
	sigaltstack(&stack, NULL);
	ending = suspending = 0;
	for (size_t i = 0; i < N(fatal); i++)
		catch_signal(fatal[i], on_fatal, SA_ONSTACK, &old_fatal[i]);
	for (size_t i = 0; i < N(gentle); i++)
		catch_signal(gentle[i], on_gentle, 0, &old_gentle[i]);
	catch_signal(SIGTSTP, on_stop, 0, &old_stop);
}

void
rescue_release(void)
{
	for (size_t i = 0; i < N(fatal); i++)
		sigaction(fatal[i], &old_fatal[i], NULL);
	for (size_t i = 0; i < N(gentle); i++)
		sigaction(gentle[i], &old_gentle[i], NULL);
	sigaction(SIGTSTP, &old_stop, NULL);
}

bool
rescue_asked(enum rescue what)
{
	return what == RESCUE_END ? ending : suspending;
}

void
rescue_suspend(void)
{
	struct sigaction mine;

	suspending = 0;
	catch_signal(SIGTSTP, SIG_DFL, 0, &mine);
	raise(SIGTSTP);
	sigaction(SIGTSTP, &mine, NULL);
}

void
rescue_no_flow_control(void)
{
	struct termios t;

	if (tcgetattr(saved.fd, &t) != 0)
		return;
	t.c_iflag &= ~(tcflag_t)(IXON | IXOFF);
	t.c_lflag &= ~(tcflag_t)IEXTEN; /* ^V, ^O are keys too */
	tcsetattr(saved.fd, TCSANOW, &t);
	def_prog_mode();
}
