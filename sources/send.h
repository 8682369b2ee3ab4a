#ifndef SRC_SEND_H
#define SRC_SEND_H

#include "sources/http.h"

/*
 * Asks the next question of a visit; done is called with the answer, unless
 * this fails.
 *
 * *asked  if not NULL, is freed and becomes the address asked; owned
 */
enum cq_status src_send(struct http *http, struct src_visit *visit,
    const struct src_ops *ops, http_done_fn done, void *arg, char **asked,
    struct cq_err *err);

/* The same with ops->ask_again() about n posts. */
enum cq_status src_send_again(struct http *http, struct src_visit *visit,
    const struct src_ops *ops, const char *const *ids, size_t n,
    http_done_fn done, void *arg, struct cq_err *err);

#endif
