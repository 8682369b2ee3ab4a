#ifndef CQ_ACT_H
#define CQ_ACT_H

/* Who does what, once: the same op twice is one act. */
struct cq_act {
	const char *op;	   /* operation id, made when the key was pressed */
	const char *agent; /* agent's name */
	const char *via;   /* who acts in agent's name (--as); or NULL */
};

#endif
