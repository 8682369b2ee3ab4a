#include "sources/reach.h"

#define EVERY_S (24 * 3600)
#define PUT_OFF_S (15 * 60)

bool
reach_is_due(int64_t due_at, int64_t now)
{
	return due_at <= now || due_at > now + EVERY_S;
}

void
reach_learnt(int64_t *due_at, int64_t now)
{
	*due_at = now + EVERY_S;
}

void
reach_put_off(int64_t *due_at, int64_t now)
{
	*due_at = now + PUT_OFF_S;
}

bool
reach_is_near(int64_t due_at, int64_t now)
{
	return due_at <= now + PUT_OFF_S;
}
