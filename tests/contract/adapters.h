#ifndef TESTS_ADAPTERS_H
#define TESTS_ADAPTERS_H

#include <stddef.h>
#include <stdint.h>

/*
 * What the contract of adapters is tried with: a service as it was recorded,
 * and what one visit to it must bring.  One row an adapter, or a way it
 * listens.
 */
struct adapter_row {
	const char *title; /* of its tests */
	const char *adapter;
	const char *path; /* of the address, behind host and port */
	const char *query;
	const char *token;   /* what the token file holds; NULL: none */
	const char *options; /* as in cq_source; or NULL */
	const char *map;     /* the same: a map that ships; or NULL */

	/* tests/fixtures/FOLDER; its ROUTES say what answers what. */
	const char *folder, *routes;
	const char *rewrite; /* host in the recordings that is the server */

	const char *data;  /* paths that give posts, as in a fault's path= */
	const char *page;  /* the body of the first of these, if it is JSON */
	const char *empty; /* body of a page without posts */
	int n_posts;	   /* of the first visit, with all its pages */
	int n_first;	   /* of these, stored once the second page is asked
			      for; -1 if there is one page only */
};
extern const struct adapter_row adapter_rows[];
extern const size_t n_adapter_rows;

#endif
