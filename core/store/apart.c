#include "core/store/verb.h"

/* Cases that somebody said are not the same. */

/* WITH clause: :a and all that were joined into it, and so for :b. */
#define FAMILIES                                                       \
	"WITH RECURSIVE fa(id) AS (SELECT :a UNION"                    \
	" SELECT c.id FROM cases c JOIN fa ON c.joined_into = fa.id)," \
	" fb(id) AS (SELECT :b UNION"                                  \
	" SELECT c.id FROM cases c JOIN fb ON c.joined_into = fb.id) "

bool
cases_apart(struct cq_store *store, int64_t a, int64_t b, int *rc)
{
	static const char pair[] = FAMILIES
	    "SELECT 1 FROM apart WHERE"
	    " (a IN (SELECT id FROM fa) AND b IN (SELECT id FROM fb)) OR"
	    " (b IN (SELECT id FROM fa) AND a IN (SELECT id FROM fb)) LIMIT 1";
	static const char any[] =
	    FAMILIES "SELECT 1 FROM apart WHERE a IN (SELECT id FROM fa)"
		     " OR b IN (SELECT id FROM fa) LIMIT 1";
	struct db_stmt q;
	bool yes;

	if (b == 0)
		db_prepare(&q, store, any);
	else
		db_prepare(&q, store, pair);
	db_bind_int(&q, ":a", a);
	db_bind_int(&q, ":b", b);
	yes = db_row(&q);
	if (q.rc != SQLITE_OK && *rc == SQLITE_OK)
		*rc = q.rc;
	db_finalize(&q);
	return yes;
}
