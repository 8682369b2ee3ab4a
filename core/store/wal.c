#include "core/store/db.h"

/*
 * The log of SQLite (-wal) is written back into the file by who makes it
 * grow, and behind the gate's back: to write back takes longer than an act,
 * and acts go on meanwhile.  Imports do it early, so that the acts of
 * people, who would wait for it, find nothing to do.
 */
#define PAGES_IMPORT 4000
#define PAGES_ACT 8000

static int
has_grown(void *arg, sqlite3 *db, const char *name, int n_pages)
{
	struct cq_store *store = arg;

	(void)db;
	(void)name;
	store->wal_pages = n_pages;
	return SQLITE_OK;
}

void
wal_set_up(struct cq_store *store)
{
	/* in place of wal_autocheckpoint, which works inside of COMMIT */
	sqlite3_wal_hook(store->db, has_grown, store);
}

void
wal_write_back(struct cq_store *store, bool import)
{
	int most = import ? PAGES_IMPORT : PAGES_ACT;
	int n_pages = 0, n_done = 0, rc;

	if (store->wal_pages < most)
		return;
	rc = sqlite3_wal_checkpoint_v2(store->db, NULL,
	    SQLITE_CHECKPOINT_PASSIVE, &n_pages, &n_done);
	store->wal_pages = 0;
	if (rc != SQLITE_OK || n_done == n_pages || n_pages < 2 * most)
		return;
	/*
	 * Others wrote on all the while: the log starts anew only when all of
	 * it is done, and that little is left is best done while they wait.
	 */
	if (gate_lock(store->gate_fd, store->patience_ms, NULL) != CQ_OK)
		return;
	sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE,
	    NULL, NULL);
	gate_unlock(store->gate_fd);
}
