/*
 * The other side of a virtqueue, written after the standard's text and the generated headers alone.
 *
 * Reads the guest's memory from its input and writes it back when it is done, one step a run:
 *
 *   oracle LAYOUT SIZE DESC DRIVER DEVICE serve AVAIL WRAP USED USED_WRAP REVERSE
 *     a device: serves all that is available, each byte plus one, and uses it in order or in reverse
 *   oracle LAYOUT SIZE DESC DRIVER DEVICE offer AVAIL WRAP FIRST INDIRECT CHAIN...
 *     a driver: makes chains available; a chain is r|w,ADDRESS,LENGTH joined by '+'; ids or heads count from FIRST on.
 *     INDIRECT is 0, or the address of tables of 256 bytes each
 *   oracle LAYOUT SIZE DESC DRIVER DEVICE collect USED WRAP COUNT...
 *     a driver: lists what is used; COUNT is how many entries each id takes
 *
 * Its last line on the standard error stream is its own state after it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "virtio_config.h"
#include "virtio_ring.h"

static unsigned char memory[1 << 20];
static unsigned size;
static struct virtq_desc *desc;
static struct virtq_avail *avail;
static struct virtq_used *used;
static struct pvirtq_desc *ring;
static struct pvirtq_event_suppress *driver_event, *device_event;

struct piece { unsigned char *at; unsigned long len; int writable; };
struct chain { unsigned id, count, entries; struct piece piece[64]; };

static void die(const char *what)
{
	fprintf(stderr, "oracle: %s\n", what);
	exit(1);
}

static void add_piece(struct chain *c, unsigned long long addr, unsigned long len, int writable)
{
	if (addr > sizeof(memory) || len > sizeof(memory) - addr || c->count == 64)
		die("descriptor outside memory, or too many");
	if (c->count && c->piece[c->count - 1].writable && !writable)
		die("readable after writable");
	c->piece[c->count++] = (struct piece){ memory + addr, len, writable };
}

static void walk_split(struct chain *c, unsigned head)
{
	struct virtq_desc *table = desc;
	unsigned entries = size, at = head, seen = 0;

	memset(c, 0, sizeof(*c));
	c->id = head;
	for (;;) {
		if (at >= entries || seen++ == entries)
			die("chain leaves its table, or goes round");
		unsigned flags = virtio_le16_get(table[at].flags);
		unsigned long long addr = virtio_le64_get(table[at].addr);
		unsigned long len = virtio_le32_get(table[at].len);

		if (flags & ~(VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_WRITE | VIRTQ_DESC_F_INDIRECT))
			die("unknown flags");
		if (flags & VIRTQ_DESC_F_INDIRECT) {
			if (table != desc || flags & VIRTQ_DESC_F_NEXT || len % sizeof(*table) || !len)
				die("bad indirect descriptor");
			table = (struct virtq_desc *)(memory + addr);
			entries = len / sizeof(*table);
			at = seen = 0;
			continue;
		}
		add_piece(c, addr, len, !!(flags & VIRTQ_DESC_F_WRITE));
		if (!(flags & VIRTQ_DESC_F_NEXT))
			return;
		at = virtio_le16_get(table[at].next);
	}
}

static int is_avail(unsigned flags, int wrap)
{
	return !!(flags & VIRTQ_DESC_F_AVAIL) == wrap && !!(flags & VIRTQ_DESC_F_USED) != wrap;
}

static void walk_packed(struct chain *c, unsigned *next, int *wrap)
{
	memset(c, 0, sizeof(*c));
	for (;;) {
		struct pvirtq_desc *d = &ring[*next];
		unsigned flags = virtio_le16_get(d->flags);
		unsigned long long addr = virtio_le64_get(d->addr);
		unsigned long len = virtio_le32_get(d->len);

		if (!is_avail(flags, *wrap) || c->entries++ == size)
			die("list goes on where nothing is available");
		if (++*next == size) {
			*next = 0;
			*wrap ^= 1;
		}
		if (flags & VIRTQ_DESC_F_INDIRECT) {
			struct pvirtq_desc *table = (struct pvirtq_desc *)(memory + addr);

			if (len % sizeof(*table) || !len || c->entries != 1 || flags & VIRTQ_DESC_F_NEXT)
				die("bad indirect descriptor");
			for (unsigned i = 0; i < len / sizeof(*table); i++) {
				unsigned f = virtio_le16_get(table[i].flags);

				if (f & ~VIRTQ_DESC_F_WRITE)
					die("flags in an indirect table");
				add_piece(c, virtio_le64_get(table[i].addr), virtio_le32_get(table[i].len), !!f);
			}
		} else {
			add_piece(c, addr, len, !!(flags & VIRTQ_DESC_F_WRITE));
		}
		if (!(flags & VIRTQ_DESC_F_NEXT)) {
			c->id = virtio_le16_get(d->id);
			return;
		}
	}
}

/* Copies readable bytes, each plus one, to the writable ones. Returns how many. */
static unsigned long serve_chain(struct chain *c)
{
	unsigned w = 0, done = 0;
	unsigned long written = 0;

	while (w < c->count && !c->piece[w].writable)
		w++;
	for (unsigned r = 0; r < c->count && !c->piece[r].writable; r++) {
		for (unsigned long i = 0; i < c->piece[r].len; i++) {
			while (w < c->count && done == c->piece[w].len) {
				w++;
				done = 0;
			}
			if (w == c->count)
				return written;
			c->piece[w].at[done++] = c->piece[r].at[i] + 1;
			written++;
		}
	}
	return written;
}

static void serve(int packed, char **arg)
{
	static struct chain chains[32768];
	unsigned next = atoi(arg[0]), use = atoi(arg[2]), count = 0;
	int wrap = atoi(arg[1]), use_wrap = atoi(arg[3]), reverse = atoi(arg[4]);

	if (packed)
		while (is_avail(virtio_le16_get(ring[next].flags), wrap))
			walk_packed(&chains[count++], &next, &wrap);
	else
		for (; next != virtio_le16_get(avail->idx); next = (next + 1) & 0xffff)
			walk_split(&chains[count++], virtio_le16_get(avail->ring[next % size]));
	for (unsigned i = 0; i < count; i++) {
		struct chain *c = &chains[reverse ? count - 1 - i : i];
		unsigned long written = serve_chain(c);

		fprintf(stderr, "chain %u %u %lu\n", c->id, c->count, written);
		if (packed) {
			unsigned flags = (use_wrap ? VIRTQ_DESC_F_AVAIL | VIRTQ_DESC_F_USED : 0) |
					 (written ? VIRTQ_DESC_F_WRITE : 0);

			virtio_le16_set(&ring[use].id, c->id);
			virtio_le32_set(&ring[use].len, written);
			virtio_le16_set(&ring[use].flags, flags);
			use += c->entries;
			if (use >= size) {
				use -= size;
				use_wrap ^= 1;
			}
		} else {
			virtio_le32_set(&used->ring[use % size].id, c->id);
			virtio_le32_set(&used->ring[use % size].len, written);
			use = (use + 1) & 0xffff;
		}
	}
	if (!packed) {
		virtio_le16 event;

		virtio_le16_set(&used->idx, use);
		memcpy(&event, &avail->ring[size], sizeof(event));
		fprintf(stderr, "event %u\n", virtio_le16_get(event));
	} else {
		fprintf(stderr, "event %u %u %u\n", pvirtq_event_suppress_get_desc_event_off(driver_event),
			pvirtq_event_suppress_get_desc_event_wrap(driver_event),
			pvirtq_event_suppress_get_desc_event_flags(driver_event));
	}
	fprintf(stderr, "state %u %d %u %d\n", next, wrap, use, use_wrap);
}

static void offer(int packed, char **arg)
{
	unsigned next = atoi(arg[0]), id = atoi(arg[2]), at = id;
	int wrap = atoi(arg[1]);
	unsigned long table_at = strtoul(arg[3], 0, 0);

	for (arg += 4; *arg; arg++) {
		struct { int writable; unsigned long addr, len; } part[64];
		unsigned count = 0;

		for (char *p = strtok(*arg, "+"); p; p = strtok(0, "+")) {
			char kind;

			if (sscanf(p, "%c,%li,%li", &kind, (long *)&part[count].addr, (long *)&part[count].len) != 3)
				die("bad chain");
			part[count++].writable = kind == 'w';
		}
		if (packed && table_at) {
			struct pvirtq_desc *table = (struct pvirtq_desc *)(memory + table_at);

			for (unsigned i = 0; i < count; i++) {
				virtio_le64_set(&table[i].addr, part[i].addr);
				virtio_le32_set(&table[i].len, part[i].len);
				virtio_le16_set(&table[i].id, 0xaaaa);
				virtio_le16_set(&table[i].flags, part[i].writable ? VIRTQ_DESC_F_WRITE : 0);
			}
			virtio_le64_set(&ring[next].addr, table_at);
			virtio_le32_set(&ring[next].len, count * sizeof(*table));
			virtio_le16_set(&ring[next].id, id++);
			virtio_le16_set(&ring[next].flags,
					VIRTQ_DESC_F_INDIRECT | (wrap ? VIRTQ_DESC_F_AVAIL : VIRTQ_DESC_F_USED));
			if (++next == size) {
				next = 0;
				wrap ^= 1;
			}
			table_at += 256;
		} else if (packed) {
			unsigned first = next;
			unsigned first_flags = 0;

			for (unsigned i = 0; i < count; i++) {
				unsigned flags = (wrap ? VIRTQ_DESC_F_AVAIL : VIRTQ_DESC_F_USED) |
						 (part[i].writable ? VIRTQ_DESC_F_WRITE : 0) |
						 (i + 1 < count ? VIRTQ_DESC_F_NEXT : 0);

				virtio_le64_set(&ring[next].addr, part[i].addr);
				virtio_le32_set(&ring[next].len, part[i].len);
				virtio_le16_set(&ring[next].id, i + 1 < count ? 0xffff : id);
				if (i)
					virtio_le16_set(&ring[next].flags, flags);
				else
					first_flags = flags;
				if (++next == size) {
					next = 0;
					wrap ^= 1;
				}
			}
			id++;
			virtio_le16_set(&ring[first].flags, first_flags);
		} else {
			struct virtq_desc *table = table_at ? (struct virtq_desc *)(memory + table_at) : desc;
			unsigned head = at, place = table_at ? 0 : at;

			for (unsigned i = 0; i < count; i++) {
				virtio_le64_set(&table[place].addr, part[i].addr);
				virtio_le32_set(&table[place].len, part[i].len);
				virtio_le16_set(&table[place].flags, (part[i].writable ? VIRTQ_DESC_F_WRITE : 0) |
								     (i + 1 < count ? VIRTQ_DESC_F_NEXT : 0));
				virtio_le16_set(&table[place].next, i + 1 < count ? place + 1 : 0);
				place++;
			}
			if (table_at) {
				virtio_le64_set(&desc[head].addr, table_at);
				virtio_le32_set(&desc[head].len, count * sizeof(*table));
				virtio_le16_set(&desc[head].flags, VIRTQ_DESC_F_INDIRECT);
				virtio_le16_set(&desc[head].next, 0);
				table_at += 256;
				at++;
			} else {
				at = place;
			}
			virtio_le16_set(&avail->ring[next % size], head);
			next = (next + 1) & 0xffff;
		}
	}
	if (packed) {
		fprintf(stderr, "event %u %u %u\n", pvirtq_event_suppress_get_desc_event_off(device_event),
			pvirtq_event_suppress_get_desc_event_wrap(device_event),
			pvirtq_event_suppress_get_desc_event_flags(device_event));
	} else {
		virtio_le16 event;

		virtio_le16_set(&avail->idx, next);
		memcpy(&event, &used->ring[size], sizeof(event));
		fprintf(stderr, "event %u\n", virtio_le16_get(event));
	}
	fprintf(stderr, "state %u %d %u\n", next, wrap, packed ? id : at);
}

static void collect(int packed, char **arg)
{
	unsigned next = atoi(arg[0]);
	int wrap = atoi(arg[1]);

	for (;;) {
		if (packed) {
			unsigned flags = virtio_le16_get(ring[next].flags), id = virtio_le16_get(ring[next].id);

			if (!!(flags & VIRTQ_DESC_F_AVAIL) != wrap || !!(flags & VIRTQ_DESC_F_USED) != wrap)
				break;
			fprintf(stderr, "used %u %u\n", id,
				flags & VIRTQ_DESC_F_WRITE ? virtio_le32_get(ring[next].len) : 0);
			next += atoi(arg[2 + id]);
			if (next >= size) {
				next -= size;
				wrap ^= 1;
			}
		} else {
			if (next == virtio_le16_get(used->idx))
				break;
			fprintf(stderr, "used %u %u\n", virtio_le32_get(used->ring[next % size].id),
				virtio_le32_get(used->ring[next % size].len));
			next = (next + 1) & 0xffff;
		}
	}
	fprintf(stderr, "state %u %d\n", next, wrap);
}

int main(int argc, char **argv)
{
	size_t length = fread(memory, 1, sizeof(memory), stdin);
	int packed;

	if (argc < 7)
		die("too few arguments");
	packed = !strcmp(argv[1], "packed");
	size = atoi(argv[2]);
	desc = (void *)(memory + strtoul(argv[3], 0, 0));
	ring = (void *)desc;
	avail = (void *)(memory + strtoul(argv[4], 0, 0));
	driver_event = (void *)avail;
	used = (void *)(memory + strtoul(argv[5], 0, 0));
	device_event = (void *)used;
	if (!strcmp(argv[6], "serve"))
		serve(packed, argv + 7);
	else if (!strcmp(argv[6], "offer"))
		offer(packed, argv + 7);
	else
		collect(packed, argv + 7);
	return fwrite(memory, 1, length, stdout) == length ? 0 : 1;
}
