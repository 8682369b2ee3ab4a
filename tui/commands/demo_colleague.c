#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tui/commands/demo.h"

/* Simulated colleagues: they take, note, resolve, and now and then collide. */

const struct cq_agent demo_agents[DEMO_COLLEAGUES] = {
    {.name = (char *)"bo",
	.role = CQ_AGENT,
	.team = (char *)"days",
	.uid = CQ_NO_UID,
	.active = true},
    {.name = (char *)"cy",
	.role = CQ_LEAD,
	.team = (char *)"days",
	.uid = CQ_NO_UID,
	.active = true},
};

static const char *const notes[] = {
    "Answered in the thread, with the refund form linked.",
    "Asked for the booking number by direct message.",
    "Depot confirms: on the van for tomorrow morning.",
    "Known fault, station staff are on it. Told the customer when.",
    "Refund ordered, 3 to 5 days. Told the customer.",
    "Apologised and sent a voucher. Watch for an answer.",
};
#define N_NOTES (sizeof(notes) / sizeof(notes[0]))

/* A word of a post, and the tag it earns. */
static const struct {
	const char *word, *tag;
} tags[] = {
    {"refund", "refund"},
    {"Erstattung", "refund"},
    {"reembolso", "refund"},
    {"parcel", "parcel"},
    {"Paket", "parcel"},
    {"paquete", "parcel"},
    {"locker", "locker"},
    {"luggage", "luggage"},
    {"app", "app"},
    {"charged", "payment"},
    {"platform", "station"},
};

static void
tag_it(struct demo *demo, struct cq_store *store, const struct colleague *who,
    const char *text)
{
	char op[CQ_OP_SIZE];

	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		const char *const add[] = {tags[i].tag, NULL};
		struct cq_act act;

		if (text == NULL || strstr(text, tags[i].word) == NULL)
			continue;
		act = demo_act(demo, who->name, op);
		cq_store_tag(store, &act, who->case_id, add, NULL, NULL, NULL);
		return;
	}
}

static void
write_note(struct demo *demo, struct cq_store *store,
    const struct colleague *who)
{
	char op[CQ_OP_SIZE];
	struct cq_act act = demo_act(demo, who->name, op);

	cq_store_note(store, &act, who->case_id, who->fence,
	    notes[demo_dice(demo, N_NOTES)], NULL, NULL);
}

static void
end_work(struct demo *demo, struct cq_store *store, struct colleague *who,
    int rating)
{
	char op[CQ_OP_SIZE];
	struct cq_act act = demo_act(demo, who->name, op);
	uint32_t dice = demo_dice(demo, 100);
	int n_outcomes = 4; /* the common ones */

	if (rating >= 4 || dice < 8)
		cq_store_move(store, &act, who->case_id, who->fence,
		    CQ_MOVE_DISMISS, "praise, no complaint", 0, NULL);
	else if (dice < 16)
		cq_store_move(store, &act, who->case_id, who->fence,
		    CQ_MOVE_PEND, NULL, 0, NULL);
	else if (dice < 22)
		cq_store_move(store, &act, who->case_id, who->fence,
		    CQ_MOVE_SNOOZE, NULL,
		    cq_store_now(store) + 3600 * (1 + demo_dice(demo, 8)),
		    NULL);
	else if (dice < 30)
		cq_store_release(store, &act, who->case_id, who->fence,
		    "needs somebody who knows the depot", NULL);
	else
		cq_store_move(store, &act, who->case_id, who->fence,
		    CQ_MOVE_RESOLVE,
		    cq_outcomes[demo_dice(demo, (uint32_t)n_outcomes)], 0,
		    NULL);
	who->case_id = 0;
}

static void
take_next(struct demo *demo, struct cq_store *store, struct colleague *who)
{
	char op[CQ_OP_SIZE];
	struct cq_act act = demo_act(demo, who->name, op);
	struct cq_claim claim;

	if (cq_store_next(store, &act, 3600, &claim, NULL) == CQ_OK) {
		who->case_id = claim.case_id;
		who->fence = claim.fence;
	}
}

/* Reaches for a case that somebody else works: refused, and counted. */
static void
collide(struct demo *demo, struct cq_store *store, const struct colleague *who)
{
	char op[CQ_OP_SIZE];
	struct cq_act act = demo_act(demo, who->name, op);
	struct cq_query *query;
	struct cq_cases held;
	struct cq_claim claim;

	if (cq_query_parse("held", &query, NULL) != CQ_OK)
		return;
	if (cq_store_list(store, query, NULL, NULL, 5, &held, NULL) == CQ_OK) {
		for (size_t i = 0; i < held.n; i++)
			if (strcmp(held.at[i].holder, who->name) != 0) {
				cq_store_claim(store, &act, held.at[i].id, 600,
				    &claim, NULL);
				break;
			}
		cq_cases_free(&held);
	}
	cq_query_free(query);
}

void
demo_work(struct demo *demo, struct cq_store *store, struct colleague *who)
{
	struct cq_case_full full;

	if (who->case_id == 0) {
		if (demo_dice(demo, 100) < 12)
			collide(demo, store, who);
		take_next(demo, store, who);
		return;
	}
	if (cq_store_case(store, who->case_id, 50, &full, NULL) != CQ_OK) {
		who->case_id = 0;
		return;
	}
	tag_it(demo, store, who, full.head.subject.s);
	if (demo_dice(demo, 100) < 60)
		write_note(demo, store, who);
	end_work(demo, store, who, full.head.rating);
	cq_case_full_free(&full);
}

/* --- live -------------------------------------------------------------- */

static void
sleep_s(uint32_t seconds)
{
	const struct timespec nap = {.tv_sec = (time_t)seconds};

	nanosleep(&nap, NULL);
}

static void
be_seen(struct cq_store *store, const struct colleague *who, bool writing,
    uint32_t seconds)
{
	cq_store_presence(store, who->name, who->case_id, writing, NULL);
	sleep_s(seconds);
}

static void
work_on(struct demo *demo, struct cq_store *store, struct colleague *who)
{
	for (;;) {
		if (who->case_id != 0) {
			be_seen(store, who, false, 3 + demo_dice(demo, 6));
			be_seen(store, who, true, 6 + demo_dice(demo, 20));
		} else {
			be_seen(store, who, false, 2 + demo_dice(demo, 5));
		}
		demo_work(demo, store, who);
	}
}

static bool
bring(struct demo *demo, const char *line, size_t n, void *arg)
{
	sleep_s(4 + demo_dice(demo, 9));
	demo_ingest(demo, arg, line, n, NULL);
	return true;
}

/* In the child: a store of its own, the real clock, dice of its own. */
static void
live(struct demo *demo, int i)
{
	struct cq_store *store;

	demo->dice ^= (uint64_t)(i + 1) << 32;
	if (cq_store_open(demo->path, &demo->cli->env, &store, NULL) != CQ_OK)
		return;
	if (i < DEMO_COLLEAGUES) {
		struct colleague who = {.name = demo_agents[i].name};

		work_on(demo, store, &who);
	} else {
		size_t n = demo_lines(demo, 0, NULL, NULL);

		demo_lines(demo, n > DEMO_HELD_BACK ? n - DEMO_HELD_BACK : 0,
		    bring, store);
	}
	cq_store_close(store);
}

static void
be_a_child(pid_t parent)
{
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_IGN); /* ^C is for the screens */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent) /* it ended before that was set */
		_exit(0);
}

enum cq_status
demo_start_colleagues(struct demo *demo, struct cq_err *err)
{
	pid_t parent = getpid();

	for (int i = 0; i <= DEMO_COLLEAGUES; i++) {
		pid_t pid = fork();

		if (pid < 0)
			return cq_fail(err, CQ_DB,
			    "cannot start the colleagues; try --text");
		if (pid == 0) {
			be_a_child(parent);
			live(demo, i);
			_exit(0);
		}
		demo->children[i] = pid;
	}
	return CQ_OK;
}

void
demo_end_colleagues(struct demo *demo)
{
	for (int i = 0; i <= DEMO_COLLEAGUES; i++)
		if (demo->children[i] > 0)
			kill(demo->children[i], SIGTERM);
	for (int i = 0; i <= DEMO_COLLEAGUES; i++)
		if (demo->children[i] > 0)
			waitpid(demo->children[i], NULL, 0);
}
