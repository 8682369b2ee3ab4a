#ifndef CQ_MARKUP_H
#define CQ_MARKUP_H

/*
 * Some networks give HTML where plain text is expected.  For comparing
 * texts only: tags that posts may have go away (those that begin a line
 * become a space) and common character references become their signs.  Not a parser, and its
 * result is never shown.  Linear in the length of text.
 *
 * Returns a string of the caller, or NULL if there is nothing to drop.
 */
char *cq_markup_drop(const char *text);

#endif
