#include "core/link.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "core/hash.h"

/* Names in a query that say where a visitor came from, not what to show. */
static const char *const counters[] = {
    "utm_", "fbclid", "gclid", "mc_cid", "mc_eid", "igshid", "ref_src"};

struct hash {
	uint64_t h;
	size_t n;
};

static void
add(struct hash *h, const char *s, size_t n, bool fold)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (fold && c >= 'A' && c <= 'Z')
			c |= 0x20;
		h->h = cq_hash_unit(h->h, c);
	}
	h->n += n;
}

static const char *
skip(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncasecmp(s, prefix, n) == 0 ? s + n : s;
}

static bool
only_counts(const char *s)
{
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
		if (strncmp(s, counters[i], strlen(counters[i])) == 0)
			return true;
	return false;
}

static size_t
host_length(const char *s, size_t n)
{
	if (n > 3 && strncmp(s + n - 3, ":80", 3) == 0)
		return n - 3;
	if (n > 4 && strncmp(s + n - 4, ":443", 4) == 0)
		return n - 4;
	return n;
}

int64_t
cq_link_key(const char *url)
{
	struct hash h = {.h = CQ_HASH_START};
	const char *s = url, *end;
	size_t n, path;

	if (url == NULL)
		return 0;
	s = skip(skip(s, "https://"), "http://");
	if (s == url)
		return 0;
	s = skip(s, "www.");
	n = strcspn(s, "/?#");
	add(&h, s, host_length(s, n), true);
	s += n;
	n = path = strcspn(s, "?#");
	while (path > 0 && s[path - 1] == '/')
		path--;
	h.n = 0;
	add(&h, s, path, false);
	s += n;
	for (; *s == '?' || *s == '&'; s = end) {
		n = strcspn(s + 1, "&#");
		end = s + 1 + n;
		if (n > 0 && !only_counts(s + 1))
			add(&h, s + 1, n, false);
	}
	if (h.n == 0)
		return 0;
	/* 40 bits make a small index */
	return (int64_t)((h.h ^ h.h >> 40) & UINT64_C(0xffffffffff));
}
