/** Programs as users of Linux' headers write them; each prints what it found out, so that two builds can be compared. */
export const consumers: readonly { readonly name: string; readonly text: string }[] = [
  {
    name: "block-request",
    text: `
#include <endian.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <linux/virtio_blk.h>
#include <linux/virtio_ring.h>

struct request {
	struct virtio_blk_outhdr header;
	unsigned char data[512];
	__u8 status;
};

int main(void)
{
	struct request request;
	struct vring_desc chain[3];
	struct virtio_blk_config config;
	struct virtio_blk_discard_write_zeroes range = {
		.sector = htole64(8), .num_sectors = htole32(1), .flags = htole32(VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP),
	};
	unsigned char id[VIRTIO_BLK_ID_BYTES];
	size_t i;

	memset(&request, 0, sizeof(request));
	request.header.type = htole32(VIRTIO_BLK_T_OUT | VIRTIO_BLK_T_BARRIER);
	request.header.ioprio = 0;
	request.header.sector = htole64(7);
	request.status = VIRTIO_BLK_S_UNSUPP;
	chain[0] = (struct vring_desc){ .addr = htole64(0x1000), .len = htole32(sizeof(request.header)), .flags = htole16(VRING_DESC_F_NEXT), .next = htole16(1) };
	chain[1] = (struct vring_desc){ .addr = htole64(0x2000), .len = htole32(512), .flags = htole16(VRING_DESC_F_NEXT), .next = htole16(2) };
	chain[2] = (struct vring_desc){ .addr = htole64(0x3000), .len = htole32(1), .flags = htole16(VRING_DESC_F_WRITE) };
	memset(&config, 0xff, sizeof(config));
	config.geometry.cylinders = 1;
	config.zoned.model = VIRTIO_BLK_Z_HM;
	config.wce = 1;
	for (i = 0; i < sizeof(chain); i++)
		printf("%02x", ((unsigned char *)chain)[i]);
	for (i = 0; i < sizeof(request.header); i++)
		printf("%02x", ((unsigned char *)&request.header)[i]);
	for (i = 0; i < sizeof(config); i++)
		printf("%02x", ((unsigned char *)&config)[i]);
	for (i = 0; i < sizeof(range); i++)
		printf("%02x", ((unsigned char *)&range)[i]);
	printf(" %zu %zu %d %d\\n", sizeof(id), offsetof(struct virtio_blk_config, zoned.model), VIRTIO_ID_BLOCK, VIRTIO_F_VERSION_1);
	return 0;
}
`,
  },
  {
    name: "network-header",
    text: `
#include <endian.h>
#include <stddef.h>
#include <stdio.h>
#include <linux/virtio_net.h>

static unsigned long long offered(void)
{
	return 1ULL << VIRTIO_NET_F_MAC | 1ULL << VIRTIO_NET_F_RSS | 1ULL << VIRTIO_F_VERSION_1 | VIRTIO_NET_STATS_TYPE_CVQ;
}

int main(void)
{
	struct virtio_net_hdr_v1_hash_tunnel hdr = {
		.hash_hdr.hdr.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.hash_hdr.hdr.gso_type = VIRTIO_NET_HDR_GSO_TCPV4 | VIRTIO_NET_HDR_GSO_UDP_TUNNEL,
		.hash_hdr.hdr.csum_start = htole16(34),
		.hash_hdr.hash_report = htole16(VIRTIO_NET_HASH_REPORT_TCPv4),
		.outer_th_offset = htole16(34),
	};
	struct virtio_net_hdr_mrg_rxbuf legacy = { .hdr.csum_offset = 16, .num_buffers = 1 };
	struct virtio_net_ctrl_hdr command = { .class = VIRTIO_NET_CTRL_MQ, .cmd = VIRTIO_NET_CTRL_MQ_VQ_PAIRS_SET };
	struct virtio_net_ctrl_mq pairs = { .virtqueue_pairs = htole16(VIRTIO_NET_CTRL_MQ_VQ_PAIRS_MAX) };
	struct virtio_net_config config = { .mac = { 0x52, 0x54 }, .speed = htole32(1000), .duplex = 1 };
	virtio_net_ctrl_ack ack = VIRTIO_NET_ERR;
	struct virtio_net_ctrl_mac *table = NULL;

	printf("%zu %u %u %u\\n", sizeof(hdr), hdr.hash_hdr.hdr.csum.start, hdr.hash_hdr.hdr.rsc.segments, legacy.num_buffers);
	printf("%u %u %u %u %u\\n", command.class, command.cmd, pairs.virtqueue_pairs, config.speed, ack);
	printf("%zu %zu %llx\\n", sizeof(table->macs[0]), offsetof(struct virtio_net_rss_config, hash_key_data), offered());
	printf("%x %x\\n", VIRTIO_NET_RSS_HASH_TYPE_TCPv6, VIRTIO_NET_F_GUEST_UDP_TUNNEL_GSO_MAPPED);
	return 0;
}
`,
  },
  {
    name: "scsi-with-a-longer-cdb",
    text: `
#include <stddef.h>
#include <stdio.h>
#include <linux/types.h>
#define VIRTIO_SCSI_CDB_SIZE 16
#include <linux/virtio_scsi.h>

int main(void)
{
	struct virtio_scsi_cmd_req request = { .lun = { 1, 0, 0x40, 0 }, .task_attr = VIRTIO_SCSI_S_SIMPLE, .cdb = { 0x12 } };
	struct virtio_scsi_cmd_resp response = { .response = VIRTIO_SCSI_S_BAD_TARGET };
	struct virtio_scsi_ctrl_tmf_req abort = { .type = VIRTIO_SCSI_T_TMF, .subtype = VIRTIO_SCSI_T_TMF_ABORT_TASK, .tag = 5 };
	struct virtio_scsi_event event = { .event = VIRTIO_SCSI_T_TRANSPORT_RESET | VIRTIO_SCSI_T_EVENTS_MISSED };

	printf("%zu %zu %zu %zu\\n", sizeof(request), sizeof(struct virtio_scsi_cmd_req_pi), sizeof(response), sizeof(request.cdb));
	printf("%u %u %u %zu %u\\n", request.cdb[0], response.response, abort.subtype, offsetof(struct virtio_scsi_cmd_resp, sense), event.event);
	printf("%d %d\\n", VIRTIO_SCSI_SENSE_SIZE, VIRTIO_SCSI_CDB_DEFAULT_SIZE);
	return 0;
}
`,
  },
  {
    name: "console-and-balloon",
    text: `
#include <stddef.h>
#include <stdio.h>
#include <linux/virtio_balloon.h>
#include <linux/virtio_console.h>
#include <linux/virtio_rng.h>

int main(void)
{
	struct virtio_console_control control = { .id = VIRTIO_CONSOLE_BAD_ID, .event = VIRTIO_CONSOLE_PORT_ADD, .value = 1 };
	struct virtio_balloon_stat stats[2] = { { .tag = VIRTIO_BALLOON_S_MEMFREE, .val = 1 }, { .tag = VIRTIO_BALLOON_S_OOM_KILL, .val = 2 } };
	struct virtio_balloon_config config = { .num_pages = 256, .free_page_report_cmd_id = VIRTIO_BALLOON_CMD_ID_STOP };

	printf("%x %u %zu\\n", control.id, control.event, sizeof(struct virtio_console_config));
	printf("%zu %u %zu\\n", sizeof(stats), stats[1].tag, offsetof(struct virtio_balloon_stat, val));
	printf("%u %u %d %d\\n", config.num_pages << VIRTIO_BALLOON_PFN_SHIFT, config.free_page_hint_cmd_id, VIRTIO_ID_RNG, VIRTIO_TRANS_ID_BALLOON);
	return 0;
}
`,
  },
  {
    name: "mmio-probe",
    text: `
#include <stdio.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ids.h>
#include <linux/virtio_mmio.h>

static unsigned int registers[256];

static unsigned int read_register(unsigned int offset)
{
	return registers[offset / 4];
}

int main(void)
{
	registers[VIRTIO_MMIO_MAGIC_VALUE / 4] = 'v' | 'i' << 8 | 'r' << 16 | 't' << 24;
	registers[VIRTIO_MMIO_VERSION / 4] = 2;
	registers[VIRTIO_MMIO_DEVICE_ID / 4] = VIRTIO_ID_NET;
	registers[VIRTIO_MMIO_QUEUE_NUM_MAX / 4] = 256;
	registers[VIRTIO_MMIO_STATUS / 4] |= VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER | VIRTIO_CONFIG_S_FEATURES_OK;
	registers[VIRTIO_MMIO_INTERRUPT_STATUS / 4] = VIRTIO_MMIO_INT_VRING | VIRTIO_MMIO_INT_CONFIG;
	for (unsigned int i = 0; i < VIRTIO_MMIO_CONFIG; i += 4) {
		if (read_register(i))
			printf("%03x: %x\\n", i, read_register(i));
	}
	printf("%x %x %x\\n", VIRTIO_MMIO_QUEUE_AVAIL_LOW, VIRTIO_MMIO_QUEUE_PFN, VIRTIO_MMIO_SHM_BASE_HIGH);
	return 0;
}
`,
  },
];
