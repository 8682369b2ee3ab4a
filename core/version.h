#ifndef CQ_VERSION_H
#define CQ_VERSION_H

/* What "caseq version" prints and what servers are told. */
#define CASEQ_VERSION "0.1"

#endif
