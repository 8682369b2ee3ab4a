#include "sources/pointer.h"

#include <string.h>

bool
pointer_valid(const char *s)
{
	if (*s != '\0' && *s != '/')
		return false;
	for (; (s = strchr(s, '~')) != NULL; s++)
		if (s[1] != '0' && s[1] != '1')
			return false;
	return true;
}

/* Is the token of n bytes, as it is written, this name? */
static bool
is_name(const char *token, size_t n, const char *name)
{
	const char *end = token + n;

	for (; token < end; token++, name++) {
		char c = *token;

		if (c == '~' && token + 1 < end)
			c = *++token == '0' ? '~' : '/';
		if (c != *name)
			return false;
	}
	return *name == '\0';
}

static const cJSON *
member(const cJSON *object, const char *token, size_t n)
{
	const cJSON *child;

	cJSON_ArrayForEach(child, object)
	{
		if (child->string != NULL && is_name(token, n, child->string))
			return child;
	}
	return NULL;
}

static const cJSON *
element(const cJSON *array, const char *token, size_t n)
{
	const cJSON *child = array->child;
	size_t index = 0, i;

	/* ten digits are more than any document has elements */
	if (n == 0 || n > 10 || (n > 1 && *token == '0'))
		return NULL;
	for (i = 0; i < n; i++) {
		if (token[i] < '0' || token[i] > '9')
			return NULL;
		index = index * 10 + (size_t)(token[i] - '0');
	}
	while (child != NULL && index-- > 0)
		child = child->next;
	return child;
}

const cJSON *
pointer_get(const cJSON *root, const char *pointer)
{
	const cJSON *at = root;
	size_t n;

	if (!pointer_valid(pointer))
		return NULL;
	while (at != NULL && *pointer == '/') {
		n = strcspn(++pointer, "/");
		if (cJSON_IsObject(at))
			at = member(at, pointer, n);
		else if (cJSON_IsArray(at))
			at = element(at, pointer, n);
		else
			at = NULL;
		pointer += n;
	}
	return at;
}
