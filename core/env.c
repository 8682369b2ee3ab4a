#include "core/env.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/sha256.h"

#define OP_BYTES ((CQ_OP_SIZE - 1) / 2)

static int64_t
system_now(void *arg)
{
	(void)arg;
	return (int64_t)time(NULL);
}

/* Each of the two below returns how many of the n bytes it has set. */

static size_t
from_kernel(unsigned char *buf, size_t n)
{
	size_t done = 0;
	ssize_t got;

	while (done < n) {
		got = getrandom(buf + done, n - done, 0);
		if (got > 0)
			done += (size_t)got;
		else if (got == 0 || errno != EINTR)
			break; /* a kernel, or a sandbox, without it */
	}
	return done;
}

static size_t
from_device(unsigned char *buf, size_t n)
{
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	size_t done = 0;
	ssize_t got;

	if (fd < 0)
		return 0;
	while (done < n) {
		got = read(fd, buf + done, n - done);
		if (got > 0)
			done += (size_t)got;
		else if (got == 0 || errno != EINTR)
			break;
	}
	close(fd);
	return done;
}

static uint64_t
nanoseconds(clockid_t clock)
{
	struct timespec t = {0};

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/*
 * Differs from all other calls: of this process by the clock, of which it
 * uses up one tick; of others by the process id; of those before the last
 * boot by the time of day.
 */
static void
from_clock(unsigned char *buf, size_t n)
{
	uint64_t seed[4] = {(uint64_t)getpid(), nanoseconds(CLOCK_REALTIME),
	    nanoseconds(CLOCK_MONOTONIC), 0};
	unsigned char digest[CQ_SHA256_SIZE];
	size_t done, part;

	while (nanoseconds(CLOCK_MONOTONIC) == seed[2])
		;
	for (done = 0; done < n; done += part, seed[3]++) {
		cq_sha256(seed, sizeof(seed), digest);
		part = n - done < sizeof(digest) ? n - done : sizeof(digest);
		memcpy(buf + done, digest, part);
	}
}

static void
system_random(void *arg, void *buf, size_t n)
{
	size_t done = from_kernel(buf, n);

	(void)arg;
	if (done < n)
		done += from_device((unsigned char *)buf + done, n - done);
	if (done < n)
		from_clock((unsigned char *)buf + done, n - done);
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
	unsigned char bytes[OP_BYTES];

	env->random(env->arg, bytes, sizeof(bytes));
	cq_hex(bytes, sizeof(bytes), op);
}

void
cq_op_derive(const char *op, const void *bytes, size_t n, char out[CQ_OP_SIZE])
{
	unsigned char digest[CQ_SHA256_SIZE];
	struct cq_buf b = {0};

	/* the NUL stays: an id that ends later, and bytes that begin later,
	   are something else */
	cq_buf_add(&b, op, strlen(op) + 1);
	cq_buf_add(&b, bytes, n);
	cq_sha256(b.s, b.n, digest);
	cq_buf_free(&b);
	cq_hex(digest, OP_BYTES, out);
}
