#ifndef SRC_HTML_H
#define SRC_HTML_H

#include <stdbool.h>
#include <stddef.h>

#define HTML_MAX (1024 * 1024) /* bytes looked at; the rest is left out */

/*
 * Plain text of an HTML fragment (UTF-8): white space folded, line breaks
 * where blocks and <br> stand, scripts and invisible parts left out, images
 * by their description.  A link whose target cannot be read in its words is
 * followed by " (target)"; mentions and hashtags keep their words only.
 *
 * base  what relative links stand on; or NULL: those are left out
 *
 * Owned by the caller; valid UTF-8, at most CQ_TEXT_MAX bytes.  Never
 * fails: broken markup is read as browsers do.
 */
char *html_text(const char *html, size_t n, const char *base);

/*
 * Puts the characters in place that Windows-1252 has at 0x80..0x9f, where
 * Unicode has invisible controls: "don&#146;t" means a right quote; and what
 * was encoded as UTF-8 twice, if such a control tells of it.  s is changed
 * or replaced; owned.
 */
char *html_mend_c1(char *s);

/* True if s holds a tag or an entity; feeds do not say what they hold. */
bool html_looks_like(const char *s);

#endif
