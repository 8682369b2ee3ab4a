#include "sources/feed_post.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/hash.h"
#include "sources/answer.h"
#include "sources/feed_blocks.h"

#define SPENT_STEP 1000
#define VOLATILE_MIN 3 /* links that are still there while no guid is */

/* What is known of an item while it is not loaded; 0: it has none. */
struct key {
	uint64_t guid, link; /* short hashes */
	uint64_t what;	     /* digest of title, author and day */
	uint64_t same;	     /* equal for two copies of one item */
	int64_t at;
	enum { BY_LINK, BY_GUID, BY_WHAT } by;
	bool empty, out; /* holds nothing; is not to be told */
};

struct emission {
	struct feed *feed;
	const struct src_visit *visit;
	struct feed_memory *memory;
	struct feed_memory seen; /* to be remembered of this document */
	struct key *keys;
	uint32_t *order; /* oldest first */
	bool *same;	 /* stands there as it did in the last document */
};

/* --- keys -------------------------------------------------------------- */

static uint64_t
digest(uint64_t h, const char *s)
{
	if (s != NULL)
		h = cq_hash_bytes(h, s, strlen(s));
	return cq_hash_unit(h, 0xff);
}

/* Of a guid or a link; never 0 but for none. */
static uint64_t
name_hash(const char *s)
{
	uint64_t h;

	if (s == NULL)
		return 0;
	h = cq_hash_short(cq_hash_bytes(CQ_HASH_START, s, strlen(s)));
	return h == 0 ? 1 : h;
}

static void
make_key(struct key *key, const struct feed_item *item)
{
	const char *words = item->title != NULL ? item->title : item->text;
	int64_t day = item->at == CQ_NO_TIME ? 0 : item->at / 86400;

	*key = (struct key){
	    .guid = name_hash(item->guid),
	    .link = name_hash(item->link),
	    .at = item->at,
	};
	key->what = digest(CQ_HASH_START, words);
	key->what = digest(key->what, item->author);
	key->what = (key->what ^ (uint64_t)day) * UINT64_C(0x100000001b3);
	key->same = digest(digest(CQ_HASH_START, item->link), words);
	key->empty = words == NULL && item->link == NULL;
}

static void
load_keys(struct emission *e)
{
	size_t i;

	for (i = 0; i < e->feed->n; i++) {
		struct feed_item item = {.at = CQ_NO_TIME};

		e->feed->load(e->feed, i, false, &item);
		make_key(&e->keys[i], &item);
		feed_item_free(&item);
	}
}

/* The short hash of an item's id. */
static uint64_t
id_hash(const struct key *key)
{
	return key->by == BY_GUID ? key->guid
	    : key->by == BY_LINK  ? key->link
				  : cq_hash_short(key->what);
}

/* --- which names can be trusted ---------------------------------------- */

static int
by_guid(const void *a, const void *b, void *arg)
{
	const struct key *keys = arg;
	const struct key *x = &keys[*(const uint32_t *)a];
	const struct key *y = &keys[*(const uint32_t *)b];

	return x->guid < y->guid ? -1 : x->guid > y->guid;
}

static int
by_link(const void *a, const void *b, void *arg)
{
	const struct key *keys = arg;
	const struct key *x = &keys[*(const uint32_t *)a];
	const struct key *y = &keys[*(const uint32_t *)b];

	return x->link < y->link ? -1 : x->link > y->link;
}

/*
 * Some feeds give one guid to several items, or one link.  Once that was
 * seen it is not forgotten while such an item is there, or its id would
 * change.  False if there are too many guids like that to remember them.
 */
static bool
trust_guids(struct emission *e, uint32_t *order)
{
	size_t i, k, n = e->feed->n;

	qsort_r(order, n, sizeof(*order), by_guid, e->keys);
	for (i = 0; i < n; i = k) {
		uint64_t guid = e->keys[order[i]].guid;
		bool shared =
		    guid == 0 || feed_hashes_has(&e->memory->shared, guid);

		for (k = i + 1; k < n && e->keys[order[k]].guid == guid; k++)
			if (e->keys[order[k]].same != e->keys[order[i]].same)
				shared = true;
		if (shared && guid != 0 &&
		    !feed_hashes_add(&e->seen.shared, guid, FEED_SHARED_MAX))
			return false;
		for (; i < k && !shared; i++)
			e->keys[order[i]].by = BY_GUID;
	}
	return true;
}

/* For the items whose guid is not trusted. */
static void
trust_links(struct emission *e, uint32_t *order)
{
	size_t i, k, n = e->feed->n;

	qsort_r(order, n, sizeof(*order), by_link, e->keys);
	for (i = 0; i < n; i = k) {
		const struct key *first = &e->keys[order[i]];
		bool shared = first->link == 0 ||
		    feed_hashes_has(&e->memory->shared, first->link);
		bool needed = false;

		for (k = i; k < n && e->keys[order[k]].link == first->link;
		     k++) {
			if (e->keys[order[k]].same != first->same)
				shared = true;
			if (e->keys[order[k]].by != BY_GUID)
				needed = true;
		}
		if (shared && needed && first->link != 0)
			feed_hashes_add(&e->seen.shared, first->link,
			    FEED_SHARED_MAX);
		for (; i < k; i++)
			if (shared && e->keys[order[i]].by == BY_LINK)
				e->keys[order[i]].by = BY_WHAT;
	}
}

/*
 * A feed that makes new guids for old items: not one of those it gave is
 * left, but the links are.
 */
static bool
guids_are_volatile(const struct emission *e)
{
	size_t i, n_links = 0;

	if (e->memory->no_guid)
		return true;
	if (e->memory->newest.n < VOLATILE_MIN)
		return false;
	for (i = 0; i < e->feed->n; i++) {
		if (feed_hashes_has(&e->memory->newest, e->keys[i].guid))
			return false;
		if (e->keys[i].guid != 0 && e->keys[i].link != 0 &&
		    feed_hashes_has(&e->memory->links, e->keys[i].link))
			n_links++;
	}
	return n_links >= VOLATILE_MIN;
}

static void
choose_names(struct emission *e)
{
	bool before = e->memory->no_guid;
	size_t i;

	e->seen.no_guid = guids_are_volatile(e);
	for (i = 0; i < e->feed->n; i++)
		e->order[i] = (uint32_t)i;
	if (!e->seen.no_guid && !trust_guids(e, e->order)) {
		e->seen.no_guid = true;
		e->seen.shared.n = 0;
	}
	for (i = 0; i < e->feed->n && e->seen.no_guid; i++)
		e->keys[i].by = BY_LINK;
	trust_links(e, e->order);
	if (!e->seen.no_guid || before || e->memory->newest_at == CQ_NO_TIME)
		return;
	/* what was told under a guid is not told again under its link */
	for (i = 0; i < e->feed->n; i++)
		if (e->keys[i].at != CQ_NO_TIME &&
		    e->keys[i].at <= e->memory->newest_at)
			e->keys[i].out = true;
}

/* --- in which order ---------------------------------------------------- */

static int
by_time(const void *a, const void *b, void *arg)
{
	const struct key *keys = arg;
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;

	if (keys[i].at != keys[k].at)
		return keys[i].at < keys[k].at ? -1 : 1;
	return i < k ? 1 : -1; /* feeds begin with the newest */
}

static void
put_in_order(struct emission *e)
{
	bool dated = true, ordered = true;
	size_t i, n = e->feed->n;

	for (i = 0; i < n; i++) {
		e->order[i] = (uint32_t)(n - 1 - i);
		dated = dated && e->keys[i].at != CQ_NO_TIME;
		if (i > 0 && e->keys[i].at > e->keys[i - 1].at)
			ordered = false;
	}
	if (dated && !ordered)
		qsort_r(e->order, n, sizeof(*e->order), by_time, e->keys);
}

/* --- what is new ------------------------------------------------------- */

/*
 * True for an item without a date that was there before: it is remembered,
 * or, where there were too many, stands between those remembered and the
 * last.  Feeds begin with the newest; some add at the end.
 */
static void
leave_out_history(struct emission *e, struct src_next *next)
{
	const struct feed_memory *m = e->memory;
	size_t i, n = e->feed->n, last_known = n, last = n;
	bool first = !m->any && e->visit->since_at > 0; /* not all */

	for (i = 0; i < n; i++) {
		if (feed_hashes_has(&m->history, id_hash(&e->keys[i])))
			last_known = i;
		if (m->history_goes_on &&
		    id_hash(&e->keys[i]) == m->history_last)
			last = i;
	}
	for (i = 0; i < n; i++) {
		struct key *key = &e->keys[i];
		uint64_t hash = id_hash(key);
		bool old = first || feed_hashes_has(&m->history, hash) ||
		    (m->history_goes_on && i >= last_known && i <= last);

		if (key->at != CQ_NO_TIME || !old)
			continue;
		key->out = true;
		next->n_old += first;
		if (!feed_hashes_add(&e->seen.history, hash, FEED_HISTORY_MAX))
			e->seen.history_goes_on = true;
		e->seen.history_last = hash;
	}
}

/* On the first visit the poller leaves them out, and counts them. */
static void
leave_out_old(struct emission *e)
{
	size_t i;

	for (i = 0; i < e->feed->n; i++)
		if (e->memory->any && e->visit->since_at != CQ_NO_TIME &&
		    e->keys[i].at != CQ_NO_TIME &&
		    e->keys[i].at < e->visit->since_at)
			e->keys[i].out = true;
}

/* Whoever asks for more of the past must get items that were left out. */
static void
leave_out_same(struct emission *e, struct src_next *next)
{
	uint64_t seed = cq_hash_bytes(e->feed->context,
	    (const char *)&e->visit->since_at, sizeof(e->visit->since_at));
	size_t i;

	feed_blocks(e->feed, seed, &e->memory->blocks, &e->seen.blocks,
	    e->same);
	for (i = 0; i < e->feed->n; i++) {
		next->n_same += e->same[i] && !e->keys[i].out;
		e->keys[i].out = e->keys[i].out || e->same[i];
	}
}

static void
look_for_a_jump(const struct emission *e, struct src_next *next)
{
	const struct feed_memory *m = e->memory;
	size_t i;

	if (m->newest.n == 0)
		return;
	for (i = 0; i < e->feed->n; i++)
		if (feed_hashes_has(&m->newest, id_hash(&e->keys[i])) ||
		    (e->seen.no_guid &&
			feed_hashes_has(&m->links, e->keys[i].link)))
			return;
	next->jumped = true;
	next->jumped_at = m->newest_at;
}

static void
remember(struct emission *e)
{
	struct feed_memory *m = e->memory;
	size_t i, n = e->feed->n;

	for (i = 0; i < n; i++) {
		const struct key *key = &e->keys[e->order[n - 1 - i]];

		if (key->at != CQ_NO_TIME && key->at <= e->visit->now &&
		    key->at > e->seen.newest_at)
			e->seen.newest_at = key->at;
		if (!feed_hashes_add(&e->seen.newest, id_hash(key),
			FEED_NEWEST_MAX))
			continue;
		if (key->link != 0)
			feed_hashes_add(&e->seen.links, key->link,
			    FEED_NEWEST_MAX);
	}
	m->newest = e->seen.newest;
	m->links = e->seen.links;
	m->newest_at = e->seen.newest_at;
	m->history = e->seen.history;
	m->history_goes_on = e->seen.history_goes_on;
	m->history_last = e->seen.history_last;
	m->shared = e->seen.shared;
	m->no_guid = e->seen.no_guid;
	m->blocks = e->seen.blocks;
	m->any = true;
}

/* --- as posts ---------------------------------------------------------- */

static char *
item_id(const struct key *key, const struct feed_item *item)
{
	const char *name = key->by == BY_GUID ? item->guid : item->link;

	if (key->by == BY_WHAT || name == NULL)
		return cq_format("h-%016llx", (unsigned long long)key->what);
	if (strlen(name) <= CQ_ID_MAX)
		return cq_strdup(name);
	return cq_format("%c-%016llx", key->by == BY_GUID ? 'g' : 'l',
	    (unsigned long long)digest(CQ_HASH_START, name));
}

static bool
begins_with(const char *text, const char *title)
{
	size_t n = strlen(title);

	/* titles are often the first words, cut */
	if (n > 3 && strcmp(title + n - 3, "...") == 0)
		n -= 3;
	else if (n > 3 && strcmp(title + n - 3, "\xe2\x80\xa6") == 0)
		n -= 3;
	return strncmp(text, title, n) == 0;
}

static char *
item_text(const struct feed_item *item)
{
	const char *title = item->title, *text = item->text;

	if (title == NULL && text == NULL)
		return cq_strdup(item->link);
	if (title == NULL || text == NULL)
		return cq_strdup(title != NULL ? title : text);
	if (begins_with(text, title))
		return cq_strdup(text);
	if (strlen(title) + strlen(text) >= CQ_TEXT_MAX)
		return cq_strdup(text);
	return cq_format("%s\n%s", title, text);
}

/* "en_us" is "en-us"; what is no language tag is dropped.  In buf. */
static const char *
language(const char *s, char buf[36])
{
	size_t i;

	if (src_within(s, 35) == NULL)
		return NULL;
	for (i = 0; s[i] != '\0'; i++) {
		buf[i] = s[i] == '_' ? '-' : s[i];
		if (!isalnum((unsigned char)buf[i]) && buf[i] != '-')
			return NULL;
	}
	buf[i] = '\0';
	return buf;
}

static void
emit_item(const struct emission *e, const struct key *key,
    const struct feed_item *item, src_emit_fn emit, void *arg)
{
	const char *lang = item->lang != NULL ? item->lang : e->feed->lang;
	char *id = item_id(key, item), *text = item_text(item);
	char tag[36];
	struct cq_post post = {
	    .source = e->visit->source->name,
	    .id = id,
	    .text = text,
	    .author = src_within(item->author, CQ_ID_MAX),
	    .handle = src_within(item->author_name, CQ_ID_MAX),
	    .author_name = src_within(item->author_name, 1000),
	    .url = src_within(item->link, 2048),
	    .lang = language(lang, tag),
	    .in_reply_to = src_within(item->in_reply_to, CQ_ID_MAX),
	    .author_followers = -1,
	    .created_at = item->at,
	    .rating = item->rating,
	};

	if (text != NULL) /* nothing at all is no post */
		emit(arg, &post);
	free(text);
	free(id);
}

static void
emit_one(struct emission *e, size_t i, src_emit_fn emit, void *arg)
{
	const struct key *key = &e->keys[e->order[i]];
	struct feed_item item = {.at = CQ_NO_TIME};

	if (key->out)
		return;
	e->feed->load(e->feed, e->order[i], true, &item);
	emit_item(e, key, &item, emit, arg);
	feed_item_free(&item);
}

/* The item behind the last that is still to be emitted after each. */
static uint32_t *
ends_of(const struct emission *e)
{
	uint32_t *ends = cq_grow(NULL, e->feed->n, sizeof(*ends)), end = 0;
	size_t i;

	for (i = e->feed->n; i-- > 0;) {
		ends[i] = end;
		if (e->order[i] >= end)
			end = e->order[i] + 1;
	}
	return ends;
}

/* Long feeds are left behind while their posts take up room elsewhere. */
static void
emit_long(struct emission *e, src_emit_fn emit, void *arg)
{
	uint32_t *ends = ends_of(e);
	size_t i, from = 0;

	for (i = 0; i < e->feed->n; i++) {
		emit_one(e, i, emit, arg);
		if (i + 1 - from < SPENT_STEP || i + 1 == e->feed->n)
			continue;
		from = i + 1;
		if (ends[i] < e->feed->n)
			e->feed->spent(e->feed, ends[i]);
	}
	free(ends);
}

static void
emit_all(struct emission *e, src_emit_fn emit, void *arg)
{
	size_t i;

	if (e->feed->spent != NULL && e->feed->n > SPENT_STEP) {
		emit_long(e, emit, arg);
		return;
	}

	for (i = 0; i < e->feed->n; i++)
		emit_one(e, i, emit, arg);
}

void
feed_emit(struct feed *feed, const struct src_visit *visit,
    struct feed_memory *memory, src_emit_fn emit, void *arg,
    struct src_next *next)
{
	struct emission e = {.feed = feed,
	    .visit = visit,
	    .memory = memory,
	    .seen = {.newest_at = CQ_NO_TIME}};

	if (feed->n == 0) { /* no reason to forget what there was */
		memory->any = true;
		return;
	}
	e.keys = cq_grow(NULL, feed->n, sizeof(*e.keys));
	e.order = cq_grow(NULL, feed->n, sizeof(*e.order));
	e.same = cq_alloc(feed->n);
	load_keys(&e);
	choose_names(&e);
	put_in_order(&e);
	leave_out_history(&e, next);
	leave_out_old(&e);
	leave_out_same(&e, next);
	look_for_a_jump(&e, next);
	emit_all(&e, emit, arg);
	remember(&e);
	free(e.keys);
	free(e.order);
	free(e.same);
}
