#include "core/chain.h"

#include <string.h>

#include "core/buf.h"
#include "core/sha256.h"

static void
add_int(struct cq_buf *b, int64_t value)
{
	uint64_t v = (uint64_t)value;
	uint8_t bytes[8];
	int i;

	for (i = 7; i >= 0; i--, v >>= 8)
		bytes[i] = (uint8_t)v;
	cq_buf_add(b, bytes, sizeof(bytes));
}

static void
add_string(struct cq_buf *b, const char *s)
{
	size_t n = s == NULL ? 0 : strlen(s);

	cq_buf_char(b, s != NULL);
	if (s == NULL)
		return;
	add_int(b, (int64_t)n);
	cq_buf_add(b, s, n);
}

void
cq_chain_next(const uint8_t prev[CQ_HASH_SIZE], const struct cq_chain_fields *f,
    uint8_t out[CQ_HASH_SIZE])
{
	struct cq_buf b = {0};

	cq_buf_add(&b, prev, CQ_HASH_SIZE);
	add_int(&b, f->case_id);
	add_int(&b, f->n);
	add_int(&b, f->at);
	add_int(&b, f->ref);
	add_string(&b, f->kind);
	add_string(&b, f->agent);
	add_string(&b, f->via);
	add_string(&b, f->op);
	add_string(&b, f->state);
	add_string(&b, f->data);
	cq_buf_char(&b, f->body != NULL);
	if (f->body != NULL)
		cq_buf_add(&b, f->body, CQ_DIGEST_SIZE);
	cq_sha256(b.s, b.n, out);
	cq_buf_free(&b);
}

void
cq_chain_keep(uint8_t hash[CQ_HASH_SIZE])
{
	memset(hash + CQ_HASH_KEPT, 0, CQ_HASH_SIZE - CQ_HASH_KEPT);
}

void
cq_body_digest(const char *text, uint8_t out[CQ_DIGEST_SIZE])
{
	uint8_t hash[CQ_HASH_SIZE];

	cq_sha256(text, strlen(text), hash);
	memcpy(out, hash, CQ_DIGEST_SIZE);
}
