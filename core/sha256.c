#include "core/sha256.h"

#include <openssl/evp.h>

#include "core/alloc.h"

void
cq_sha256(const void *bytes, size_t n, uint8_t out[CQ_SHA256_SIZE])
{
	/* it can only fail for want of memory: then end as core/alloc.c does */
	if (!EVP_Digest(bytes, n, out, NULL, EVP_sha256(), NULL))
		(void)cq_alloc((size_t)-1 / 2);
}

void
cq_hex(const uint8_t *bytes, size_t n, char *hex)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	hex[2 * n] = '\0';
}
