#include "sources/visit.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

void
visit_begin(struct visit *visit, const struct cq_source *source,
    const struct src_ops *ops, int64_t now)
{
	*visit = (struct visit){.ops = ops};
	visit->cursor = cq_strdup(source->cursor == NULL ? "" : source->cursor);
	visit->session = cq_strdup("");
	visit->v = (struct src_visit){
	    .source = source,
	    .cursor = visit->cursor,
	    .now = now,
	    .since_at = source->since_at,
	    .session = visit->session,
	};
}

static void
forget(struct visit *visit)
{
	if (visit->v.memory != NULL && visit->ops->forget != NULL)
		visit->ops->forget(visit->v.memory);
	visit->v.memory = NULL;
}

void
visit_end(struct visit *visit)
{
	forget(visit);
	free(visit->cursor);
	if (visit->session != NULL)
		explicit_bzero(visit->session, strlen(visit->session));
	free(visit->session);
	*visit = (struct visit){0};
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
