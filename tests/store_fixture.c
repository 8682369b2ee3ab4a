#include "tests/store_fixture.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/buf.h"

#define EXT4 0xEF53L

static int64_t
now(void *arg)
{
	return ((struct fixture *)arg)->now;
}

static void
make_random(void *arg, void *buf, size_t n)
{
	struct fixture *f = arg;
	unsigned char *at = buf;

	for (size_t i = 0; i < n; i++)
		at[i] = (unsigned char)dice(f, 256);
}

static long
fs_type(void *arg, const char *path)
{
	(void)path;
	return ((struct fixture *)arg)->fs_type;
}

uint32_t
dice(struct fixture *f, uint32_t n)
{
	f->seed = f->seed * UINT64_C(6364136223846793005) +
	    UINT64_C(1442695040888963407);
	return (uint32_t)(f->seed >> 33) % n;
}

static void
add_agent(struct fixture *f, const char *name, enum cq_role role,
    const char *team)
{
	struct cq_agent a = {.name = (char *)name,
	    .role = role,
	    .team = (char *)team,
	    .uid = CQ_NO_UID,
	    .active = true};
	struct cq_act who = act(f, "adm");

	OK(f, cq_store_agent_add(f->store, &who, &a, &f->err));
}

int
fixture_set_up(void **state)
{
	struct fixture *f = cq_alloc(sizeof(*f));
	const char *tmp = getenv("TMPDIR");

	*state = f;
	snprintf(f->dir, sizeof(f->dir), "%s/caseq-store.XXXXXX",
	    tmp == NULL || tmp[0] == '\0' ? "/tmp" : tmp);
	if (mkdtemp(f->dir) == NULL)
		return -1;
	snprintf(f->path, sizeof(f->path), "%s/q.db", f->dir);
	f->now = T0;
	f->seed = 1;
	f->fs_type = EXT4;
	f->env = (struct cq_env){now, make_random, fs_type, f, NULL};
	OK(f,
	    cq_store_create(f->path, &f->env, "adm", NULL, CQ_NO_UID, &f->err));
	OK(f, cq_store_open(f->path, &f->env, &f->store, &f->err));
	add_agent(f, "ana", CQ_AGENT, "north");
	add_agent(f, "ben", CQ_AGENT, "north");
	add_agent(f, "lea", CQ_LEAD, "south");
	add_agent(f, "sue", CQ_SUPERVISOR, NULL);
	return 0;
}

static void
remove_directory(const char *name)
{
	char path[600];
	DIR *dir = opendir(name);
	struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", name, e->d_name);
		if (unlink(path) != 0 && rmdir(path) != 0)
			remove_directory(path);
	}
	if (dir != NULL)
		closedir(dir);
	rmdir(name);
}

int
fixture_tear_down(void **state)
{
	struct fixture *f = *state;

	cq_case_full_free(&f->full);
	cq_cases_free(&f->cases);
	cq_report_free(&f->report);
	cq_store_close(f->store);
	remove_directory(f->dir);
	free(f);
	return 0;
}

int64_t
number_at(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	int64_t n;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	sqlite3_close(db);
	return n;
}

struct cq_store *
open_again(struct fixture *f)
{
	struct cq_store *store = NULL;

	OK(f, cq_store_open(f->path, &f->env, &store, &f->err));
	return store;
}

struct cq_act
act(struct fixture *f, const char *agent)
{
	char *op = f->ops[f->n_ops % 16];

	snprintf(op, sizeof(f->ops[0]), "op-%u", ++f->n_ops);
	return (struct cq_act){.op = op, .agent = agent};
}

void
expect_status(struct fixture *f, enum cq_status want, enum cq_status got,
    const char *call, const char *file, int line)
{
	if (want != got)
		print_error("%s: status %d instead of %d: %s\n", call, got,
		    want, got == CQ_OK ? "done" : f->err.msg);
	_assert_int_equal((LargestIntegralType)got, (LargestIntegralType)want,
	    file, line);
}

void
expect_said(struct fixture *f, const char *words)
{
	if (strstr(f->err.msg, words) == NULL)
		fail_msg("'%s' is not in '%s'", words, f->err.msg);
}

struct cq_post
a_post(const char *id, const char *author, const char *text)
{
	return (struct cq_post){.source = "chirp",
	    .id = id,
	    .text = text,
	    .author = author,
	    .author_followers = 100,
	    .created_at = CQ_NO_TIME};
}

struct looking_for {
	const char *source, *id;
	int64_t case_id;
};

static bool
look(void *arg, struct raw_text source, struct raw_text id, int64_t case_id)
{
	struct looking_for *l = arg;

	if (strcmp(source.s, l->source) != 0 || strcmp(id.s, l->id) != 0)
		return true;
	l->case_id = case_id;
	return false;
}

int64_t
case_of(struct fixture *f, const char *source, const char *id)
{
	struct looking_for l = {source, id, 0};

	OK(f, cq_store_map(f->store, look, &l, &f->err));
	return l.case_id;
}

int64_t
put(struct fixture *f, const struct cq_post *post)
{
	struct cq_ingested sum = {0};
	struct cq_act who = act(f, "ana");

	OK(f, cq_store_ingest(f->store, &who, post, 1, &sum, &f->err));
	return case_of(f, post->source, post->id);
}

int64_t
new_case(struct fixture *f, const char *id)
{
	char text[100] = "";
	struct cq_post p = a_post(id, id, text);

	snprintf(text, sizeof(text), "my parcel number %s is lost again", id);
	return put(f, &p);
}

int64_t
take(struct fixture *f, const char *agent, int64_t case_id)
{
	struct cq_act who = act(f, agent);
	struct cq_claim claim;

	OK(f,
	    cq_store_claim(f->store, &who, case_id, CQ_LEASE_S, &claim,
		&f->err));
	return claim.fence;
}

void
release(struct fixture *f, const char *agent, int64_t case_id)
{
	struct cq_act who = act(f, agent);

	OK(f, cq_store_release(f->store, &who, case_id, 0, NULL, &f->err));
}

void
resolve(struct fixture *f, const char *agent, int64_t case_id)
{
	struct cq_act who = act(f, agent);

	OK(f,
	    cq_store_move(f->store, &who, case_id, 0, CQ_MOVE_RESOLVE,
		cq_outcomes[0], 0, &f->err));
}

int64_t
note(struct fixture *f, const char *agent, int64_t case_id, const char *text)
{
	struct cq_act who = act(f, agent);
	int64_t id = 0;

	OK(f, cq_store_note(f->store, &who, case_id, 0, text, &id, &f->err));
	assert_int_not_equal(id, 0);
	return id;
}

void
join(struct fixture *f, const char *agent, int64_t into, int64_t from)
{
	struct cq_act who = act(f, agent);

	OK(f,
	    cq_store_join(f->store, &who, into, &from, 1, false, "same",
		&f->err));
}

int64_t
split(struct fixture *f, const char *agent, int64_t case_id, int64_t post)
{
	struct cq_act who = act(f, agent);
	int64_t id = 0;

	OK(f,
	    cq_store_split(f->store, &who, case_id, &post, 1, "other", &id,
		&f->err));
	assert_int_not_equal(id, 0);
	return id;
}

enum cq_status
try_undo(struct fixture *f, const char *agent)
{
	struct cq_act who = act(f, agent);
	char what[100];

	return cq_store_undo(f->store, &who, what, sizeof(what), NULL, &f->err);
}

void
undo(struct fixture *f, const char *agent)
{
	OK(f, try_undo(f, agent));
}

bool
tag(struct fixture *f, const char *agent, int64_t case_id, const char *add,
    const char *del)
{
	struct cq_act who = act(f, agent);
	const char *const adds[] = {add, NULL}, *const dels[] = {del, NULL};
	bool changed = false;

	OK(f,
	    cq_store_tag(f->store, &who, case_id, adds, dels, &changed,
		&f->err));
	return changed;
}

void
tick(struct fixture *f)
{
	OK(f, cq_store_tick(f->store, NULL, &f->err));
}

const struct cq_case *
head(struct fixture *f, int64_t case_id)
{
	cq_case_full_free(&f->full);
	OK(f, cq_store_case(f->store, case_id, 0, &f->full, &f->err));
	return &f->full.head;
}

const struct cq_cases *
list(struct fixture *f, const char *query, const char *me)
{
	struct cq_query *q = NULL;

	cq_cases_free(&f->cases);
	if (query != NULL)
		OK(f, cq_query_parse(query, &q, &f->err));
	OK(f, cq_store_list(f->store, q, me, NULL, 0, &f->cases, &f->err));
	cq_query_free(q);
	assert_false(f->cases.more);
	return &f->cases;
}

const struct cq_report *
shift(struct fixture *f, int64_t from, int64_t to, const char *team)
{
	cq_report_free(&f->report);
	OK(f, cq_store_report(f->store, from, to, team, &f->report, &f->err));
	return &f->report;
}

int64_t
post_of(struct fixture *f, int64_t case_id, size_t n)
{
	head(f, case_id);
	for (size_t i = 0; i < f->full.n; i++)
		if (f->full.at[i].kind == CQ_ENTRY_POST && n-- == 0)
			return f->full.at[i].id;
	fail_msg("case %lld has too few posts", (long long)case_id);
	return 0;
}

struct cq_counts
counts(struct fixture *f, const char *me)
{
	struct cq_counts c;

	OK(f, cq_store_counts(f->store, me, &c, &f->err));
	return c;
}

struct counting {
	const char *kind;
	int n;
};

static bool
count_event(void *arg, const struct cq_event *e)
{
	struct counting *c = arg;

	c->n += c->kind == NULL || strcmp(e->kind, c->kind) == 0;
	return true;
}

int
n_events(struct fixture *f, int64_t case_id, const char *kind)
{
	struct counting c = {kind, 0};

	OK(f, cq_store_events(f->store, case_id, count_event, &c, &f->err));
	return c.n;
}

static void
no_bad_news(void *arg, enum cq_finding what, const char *check,
    const char *text)
{
	(void)arg;
	if (what == CQ_BAD)
		fail_msg("doctor: %s: %s", check, text);
}

void
all_is_well(struct fixture *f)
{
	struct cq_proof proof;

	OK(f, cq_store_audit_verify(f->store, &proof, &f->err));
	if (proof.bad_event != 0)
		fail_msg("case %lld, event %lld: %s", (long long)proof.bad_case,
		    (long long)proof.bad_event, proof.what);
	OK(f, cq_store_doctor(f->store, false, no_bad_news, NULL, &f->err));
}

/* --- snapshots --------------------------------------------------------- */

static const char *
or_none(const char *s)
{
	return s == NULL ? "-" : s;
}

static void
write_head(struct cq_buf *b, const struct cq_case *c)
{
	cq_buf_fmt(b,
	    "#%lld %s outcome %s owner %s holder %s opened %lld last %lld"
	    " due %lld snooze %lld posts %lld authors %lld notes %lld reach"
	    " %lld rating %d priority %d key %lld tags %s incident %lld"
	    " subject %s\n",
	    (long long)c->id, cq_state_name(c->state), or_none(c->outcome),
	    or_none(c->owner), or_none(c->holder), (long long)c->opened_at,
	    (long long)c->last_post_at, (long long)c->due_at,
	    (long long)c->snooze_until_at, (long long)c->n_posts,
	    (long long)c->n_authors, (long long)c->n_notes, (long long)c->reach,
	    c->rating, c->priority.sum, (long long)c->sort_key, c->tags,
	    (long long)c->incident, or_none(c->subject.s));
}

static void
write_entry(struct cq_buf *b, const struct cq_entry *e)
{
	if (e->kind == CQ_ENTRY_EVENT || e->retracted)
		return; /* the story goes on, whatever is undone */
	cq_buf_fmt(b, "  %d at %lld id %lld %s %s/%s '%s' %d %s from %lld\n",
	    e->kind, (long long)e->at, (long long)e->id, or_none(e->who.s),
	    or_none(e->source.s), or_none(e->remote_id.s), or_none(e->text.s),
	    e->revision, or_none(e->why.s), (long long)e->from_case);
}

static void
write_case(struct fixture *f, struct cq_buf *b, int64_t id)
{
	static const char *const agents[] = {"ana", "ben", "lea", "adm"};
	const struct cq_case *c = head(f, id);
	char *draft;

	if (c->id != id) {
		cq_buf_fmt(b, "#%lld -> #%lld\n", (long long)id,
		    (long long)c->id);
		return;
	}
	write_head(b, c);
	for (size_t i = 0; i < f->full.n; i++)
		write_entry(b, &f->full.at[i]);
	for (size_t i = 0; i < sizeof(agents) / sizeof(agents[0]); i++) {
		OK(f, cq_store_draft(f->store, agents[i], id, &draft, &f->err));
		if (draft != NULL)
			cq_buf_fmt(b, "  draft %s '%s'\n", agents[i], draft);
		free(draft);
	}
}

static void
write_incidents(struct fixture *f, struct cq_buf *b)
{
	struct cq_incidents all;

	OK(f, cq_store_incidents(f->store, true, &all, &f->err));
	for (size_t i = 0; i < all.n; i++)
		cq_buf_fmt(b, "I-%lld %s from %lld to %lld, %lld of %lld\n",
		    (long long)all.at[i].id, all.at[i].name.s,
		    (long long)all.at[i].opened_at,
		    (long long)all.at[i].closed_at,
		    (long long)all.at[i].n_in_queue,
		    (long long)all.at[i].n_cases);
	cq_incidents_free(&all);
}

char *
snapshot(struct fixture *f, int64_t n_cases)
{
	struct cq_buf b = {0};
	struct cq_counts c = counts(f, "ana");

	for (int64_t id = 1; id <= n_cases; id++)
		write_case(f, &b, id);
	write_incidents(f, &b);
	cq_buf_fmt(&b,
	    "queue %lld unclaimed %lld mine %lld overdue %lld"
	    " waiting %lld posts %lld\n",
	    (long long)c.queue, (long long)c.unclaimed, (long long)c.mine,
	    (long long)c.overdue, (long long)c.waiting, (long long)c.posts);
	return cq_buf_take(&b);
}

void
same_snapshot(const char *want, const char *got, const char *after)
{
	const char *a = want, *b = got;

	if (strcmp(want, got) == 0)
		return;
	while (*a != '\0' && *a == *b)
		a++, b++;
	while (a > want && a[-1] != '\n')
		a--, b--;
	fail_msg("after %s\nwas: %.*s\nis:  %.*s", after, (int)strcspn(a, "\n"),
	    a, (int)strcspn(b, "\n"), b);
}

enum cq_status
try_assign(struct fixture *f, const char *agent, int64_t case_id,
    const char *to)
{
	struct cq_act who = act(f, agent);

	return cq_store_assign(f->store, &who, case_id, to, "please", &f->err);
}

enum cq_status
try_move(struct fixture *f, const char *agent, int64_t case_id, int64_t fence,
    enum cq_move move)
{
	struct cq_act who = act(f, agent);

	return cq_store_move(f->store, &who, case_id, fence, move,
	    move == CQ_MOVE_RESOLVE ? "fixed" : "because", f->now + 3600,
	    &f->err);
}
