#include "core/dedup_stage.h"

/*
 * A follow-up: people write again before they are answered, and often not
 * as a reply.  Marked as such, so that it is split with one key.
 */

bool
stage_follow(const struct cq_question *q, struct cq_verdict *v)
{
	struct cq_dedup_hit hit;
	int64_t apart;
	char later[40];

	if (!stage_said(q->post->author) ||
	    !q->index->by_author(q->index->arg, q->post->brand, &hit) ||
	    !cq_state_in_queue(hit.state))
		return false;
	apart = q->at - hit.at;
	if (apart > CQ_FOLLOW_WINDOW_S || apart < -CQ_FOLLOW_WINDOW_S)
		return false;
	stage_later(apart, later, sizeof(later));
	return stage_found(v, &hit, "same author, %s", later);
}
