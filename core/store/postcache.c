#include "core/store/postcache.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/* A power of two; about 1 KiB each. */
#define SLOTS 8192
/* But a word may have 256 KiB: of all of them so much is kept. */
#define KEPT_BYTES ((size_t)24 << 20)

struct post_cache {
	struct old_post *slots[SLOTS];
	struct old_post *gone; /* made room, but may still be in use */
	size_t bytes;	       /* of the texts in slots */
	size_t mask;	       /* fewer slots are used while memory is short */
};

static void
free_post(struct old_post *p)
{
	if (p == NULL)
		return;
	cq_normal_free(&p->normal);
	free(p->brand);
	free(p->lang);
	free(p);
}

static struct post_cache *
cache_of(struct cq_store *store)
{
	if (store->posts == NULL) {
		store->posts = cq_alloc(sizeof(*store->posts));
		store->posts->mask = (SLOTS >> store->lean) - 1;
	}
	return store->posts;
}

static struct old_post **
slot(struct post_cache *c, int64_t id)
{
	return &c->slots[(uint64_t)id & c->mask];
}

static size_t
bytes_of(const struct old_post *p)
{
	return strlen(p->normal.text) +
	    p->normal.words.n * sizeof(struct cq_word);
}

void
postcache_settle(struct cq_store *store)
{
	struct post_cache *c = store->posts;
	struct old_post *next;

	for (; c != NULL && c->gone != NULL; c->gone = next) {
		next = c->gone->next;
		free_post(c->gone);
	}
}

void
postcache_drop(struct cq_store *store, int64_t id)
{
	struct post_cache *c = cache_of(store);
	struct old_post **at = slot(c, id);

	if (*at == NULL)
		return;
	c->bytes -= bytes_of(*at);
	(*at)->next = c->gone;
	c->gone = *at;
	*at = NULL;
}

void
postcache_forget(struct cq_store *store)
{
	postcache_settle(store);
	for (size_t i = 0; store->posts != NULL && i < SLOTS; i++)
		free_post(store->posts->slots[i]);
	free(store->posts);
	store->posts = NULL;
}

void
postcache_put(struct cq_store *store, const struct old_post *post)
{
	struct old_post *own = cq_alloc(sizeof(*own));
	struct post_cache *c;

	*own = *post;
	cq_normal_shorten(&own->normal);
	postcache_drop(store, post->id);
	c = cache_of(store);
	c->bytes += bytes_of(own);
	for (int64_t i = 0; i < SLOTS && c->bytes > KEPT_BYTES; i++)
		postcache_drop(store, i); /* whichever has the slot */
	*slot(c, post->id) = own;
}

static bool
load(struct cq_store *store, int64_t id, struct old_post *p, int *rc)
{
	static const char sql[] = "SELECT source, author, text, brand, lang,"
				  " coalesce(min(created_at, seen_at), seen_at)"
				  " FROM post WHERE id = :id";
	struct db_stmt q;
	bool found;

	db_prepare(&q, store, sql);
	db_bind_int(&q, ":id", id);
	found = db_row(&q);
	if (found) {
		p->id = id;
		p->source = db_int(&q, 0);
		p->author = db_int(&q, 1);
		p->normal = cq_normalise(db_str(&q, 2));
		p->brand = db_copy(&q, 3);
		p->lang = db_copy(&q, 4);
		p->at = db_int(&q, 5);
	}
	if (q.rc != SQLITE_OK && *rc == SQLITE_OK)
		*rc = q.rc;
	db_finalize(&q);
	return found;
}

const struct old_post *
postcache_get(struct cq_store *store, int64_t id, int *rc)
{
	struct old_post *p = *slot(cache_of(store), id);
	struct old_post new = {0};

	if (p != NULL && p->id == id)
		return p;
	if (!load(store, id, &new, rc))
		return NULL;
	postcache_put(store, &new);
	return *slot(cache_of(store), id);
}
