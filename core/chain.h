#ifndef CQ_CHAIN_H
#define CQ_CHAIN_H

#include <stdint.h>

/*
 * The audit chain: every event of a case carries a hash over the hash of
 * the event before it and over its own fields, so a row that was changed,
 * taken out, put in or moved afterwards contradicts all that follow.
 *
 * The canonical form that is hashed with SHA-256, byte by byte:
 *
 *	prev     32 bytes: the hash before it as it is stored, filled up with
 *		 zeros; all zero before a case's first event
 *	case_id, n, at, ref
 *		 each 8 bytes, two's complement, most significant first
 *	kind, agent, via, op, state, data
 *		 each one byte 0 if the string is NULL; else one byte 1,
 *		 its length in bytes as 8 bytes, most significant first,
 *		 and its bytes without the NUL at the end
 *	body     one byte 0 if there is none; else one byte 1 and 16 bytes
 *
 * As lengths stand before strings, no two different events look alike.
 * Words are hashed by digest only: they can be blanked on request of the
 * person they are about, and the chain still verifies, if their digest is
 * kept.  As long as a post's words are there it is not stored beside them.
 *
 * Of a hash the first 16 bytes are stored, as the log has one for each post.
 * To put something else in the place of an event one has to find a second
 * input with the same 128 bits, which takes about 2^128 tries; two inputs of
 * one's own choice that are alike take 2^64, but whoever may choose both is
 * the one who writes the log.  Events of older queues have all 32 bytes.
 */
#define CQ_HASH_SIZE 32
#define CQ_HASH_KEPT 16
#define CQ_DIGEST_SIZE 16

struct cq_chain_fields {
	int64_t case_id;
	int64_t n; /* place in the case's chain, from 1 */
	int64_t at, ref;
	const char *kind, *agent, *via, *op, *state, *data; /* or NULL */
	const uint8_t *body; /* CQ_DIGEST_SIZE bytes, or NULL */
};

/* prev and out may be the same array. */
void cq_chain_next(const uint8_t prev[CQ_HASH_SIZE],
    const struct cq_chain_fields *f, uint8_t out[CQ_HASH_SIZE]);

/* What is stored of a hash: behind CQ_HASH_KEPT bytes it becomes zero. */
void cq_chain_keep(uint8_t hash[CQ_HASH_SIZE]);

/* The digest of a post's or note's words: the first half of SHA-256. */
void cq_body_digest(const char *text, uint8_t out[CQ_DIGEST_SIZE]);

#endif
