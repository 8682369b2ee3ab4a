#ifndef SRC_GITLAB_H
#define SRC_GITLAB_H

#include "sources/answer.h"
#include "sources/forge.h"

#define GITLAB_PER_PAGE 20 /* issues; each may need a question of its own */
#define GITLAB_SEEN_MAX 250

/* An issue whose notes are to be read. */
struct gitlab_issue {
	int64_t iid;	   /* its number in the project */
	bool confidential; /* so its notes are as well */
};

/*
 * How far a project was read.  As a cursor: a line "SINCE PAGE FLOOR NOTES
 * MORE", with who may read the project behind it; one of issues whose notes are still to be read ("12 15c", c for
 * confidential), and one of keys that tell what the newest issues were like,
 * so that one seen again is not asked for its notes again.
 */
struct gitlab_place {
	int64_t since; /* newest change of an issue seen; CQ_NO_TIME */
	int page;
	int64_t floor;	/* older notes are known: of the last time when the
			   list of issues was read to its end */
	bool more;	/* it was not yet */
	int notes_page; /* of the first of them */
	struct gitlab_issue issue[GITLAB_PER_PAGE];
	int n_issues;
	uint64_t seen[GITLAB_SEEN_MAX];
	int n_seen;
	struct forge_reach reach;
};
struct gitlab_place gitlab_place_read(const char *cursor);
char *gitlab_place_write(const struct gitlab_place *place); /* owned */

/*
 * Emits an issue; false if item is none.
 *
 * hidden  its project is not for all to read
 */
bool gitlab_emit_issue(const struct cq_source *s, const cJSON *item,
    bool hidden, src_emit_fn emit, void *arg);

/* Emits a note to an issue, unless GitLab itself wrote it. */
void gitlab_emit_note(const struct cq_source *s,
    const struct gitlab_issue *issue, const cJSON *item, src_emit_fn emit,
    void *arg);

/* A number above 0 in a member; 0 if it is none. */
int64_t gitlab_number(const cJSON *item, const char *name);

#endif
