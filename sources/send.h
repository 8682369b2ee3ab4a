#ifndef SRC_SEND_H
#define SRC_SEND_H

#include "sources/http.h"

/*
 * Asks a source for the page behind cursor; done is called with the answer,
 * unless this fails.
 *
 * *asked  if not NULL, is freed and becomes the address asked; owned
 */
enum cq_status src_send(struct http *http, const struct cq_source *s,
    const struct src_ops *ops, const char *cursor, http_done_fn done, void *arg,
    char **asked, struct cq_err *err);

#endif
