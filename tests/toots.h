#ifndef TESTS_TOOTS_H
#define TESTS_TOOTS_H

/* A status as Mastodon writes it, by a; more: further members, or "". */
#define STATUS(id, more)                                          \
	"{\"id\":\"" id "\",\"account\":{\"acct\":\"a\",\"url\":" \
	"\"https://m.example/@a\"},\"content\":\"<p>t</p>\"" more "}"

#endif
