#include "core/text.h"

#include <stdint.h>
#include <string.h>

/*
 * Bounds of the second byte by lead byte (RFC 3629, section 4): they keep
 * out overlong forms, surrogates, and all above U+10FFFF.
 */
static size_t
lead(unsigned char c, unsigned char *low, unsigned char *high)
{
	*low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
	*high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if (c >= 0xe0 && c <= 0xef)
		return 3;
	return c >= 0xf0 && c <= 0xf4 ? 4 : 0;
}

size_t
cq_utf8_next(const char *s, size_t n, int *cp)
{
	const unsigned char *u = (const unsigned char *)s;
	unsigned char low, high;
	size_t size, i;
	int value;

	*cp = u[0];
	if (u[0] < 0x80)
		return 1;
	*cp = -1;
	size = lead(u[0], &low, &high);
	if (size == 0 || size > n || u[1] < low || u[1] > high)
		return 1;
	value = u[0] & (0x7f >> size);
	for (i = 1; i < size; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 1;
		value = value << 6 | (u[i] & 0x3f);
	}
	*cp = value;
	return size;
}

bool
cq_utf8_valid(const char *s, size_t n)
{
	size_t i = 0;
	int cp;

	while (i < n) {
		i += cq_utf8_next(s + i, n - i, &cp);
		if (cp < 0)
			return false;
	}
	return true;
}

void
cq_utf8_trim(char *s)
{
	size_t n = strlen(s), i = n;
	int cp;

	while (i > 0 && n - i < 4 && ((unsigned char)s[i - 1] & 0xc0) == 0x80)
		i--;
	if (i == 0 || (unsigned char)s[i - 1] < 0xc0)
		return;
	i--;
	if (i + cq_utf8_next(s + i, n - i, &cp) != n || cp < 0)
		s[i] = '\0';
}
