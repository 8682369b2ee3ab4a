#include "tui/gaps.h"

#include <inttypes.h>

#include "tui/rows.h"

/* "2 h 28 min", "3 d 4 h", "under 1 min" */
static void
say_length(int64_t seconds, struct cq_buf *out)
{
	int64_t minutes = seconds / 60, hours = minutes / 60;

	if (minutes < 1)
		cq_buf_str(out, "under 1 min");
	else if (hours < 1)
		cq_buf_fmt(out, "%" PRId64 " min", minutes);
	else if (hours < 48)
		cq_buf_fmt(out, "%" PRId64 " h %" PRId64 " min", hours,
		    minutes % 60);
	else
		cq_buf_fmt(out, "%" PRId64 " d %" PRId64 " h", hours / 24,
		    hours % 24);
}

/* "since 09:12 (2 h 28 min)", "09:12-11:40 (2 h 28 min)", "until 11:40" */
static void
say_time(const struct cq_gap *g, int64_t now, struct cq_buf *out)
{
	int64_t until = g->until_at == CQ_NO_TIME ? now : g->until_at;

	if (g->from_at == CQ_NO_TIME) {
		cq_buf_str(out, "before ");
		say_moment(until, now, out);
		return;
	}
	if (g->until_at == CQ_NO_TIME)
		cq_buf_str(out, "since ");
	say_moment(g->from_at, now, out);
	if (g->until_at != CQ_NO_TIME) {
		cq_buf_char(out, '-');
		say_moment(until, g->from_at, out);
	}
	cq_buf_str(out, " (");
	say_length(until > g->from_at ? until - g->from_at : 0, out);
	cq_buf_char(out, ')');
}

void
say_gap(const struct cq_gap *g, int64_t now, struct cq_buf *out)
{
	static const char *const what[CQ_N_GAPS] = {
	    [CQ_GAP_FAILED] = "nothing heard",
	    [CQ_GAP_SILENT] = "silent",
	    [CQ_GAP_JUMPED] = "posts passed over",
	};
	struct raw_text name = {g->source};

	cq_buf_str(out, "source ");
	say_raw(name, out);
	cq_buf_fmt(out, ": %s ", what[g->kind]);
	say_time(g, now, out);
	if (g->seen_by != NULL)
		cq_buf_fmt(out, ", seen by %s", g->seen_by);
	cq_buf_str(out, ": ");
	say_raw(g->words, out);
}

void
say_gap_advice(const struct cq_gap *g, struct cq_buf *out)
{
	static const char *const advice[CQ_N_GAPS] = {
	    [CQ_GAP_FAILED] =
		"caseq cannot hear this source, so customers who write there"
		" wait and nobody knows.\n"
		"\n"
		"Do what the message says; an administrator may have to. A"
		" source that was"
		" paused goes on with: caseq source resume NAME. Until then"
		" somebody should look"
		" there by hand.\n"
		"This line goes away by itself with the next answer.\n",
	    [CQ_GAP_SILENT] =
		"The source answers, but has brought nothing new for more than"
		" twice its longest"
		" pause lately. It may be a quiet day, or what is searched for"
		" is no longer found:"
		" the tag was renamed, the forum moved, the account may not"
		" read it any more.\n"
		"\n"
		"Look there by hand, and try: caseq source test NAME.\n"
		"This line goes away by itself with the next post.\n",
	    [CQ_GAP_JUMPED] =
		"More was written than the service keeps for us to fetch."
		" Some posts of that time"
		" were not read and will not be offered again.\n"
		"\n"
		"Look through that time there by hand; posts can be brought in"
		" with: caseq ingest."
		" If it happens often, let it be asked more often (--every), or"
		" for less at once.\n"
		"This line stays until somebody says to have seen it.\n",
	};

	cq_buf_str(out, advice[g->kind]);
	cq_buf_str(out,
	    "\nTo say that you have seen it: s in the queue, or: caseq source "
	    "seen"
	    " NAME. Your colleagues then see that you look after it.\n");
}

bool
is_private(const struct cq_marks *marks)
{
	return marks->visibility >= CQ_PRIVATE;
}

void
say_marks(const struct cq_marks *marks, int64_t now, struct cq_buf *out)
{
	if (marks->visibility != CQ_PUBLIC)
		cq_buf_fmt(out, "[%s] ", cq_visibility_name(marks->visibility));
	if (marks->bot)
		cq_buf_str(out, "[bot] ");
	if (marks->gone_at != CQ_NO_TIME) {
		cq_buf_str(out, "[deleted ");
		say_moment(marks->gone_at, now, out);
		cq_buf_str(out, "] ");
	}
}
