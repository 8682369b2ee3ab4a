#ifndef CQ_ENV_H
#define CQ_ENV_H

#include <stddef.h>
#include <stdint.h>

/*
 * What the core may know of the world, passed in so that tests decide it:
 * the clock (UTC seconds), the source of random bytes, and the kind of
 * file system a path lies on (statfs(2) f_type).  tell, which may be NULL,
 * is told in a line what makes somebody wait, before it begins.
 */
struct cq_env {
	int64_t (*now)(void *arg);
	void (*random)(void *arg, void *buf, size_t n);
	long (*fs_type)(void *arg, const char *path); /* -1 with errno */
	void *arg;
	void (*tell)(void *arg, const char *words);
};

/*
 * The real clock, random bytes and statfs(2).
 *
 * The bytes come from getrandom(2), where the kernel has none of it from
 * /dev/urandom, and where that cannot be opened either they are mixed from
 * the clock and the process id: an operation id has to differ from all
 * others, not to be secret, and an act is not refused for want of one.
 */
struct cq_env cq_env_system(void);

#define CQ_OP_SIZE 33 /* 32 hexadecimal digits and NUL */

/* A new operation id: 128 random bits. */
void cq_op_new(const struct cq_env *env, char op[CQ_OP_SIZE]);

/*
 * The operation id of a part of an act: a digest (the first half of
 * SHA-256) of the act's own id, of any length, and of the n bytes that the
 * part is about.  The same two give the same id in every run, so that a
 * repeated act repeats its parts, also where it is parted in another way;
 * nobody can find other bytes with the same id.  out may be op.
 */
void cq_op_derive(const char *op, const void *bytes, size_t n,
    char out[CQ_OP_SIZE]);

#endif
