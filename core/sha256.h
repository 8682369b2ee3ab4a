#ifndef CQ_SHA256_H
#define CQ_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define CQ_SHA256_SIZE 32

/* SHA-256 (FIPS 180-4); n may be 0. */
void cq_sha256(const void *bytes, size_t n, uint8_t out[CQ_SHA256_SIZE]);

/* Two hexadecimal digits a byte; hex has room for 2 * n and a NUL. */
void cq_hex(const uint8_t *bytes, size_t n, char *hex);

#endif
