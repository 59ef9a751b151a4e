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
  {
    name: "graphics-and-input",
    text: `
#include <endian.h>
#include <stddef.h>
#include <stdio.h>
#include <linux/virtio_gpu.h>
#include <linux/virtio_input.h>

static const char *name_of(enum virtio_gpu_ctrl_type type)
{
	switch (type) {
	case VIRTIO_GPU_UNDEFINED: return "none";
	case VIRTIO_GPU_CMD_GET_DISPLAY_INFO: return "display info";
	case VIRTIO_GPU_CMD_CTX_CREATE: return "context";
	case VIRTIO_GPU_CMD_MOVE_CURSOR: return "cursor";
	case VIRTIO_GPU_RESP_ERR_INVALID_PARAMETER: return "parameter";
	default: return "other";
	}
}

int main(void)
{
	enum virtio_gpu_formats format = VIRTIO_GPU_FORMAT_R8G8B8X8_UNORM;
	enum virtio_gpu_shm_id shm = VIRTIO_GPU_SHM_ID_HOST_VISIBLE;
	enum virtio_input_config_select select = VIRTIO_INPUT_CFG_ABS_INFO;
	struct virtio_gpu_resource_create_2d create = {
		.hdr.type = htole32(VIRTIO_GPU_CMD_RESOURCE_CREATE_2D), .format = htole32(format), .width = 1, .height = 2,
	};
	struct virtio_gpu_resp_display_info info = { .pmodes[1] = { .r = { .width = htole32(640) }, .enabled = 1 } };
	struct virtio_input_config config = { .select = select, .u.abs = { .max = htole32(255) } };
	struct virtio_input_event event = { .type = 1, .code = 30, .value = 1 };

	printf("%s %s %d %d %zu\\n", name_of(VIRTIO_GPU_CMD_MOVE_CURSOR), name_of(VIRTIO_GPU_RESP_OK_NODATA), format, shm, sizeof(create));
	printf("%u %zu %u %zu\\n", create.hdr.type, sizeof(info), info.pmodes[1].r.width, offsetof(struct virtio_gpu_config, num_capsets));
	printf("%u %u %zu %u\\n", config.select, config.u.abs.max, sizeof(config), event.code);
	return 0;
}
`,
  },
  {
    name: "sockets-files-and-memory",
    text: `
#include <endian.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <linux/virtio_fs.h>
#include <linux/virtio_iommu.h>
#include <linux/virtio_mem.h>
#include <linux/virtio_pmem.h>
#include <linux/virtio_vsock.h>

int main(void)
{
	enum virtio_vsock_op op = VIRTIO_VSOCK_OP_CREDIT_REQUEST;
	enum virtio_vsock_type type = VIRTIO_VSOCK_TYPE_SEQPACKET;
	enum virtio_vsock_shutdown shutdown = VIRTIO_VSOCK_SHUTDOWN_SEND;
	enum virtio_vsock_rw rw = VIRTIO_VSOCK_SEQ_EOR;
	enum virtio_vsock_event_id id = VIRTIO_VSOCK_EVENT_TRANSPORT_RESET;
	struct virtio_vsock_hdr hdr = { .src_cid = htole64(3), .op = htole16(op), .type = htole16(type), .flags = htole32(rw) };
	struct virtio_vsock_event event = { .id = htole32(id) };
	struct virtio_fs_config fs;
	struct virtio_iommu_req_map map = { .head.type = VIRTIO_IOMMU_T_MAP, .flags = htole32(VIRTIO_IOMMU_MAP_F_READ) };
	struct virtio_mem_req plug = { .type = htole16(VIRTIO_MEM_REQ_PLUG), .u.plug = { .nb_blocks = htole16(2) } };
	struct virtio_pmem_req flush = { .type = htole32(VIRTIO_PMEM_REQ_TYPE_FLUSH) };

	memset(&fs, 0, sizeof(fs));
	memcpy(fs.tag, "share", 5);
	printf("%zu %u %u %d %u\\n", sizeof(hdr), hdr.op, hdr.type, shutdown, event.id);
	printf("%zu %s %zu %zu\\n", sizeof(fs), (char *)fs.tag, sizeof(map), offsetof(struct virtio_iommu_req_map, tail));
	printf("%zu %u %u %zu\\n", sizeof(plug), plug.u.plug.nb_blocks, flush.type, sizeof(struct virtio_mem_config));
	return 0;
}
`,
  },
  {
    name: "buses-and-sound",
    text: `
#include <endian.h>
#include <stddef.h>
#include <stdio.h>
#include <linux/const.h>
#include <linux/virtio_can.h>
#include <linux/virtio_crypto.h>
#include <linux/virtio_gpio.h>
#include <linux/virtio_i2c.h>
#include <linux/virtio_pci.h>
#include <linux/virtio_rtc.h>
#include <linux/virtio_scmi.h>
#include <linux/virtio_snd.h>
#include <linux/virtio_spi.h>

int main(void)
{
	struct virtio_i2c_out_hdr i2c = { .addr = htole16(0x50 << 1), .flags = htole32(VIRTIO_I2C_FLAGS_M_RD) };
	struct virtio_gpio_request gpio = { .type = htole16(VIRTIO_GPIO_MSG_GET_VALUE), .gpio = htole16(4) };
	struct virtio_can_tx_out can = { .msg_type = htole16(VIRTIO_CAN_TX), .can_id = htole32(0x123) };
	struct virtio_snd_pcm_set_params pcm = { .hdr.hdr.code = htole32(VIRTIO_SND_R_PCM_SET_PARAMS), .format = VIRTIO_SND_PCM_FMT_S16 };
	struct virtio_crypto_op_ctrl_req crypto = { .header.opcode = htole32(VIRTIO_CRYPTO_CIPHER_CREATE_SESSION) };
	struct virtio_rtc_req_read rtc = { .head.msg_type = htole16(VIRTIO_RTC_REQ_READ), .clock_id = htole16(1) };
	struct virtio_pci_cap cap = { .cfg_type = VIRTIO_PCI_CAP_COMMON_CFG, .bar = 4, .offset = htole32(0x1000) };
	struct spi_transfer_head spi = { .chip_select_id = 1, .bits_per_word = 8, .freq = htole32(1000000) };

	printf("%u %u %u %u\\n", i2c.addr, i2c.flags, gpio.type, gpio.gpio);
	printf("%zu %u %zu %u\\n", sizeof(can), can.can_id, sizeof(pcm), pcm.format);
	printf("%zu %u %zu %u\\n", sizeof(crypto), crypto.header.opcode, sizeof(rtc), rtc.head.msg_type);
	printf("%zu %u %zu %zu %d\\n", sizeof(cap), cap.offset, sizeof(spi), sizeof(struct virtio_snd_ctl_info), VIRTIO_SCMI_F_P2A_CHANNELS);
	return 0;
}
`,
  },
  {
    name: "clock-buffers",
    text: `
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <asm/virtio-ccw.h>
#include <linux/virtio_balloon.h>
#include <linux/virtio_rtc.h>

struct message {
	union virtio_rtc_req_requestq request;
	union virtio_rtc_resp_requestq response;
	union virtio_rtc_notif_alarmq notification;
};

static const char *const statistics[VIRTIO_BALLOON_S_NR] = { [VIRTIO_BALLOON_S_DIRECT_RECLAIM] = "last" };

int main(void)
{
	struct message message;
	size_t i;

	memset(&message, 0, sizeof(message));
	message.request.read_cross.head.msg_type = 1;
	message.request.read_cross.hw_counter = VIRTIO_RTC_COUNTER_X86_TSC;
	message.response.clock_cap.type = VIRTIO_RTC_CLOCK_TAI;
	message.notification.alarm.clock_id = 2;
	for (i = 0; i < sizeof(message); i++)
		printf("%02x", ((unsigned char *)&message)[i]);
	printf(" %zu %zu %zu", sizeof(message.request), sizeof(message.response), sizeof(message.notification));
	printf(" %zu %zu\\n", offsetof(struct message, response.read_cross.counter_cycles), offsetof(struct message, request.set_alarm.flags));
	printf("%zu %s %d %d\\n", sizeof(statistics) / sizeof(statistics[0]), statistics[15], KVM_VIRTIO_CCW_RING_ALIGN, KVM_S390_VIRTIO_CCW_NOTIFY);
	return 0;
}
`,
  },
];
