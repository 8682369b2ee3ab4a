#include "core/store/judge.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/store/likes.h"
#include "core/store/row.h"

/*
 * The tray: pending suggestions between cases in the queue, gathered into
 * clusters.  The strongest link comes first, and two clusters become one
 * only if enough links lead from one to the other, and nobody said that a
 * case of the one is not the same as a case of the other.  Two cases that
 * fitted one post equally are kept apart in the same way: whoever accepts a
 * cluster must not join these by the way.
 */

/* A case that a suggestion speaks of; only a survivor is in a cluster. */
struct node {
	int64_t case_id, opened_at;
	int root;     /* the survivor's place; itself */
	bool waiting; /* a survivor in the queue */

	/* of a cluster, at the place that parent leads to */
	int parent, size;
	int n_linked; /* sum of n_near of its nodes */
	int next;     /* the next one of the same cluster, in a ring */

	int near, n_near; /* the nodes it is linked to: place in t->near */
	int first_rival;  /* place in rivals; -1 */
};

struct link {
	int64_t id, post, other_post;
	int a, b; /* survivors: of post and of other_post */
	int score;
	enum cq_rule rule;
	bool holds; /* two clusters became one by it */
};

/* Two nodes that must not come into one cluster. */
struct rival {
	int node, next;
	bool apart; /* somebody said so */
};

struct tray {
	struct cq_store *store;
	struct node *nodes;
	int n_nodes;
	int *slots; /* place of a case in nodes, plus 1; by hash */
	unsigned n_slots;
	struct link *links;
	int n_links;
	int *near; /* for each node in turn, the nodes it is linked to */
	struct rival *rivals;
	int n_rivals;
	struct link **held; /* links that hold, by cluster */
	int n_held;
};

/* --- nodes -------------------------------------------------------------- */

static int *
slot_of(struct tray *t, int64_t case_id)
{
	unsigned i = (unsigned)case_id * 2654435761u % t->n_slots;

	while (t->slots[i] != 0 && t->nodes[t->slots[i] - 1].case_id != case_id)
		i = (i + 1) % t->n_slots;
	return &t->slots[i];
}

static int
add_node(struct tray *t, int64_t case_id, int group, int64_t opened_at)
{
	int *slot = slot_of(t, case_id), at = t->n_nodes;

	if (*slot != 0)
		return *slot - 1;
	t->nodes[at] = (struct node){
	    .case_id = case_id,
	    .opened_at = opened_at,
	    .root = at,
	    .waiting = group == 0 || group == 1,
	    .parent = at,
	    .size = 1,
	    .next = at,
	    .first_rival = -1,
	};
	*slot = ++t->n_nodes;
	return at;
}

/* The node of a case that was joined into another, by way of that one's. */
static int
add_joined(struct tray *t, int64_t case_id)
{
	static const char sql[] =
	    "WITH RECURSIVE up(id, grp, opened_at, into_id) AS ("
	    " SELECT id, grp, opened_at, joined_into FROM cases WHERE id = :id"
	    " UNION SELECT c.id, c.grp, c.opened_at, c.joined_into FROM cases"
	    " c JOIN up ON c.id = up.into_id)"
	    " SELECT id, grp, opened_at FROM up WHERE into_id IS NULL";
	int *slot = slot_of(t, case_id), at;
	struct db_stmt q;

	if (*slot != 0)
		return *slot - 1;
	at = add_node(t, case_id, 3, 0);
	db_prepare(&q, t->store, sql);
	db_bind_int(&q, ":id", case_id);
	if (db_row(&q))
		t->nodes[at].root = add_node(t, db_int(&q, 0),
		    (int)db_int(&q, 1), db_int(&q, 2));
	db_finalize(&q);
	return at;
}

/* The survivor's place; columns: case, group, opened. */
static int
read_node(struct tray *t, struct db_stmt *q, int column)
{
	int64_t case_id = db_int(q, column);
	int group = (int)db_int(q, column + 1);

	if (group == 3)
		return t->nodes[add_joined(t, case_id)].root;
	return add_node(t, case_id, group, db_int(q, column + 2));
}

/* --- links -------------------------------------------------------------- */

static void
read_link(struct tray *t, struct db_stmt *q)
{
	struct link link = {
	    .id = db_int(q, 0),
	    .post = db_int(q, 1),
	    .other_post = db_int(q, 2),
	    .score = (int)db_int(q, 4),
	    .a = read_node(t, q, 5),
	    .b = read_node(t, q, 8),
	};

	if (link.a == link.b || !t->nodes[link.a].waiting ||
	    !t->nodes[link.b].waiting)
		return;
	if (!cq_rule_parse(db_str(q, 3), &link.rule))
		link.rule = CQ_RULE_LIKE;
	t->links[t->n_links++] = link;
}

/* Closed cases (group 2) are left out here, their families in read_link(). */
#define LINKED(post, other)                                      \
	" CROSS JOIN post p ON p.id = " post                     \
	" CROSS JOIN cases a ON a.id = p.case_id AND a.grp <> 2" \
	" CROSS JOIN post o ON o.id = " other                    \
	" CROSS JOIN cases b ON b.id = o.case_id AND b.grp <> 2"
#define OF_SUGGESTION LINKED("s.post", "s.other")
#define OF_LIKENESS LINKED("l.post", "e.other")
#define ENDS "a.id, a.grp, a.opened_at, b.id, b.grp, b.opened_at"

static enum cq_status
take_links(struct tray *t, struct db_stmt *q, int looks, struct cq_err *err)
{
	enum cq_status rc;

	db_bind_int(q, ":looks", looks);
	db_bind_int(q, ":strong", CQ_LIKE_STRONG);
	while (t->n_links < CQ_TRAY_LINKS &&
	    t->n_nodes + 4 <= 4 * CQ_TRAY_LINKS && db_row(q))
		read_link(t, q);
	rc = db_result(q, err);
	db_finalize(q);
	return rc;
}

static enum cq_status
read_links(struct tray *t, bool like, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT s.id, s.post, s.other, s.rule, s.score, " ENDS
	    " FROM suggestion s" OF_SUGGESTION
	    " WHERE s.id > (SELECT max(id) FROM suggestion) - :looks"
	    " AND s.state = 'pending' AND (s.rule = 'like') = :like"
	    " AND NOT " WEAK " ORDER BY s.id DESC";
	struct db_stmt q;

	db_prepare(&q, t->store, sql);
	db_bind_int(&q, ":like", like);
	return take_links(t, &q, CQ_TRAY_LOOKS, err);
}

/* As many posts as have so many suggestions, if each has all it may have. */
static enum cq_status
read_likenesses(struct tray *t, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT 0, l.post, e.other, 'like', e.score, " ENDS
	    " FROM " LIKENESS OF_LIKENESS
	    " WHERE l.post > (SELECT max(post) FROM likeness) - :looks"
	    " AND e.score >= :strong AND " NOT_JUDGED " ORDER BY l.post DESC";
	struct db_stmt q;

	db_prepare(&q, t->store, sql);
	return take_links(t, &q, CQ_TRAY_LOOKS / CQ_SUGGESTIONS, err);
}

/* --- rivals ------------------------------------------------------------- */

static void
add_rival(struct tray *t, int a, int b, bool apart)
{
	t->rivals =
	    cq_grow(t->rivals, (size_t)t->n_rivals + 1, sizeof(*t->rivals));
	t->rivals[t->n_rivals] =
	    (struct rival){b, t->nodes[a].first_rival, apart};
	t->nodes[a].first_rival = t->n_rivals++;
}

static void
add_rivals(struct tray *t, int a, int b, bool apart)
{
	if (a == b)
		return;
	add_rival(t, a, b, apart);
	add_rival(t, b, a, apart);
}

/* The node of a survivor that a suggestion speaks of; -1. */
static int
known_node(struct tray *t, int64_t case_id, bool joined)
{
	int slot = *slot_of(t, joined ? case_root(t->store, case_id) : case_id);

	return slot - 1;
}

static enum cq_status
read_apart(struct tray *t, struct cq_err *err)
{
	static const char sql[] =
	    "SELECT a, ca.grp = 3, b, cb.grp = 3 FROM apart"
	    " JOIN cases ca ON ca.id = a JOIN cases cb ON cb.id = b"
	    " WHERE ca.grp <> 2 AND cb.grp <> 2";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, t->store, sql);
	while (db_row(&q)) {
		int a = known_node(t, db_int(&q, 0), db_int(&q, 1) != 0);
		int b = known_node(t, db_int(&q, 2), db_int(&q, 3) != 0);

		if (a >= 0 && b >= 0)
			add_rivals(t, a, b, true);
	}
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}

static int
by_post(const void *x, const void *y)
{
	const struct link *a = x, *b = y;

	if (a->post != b->post)
		return a->post < b->post ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

/* Cases that fitted the same post; links are sorted by that post. */
static void
find_rivals(struct tray *t)
{
	for (int i = 0; i < t->n_links; i++) {
		const struct link *a = &t->links[i];

		for (int k = i + 1;
		     k < t->n_links && t->links[k].post == a->post; k++)
			if (a->rule == CQ_RULE_EITHER &&
			    t->links[k].rule == CQ_RULE_EITHER)
				add_rivals(t, a->b, t->links[k].b, false);
	}
}

static bool
are_apart(const struct tray *t, int a, int b)
{
	int i = t->nodes[a].first_rival;

	while (i >= 0 && !(t->rivals[i].node == b && t->rivals[i].apart))
		i = t->rivals[i].next;
	return i >= 0;
}

/* --- clusters ----------------------------------------------------------- */

static int
cluster_of(struct tray *t, int i)
{
	while (t->nodes[i].parent != i) {
		t->nodes[i].parent = t->nodes[t->nodes[i].parent].parent;
		i = t->nodes[i].parent;
	}
	return i;
}

static bool
has_rival_in(struct tray *t, int i, int cluster)
{
	int at = i;

	do {
		for (int r = t->nodes[at].first_rival; r >= 0;
		     r = t->rivals[r].next)
			if (cluster_of(t, t->rivals[r].node) == cluster)
				return true;
		at = t->nodes[at].next;
	} while (at != i);
	return false;
}

/* Who is linked to whom, once for each link. */
static void
find_near(struct tray *t)
{
	int used = 0;

	t->near = cq_alloc((2 * (size_t)t->n_links + 1) * sizeof(*t->near));
	for (int i = 0; i < t->n_links; i++) {
		t->nodes[t->links[i].a].n_linked++;
		t->nodes[t->links[i].b].n_linked++;
	}
	for (int i = 0; i < t->n_nodes; i++) {
		t->nodes[i].near = used;
		used += t->nodes[i].n_linked;
	}
	for (int i = 0; i < t->n_links; i++) {
		struct node *a = &t->nodes[t->links[i].a];
		struct node *b = &t->nodes[t->links[i].b];

		t->near[a->near + a->n_near++] = t->links[i].b;
		t->near[b->near + b->n_near++] = t->links[i].a;
	}
}

/* Do enough links lead from one cluster to the other? */
static bool
are_linked(struct tray *t, int a, int b)
{
	const struct node *x = &t->nodes[a], *y = &t->nodes[b];
	int small = x->size < y->size ? x->size : y->size;
	int large = x->size < y->size ? y->size : x->size;
	int wanted = small * (large < CQ_TRAY_LINKED ? large : CQ_TRAY_LINKED);
	int from = x->n_linked < y->n_linked ? a : b, at = from;
	int to = from == a ? b : a;

	do {
		const struct node *n = &t->nodes[at];

		for (int i = 0; i < n->n_near && wanted > 0; i++)
			wanted -= cluster_of(t, t->near[n->near + i]) == to;
		at = n->next;
	} while (at != from && wanted > 0);
	return wanted <= 0;
}

static void
tie(struct tray *t, struct link *link)
{
	int a = cluster_of(t, link->a), b = cluster_of(t, link->b), next;

	if (a == b || t->nodes[a].size + t->nodes[b].size > CQ_TRAY_CASES ||
	    has_rival_in(t, a, b) || !are_linked(t, a, b))
		return;
	next = t->nodes[a].next;
	t->nodes[a].next = t->nodes[b].next;
	t->nodes[b].next = next;
	t->nodes[a].size += t->nodes[b].size;
	t->nodes[a].n_linked += t->nodes[b].n_linked;
	t->nodes[b].parent = a;
	link->holds = true;
	t->n_held++;
}

/* The strongest first; of equals the older one. */
static int
by_strength(const void *x, const void *y)
{
	const struct link *a = x, *b = y;
	bool either_a = a->rule == CQ_RULE_EITHER;
	bool either_b = b->rule == CQ_RULE_EITHER;

	if (either_a != either_b)
		return either_a ? -1 : 1;
	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

static void
tie_all(struct tray *t)
{
	qsort(t->links, (size_t)t->n_links, sizeof(*t->links), by_post);
	find_rivals(t);
	find_near(t);
	qsort(t->links, (size_t)t->n_links, sizeof(*t->links), by_strength);
	for (int i = 0; i < t->n_links; i++)
		tie(t, &t->links[i]);
}

/* --- the order of clusters ---------------------------------------------- */

struct cluster {
	int at;	  /* the node that parent leads to */
	int head; /* the node that was opened first */
	struct link **links;
	int n_links; /* one less than cases */
	int64_t weight;
	int64_t opened_at, case_id; /* of the head */
};

static int
find_head(const struct tray *t, int any)
{
	int head = any;

	for (int i = t->nodes[any].next; i != any; i = t->nodes[i].next) {
		const struct node *new = &t->nodes[i], *old = &t->nodes[head];

		if (new->opened_at < old->opened_at ||
		    (new->opened_at ==
			old->opened_at &&new->case_id < old->case_id))
			head = i;
	}
	return head;
}

/* Cases saved, each weighed by how sure it is; then the oldest. */
static int
by_worth(const void *x, const void *y)
{
	const struct cluster *a = x, *b = y;

	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	if (a->opened_at != b->opened_at)
		return a->opened_at < b->opened_at ? -1 : 1;
	return (a->case_id > b->case_id) - (a->case_id < b->case_id);
}

/*
 * All clusters, best first; their links lie in t->held, which is filled
 * here: first how many a cluster has, then where they begin, then they.
 */
static struct cluster *
clusters(struct tray *t, int *n)
{
	struct cluster *out = cq_alloc(((size_t)t->n_held + 1) * sizeof(*out));
	int *place = cq_alloc(((size_t)t->n_nodes + 1) * sizeof(*place));
	int used = 0;

	*n = 0;
	t->held = cq_alloc(((size_t)t->n_held + 1) * sizeof(struct link *));
	for (int i = 0; i < t->n_nodes; i++) {
		const struct node *node = &t->nodes[i];
		struct cluster *c = &out[*n];

		if (node->parent != i || node->size < 2)
			continue;
		*c = (struct cluster){.at = i, .head = find_head(t, i)};
		c->opened_at = t->nodes[c->head].opened_at;
		c->case_id = t->nodes[c->head].case_id;
		c->links = t->held + used;
		used += node->size - 1;
		place[i] = (*n)++;
	}
	for (int i = 0; i < t->n_links; i++) {
		struct link *link = &t->links[i];
		struct cluster *c;

		if (!link->holds)
			continue;
		c = &out[place[cluster_of(t, link->a)]];
		c->links[c->n_links++] = link;
		c->weight += link->score;
	}
	free(place);
	qsort(out, (size_t)*n, sizeof(*out), by_worth);
	return out;
}

static int64_t
count_pending(struct tray *t)
{
	int64_t n = 0;

	for (int i = 0; i < t->n_links; i++) {
		const struct link *link = &t->links[i];

		n += cluster_of(t, link->a) == cluster_of(t, link->b) &&
		    !are_apart(t, link->a, link->b);
	}
	return n;
}

/* --- what a person sees ------------------------------------------------- */

void
cq_tray_free(struct cq_tray *tray)
{
	for (size_t i = 0; i < tray->n; i++) {
		struct cq_cluster *c = &tray->at[i];
		struct cq_maybes others = {c->at, c->n};

		cq_case_free(&c->head);
		cq_maybes_free(&others);
	}
	free(tray->at);
	*tray = (struct cq_tray){0};
}

/* The next link from what was reached to what was not; it is turned so. */
static bool
next_link(struct cluster *c, const bool *reached, struct seen *seen,
    const struct tray *t, int *to)
{
	for (int i = 0; i < c->n_links; i++) {
		const struct link *l = c->links[i];
		bool from_a = reached[l->a];

		if (from_a == reached[l->b])
			continue;
		*to = from_a ? l->b : l->a;
		*seen = (struct seen){
		    .id = l->id,
		    .post = from_a ? l->post : l->other_post,
		    .other_post = from_a ? l->other_post : l->post,
		    .case_id = t->nodes[*to].case_id,
		    .from_case = t->nodes[from_a ? l->a : l->b].case_id,
		    .rule = l->rule,
		    .score = l->score,
		};
		return true;
	}
	return false;
}

/*
 * From the head on, each case by its strongest link to one that stands
 * before it: joined in this order, each is joined by its suggestion.
 */
static enum cq_status
read_cluster(struct tray *t, struct cluster *c, bool *reached,
    struct cq_cluster *out, struct cq_err *err)
{
	enum cq_status rc = row_get(t->store, c->case_id, &out->head, err);
	struct seen seen;
	int to = c->head;

	out->at = cq_alloc(((size_t)c->n_links + 1) * sizeof(*out->at));
	reached[c->head] = true;
	while (rc == CQ_OK && next_link(c, reached, &seen, t, &to)) {
		reached[to] = true;
		rc = seen_read(t->store, &seen, &out->at[out->n++], err);
	}
	out->saves = (int64_t)out->n;
	return rc;
}

static enum cq_status
read_clusters(struct tray *t, size_t max, struct cq_tray *out,
    struct cq_err *err)
{
	int n = 0;
	struct cluster *all = clusters(t, &n);
	bool *reached = cq_alloc(((size_t)t->n_nodes + 1) * sizeof(*reached));
	enum cq_status rc = CQ_OK;

	if ((size_t)n < max)
		max = (size_t)n;
	out->n_pending = count_pending(t);
	out->at = cq_alloc((max + 1) * sizeof(*out->at));
	while (out->n < max && rc == CQ_OK) {
		out->n++;
		rc = read_cluster(t, &all[out->n - 1], reached,
		    &out->at[out->n - 1], err);
	}
	free(reached);
	free(all);
	return rc;
}

enum cq_status
cq_store_tray(struct cq_store *store, int limit, struct cq_tray *out,
    struct cq_err *err)
{
	struct tray t = {.store = store, .n_slots = 16 * CQ_TRAY_LINKS};
	enum cq_status rc = db_look(store, err);

	*out = (struct cq_tray){0};
	if (rc != CQ_OK)
		return rc;
	/* a link has two cases, and each of them a survivor */
	t.nodes = cq_alloc(4 * CQ_TRAY_LINKS * sizeof(*t.nodes));
	t.slots = cq_alloc(t.n_slots * sizeof(*t.slots));
	t.links = cq_alloc(CQ_TRAY_LINKS * sizeof(*t.links));
	/* what was nearly a copy first, then what is much like in words */
	rc = read_links(&t, false, err);
	if (rc == CQ_OK)
		rc = read_links(&t, true, err);
	if (rc == CQ_OK)
		rc = read_likenesses(&t, err);
	if (rc == CQ_OK)
		rc = read_apart(&t, err);
	if (rc == CQ_OK) {
		tie_all(&t);
		rc = read_clusters(&t, limit > 0 ? (size_t)limit : SIZE_MAX,
		    out, err);
	}
	db_look_end(store);
	free(t.nodes);
	free(t.slots);
	free(t.links);
	free(t.near);
	free(t.rivals);
	free(t.held);
	if (rc != CQ_OK)
		cq_tray_free(out);
	return rc;
}
