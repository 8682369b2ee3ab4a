#include "sources/visit.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "sources/session.h"

/*
 * A start to come was told by a clock that was wrong, and would keep out all
 * that is written until then.
 */
static int64_t
start_of(const struct cq_source *source, int64_t now)
{
	return source->since_at > now ? now - CQ_SINCE_S : source->since_at;
}

void
visit_begin(struct visit *visit, const struct cq_source *source,
    const struct src_ops *ops, int64_t now, const char *sessions)
{
	char *dir =
	    sessions == NULL ? session_dir(getenv) : cq_strdup(sessions);

	*visit = (struct visit){.ops = ops};
	visit->cursor = cq_strdup(source->cursor == NULL ? "" : source->cursor);
	visit->session = cq_strdup("");
	visit->v = (struct src_visit){
	    .source = source,
	    .cursor = visit->cursor,
	    .now = now,
	    .since_at = start_of(source, now),
	    .session = visit->session,
	};
	if (ops->sees_secret && source->token_file != NULL)
		visit->path = session_path(dir, source);
	free(dir);
}

void
visit_forget(struct visit *visit)
{
	if (visit->v.memory != NULL && visit->ops->forget != NULL)
		visit->ops->forget(visit->v.memory);
	visit->v.memory = NULL;
}

static void
set_session(struct visit *visit, const char *text)
{
	src_wipe(&visit->session);
	visit->session = cq_strdup(text);
	visit->v.session = visit->session;
}

void
visit_end(struct visit *visit)
{
	visit_forget(visit);
	set_session(visit, NULL);
	free(visit->cursor);
	free(visit->path);
	*visit = (struct visit){0};
}

bool
visit_is_old(const struct visit *visit, const struct cq_post *post)
{
	int64_t since_at = visit->v.since_at;

	return !post->gone && since_at != CQ_NO_TIME &&
	    post->created_at != CQ_NO_TIME && post->created_at < since_at;
}

void
visit_go_on(struct visit *visit, const struct src_next *next)
{
	if (next->cursor == NULL)
		return;
	free(visit->cursor);
	visit->cursor = cq_strdup(next->cursor);
	visit->v.cursor = visit->cursor;
}

enum cq_status
visit_read_session(struct visit *visit, struct cq_err *err)
{
	char text[SRC_SESSION_MAX];
	enum cq_status rc = CQ_OK;

	if (visit->ops->keeps_session && visit->v.source->token_file != NULL)
		rc = session_room(visit->path, err);
	if (rc != CQ_OK || visit->path == NULL)
		return rc;
	rc = session_read(visit->path, text, err);
	if (rc == CQ_OK)
		set_session(visit, text);
	explicit_bzero(text, sizeof(text));
	return rc;
}

enum cq_status
visit_keep_session(struct visit *visit, const struct src_next *next,
    struct cq_err *err)
{
	if (next->session == NULL)
		return CQ_OK;
	set_session(visit, next->session);
	return session_write(visit->path, next->session, err);
}
