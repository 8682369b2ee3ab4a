#include "tests/faults/check.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"

/* The logs of the processes (chaos.h), and finding an act in them by id. */
static size_t
slot_of(const struct check *c, const char *op)
{
	uint64_t h = 14695981039346656037u;
	size_t i;

	for (const char *s = op; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	for (i = h % c->n_index; c->index[i] != 0; i = (i + 1) % c->n_index)
		if (strcmp(c->tried[c->index[i] - 1].op, op) == 0)
			break;
	return i;
}

struct tried *
find_tried(struct check *c, const char *op)
{
	size_t i = c->n_index == 0 || op == NULL ? 0 : slot_of(c, op);

	if (c->n_index == 0 || op == NULL || c->index[i] == 0)
		return NULL;
	return &c->tried[c->index[i] - 1];
}

static void
index_all(struct check *c)
{
	c->n_index = 2 * c->n_tried + 1;
	c->index = cq_alloc(c->n_index * sizeof(*c->index));
	for (size_t i = 0; i < c->n_tried; i++)
		c->index[slot_of(c, c->tried[i].op)] = i + 1;
}

static void
read_answer(struct check *c, struct tried *t, const char *line)
{
	char op[40];
	int status;
	int64_t case_out, fence_out;

	if (sscanf(line + 2, "%39s %d %" SCNd64 " %" SCNd64, op, &status,
		&case_out, &fence_out) != 4)
		return;
	if (t == NULL || strcmp(t->op, op) != 0)
		return;
	if (line[0] == 'D' && (t->status == CQ_OK || t->status == CQ_STALE) &&
	    (status != t->status || case_out != t->case_out ||
		fence_out != t->fence_out))
		wrong(c, R_SAME_ANSWER, "%s: %d, then %d", op, t->status,
		    status);
	t->status = status;
	t->case_out = case_out;
	t->fence_out = fence_out;
}

static void
read_log(struct check *c, const char *path, const char *agent, size_t n_agent)
{
	FILE *f = fopen(path, "r");
	char line[256], verb[16];
	struct tried *t = NULL;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (strchr(line, '\n') == NULL)
			break; /* killed in the middle of it */
		if (line[0] == 'M')
			wrong(c, R_NO_FAILURE, "%.*s",
			    (int)strcspn(line + 2, "\n"), line + 2);
		if (line[0] != 'T') {
			read_answer(c, t, line);
			continue;
		}
		if (c->n_tried == c->cap_tried) {
			c->cap_tried = 2 * c->cap_tried + 1024;
			c->tried =
			    cq_grow(c->tried, c->cap_tried, sizeof(*c->tried));
		}
		t = &c->tried[c->n_tried++];
		memset(t, 0, sizeof(*t));
		t->status = -1;
		memcpy(t->agent, agent, n_agent);
		if (sscanf(line + 2,
			"%39s %15s %" SCNd64 " %" SCNd64 " %" SCNd64, t->op,
			verb, &t->case_id, &t->fence, &t->at) != 5)
			c->n_tried--;
		t->verb = verb[0];
	}
	if (f != NULL)
		fclose(f);
}

void
read_logs(struct check *c)
{
	DIR *dir = opendir(c->chaos->dir);
	struct dirent *e;
	char path[384];
	size_t n;

	while (dir != NULL && (e = readdir(dir)) != NULL) {
		n = strlen(e->d_name);
		if (n < 5 || n > 27 || strcmp(e->d_name + n - 4, ".log") != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", c->chaos->dir, e->d_name);
		read_log(c, path, e->d_name, n - 4);
	}
	if (dir != NULL)
		closedir(dir);
	index_all(c);
}
