#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/post.h"
#include "sources/youtube.h"

/*
 * "TIME", then lines "ID VIDEO COUNT TOKEN": VIDEO and TOKEN are "-" if there
 * is none, and "*" stands for the first page of replies that are pending.
 */

#define WORD_MAX 1024

bool
youtube_is_word(const char *s)
{
	size_t n;

	if (s == NULL || *s == '\0' || strcmp(s, "-") == 0 ||
	    strcmp(s, "*") == 0)
		return false;
	for (n = 0; s[n] != '\0'; n++)
		if (!isgraph((unsigned char)s[n]) || n == WORD_MAX)
			return false;
	return true;
}

static void
thread_free(struct youtube_thread *thread)
{
	free(thread->id);
	free(thread->video);
	free(thread->token);
}

void
youtube_place_free(struct youtube_place *place)
{
	size_t i;

	for (i = 0; i < place->n; i++)
		thread_free(&place->threads[i]);
	free(place->threads);
	*place = (struct youtube_place){.at = CQ_NO_TIME};
}

bool
youtube_place_add(struct youtube_place *place,
    const struct youtube_thread *thread)
{
	if (place->n == YOUTUBE_THREADS_MAX)
		return false;
	place->threads =
	    cq_grow(place->threads, place->n + 1, sizeof(*place->threads));
	place->threads[place->n++] = (struct youtube_thread){
	    .id = cq_strdup(thread->id),
	    .video = cq_strdup(thread->video),
	    .token = cq_strdup(thread->token),
	    .n = thread->n,
	    .pending = thread->pending,
	};
	return true;
}

void
youtube_place_drop(struct youtube_place *place, struct youtube_thread *thread)
{
	size_t i = (size_t)(thread - place->threads);

	thread_free(thread);
	place->n--;
	memmove(thread, thread + 1, (place->n - i) * sizeof(*thread));
}

struct youtube_thread *
youtube_place_pending(struct youtube_place *place)
{
	size_t i;

	for (i = 0; i < place->n; i++)
		if (place->threads[i].pending)
			return &place->threads[i];
	return NULL;
}

const struct youtube_thread *
youtube_place_find(const struct youtube_place *place, const char *id)
{
	size_t i;

	for (i = 0; i < place->n; i++)
		if (strcmp(place->threads[i].id, id) == 0)
			return &place->threads[i];
	return NULL;
}

/* --- as text ----------------------------------------------------------- */

/* Cuts the next word off a line; "" at its end. */
static char *
word(char **line)
{
	char *begin = *line, *end = begin + strcspn(begin, " ");

	*line = *end == '\0' ? end : end + 1;
	*end = '\0';
	return begin;
}

static void
read_line(struct youtube_place *place, char *line)
{
	struct youtube_thread thread = {.id = word(&line)};
	const char *count;

	thread.video = word(&line);
	count = word(&line);
	thread.token = word(&line);
	if (!youtube_is_word(thread.id) || !isdigit((unsigned char)*count))
		return;
	thread.n = strtoll(count, NULL, 10);
	thread.pending = strcmp(thread.token, "-") != 0;
	if (!youtube_is_word(thread.token))
		thread.token = NULL;
	if (!youtube_is_word(thread.video))
		thread.video = NULL;
	youtube_place_add(place, &thread);
}

void
youtube_place_read(struct youtube_place *place, const char *cursor)
{
	const char *p = cursor;

	*place = (struct youtube_place){.at = CQ_NO_TIME};
	if (isdigit((unsigned char)*p))
		place->at = strtoll(p, NULL, 10);
	while ((p = strchr(p, '\n')) != NULL) {
		char *line = cq_strndup(p + 1, strcspn(p + 1, "\n"));

		read_line(place, line);
		free(line);
		p++;
	}
}

char *
youtube_place_write(const struct youtube_place *place)
{
	struct cq_buf b = {0};
	size_t i;

	if (place->at == CQ_NO_TIME)
		cq_buf_char(&b, '-');
	else
		cq_buf_fmt(&b, "%lld", (long long)place->at);
	for (i = 0; i < place->n; i++) {
		const struct youtube_thread *t = &place->threads[i];

		cq_buf_fmt(&b, "\n%s %s %lld %s", t->id,
		    t->video == NULL ? "-" : t->video, (long long)t->n,
		    !t->pending		   ? "-"
			: t->token == NULL ? "*"
					   : t->token);
	}
	return cq_buf_take(&b);
}
