#ifndef CQ_ENV_H
#define CQ_ENV_H

#include <stddef.h>
#include <stdint.h>

/*
 * What the core may know of the world, passed in so that tests decide it:
 * the clock (UTC seconds), the source of random bytes, and the kind of
 * file system a path lies on (statfs(2) f_type).
 */
struct cq_env {
	int64_t (*now)(void *arg);
	void (*random)(void *arg, void *buf, size_t n);
	long (*fs_type)(void *arg, const char *path); /* -1 with errno */
	void *arg;
};

/* The real clock, getrandom(2) and statfs(2). */
struct cq_env cq_env_system(void);

#define CQ_OP_SIZE 33 /* 32 hexadecimal digits and NUL */

/* A new operation id: 128 random bits. */
void cq_op_new(const struct cq_env *env, char op[CQ_OP_SIZE]);

#endif
