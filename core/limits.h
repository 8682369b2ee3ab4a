#ifndef CQ_LIMITS_H
#define CQ_LIMITS_H

/*
 * All limits of deduplication, each with its reason.  Nothing else in core
 * may hold one.  "Known" below: the same author, or the post names the
 * other's author as its original ("RT @ann").
 *
 * Bits say how much a text tells: the sum over its words of
 * log2((posts + 1) / (posts with the word + 1)), the words' information in
 * the sense of Shannon (1948).  At least CQ_POSTS_MIN posts are assumed, so
 * that a young queue does not take every word for a common one.
 */

/* --- the same text, and aligned copies --------------------------------- */

/* Copies follow their original within days; later it is another matter. */
#define CQ_COPY_WINDOW_S (7 * 24 * 3600)

/* Between strangers a short text proves nothing: "Thanks!", "DM sent". */
#define CQ_WORDS_STRANGER 5
#define CQ_LETTERS_STRANGER 24
/* One author, or a named one, rarely says the same of two matters. */
#define CQ_WORDS_KNOWN 3
#define CQ_LETTERS_KNOWN 10

/* Five common words tell nothing: "please tell me what to do". */
#define CQ_BITS_SAME 40
#define CQ_BITS_COPY 44 /* not word for word: more must agree */
#define CQ_BITS_KNOWN 20
#define CQ_BITS_MARKS 20 /* at most so many by links and mentions */
#define CQ_BITS_ALIKE 30 /* below, the same words are not worth a look */
#define CQ_POSTS_MIN 1000

/* Where candidates come from: enough to find copies with two typos in a
 * row, few enough that a post costs the same whatever is stored. */
#define CQ_RARE_WORDS 8
#define CQ_POSTS_OF_WORD 40 /* newest posts kept for each word */
#define CQ_CANDIDATES 24    /* best ones compared word by word */
/* Of so many rare words, a copy shares more than one. */
#define CQ_RARE_ENOUGH 5

/* Share of the shorter text's words, in percent, that a copy has. */
#define CQ_COVER 75

/* A slip in every fourth word is not a slip; short texts may have three. */
#define CQ_TYPOS_FREE 3
#define CQ_TYPOS_SHARE 4

/* Two words that so many posts have are two words, not one misspelt. */
#define CQ_WORD_COMMON 3

/* But among so many equal words, one wrong letter in a usual word is a slip;
 * and only there are two slips, or another first letter, slips at all. */
#define CQ_WORDS_SURE 10
/* ... if so many times as many posts have the one word as the other. */
#define CQ_SLIP_RARE 16

/* Where one text has so many words of its own before the common ones and
 * the other behind them, both quote something (an error, a headline). */
#define CQ_OWN_WORDS 1

/* So many words in front of "RT @x:" are words of one's own. */
#define CQ_COMMENT_WORDS 7

/* Pairs of words compared by their letters, of two texts.  Hardly any two
 * posts ask for 100; who makes up texts of words that are all a slip apart
 * could ask for 14,400, and a post would take a second. */
#define CQ_SLIP_LOOKS 600

/* Small words come and go; more of them make another sentence. */
#define CQ_FILLERS 2

/* Words that a copy may have beyond its original without being cut, and
 * matched words from which on it may have 1.5 times these. */
#define CQ_LONGER 6
#define CQ_LONGER_MATCHED 8

/* Two cases whose likeness (of 1000) differs by less fit equally. */
#define CQ_RIVAL 20

/* A page in two sources is one post if so many words (in percent of the
 * shorter text) are in both: titles are shortened, pages are shared. */
#define CQ_LINK_SHARED 60

/* --- follow-ups --------------------------------------------------------- */

/* Within hours, words of some rarity in common make it the same matter. */
#define CQ_AGAIN_WINDOW_S (4 * 3600)
#define CQ_BITS_AGAIN 18

/* After a day the share of new matters grows quickly (from 2 % to 10 %). */
#define CQ_FOLLOW_WINDOW_S (24 * 3600)
/* So soon, whatever it is about and whoever it is written to. */
#define CQ_FOLLOW_ANY_S (15 * 60)
/* With as many words in common as a copy has, for one day more. */
#define CQ_FOLLOW_LONG_S (48 * 3600)

/* --- suggestions --------------------------------------------------------- */

#define CQ_ALIKE 500 /* of 1000: below, a suggestion is noise */
/* Percent that are left of it if another number, day or "not" speaks against
 * it: mostly the same words about two matters. */
#define CQ_ALIKE_DECIDED 60
#define CQ_SUGGESTIONS 5 /* more are not read */

/* Likeness in words (like.c).  After two weeks a complaint is mostly another
 * matter; but a small queue remembers its newest posts for longer. */
#define CQ_LIKE_WINDOW_S (14 * 24 * 3600)
#define CQ_LIKE_NEWEST 1000

/* Bytes of a text that are read: a page of it says what the matter is. */
#define CQ_LIKE_BYTES 4096

/* First letters that stand for a word: fewer mix words, more part forms. */
#define CQ_LIKE_STEM 6
/* Who writes a title puts the matter into it. */
#define CQ_LIKE_TITLE 3
/* The young queue again: not every word in it is a common one. */
#define CQ_LIKE_POSTS_MIN 100

/* Words of a post that are looked up, newest posts of each, best ones
 * compared, how many of one case, and how many looked at for that. */
#define CQ_LIKE_WORDS 24
#define CQ_LIKE_POSTS 200
#define CQ_LIKE_COMPARED 40
#define CQ_LIKE_OF_CASE 3
#define CQ_LIKE_LOOKS 160

/* BM25: how slowly a word's repetitions fill up, and how much length
 * counts; wider than the usual 1.2 because of titles. */
#define CQ_LIKE_K1 3.0
#define CQ_LIKE_B 0.75
/* What the words of a text must weigh for it to be wholly like another:
 * about two rare words. */
#define CQ_LIKE_ENOUGH 12.0
/* What a word counts that a better suggestion has shown already. */
#define CQ_LIKE_AGAIN 0.8

/* Of 1000: below, two posts have hardly a telling word in common; and from
 * where on a person may want to be told without asking. */
#define CQ_LIKE_MIN 100
#define CQ_LIKE_STRONG 250

/* --- what people are shown of it ------------------------------------------ */

/* Suggestions of one case that are looked at; newest ones of all that the
 * tray looks at, and how many of these it takes: a person cannot judge more,
 * and all of them would take seconds. */
#define CQ_DUPS_LOOKS 2000
#define CQ_TRAY_LOOKS 100000
#define CQ_TRAY_LINKS 20000

/* A cluster bigger than that is a topic, not one problem. */
#define CQ_TRAY_CASES 50

/* Two clusters become one if each case of the smaller is suggested for so
 * many of the larger (all, if it has fewer): a chain of likenesses ends in
 * something else. */
#define CQ_TRAY_LINKED 3

/* --- what figures advise (rules.c) ---------------------------------------- */

/* Joins, or judged suggestions, below which nothing is advised: of 200 that
 * are all right, with 95 % certainty no more than 1.5 % are wrong. */
#define CQ_ADVICE_LEAST 200
/* Of 1000 joins so many must be right: a wrong one may be a customer whom
 * nobody answers.  Two posts of one author are both read in any case. */
#define CQ_ADVICE_RIGHT 995
#define CQ_ADVICE_RIGHT_SAME 950
/* Of 1000 suggestions, below which hardly anybody will look at them. */
#define CQ_ADVICE_NOISE 50

#endif
