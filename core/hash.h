#ifndef CQ_HASH_H
#define CQ_HASH_H

#include <stddef.h>
#include <stdint.h>

/*
 * FNV-1a, 64 bits (Fowler, Noll, Vo): quick, and the same on every machine.
 * Not against an adversary: what is found by a key is compared after that.
 */
#define CQ_HASH_START UINT64_C(0xcbf29ce484222325)

/* h with one byte, or one code point, more. */
static inline uint64_t
cq_hash_unit(uint64_t h, uint32_t unit)
{
	return (h ^ unit) * UINT64_C(0x100000001b3);
}

static inline uint64_t
cq_hash_bytes(uint64_t h, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		h = cq_hash_unit(h, (unsigned char)s[i]);
	return h;
}

/* The same in 48 bits: short keys make small indexes. */
static inline uint64_t
cq_hash_short(uint64_t h)
{
	return (h >> 48 ^ h) & UINT64_C(0xffffffffffff);
}

#endif
