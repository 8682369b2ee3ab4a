#ifndef SRC_MAP_PAGE_H
#define SRC_MAP_PAGE_H

#include "sources/map_walk.h"

/*
 * Reads an answer as the map says: its posts to the end of walk->posts, in
 * the order they came, and what the walk must know of them to *page, whose
 * way is to be freed even after a failure.
 *
 * CQ_NET if the list is not where it should be, or no item of it fits the
 * map, or the next page is on another host.
 */
enum cq_status map_page_read(const struct map *map,
    const struct src_visit *visit, const struct src_answer *answer,
    const struct json *doc, struct map_walk *walk, struct map_page *page,
    struct cq_err *err);

/*
 * Puts the service's own words about what went wrong into why, if the map
 * says where they are.  Not where a token was sent: some repeat it.
 */
void map_page_quote(const struct map *map, const struct src_visit *visit,
    const struct src_answer *answer, struct cq_err *why);

#endif
