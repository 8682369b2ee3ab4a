#include "sources/feed_memory.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/post.h"

#define HEADER_MAX 512
#define HASH_CHARS 8 /* 48 bits, 6 in each */

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz-_";

bool
feed_hashes_has(const struct feed_hashes *set, uint64_t hash)
{
	size_t i;

	for (i = 0; i < set->n; i++)
		if (set->at[i] == hash)
			return true;
	return false;
}

bool
feed_hashes_add(struct feed_hashes *set, uint64_t hash, size_t max)
{
	if (feed_hashes_has(set, hash))
		return true;
	if (set->n >= max)
		return false;
	set->at[set->n++] = hash;
	return true;
}

/* --- reading ----------------------------------------------------------- */

static bool
read_hash(const char *s, uint64_t *hash)
{
	size_t i;

	*hash = 0;
	for (i = 0; i < HASH_CHARS; i++) {
		const char *at = s[i] == '\0' ? NULL : strchr(digits, s[i]);

		if (at == NULL)
			return false;
		*hash = *hash << 6 | (uint64_t)(at - digits);
	}
	return true;
}

static void
read_hashes(struct feed_hashes *set, const char *s)
{
	uint64_t hash;

	for (; read_hash(s, &hash); s += HASH_CHARS)
		feed_hashes_add(set, hash, FEED_HISTORY_MAX);
}

static void
read_skips(struct feed_memory *m, const char *s)
{
	char *end;

	m->hours = (uint32_t)strtoul(s, &end, 16) & 0xffffff;
	m->days = (unsigned)strtoul(end, NULL, 16) & 0x7f;
}

static void
read_line(struct feed_memory *m, const char *s, size_t n)
{
	char *line = cq_strndup(s + 1, n - 1);
	size_t len = strlen(line);

	switch (*s) {
	case 'E':
		free(m->etag);
		m->etag = cq_strdup(line);
		break;
	case 'M':
		free(m->modified);
		m->modified = cq_strdup(line);
		break;
	case 'T':
		m->ttl_s = strtoll(line, NULL, 10);
		break;
	case 'S':
		read_skips(m, line);
		break;
	case 'A':
		m->newest_at = strtoll(line, NULL, 10);
		break;
	case 'N':
		read_hashes(&m->newest, line);
		break;
	case 'L':
		read_hashes(&m->links, line);
		break;
	case 'H':
		read_hashes(&m->history, line);
		m->history_goes_on = len > 0 && line[len - 1] == '+';
		break;
	case 'Z':
		read_hash(line, &m->history_last);
		break;
	case 'B':
		read_hashes(&m->blocks, line);
		break;
	case 'G':
		read_hashes(&m->shared, line);
		m->no_guid = len > 0 && line[len - 1] == '*';
		break;
	default:
		break;
	}
	free(line);
}

void
feed_memory_read(struct feed_memory *memory, const char *cursor)
{
	*memory = (struct feed_memory){.newest_at = CQ_NO_TIME};
	memory->any = *cursor != '\0';
	while (*cursor != '\0') {
		size_t n = strcspn(cursor, "\n");

		if (n > 1)
			read_line(memory, cursor, n);
		cursor += n;
		cursor += *cursor == '\n';
	}
}

void
feed_memory_free(struct feed_memory *memory)
{
	free(memory->etag);
	free(memory->modified);
	*memory = (struct feed_memory){0};
}

/* --- writing ----------------------------------------------------------- */

/* What cannot be sent back as it came is not kept. */
static void
write_header(struct cq_buf *to, char kind, const char *value)
{
	const char *p;

	if (value == NULL || *value == '\0' || strlen(value) > HEADER_MAX)
		return;
	for (p = value; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || (unsigned char)*p >= 0x7f)
			return;
	cq_buf_fmt(to, "%c%s\n", kind, value);
}

static void
write_hash(struct cq_buf *to, uint64_t hash)
{
	int shift;

	for (shift = 6 * (HASH_CHARS - 1); shift >= 0; shift -= 6)
		cq_buf_char(to, digits[hash >> shift & 63]);
}

static void
write_hashes(struct cq_buf *to, char kind, const struct feed_hashes *set,
    const char *mark)
{
	size_t i;

	if (set->n == 0 && *mark == '\0')
		return;
	cq_buf_char(to, kind);
	for (i = 0; i < set->n; i++)
		write_hash(to, set->at[i]);
	cq_buf_fmt(to, "%s\n", mark);
}

char *
feed_memory_write(const struct feed_memory *memory)
{
	struct cq_buf to = {0};

	write_header(&to, 'E', memory->etag);
	write_header(&to, 'M', memory->modified);
	if (memory->ttl_s > 0)
		cq_buf_fmt(&to, "T%lld\n", (long long)memory->ttl_s);
	if (memory->hours != 0 || memory->days != 0)
		cq_buf_fmt(&to, "S%x %x\n", memory->hours, memory->days);
	if (memory->newest_at != CQ_NO_TIME)
		cq_buf_fmt(&to, "A%lld\n", (long long)memory->newest_at);
	write_hashes(&to, 'N', &memory->newest, "");
	write_hashes(&to, 'L', &memory->links, "");
	write_hashes(&to, 'H', &memory->history,
	    memory->history_goes_on ? "+" : "");
	if (memory->history_goes_on) {
		cq_buf_char(&to, 'Z');
		write_hash(&to, memory->history_last);
		cq_buf_char(&to, '\n');
	}
	write_hashes(&to, 'B', &memory->blocks, "");
	write_hashes(&to, 'G', &memory->shared, memory->no_guid ? "*" : "");
	if (to.n == 0)
		cq_buf_char(&to, '-'); /* nothing, but it was read */
	return cq_buf_take(&to);
}

/* --- patience ---------------------------------------------------------- */

static bool
is_skipped(const struct feed_memory *m, int64_t at)
{
	time_t t = (time_t)at;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL)
		return false;
	return (m->hours >> tm.tm_hour & 1) != 0 ||
	    (m->days >> tm.tm_wday & 1) != 0;
}

int64_t
feed_memory_every_s(const struct feed_memory *memory, int64_t now,
    int64_t every_s)
{
	int64_t wait_s =
	    memory->ttl_s > FEED_FLOOR_S ? memory->ttl_s : FEED_FLOOR_S;
	int64_t at;

	if (every_s > wait_s)
		wait_s = every_s;
	at = now + wait_s;
	if (!is_skipped(memory, at))
		return wait_s;
	while (is_skipped(memory, at)) {
		at += 3600 - at % 3600;
		if (at > now + wait_s + 24 * 3600)
			return wait_s;
	}
	return at - now;
}
