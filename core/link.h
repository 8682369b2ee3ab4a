#ifndef CQ_LINK_H
#define CQ_LINK_H

#include <stdint.h>

/*
 * A number for the page that a link leads to, so that links of one page
 * can be found: scheme, "www.", port 80 and 443, fragment, a slash at the
 * end, and what is in the query only to count visitors (utm_source and the
 * like) do not count.  Two pages may have one number, but hardly will.
 *
 * 0 if url is NULL, no http link, or leads to no page ("https://a.example").
 */
int64_t cq_link_key(const char *url);

#endif
