#ifndef SRC_YOUTUBE_H
#define SRC_YOUTUBE_H

#include "sources/answer.h"

/* The parts of the YouTube adapter. */

#define YOUTUBE_THREADS_MAX 500

/* A thread with more replies than its list shows. */
struct youtube_thread {
	char *id, *video; /* video may be NULL */
	char *token;	  /* the next page of its replies; NULL: the first */
	int64_t n;	  /* replies it had when it was seen */
	bool pending;	  /* they are to be read */
};

/* The cursor: the newest thread's time, and a line for each of these. */
struct youtube_place {
	int64_t at; /* CQ_NO_TIME at first */
	struct youtube_thread *threads;
	size_t n;
};

/* What it cannot read it takes for the beginning. */
void youtube_place_read(struct youtube_place *place, const char *cursor);
char *youtube_place_write(const struct youtube_place *place); /* owned */
void youtube_place_free(struct youtube_place *place);

/* The first that is pending, or NULL. */
struct youtube_thread *youtube_place_pending(struct youtube_place *place);
const struct youtube_thread *youtube_place_find(const struct youtube_place
						    *place,
    const char *id);

/* Copies thread to the end; false if there are too many. */
bool youtube_place_add(struct youtube_place *place,
    const struct youtube_thread *thread);
void youtube_place_drop(struct youtube_place *place,
    struct youtube_thread *thread);

/* Can it stand in the cursor?  Of an id, the name of a page, NULL. */
bool youtube_is_word(const char *s);

/* Emits a comment; video is what it stands under if it does not say. */
void youtube_emit(const struct cq_source *s, const cJSON *comment,
    const char *video, src_emit_fn emit, void *arg);

/* When a comment was written, or CQ_NO_TIME. */
int64_t youtube_time(const cJSON *comment);

/*
 * What an answer that is an error tells in its body: fails as
 * answer_check(), or returns CQ_OK if it tells nothing of its own.
 */
enum cq_status youtube_error(const struct src_limit *limit,
    const struct src_answer *answer, struct src_next *next, struct cq_err *err);

#endif
