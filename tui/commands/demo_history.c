#include <stdlib.h>
#include <string.h>

#include "tui/commands/demo.h"

/*
 * The two days before now: every post comes in at its time, and between the
 * posts the colleagues work, each at the clock of that moment.
 */

#define DUE_S (24 * 3600)

struct playing {
	struct cq_store *store;
	struct colleague people[DEMO_COLLEAGUES];
	size_t left; /* lines still to be played */
	int64_t busy_from;
	enum cq_status rc;
	struct cq_err *err;
};

static void
find_last(void *arg, const struct cq_post *post)
{
	int64_t *last = arg;

	if (post->created_at != CQ_NO_TIME && post->created_at > *last)
		*last = post->created_at;
}

static bool
look_at(struct demo *demo, const char *line, size_t n, void *arg)
{
	demo->cli->net->read_line(line, n, find_last, arg, NULL);
	return true;
}

static struct colleague *
first_to_act(struct playing *p)
{
	struct colleague *first = &p->people[0];

	for (int i = 1; i < DEMO_COLLEAGUES; i++)
		if (p->people[i].next_at < first->next_at)
			first = &p->people[i];
	return first;
}

/*
 * A case takes 3 to 10 minutes, then there is a pause; lately there is much
 * else to do, so that something is left for whoever looks on.
 */
static int64_t
time_until_next(struct demo *demo, const struct playing *p,
    const struct colleague *who)
{
	if (who->case_id != 0)
		return 180 + demo_dice(demo, 420);
	if (who->next_at > p->busy_from)
		return 600 + demo_dice(demo, 1500);
	return 20 + demo_dice(demo, 1200);
}

/* What the colleagues do before a moment. */
static void
work_until(struct demo *demo, struct playing *p, int64_t at)
{
	struct colleague *who = first_to_act(p);

	while (who->next_at <= at) {
		if (who->next_at > demo->clock)
			demo->clock = who->next_at;
		demo_work(demo, p->store, who);
		who->next_at += time_until_next(demo, p, who);
		who = first_to_act(p);
	}
}

static void
find_time(void *arg, const struct cq_post *post)
{
	*(int64_t *)arg = post->created_at;
}

static bool
play(struct demo *demo, const char *line, size_t n, void *arg)
{
	struct playing *p = arg;
	int64_t at = CQ_NO_TIME;

	if (p->left-- == 0)
		return false;
	p->rc = demo->cli->net->read_line(line, n, find_time, &at, p->err);
	if (p->rc != CQ_OK)
		return false;
	if (at != CQ_NO_TIME)
		work_until(demo, p, at + demo->shift);
	if (at != CQ_NO_TIME && at + demo->shift > demo->clock)
		demo->clock = at + demo->shift;
	cq_store_tick(p->store, NULL, NULL);
	p->rc = demo_ingest(demo, p->store, line, n, p->err);
	return p->rc == CQ_OK;
}

static enum cq_status
hire(struct demo *demo, struct playing *p, struct cq_err *err)
{
	enum cq_status rc = CQ_OK;
	char op[CQ_OP_SIZE];

	for (int i = 0; i < DEMO_COLLEAGUES && rc == CQ_OK; i++) {
		struct cq_act act = demo_act(demo, demo->me, op);

		p->people[i] = (struct colleague){
		    .name = demo_agents[i].name,
		    .next_at = demo->clock + 900 + 300 * i,
		};
		rc = cq_store_agent_add(p->store, &act, &demo_agents[i], err);
	}
	return rc;
}

/* Two people cannot be in time everywhere, but not late everywhere either. */
static enum cq_status
set_due(struct demo *demo, struct cq_store *store, struct cq_err *err)
{
	char op[CQ_OP_SIZE];
	struct cq_act act = demo_act(demo, demo->me, op);

	return cq_store_weight_set(store, &act, "due", DUE_S, err);
}

enum cq_status
demo_history(struct demo *demo, size_t held_back, struct cq_err *err)
{
	struct playing p = {.err = err};
	int64_t now = demo->cli->env.now(demo->cli->env.arg);
	int64_t last = 0;
	size_t n = demo_lines(demo, 0, look_at, &last);
	enum cq_status rc;

	demo->shift = now - 30 - last;
	p.left = n > held_back ? n - held_back : 0;
	p.busy_from = now - 12 * 3600;
	rc = cq_store_open(demo->path, &demo->env, &p.store, err);
	if (rc == CQ_OK)
		rc = set_due(demo, p.store, err);
	if (rc == CQ_OK)
		rc = hire(demo, &p, err);
	if (rc == CQ_OK) {
		demo_lines(demo, 0, play, &p);
		rc = p.rc;
	}
	if (rc == CQ_OK)
		work_until(demo, &p, now - 60);
	cq_store_close(p.store);
	return rc;
}
