#include "core/env.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/vfs.h>
#include <time.h>

static int64_t
system_now(void *arg)
{
	(void)arg;
	return (int64_t)time(NULL);
}

static void
system_random(void *arg, void *buf, size_t n)
{
	unsigned char *at = buf;
	ssize_t got;

	(void)arg;
	while (n > 0) {
		got = getrandom(at, n, 0);
		if (got < 0 && errno == EINTR)
			continue;
		/*
		 * It fails in no other way on a kernel that has it, and ids
		 * that are not random would join acts that are not the same.
		 */
		if (got < 0)
			abort();
		at += got;
		n -= (size_t)got;
	}
}

static long
system_fs_type(void *arg, const char *path)
{
	struct statfs fs;

	(void)arg;
	if (statfs(path, &fs) < 0)
		return -1;
	/* 32 bits: f_type of some file systems has the sign bit set */
	return (long)((unsigned long)fs.f_type & 0xffffffffUL);
}

struct cq_env
cq_env_system(void)
{
	return (struct cq_env){
	    .now = system_now,
	    .random = system_random,
	    .fs_type = system_fs_type,
	};
}

void
cq_op_new(const struct cq_env *env, char op[CQ_OP_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[(CQ_OP_SIZE - 1) / 2];
	size_t i;

	env->random(env->arg, bytes, sizeof(bytes));
	for (i = 0; i < sizeof(bytes); i++) {
		op[2 * i] = digits[bytes[i] >> 4];
		op[2 * i + 1] = digits[bytes[i] & 15];
	}
	op[CQ_OP_SIZE - 1] = '\0';
}
