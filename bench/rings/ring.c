/*
 * The least that a driver and a device of a virtqueue can do, for comparison: chains of 2, one region of memory,
 * every address, index, length, direction and flag checked that the runtime checks for such a chain. Both sides in
 * one thread.
 *
 * With -DBLK the chains are those of a disk: the header is read, 4096 bytes are copied from a disk of 1 MiB, and a
 * status is written, which the driver looks at.
 *
 * With -DSHARED it has what two threads need: where a side has published, it loads the other's event only behind a full
 * barrier (virtio_mb in Linux). Acquire and release, which cost nothing on x86, let that load go before the store: then
 * both sides see old values, and a wake-up is lost. So without it the ring is right for one thread alone.
 *
 * Reads lines "split|packed BATCH REQUESTS" and answers each with the nanoseconds a request.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SIZE = 256, NEXT = 1, WRITE = 2, INDIRECT = 4, AVAIL = 1 << 7, USED = 1 << 15 };
enum { MEMORY = 8 << 20 };

struct desc { uint64_t addr; uint32_t len; uint16_t flags, next; };
struct pdesc { uint64_t addr; uint32_t len; uint16_t id, flags; };
struct avail { uint16_t flags, idx, ring[SIZE], used_event; };
struct used_elem { uint32_t id, len; };
struct used { uint16_t flags, idx; struct used_elem ring[SIZE]; uint16_t avail_event; };

static uint8_t *memory;
static uint64_t sum;
static uint64_t notified;

#define barrier() __asm__ volatile("" ::: "memory")
#define load_acquire(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#ifdef SHARED
#define full_barrier() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#else
#define full_barrier() barrier()
#endif

static void *translate(uint64_t addr, uint32_t len)
{
	if (addr > MEMORY || len > MEMORY - addr)
		abort();
	return memory + addr;
}

/* What a driver may hand over: elements of some length, less than 2^30 bytes in all, readable ones first. */
static void check_element(uint64_t addr, uint32_t len, uint16_t flags, uint16_t direction, uint64_t total)
{
	if (addr >> 53 || !len || total >> 30 || flags < direction)
		abort();
}

#ifdef BLK
enum { PARTS = 3, STATUS_AT = 0x400000, DISK = 1 << 20 };
static const uint32_t part_length[PARTS] = { 16, 4096, 1 };
static const uint16_t part_flags[PARTS] = { 0, WRITE, WRITE };
static uint8_t disk[DISK];

struct header { uint32_t type, reserved; uint64_t sector; };

static void fill(const uint64_t *addr, uint32_t slot)
{
	*(struct header *)(memory + addr[0]) = (struct header){ .sector = slot % 200 * 8 };
	memory[addr[2]] = 0xff;
}

/* What the device does with each request, and the driver with each answer. */
static uint32_t serve(void **where, const uint32_t *lens, unsigned n)
{
	struct header h;

	if (n != 3 || lens[0] < sizeof(h) || lens[2] != 1)
		abort();
	h = *(volatile struct header *)where[0];
	if (h.type != 0 || lens[1] % 512 || h.sector > DISK / 512 || lens[1] > DISK - h.sector * 512) {
		*(uint8_t *)where[2] = 1;
		return 0;
	}
	memcpy(where[1], disk + h.sector * 512, lens[1]);
	*(uint8_t *)where[2] = 0;
	return lens[1] + 1;
}

static void complete(uint32_t token, uint32_t len)
{
	if (memory[STATUS_AT + token] != 0)
		abort();
	sum += token + len;
}
#else
enum { PARTS = 2, STATUS_AT = 0x400000 };
static const uint32_t part_length[PARTS] = { 16, 4096 };
static const uint16_t part_flags[PARTS] = { 0, WRITE };

static void fill(const uint64_t *addr, uint32_t slot)
{
	(void)addr;
	(void)slot;
}

/* What the device does with each request, and the driver with each answer. */
static uint32_t serve(void **where, const uint32_t *lens, unsigned n)
{
	uint32_t word;

	if (n != 2 || lens[0] < 16 || lens[1] < 4)
		abort();
	memcpy(&word, where[0], 4);
	memcpy(where[1], &word, 4);
	return lens[1];
}

static void complete(uint32_t token, uint32_t len)
{
	sum += token + len;
}
#endif

static struct {
	struct desc *desc; struct avail *avail; struct used *used;
	uint16_t free_head, next_free[SIZE], tail[SIZE], count[SIZE], next_avail, next_used;
	uint32_t writable[SIZE], token[SIZE], free, outstanding;
	uint16_t dev_avail, dev_used;
} s;

static int split_add(const uint64_t *addr, const uint32_t *len, const uint16_t *flags, unsigned count, uint32_t token)
{
	uint16_t head = s.free_head, at = head, last = head, direction = 0;
	uint32_t writable = 0;
	uint64_t total = 0;

	if (count > s.free)
		return 0;
	for (unsigned i = 0; i < count; i++) {
		total += len[i];
		check_element(addr[i], len[i], flags[i], direction, total);
		direction = flags[i];
		s.desc[at] = (struct desc){ addr[i], len[i], flags[i] | (i + 1 < count ? NEXT : 0), s.next_free[at] };
		if (flags[i] & WRITE)
			writable += len[i];
		last = at;
		at = s.next_free[at];
	}
	s.free_head = at;
	s.free -= count;
	s.outstanding++;
	s.tail[head] = last;
	s.count[head] = count;
	s.writable[head] = writable;
	s.token[head] = token;
	s.avail->ring[s.next_avail++ % SIZE] = head;
	return 1;
}

static void split_kick(void)
{
	uint16_t old = s.avail->idx;

	store_release(&s.avail->idx, s.next_avail);
	full_barrier();
	if ((uint16_t)(s.next_avail - load_acquire(&s.used->avail_event) - 1) < (uint16_t)(s.next_avail - old))
		notified++;
}

static void split_device(void)
{
	uint16_t idx = load_acquire(&s.avail->idx), old = s.dev_used;

	if ((uint16_t)(idx - s.dev_avail) > SIZE)
		abort();
	while (s.dev_avail != idx) {
		uint16_t head = s.avail->ring[s.dev_avail++ % SIZE], at = head;
		void *where[PARTS];
		uint32_t lens[PARTS];
		unsigned n = 0, writing = 0;

		for (;;) {
			if (at >= SIZE || n == PARTS)
				abort();
			struct desc d = *(volatile struct desc *)&s.desc[at];
			if (!d.len || (d.flags & INDIRECT))
				abort();
			where[n] = translate(d.addr, d.len);
			if (d.flags & WRITE)
				writing = 1;
			else if (writing)
				abort();
			lens[n++] = d.len;
			if (!(d.flags & NEXT))
				break;
			at = d.next;
		}
		uint32_t written = serve(where, lens, n);
		s.used->ring[s.dev_used++ % SIZE] = (struct used_elem){ head, written };
	}
	if (old == s.dev_used)
		return;
	store_release(&s.used->idx, s.dev_used);
	full_barrier();
	if ((uint16_t)(s.dev_used - load_acquire(&s.avail->used_event) - 1) < (uint16_t)(s.dev_used - old))
		notified++;
}

static void split_reap(void)
{
	uint16_t idx = load_acquire(&s.used->idx);

	if ((uint16_t)(idx - s.next_used) > s.outstanding)
		abort();
	while (s.next_used != idx) {
		struct used_elem e = s.used->ring[s.next_used % SIZE];

		if (e.id >= SIZE || !s.count[e.id] || e.len > s.writable[e.id])
			abort();
		s.next_free[s.tail[e.id]] = s.free_head;
		s.free_head = e.id;
		s.free += s.count[e.id];
		s.outstanding--;
		s.count[e.id] = 0;
		s.next_used++;
		complete(s.token[e.id], e.len);
	}
}

static struct {
	struct pdesc *ring; uint16_t *driver_event, *device_event;
	uint16_t free_ids[SIZE], free_count, count[SIZE], next_avail, next_used, batch, batch_flags, batch_entries;
	uint32_t writable[SIZE], token[SIZE], free;
	int wrap, used_wrap, dev_wrap, dev_used_wrap;
	uint16_t dev_avail, dev_used, dev_batch, dev_batch_flags, dev_batch_entries, dev_taken;
} p;

static int packed_add(const uint64_t *addr, const uint32_t *len, const uint16_t *flags, unsigned count, uint32_t token)
{
	uint32_t writable = 0;
	uint64_t total = 0;
	uint16_t direction = 0;

	if (count > p.free)
		return 0;
	uint16_t id = p.free_ids[--p.free_count];
	for (unsigned i = 0; i < count; i++) {
		total += len[i];
		check_element(addr[i], len[i], flags[i], direction, total);
		direction = flags[i];
		uint16_t f = flags[i] | (p.wrap ? AVAIL : USED) | (i + 1 < count ? NEXT : 0);
		struct pdesc *d = &p.ring[p.next_avail];

		d->addr = addr[i];
		d->len = len[i];
		d->id = id;
		if (p.batch_entries + i == 0) {
			p.batch = p.next_avail;
			p.batch_flags = f;
		} else {
			d->flags = f;
		}
		if (flags[i] & WRITE)
			writable += len[i];
		if (++p.next_avail == SIZE) {
			p.next_avail = 0;
			p.wrap ^= 1;
		}
	}
	p.batch_entries += count;
	p.free -= count;
	p.count[id] = count;
	p.writable[id] = writable;
	p.token[id] = token;
	return 1;
}

static void packed_kick(void)
{
	store_release(&p.ring[p.batch].flags, p.batch_flags);
	full_barrier();
	p.batch_entries = 0;
	if (load_acquire(&p.device_event[1]) != 1)
		notified++;
}

static void packed_device(void)
{
	for (;;) {
		uint16_t flags = load_acquire(&p.ring[p.dev_avail].flags);
		void *where[PARTS];
		uint32_t lens[PARTS];
		unsigned n = 0, writing = 0;
		uint16_t id;

		if (!!(flags & AVAIL) != p.dev_wrap || !!(flags & USED) == p.dev_wrap)
			break;
		for (;;) {
			if (n == PARTS || p.dev_taken + n == SIZE)
				abort();
			struct pdesc d = *(volatile struct pdesc *)&p.ring[p.dev_avail];
			if (!!(d.flags & AVAIL) != p.dev_wrap || !!(d.flags & USED) == p.dev_wrap)
				abort();
			if (!d.len || (d.flags & INDIRECT))
				abort();
			where[n] = translate(d.addr, d.len);
			if (d.flags & WRITE)
				writing = 1;
			else if (writing)
				abort();
			lens[n++] = d.len;
			id = d.id;
			if (++p.dev_avail == SIZE) {
				p.dev_avail = 0;
				p.dev_wrap ^= 1;
			}
			if (!(d.flags & NEXT))
				break;
		}
		uint32_t written = serve(where, lens, n);
		struct pdesc *d = &p.ring[p.dev_used];
		uint16_t f = (p.dev_used_wrap ? AVAIL | USED : 0) | (written ? WRITE : 0);

		d->id = id;
		d->len = written;
		if (!p.dev_batch_entries) {
			p.dev_batch = p.dev_used;
			p.dev_batch_flags = f;
		} else {
			d->flags = f;
		}
		p.dev_batch_entries += n;
		p.dev_taken += n;
		p.dev_used += n;
		if (p.dev_used >= SIZE) {
			p.dev_used -= SIZE;
			p.dev_used_wrap ^= 1;
		}
	}
	if (!p.dev_batch_entries)
		return;
	store_release(&p.ring[p.dev_batch].flags, p.dev_batch_flags);
	full_barrier();
	p.dev_taken -= p.dev_batch_entries;
	p.dev_batch_entries = 0;
	if (load_acquire(&p.driver_event[1]) != 1)
		notified++;
}

static void packed_reap(void)
{
	for (;;) {
		struct pdesc *d = &p.ring[p.next_used];
		uint16_t flags = load_acquire(&d->flags);

		if (!!(flags & AVAIL) != p.used_wrap || !!(flags & USED) != p.used_wrap)
			break;
		uint16_t id = d->id;
		uint32_t len = flags & WRITE ? d->len : 0;

		if (id >= SIZE || !p.count[id] || len > p.writable[id])
			abort();
		p.next_used += p.count[id];
		if (p.next_used >= SIZE) {
			p.next_used -= SIZE;
			p.used_wrap ^= 1;
		}
		p.free += p.count[id];
		p.count[id] = 0;
		p.free_ids[p.free_count++] = id;
		complete(p.token[id], len);
	}
}

static double window(int packed, unsigned batch, unsigned requests)
{
	struct timespec a, b;
	uint32_t slot = 0;

	clock_gettime(CLOCK_MONOTONIC, &a);
	for (unsigned done = 0; done < requests; done += batch) {
		for (unsigned i = 0; i < batch; i++) {
			uint64_t addr[3] = { 0x10000 + slot * 16, 0x100000 + slot * (4096 + 64), STATUS_AT + slot };

			fill(addr, slot);
			barrier();
			if (!(packed ? packed_add : split_add)(addr, part_length, part_flags, PARTS, slot))
				abort();
			slot = (slot + 1) % SIZE;
		}
		if (packed) {
			packed_kick();
			packed_device();
			packed_reap();
		} else {
			split_kick();
			split_device();
			split_reap();
		}
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	return ((b.tv_sec - a.tv_sec) * 1e9 + (b.tv_nsec - a.tv_nsec)) / requests;
}

int main(void)
{
	char layout[16];
	unsigned batch, requests;

	memory = aligned_alloc(4096, MEMORY);
	memset(memory, 0, MEMORY);
	s.desc = (void *)memory;
	s.avail = (void *)(memory + 0x1000);
	s.used = (void *)(memory + 0x2000);
	p.ring = (void *)(memory + 0x4000);
	p.driver_event = (void *)(memory + 0x6000);
	p.device_event = (void *)(memory + 0x6004);
	for (unsigned i = 0; i < SIZE; i++) {
		s.next_free[i] = (i + 1) % SIZE;
		p.free_ids[i] = SIZE - 1 - i;
	}
	s.free = p.free = p.free_count = SIZE;
	p.wrap = p.used_wrap = p.dev_wrap = p.dev_used_wrap = 1;
	while (scanf("%15s %u %u", layout, &batch, &requests) == 3) {
		printf("%.3f\n", window(layout[0] == 'p', batch, requests));
		fflush(stdout);
	}
	fprintf(stderr, "%llu %llu\n", (unsigned long long)sum, (unsigned long long)notified);
	return 0;
}
