#include "tui/commands/out.h"

/* Gaps of sources, and marks of posts, as JSON. */

cJSON *
out_gap_json(const struct cq_gap *g)
{
	cJSON *o = cJSON_CreateObject();

	json_number(o, "gap", g->id);
	json_line(o, "source", g->source);
	json_line(o, "kind", cq_gap_name(g->kind));
	json_time(o, "from", g->from_at);
	json_time(o, "until", g->until_at);
	json_line(o, "why", g->words.s);
	json_time(o, "told", g->told_at);
	json_time(o, "seen", g->seen_at);
	json_line(o, "seen_by", g->seen_by);
	return o;
}

void
json_marks(cJSON *o, const struct cq_marks *marks)
{
	json_line(o, "visibility", cq_visibility_name(marks->visibility));
	cJSON_AddBoolToObject(o, "bot", marks->bot);
	json_time(o, "deleted", marks->gone_at);
}
