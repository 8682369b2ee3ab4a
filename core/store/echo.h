#ifndef CQ_STORE_ECHO_H
#define CQ_STORE_ECHO_H

#include "core/store/incoming.h"

/*
 * One post that two sources of a service read, as a hashtag and the mentions
 * of one account may: it is stored once, for the source that was first, and
 * known to the others by the ids that they give it.  Each may tell of an edit
 * once: two servers may write one text in different signs for ever.
 */

/*
 * Is the new post one that another source of the same adapter gave: with the
 * same id or uri, by the same author, of the same time, word for word?  Then
 * *known is set and the source knows it from now on.  A post that others of
 * its source answer is stored all the same, so that it joins them.  After
 * incoming_author(); needs in->facts.
 */
enum cq_status echo_note(struct verb *v, const struct incoming *in, bool *known,
    struct cq_err *err);

/* Of the text of a post, to know it again. */
int64_t echo_key(const struct cq_post *post);

/* Notes what the source says of a post that it knows as an echo. */
enum cq_status echo_say(struct verb *v, const struct incoming *in,
    struct cq_err *err);

#endif
