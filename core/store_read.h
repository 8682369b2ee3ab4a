#ifndef CQ_STORE_READ_H
#define CQ_STORE_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/case.h"
#include "core/error.h"
#include "core/post.h"
#include "core/priority.h"
#include "core/query.h"
#include "core/rules.h"
#include "core/text.h"

/*
 * Part of core/store.h, which says what holds for every verb: cases as
 * people see them.
 */
struct cq_store;

/* --- reading ----------------------------------------------------------- */

struct cq_presence {
	char *agent;
	bool writing; /* else looking */
	int64_t since_at;
};

/* Names of agents and tags are safe to show; rest is raw. */
struct cq_case {
	int64_t id;
	enum cq_state state;
	char *outcome; /* of a resolved, reason of a dismissed case; raw */
	char *owner;   /* or NULL */
	char *holder;  /* of a live claim; else NULL */
	int64_t fence;
	int64_t held_since_at, lease_until_at; /* of a live claim */
	int64_t opened_at, last_post_at;
	int64_t due_at;		 /* CQ_NO_TIME if no clock runs */
	int64_t snooze_until_at; /* CQ_NO_TIME unless snoozed till a time */
	int64_t n_posts;	 /* reposts too */
	int64_t n_authors, n_notes, reach;
	int rating;
	struct cq_priority priority;
	char *tags;	    /* sorted, parted by a space; "" if none */
	int64_t incident;   /* 0 if it is in none */
	int64_t n_incident; /* cases in that incident, closed ones too */
	struct raw_text incident_name; /* of that incident */
	int64_t n_maybe; /* suggested, not weakly; set for a single case only */
	struct cq_presence *presence;
	size_t n_presence;
	struct raw_text source, handle, author_name, subject, brand, lang;
	struct cq_marks marks; /* of the post that opened it, but as little
				  public as any of its posts */
	int64_t sort_key;      /* for cq_after */
};

struct cq_cases {
	struct cq_case *at;
	size_t n;
	bool more; /* there are rows after the last one */
};
void cq_case_free(struct cq_case *c); /* its strings, not itself */
void cq_cases_free(struct cq_cases *cases);

/* Keyset paging: the row that was seen last. */
struct cq_after {
	int group;
	int64_t sort_key, id;
};
struct cq_after cq_case_after(const struct cq_case *c);

/*
 * Cases in the order of the queue: workable ones by priority, waiting ones,
 * then closed ones if the query asks for them.
 *
 * query   NULL for the whole queue
 * me      whose "mine" it is; may be NULL
 * after   NULL for the first page
 */
enum cq_status cq_store_list(struct cq_store *store,
    const struct cq_query *query, const char *me, const struct cq_after *after,
    int limit, struct cq_cases *out, struct cq_err *err);

enum cq_entry_kind {
	CQ_ENTRY_POST,
	CQ_ENTRY_NOTE,
	CQ_ENTRY_REVISION,
	CQ_ENTRY_EVENT
};

/* One line of a case's story. */
struct cq_entry {
	enum cq_entry_kind kind;
	int64_t at;	      /* when caseq saw it, or somebody did it */
	int64_t created_at;   /* of a post, as its network says; else
				CQ_NO_TIME */
	int64_t id;	      /* of the post, note, or event */
	struct raw_text who;  /* handle, or agent's name */
	struct raw_text name; /* author's displayed name, if any */
	struct raw_text text; /* words; for an event: what happened */
	struct raw_text url, source, remote_id;
	struct raw_text why;	  /* of a post: why it is in this case */
	struct raw_text not_same; /* of an event: "12, 15", the cases that this
				     one is not the same as; else NULL */
	enum cq_rule rule;
	int64_t followers;     /* -1 if unknown */
	struct cq_marks marks; /* of a post, in a revision of it too */
	bool repost;	       /* a post that only repeats another */
	bool retracted;	       /* a note whose writer undid it */
	int revision;	       /* of a revision: 1 is the first text */
	int64_t from_case;     /* the joined case it came with; else 0 */
};

struct cq_case_full {
	struct cq_case head;
	int64_t asked_id;    /* the number that was asked for */
	struct cq_entry *at; /* oldest first */
	size_t n;
	int64_t n_left_out; /* older entries beyond the limit */
};
void cq_case_full_free(struct cq_case_full *full);

/*
 * When an entry was written: the author's time of a post where it is known
 * and does not lie behind the time that caseq saw it; else the latter.
 */
int64_t cq_entry_written_at(const struct cq_entry *entry);

/* limit: at most so many entries, the newest; 0 for CQ_ENTRIES_MAX. */
#define CQ_ENTRIES_MAX 2000
enum cq_status cq_store_case(struct cq_store *store, int64_t case_id, int limit,
    struct cq_case_full *out, struct cq_err *err);

/* Kept up to date by every verb: cheap. */
struct cq_counts {
	int64_t queue, unclaimed, mine, overdue, waiting;
	int64_t posts, cases; /* ever */
	int64_t newest_case;  /* highest number given out */
};
enum cq_status cq_store_counts(struct cq_store *store, const char *me,
    struct cq_counts *out, struct cq_err *err);

/* Calls fn for every post, by source and id in byte order, until false. */
typedef bool (*cq_map_fn)(void *arg, struct raw_text source, struct raw_text id,
    int64_t case_id);
enum cq_status cq_store_map(struct cq_store *store, cq_map_fn fn, void *arg,
    struct cq_err *err);

#endif
