#ifndef SRC_STACKEXCHANGE_H
#define SRC_STACKEXCHANGE_H

#include "sources/json.h"
#include "sources/source.h"

#define STACK_TIME_MAX INT64_C(253402300799) /* the year 9999 */

/* A question of an answer: its number in decimal, or NULL. */
const char *stack_id(const cJSON *item, char buf[24]);
bool stack_is_id(const char *s);

/* When it was asked; CQ_NO_TIME. */
int64_t stack_time(const cJSON *item);

/* Emits it, if it has a number and words. */
void stack_emit(const struct cq_source *s, const cJSON *item, src_emit_fn emit,
    void *arg);

#endif
