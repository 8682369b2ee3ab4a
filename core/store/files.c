#include "core/store/db.h"

#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"

/*
 * Who may do what with the files of a queue.  They are looked at by name
 * only: opening and closing one would take SQLite's locks away.
 *
 * The trap: a group works with a queue, and one of the files beside it was
 * made for its maker alone.  It passes as long as people come one by one,
 * and fails when two work at a time.
 */

#define WAL_LARGE ((off_t)64 << 20) /* four times what it should ever be */

struct look {
	const char *path;
	cq_finding_fn tell;
	void *arg;
	struct stat queue;
	bool shared; /* the group may work with it: meant so */
	char group[64];
	bool flawed;
};

static void __attribute__((format(printf, 3, 4)))
say(struct look *l, enum cq_finding what, const char *fmt, ...)
{
	char text[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	l->tell(l->arg, what, "files", text);
	l->flawed |= what != CQ_FINE;
}

/* Nobody but its owner or group has business with any of them. */
static bool
check_others(struct look *l, const char *name, const struct stat *st)
{
	if ((st->st_mode & 07) == 0)
		return true;
	say(l, CQ_BAD, "%s is open to everybody; run: chmod o-rwx '%s'", name,
	    name);
	return false;
}

/* What a file beside the queue must be: alike. */
static void
check_alike(struct look *l, const char *name, const struct stat *st)
{
	mode_t mode = l->queue.st_mode & 0660;

	if (!check_others(l, name, st))
		return;
	if (!l->shared && st->st_uid != l->queue.st_uid)
		say(l, CQ_BAD,
		    "%s belongs to another account than the queue; run: "
		    "chown %u '%s'",
		    name, (unsigned)l->queue.st_uid, name);
	if (l->shared && st->st_gid != l->queue.st_gid)
		say(l, CQ_BAD,
		    "%s is not of group %s as the queue is, so its members "
		    "cannot work together; run: chgrp %s '%s'",
		    name, l->group, l->group, name);
	if ((mode & ~st->st_mode) != 0)
		say(l, CQ_BAD,
		    "%s allows less than the queue does (%03o, not %03o), so "
		    "not all can work who may; run: chmod %03o '%s'",
		    name, (unsigned)st->st_mode & 0777, (unsigned)mode,
		    (unsigned)mode, name);
	else if ((st->st_mode & 0770 & ~mode) != 0)
		say(l, CQ_WARN,
		    "%s allows more than the queue does (%03o, not %03o); "
		    "run: chmod %03o '%s'",
		    name, (unsigned)st->st_mode & 0777, (unsigned)mode,
		    (unsigned)mode, name);
}

static void
check_beside(struct look *l, const char *suffix)
{
	char *name = cq_format("%s%s", l->path, suffix);
	struct stat st;

	if (stat(name, &st) == 0) {
		check_alike(l, name, &st);
		if (strcmp(suffix, "-wal") == 0 && st.st_size > WAL_LARGE)
			say(l, CQ_WARN,
			    "%s has grown to %lld MiB: a process reads for "
			    "very long; end it",
			    name, (long long)(st.st_size >> 20));
	} else if (errno != ENOENT) {
		say(l, CQ_BAD, "cannot look at %s: %s", name, strerror(errno));
	}
	free(name);
}

/* New files beside a shared queue get the group of their directory. */
static void
check_directory(struct look *l)
{
	char *copy = cq_strdup(l->path), *dir = dirname(copy);
	struct stat st;

	if (stat(dir, &st) != 0)
		say(l, CQ_BAD, "cannot look at %s: %s", dir, strerror(errno));
	else if (st.st_gid != l->queue.st_gid || (st.st_mode & S_ISGID) == 0 ||
	    (st.st_mode & 070) != 070)
		say(l, CQ_WARN,
		    "files made in %s will not be of group %s, or its members "
		    "cannot make any; run: chgrp %s '%s' && chmod g+rwxs '%s'",
		    dir, l->group, l->group, dir, dir);
	free(copy);
}

static void
check_queue(struct look *l)
{
	const struct stat *st = &l->queue;

	if (!check_others(l, l->path, st))
		return;
	if (l->shared)
		say(l, CQ_WARN,
		    "%s is shared with group %s: its members work with it, "
		    "and can change it past caseq too, which 'caseq audit "
		    "verify' then shows",
		    l->path, l->group);
	else if ((st->st_mode & 070) != 0)
		say(l, CQ_WARN,
		    "%s lets group %s do something, but not work with it; "
		    "run: chmod g-rwx '%s', or chmod 660 '%s' to share it",
		    l->path, l->group, l->path, l->path);
	else if (st->st_uid != getuid())
		say(l, CQ_WARN, "%s belongs to another account (uid %u)",
		    l->path, (unsigned)st->st_uid);
}

void
files_check(struct cq_store *store, cq_finding_fn tell, void *arg)
{
	struct look l = {.path = store->path, .tell = tell, .arg = arg};
	struct group *group;

	if (stat(l.path, &l.queue) != 0) {
		say(&l, CQ_BAD, "the queue is gone");
		return;
	}
	l.shared = (l.queue.st_mode & 060) == 060;
	group = getgrgid(l.queue.st_gid);
	if (group != NULL)
		snprintf(l.group, sizeof(l.group), "%s", group->gr_name);
	else
		snprintf(l.group, sizeof(l.group), "%u",
		    (unsigned)l.queue.st_gid);
	check_queue(&l);
	if (l.shared)
		check_directory(&l);
	check_beside(&l, "-wal");
	check_beside(&l, "-shm");
	check_beside(&l, "-gate");
	check_beside(&l, "-run");
	if (!l.flawed)
		say(&l, CQ_FINE, "%s and what lies beside it are yours alone",
		    l.path);
}
