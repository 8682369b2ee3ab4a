#ifndef SRC_MAPS_H
#define SRC_MAPS_H

/* The maps in share/maps, which are part of the program; ends with NULL. */
struct src_map {
	const char *name; /* that of its file, without ".json" */
	const char *text; /* see map.h */
};
extern const struct src_map src_maps[];

#endif
