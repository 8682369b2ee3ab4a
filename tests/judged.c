#include "tests/judged.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/alloc.h"

int64_t
at_gate(struct fixture *f, int gate)
{
	char id[24] = "", text[120] = "";
	struct cq_post p = a_post(id, id, text);

	snprintf(id, sizeof(id), "g%d", gate);
	snprintf(text, sizeof(text),
	    "my suitcase never came off the belt at gate %d and nobody at the "
	    "desk could say where it went",
	    gate);
	return put(f, &p);
}

void
either(struct fixture *f, int64_t *one, int64_t *two, int64_t *both)
{
	static const char heating[] =
	    "the heating in coach seven has been broken since Utrecht and the "
	    "conductor just shrugs at us all";
	char *winter = cq_format("%s, winter", heating);
	char *summer = cq_format("%s, summer", heating);
	struct cq_post a = a_post("h1", "jo", winter);
	struct cq_post b = a_post("h2", "mo", summer);
	struct cq_post c = a_post("h3", "kim", heating);

	*one = put(f, &a);
	*two = put(f, &b);
	*both = put(f, &c);
	free(winter);
	free(summer);
}

const char *
dups(struct fixture *f, int64_t id, int limit)
{
	static char out[400];
	struct cq_maybes m;
	size_t n = 0;

	OK(f, cq_store_dups(f->store, id, limit, &m, &f->err));
	out[0] = '\0';
	for (size_t i = 0; i < m.n; i++)
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%lld",
		    i > 0 ? " " : "", (long long)m.at[i].other.id);
	cq_maybes_free(&m);
	return out;
}

const char *
tray(struct fixture *f, int limit)
{
	static char out[2000];
	struct cq_tray t;
	size_t n = 0;

	OK(f, cq_store_tray(f->store, limit, &t, &f->err));
	out[0] = '\0';
	for (size_t i = 0; i < t.n; i++) {
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%lld",
		    i > 0 ? " " : "", (long long)t.at[i].head.id);
		assert_int_equal(t.at[i].saves, t.at[i].n);
		for (size_t k = 0; k < t.at[i].n; k++)
			n += (size_t)snprintf(out + n, sizeof(out) - n, "+%lld",
			    (long long)t.at[i].at[k].other.id);
	}
	cq_tray_free(&t);
	return out;
}

enum cq_status
not_same(struct fixture *f, const char *agent, int64_t a, int64_t b)
{
	struct cq_act who = act(f, agent);

	return cq_store_not_same(f->store, &who, a, &b, 1, "other bags",
	    &f->err);
}
