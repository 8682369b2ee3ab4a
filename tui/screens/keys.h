#ifndef TUI_KEYS_H
#define TUI_KEYS_H

/*
 * The functions behind the keys.  Each acts on the screen that is on top
 * and on the case under the cursor; what the table says it needs is there.
 */
struct app;

void key_down(struct app *app);
void key_up(struct app *app);
void key_first(struct app *app);
void key_last(struct app *app);
void key_half_down(struct app *app);
void key_half_up(struct app *app);
void key_page_down(struct app *app);
void key_page_up(struct app *app);
void key_open(struct app *app);
void key_back(struct app *app);
void key_quit(struct app *app);
void key_clear(struct app *app);
void key_help(struct app *app);
void key_command(struct app *app);
void key_search(struct app *app);
void key_search_next(struct app *app);
void key_search_back(struct app *app);
void key_limit(struct app *app);
void key_view(struct app *app); /* digits: saved views */
void key_mark(struct app *app);
void key_fresh(struct app *app); /* let the waiting rows in */
void key_redraw(struct app *app);
void key_preview(struct app *app);
void key_work(struct app *app);
void key_take(struct app *app);
void key_release(struct app *app);
void key_steal(struct app *app);
void key_note(struct app *app);
void key_assign(struct app *app);
void key_resolve(struct app *app);
void key_dismiss(struct app *app);
void key_reopen(struct app *app);
void key_snooze(struct app *app);
void key_tag(struct app *app);
void key_join(struct app *app);
void key_not_same(struct app *app);
void key_dups(struct app *app);	 /* likely duplicates of one case */
void key_maybe(struct app *app); /* ... of all */
void key_split(struct app *app);
void key_undo(struct app *app);
void key_seen(struct app *app);	 /* the gap under the cursor */
void key_why(struct app *app);	 /* priority and its sum */
void key_audit(struct app *app); /* events in the case view on or off */

#endif
