#ifndef TUI_RESCUE_H
#define TUI_RESCUE_H

#include <stdbool.h>

#include "core/error.h"

/*
 * Signals, and the terminal as it was.  Whatever ends the program, the
 * terminal is given back in order: on SIGSEGV and the like the handler
 * itself writes the bytes for that, made ready beforehand, since nothing
 * else may be called then.
 */

/* CQ_INPUT if screens cannot be shown on a terminal of that kind. */
enum cq_status rescue_check(const char *kind, struct cq_err *err);

/*
 * Remembers the modes of the terminal and the bytes that restore it, with
 * more before them.  To be called before curses starts, after rescue_check().
 */
void rescue_prepare(int fd, const char *more);

/* Catches signals; rescue_release() gives them back. */
void rescue_catch(void);
void rescue_release(void);

enum rescue { RESCUE_END, RESCUE_SUSPEND };
bool rescue_asked(enum rescue what);

/* Stops this process until it is continued. */
void rescue_suspend(void);

/* Lets ^S and ^Q through as keys. */
void rescue_no_flow_control(void);

#endif
