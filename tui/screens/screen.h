#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/store.h"
#include "tui/commands/cli.h"
#include "tui/screens/terminal.h"

/*
 * What the screens share.  There is a stack of them, the queue at its
 * bottom; the one on top gets the keys.  Everything waits in app_wait(),
 * which keeps the screens live meanwhile; no transaction is open then.
 */

struct app;
struct screen;
struct judgement; /* tui/screens/judging.h */

enum motion {
	GO_DOWN,
	GO_UP,
	GO_FIRST,
	GO_LAST,
	GO_HALF_DOWN,
	GO_HALF_UP,
	GO_PAGE_DOWN,
	GO_PAGE_UP
};

struct screen_ops {
	unsigned view; /* V_QUEUE, ... of the table; 0: keys are text */

	/* Draws lines 0 to height - 1. */
	void (*draw)(struct app *app, struct screen *screen, int height);

	/* The queue changed: read again.  NULL if nothing is read. */
	enum cq_status (*load)(struct app *app, struct screen *screen,
	    struct cq_err *err);

	/* Called about ten times a second: leases, drafts.  Or NULL. */
	void (*tick)(struct app *app, struct screen *screen);

	void (*go)(struct app *app, struct screen *screen, enum motion go);

	/*
	 * To the next line (before: the last one before) with words.  False
	 * if there is none: the cursor stays, and it may be said why.
	 */
	bool (*find)(struct app *app, struct screen *screen, const char *words,
	    bool before);

	/* The case under the cursor, borrowed; NULL if there is none. */
	const struct cq_case *(*current)(struct screen *screen);

	/* Enter, with a case under the cursor; NULL: opens that. */
	void (*open)(struct app *app, struct screen *screen);

	/* Marks what is under the cursor, or not any more. */
	void (*mark)(struct app *app, struct screen *screen);

	/* Says what & (same) or ! acts on; none, and it may be said why. */
	void (*judge)(struct app *app, struct screen *screen, bool same,
	    struct judgement *out);

	/* Takes a key instead of the table; false to let it pass.  Or NULL. */
	bool (*key)(struct app *app, struct screen *screen,
	    const struct term_key *key);

	/* Esc: forgets what narrows or marks. Or NULL. */
	void (*forget)(struct app *app, struct screen *screen);

	void (*close)(struct app *app, struct screen *screen);
};

/* First member of each screen. */
struct screen {
	const struct screen_ops *ops;
	struct screen *below;
	bool stale;	    /* must be read again before it is drawn */
	long long shook_ms; /* when the row under the cursor went away */
};

/* A prompt over the last lines of the screen. */
struct panel {
	int height;
	void (*draw)(struct app *app, struct panel *panel, int y);
};

struct history {
	char **at;
	size_t n;
};

struct app {
	struct cli *cli;
	struct cq_store *store;
	struct screen *top;
	struct panel *panel; /* or NULL */
	struct cq_counts counts;
	struct term_key key; /* the one that is acted on */
	char *pasted;	     /* text of a key named "Paste" */

	dev_t dev;	     /* where the queue's file lies */
	ino_t ino;	     /* ... and its number; 0: not looked at yet */
	int64_t version;     /* of the queue as it was read */
	long long load_ms;   /* when it was read */
	long long load_took; /* milliseconds */
	long long tick_ms;   /* when time was last let work */
	long long input_ms;  /* when a person last typed */
	long long leases_ms; /* when held cases were last looked at */
	int64_t drawn_at;    /* second of the last drawing */
	bool dirty;	     /* must be drawn */
	bool acting;	     /* what is read anew, this agent changed */
	bool many;	     /* acts in a row: read anew after the last one */
	bool quit;

	char message[400];
	enum style tone;
	char trouble[320]; /* the store fails; "" if not */
	char *search;	   /* or NULL */
	struct history commands, searches, limits;
	char farewell[320];	/* printed when the screens are gone */
	int cursor_y, cursor_x; /* of the text cursor; y -1: none */
};

/* --- the loop (app.c) --------------------------------------------------- */

/*
 * Waits for a key and keeps the screens live meanwhile.  False if the
 * program is to end: unwind then.  Pasted text arrives as one key, "Paste".
 */
bool app_wait(struct app *app, struct term_key *key);

void app_push(struct app *app, struct screen *screen);
void app_pop(struct app *app); /* closes the one on top */

/* Reads the screens again now, not only when the version has moved. */
void app_load(struct app *app);

void app_draw(struct app *app); /* draw.c */

/*
 * Claims last while somebody is there, that is, typed something within
 * THERE_S: an agent who went home must not keep a case (leases.c).
 */
#define THERE_S 120
void leases_tick(struct app *app); /* renews all claims now and then */
bool lease_is_old(const struct app *app, int64_t until_at);
enum cq_status lease_renew(struct app *app, int64_t case_id, int64_t fence);

/* The line above the hints, until the next key. */
void app_say(struct app *app, enum style tone, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * The row of a case went away from under the cursor when the screen was
 * read again.  If that is not this agent's doing it is told, and what the
 * next key does must not hit another row.
 */
void app_shook(struct app *app, struct screen *screen, int64_t case_id);

/* Somebody typed within the last s seconds. */
bool app_active(const struct app *app, int s);

int64_t app_now(const struct app *app);
const char *app_me(const struct app *app);
const struct cq_case *app_case(struct app *app); /* under the cursor */

/* --- acts (act.c) ------------------------------------------------------- */

/*
 * Does one act for the key that was pressed: with an operation id of its
 * own, tried again with the same id while the queue is busy.  A failure is
 * said on the message line.  Reads the screens again afterwards.
 */
typedef enum cq_status (*verb_fn)(struct app *app, const struct cq_act *act,
    void *arg, struct cq_err *err);
enum cq_status app_act(struct app *app, verb_fn verb, void *arg);

/* The same, but the caller says what failed. */
enum cq_status app_try(struct app *app, verb_fn verb, void *arg,
    struct cq_err *err);

/*
 * CQ_DB if the queue's file is no longer what it was opened as: what is
 * written would go into a file that nobody else has.
 */
enum cq_status app_there(struct app *app, struct cq_err *err);

/* --- the table of keys (bind.c) ----------------------------------------- */

/* Runs what the key stands for on the screen that is on top. */
void app_key(struct app *app, const struct term_key *key);

/* Does what the key of a command of this screen does. */
void app_press(struct app *app, const struct tui_command *command);

/* True if the command makes sense right now; for the bottom line. */
bool app_applies(struct app *app, const struct tui_command *command);

/* Draws the keys that apply now in one line. */
void app_hints(struct app *app, int y);

/* --- prompts (prompt.c, choose.c) --------------------------------------- */

struct prompt {
	const char *label;
	const char *value;	 /* to begin with; or NULL */
	struct history *history; /* or NULL */

	/* The i-th word that may stand at the end of text; NULL behind. */
	const char *(*word)(void *arg, size_t i);
	void *arg;
};

/* One line of text, to be freed; NULL if the person left with Esc. */
char *app_ask(struct app *app, const struct prompt *prompt);
void history_free(struct history *history);

/* y or Y is yes; all else is no.  lines, NULL-terminated, tell more. */
bool app_sure(struct app *app, const char *question, const char *const *lines);

/* Index of one of items (NULL-terminated); -1 if the person left. */
int app_choose(struct app *app, const char *title, const char *const *items);

/* --- screens ------------------------------------------------------------ */

struct screen *queue_new(struct app *app);
void case_open(struct app *app, int64_t case_id);
void dups_open(struct app *app, int64_t case_id); /* if there are any */
void tray_open(struct app *app);		  /* the same */

/* The note editor; from_list: closes the case behind it too when left. */
void editor_open(struct app *app, int64_t case_id, bool from_list);

/* A text to scroll and search in; lines is taken over. */
void pager_open(struct app *app, const char *title, char **lines, size_t n);
void help_open(struct app *app);

#endif
