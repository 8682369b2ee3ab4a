#ifndef SRC_MAP_MEMBER_H
#define SRC_MAP_MEMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "sources/json.h"
#include "sources/map.h"

/*
 * Members of a map, with messages that name the one that is wrong.  in is
 * the member that holds them ("since"), NULL for the map itself.  Out
 * parameters are left alone where a member is missing.
 */

/* Is value an object, with known members only and none of them twice? */
enum cq_status map_members(const cJSON *value, const char *in,
    const char *const *known, struct cq_err *err);

/* Text that is not empty; borrowed. */
enum cq_status map_member_text(const cJSON *object, const char *in,
    const char *name, const char **out, struct cq_err *err);
enum cq_status map_member_flag(const cJSON *object, const char *in,
    const char *name, bool *out, struct cq_err *err);

/* A length of time such as "10m", above 0, in seconds. */
enum cq_status map_member_time(const cJSON *object, const char *in,
    const char *name, int64_t *out, struct cq_err *err);

/* A JSON Pointer of the map itself; may be "". */
enum cq_status map_member_pointer(const cJSON *object, const char *name,
    const char **out, struct cq_err *err);

/* format and zone of an object; the usual format is rfc3339. */
enum cq_status map_read_stamp(const cJSON *object, const char *member,
    struct stamp *stamp, struct cq_err *err);

/* A where, or an object {at, format, zone}; NULL is no time at all. */
enum cq_status map_read_time(const cJSON *value, const char *member,
    struct map_time *time, struct cq_err *err);

/* The parts of a map, in the order in which they are to be read. */
enum cq_status map_read_post(struct map *map, struct cq_err *err);
enum cq_status map_read_pages(struct map *map, struct cq_err *err);
enum cq_status map_read_answers(struct map *map, struct cq_err *err);

/* What "post" may have: all of it, and what is a where (see map.h). */
extern const char *const map_post_members[];
extern const char *const map_post_wheres[];

#endif
