package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// The raw works: requests are put together from batches that were made before, answers are looked at no more than is needed to go on. So a broker that
// shares the machine with this program has most of it for itself.

const (
	produceVersion  = 8
	fetchVersion    = 11
	requestBytesMax = 1 << 20 // of one Produce request, unless one batch is larger
	inFlight        = 5       // Produce requests of one connection
	headerBytes     = 61      // of a batch
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// a batch without its header, which differs from producer to producer, and how many records are in it.
type batchBody struct {
	records []byte
	count   int
	codec   int16
	bytes   int // of the whole batch
}

// newBatchBody fills a batch up to about batchBytes before compression.
func newBatchBody(size int, codec string, batchBytes int) batchBody {
	ps := values(size, codec)
	var plain []byte
	count := 0
	for len(plain)+size+20 <= batchBytes || count == 0 {
		one := kmsg.NewRecord()
		one.OffsetDelta = int32(count)
		one.Value = ps[count%len(ps)]
		one.Length = int32(len(one.AppendTo(nil)) - 1) // the length itself is one byte as long as it is 0
		plain = one.AppendTo(plain)
		count++
	}
	codecs := map[string]kgo.CompressionCodec{"gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(), "lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression()}
	body := batchBody{records: plain, count: count}
	if chosen, ok := codecs[codec]; ok {
		compressor, err := kgo.DefaultCompressor(chosen)
		die(err, "compressor")
		compressed, kind := compressor.Compress(new(bytes.Buffer), plain)
		body.records = bytes.Clone(compressed)
		body.codec = int16(kind)
	}
	body.bytes = headerBytes + len(body.records)
	return body
}

// header of this batch for a producer's next sequence number.
func (b batchBody) header(nowMs, producerID int64, epoch int16, sequence int32) []byte {
	h := make([]byte, headerBytes)
	binary.BigEndian.PutUint32(h[8:], uint32(b.bytes-12))
	binary.BigEndian.PutUint32(h[12:], 0xffffffff) // leader epoch
	h[16] = 2
	binary.BigEndian.PutUint16(h[21:], uint16(b.codec))
	binary.BigEndian.PutUint32(h[23:], uint32(b.count-1))
	binary.BigEndian.PutUint64(h[27:], uint64(nowMs))
	binary.BigEndian.PutUint64(h[35:], uint64(nowMs))
	binary.BigEndian.PutUint64(h[43:], uint64(producerID))
	binary.BigEndian.PutUint16(h[51:], uint16(epoch))
	binary.BigEndian.PutUint32(h[53:], uint32(sequence))
	binary.BigEndian.PutUint32(h[57:], uint32(b.count))
	binary.BigEndian.PutUint32(h[17:], crc32.Update(crc32.Checksum(h[21:], castagnoli), castagnoli, b.records))
	return h
}

// rawProduce sends n records at least, each connection an idempotent producer of its own with five requests under way, to the partitions in turn. Returns
// how many it were.
func rawProduce(ctx context.Context, cl *kgo.Client, seeds []string, topic string, partitions, producers int, n int64, body batchBody) (int64, float64) {
	perRequest := min(partitions, max(1, requestBytesMax/body.bytes))
	var left atomic.Int64 // batches
	total := (n + int64(body.count) - 1) / int64(body.count)
	left.Store(total)
	conns := make([]net.Conn, producers)
	ids := make([]*kmsg.InitProducerIDResponse, producers)
	for i := range conns {
		conns[i] = dial(seeds)
		request := kmsg.NewPtrInitProducerIDRequest()
		request.TransactionTimeoutMillis = -1
		id, err := request.RequestWith(ctx, cl)
		die(err, "producer id")
		ids[i] = id
	}
	var wg sync.WaitGroup
	start := time.Now()
	for i, conn := range conns {
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer conn.Close()
			rawProducer(conn, topic, partitions, perRequest, i, ids[i], body, &left)
		}()
	}
	wg.Wait()
	return total * int64(body.count), time.Since(start).Seconds()
}

func rawProducer(conn net.Conn, topic string, partitions, perRequest, first int, id *kmsg.InitProducerIDResponse, body batchBody, left *atomic.Int64) {
	slots := make(chan struct{}, inFlight)
	sent := make(chan struct{}, inFlight)
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		var frame []byte
		for range sent {
			frame = readFrame(conn, frame)
			answer := kmsg.NewPtrProduceResponse()
			answer.Version = produceVersion
			die(answer.ReadFrom(frame[4:]), "produce answer")
			for _, t := range answer.Topics {
				for _, p := range t.Partitions {
					if p.ErrorCode != 0 {
						die(fmt.Errorf("partition %d: error %d", p.Partition, p.ErrorCode), "produce answer")
					}
				}
			}
			<-slots
		}
	}()
	sequences := make([]int32, partitions)
	next := first
	for correlation := int32(0); ; correlation++ {
		count := perRequest
		if rest := left.Add(int64(-perRequest)); rest < 0 {
			count += int(rest)
		}
		if count <= 0 {
			break
		}
		slots <- struct{}{}
		buffers := produceFrame(topic, correlation, count, func() (int32, []byte) {
			p := int32(next % partitions)
			next++
			header := body.header(time.Now().UnixMilli(), id.ProducerID, id.ProducerEpoch, sequences[p])
			sequences[p] += int32(body.count)
			return p, header
		}, body)
		sent <- struct{}{}
		_, err := buffers.WriteTo(conn)
		die(err, "produce request")
	}
	close(sent)
	<-answered
}

// produceFrame is one request of acks=all with so many batches; batch names the partition and makes the header of each.
func produceFrame(topic string, correlation int32, count int, batch func() (int32, []byte), body batchBody) net.Buffers {
	head := binary.BigEndian.AppendUint32(nil, 0) // the size
	head = binary.BigEndian.AppendUint16(head, 0) // Produce
	head = binary.BigEndian.AppendUint16(head, produceVersion)
	head = binary.BigEndian.AppendUint32(head, uint32(correlation))
	head = appendString(head, "kbench")
	head = binary.BigEndian.AppendUint16(head, 0xffff) // no transaction
	head = binary.BigEndian.AppendUint16(head, 0xffff) // acks=all
	head = binary.BigEndian.AppendUint32(head, 30000)
	head = binary.BigEndian.AppendUint32(head, 1)
	head = appendString(head, topic)
	head = binary.BigEndian.AppendUint32(head, uint32(count))
	buffers := net.Buffers{head}
	size := len(head) - 4
	for range count {
		partition, header := batch()
		start := binary.BigEndian.AppendUint32(nil, uint32(partition))
		start = binary.BigEndian.AppendUint32(start, uint32(body.bytes))
		start = append(start, header...)
		buffers = append(buffers, start, body.records)
		size += len(start) + len(body.records)
	}
	binary.BigEndian.PutUint32(head, uint32(size))
	return buffers
}

func appendString(dst []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint16(dst, uint16(len(s))), s...)
}

func dial(seeds []string) net.Conn {
	conn, err := net.Dial("tcp", seeds[0])
	die(err, "connect")
	return conn
}

// readFrame reads one answer, without its size, into buffer if it is large enough.
func readFrame(conn net.Conn, buffer []byte) []byte {
	var size [4]byte
	_, err := io.ReadFull(conn, size[:])
	die(err, "answer")
	length := int(binary.BigEndian.Uint32(size[:]))
	if cap(buffer) < length {
		buffer = make([]byte, length)
	}
	_, err = io.ReadFull(conn, buffer[:length])
	die(err, "answer")
	return buffer[:length]
}

// rawConsume fetches all that is in a topic over one connection, as a consumer does with its default limits (50 MiB a fetch, 1 MiB of a partition),
// and looks at the headers of batches only. Returns how many records it were.
func rawConsume(ctx context.Context, cl *kgo.Client, seeds []string, topic string, partitions int) (int64, float64) {
	ends, err := kadm.NewClient(cl).ListEndOffsets(ctx, topic)
	die(err, "end offsets")
	conn := dial(seeds)
	defer conn.Close()
	formatter := kmsg.NewRequestFormatter(kmsg.FormatterClientID("kbench"))
	next := make([]int64, partitions)
	var got int64
	var request, frame []byte
	start := time.Now()
	for correlation := int32(0); ; correlation++ {
		asked := kmsg.NewFetchRequestTopic()
		asked.Topic = topic
		for p := range next {
			end, _ := ends.Lookup(topic, int32(p))
			if next[p] >= end.Offset {
				continue
			}
			one := kmsg.NewFetchRequestTopicPartition()
			one.Partition = int32(p)
			one.FetchOffset = next[p]
			one.PartitionMaxBytes = 1 << 20
			asked.Partitions = append(asked.Partitions, one)
		}
		if len(asked.Partitions) == 0 {
			return got, time.Since(start).Seconds()
		}
		fetch := kmsg.NewPtrFetchRequest()
		fetch.Version = fetchVersion
		fetch.MaxWaitMillis = 500
		fetch.MinBytes = 1
		fetch.MaxBytes = 50 << 20
		fetch.SessionEpoch = -1
		fetch.Topics = append(fetch.Topics, asked)
		request = formatter.AppendRequest(request[:0], fetch, correlation)
		_, err := conn.Write(request)
		die(err, "fetch request")
		frame = readFrame(conn, frame)
		answer := kmsg.NewPtrFetchResponse()
		answer.Version = fetchVersion
		die(answer.ReadFrom(frame[4:]), "fetch answer")
		for _, t := range answer.Topics {
			for _, p := range t.Partitions {
				if p.ErrorCode != 0 {
					die(fmt.Errorf("partition %d: error %d", p.Partition, p.ErrorCode), "fetch answer")
				}
				end := endOffset(p.RecordBatches, next[p.Partition])
				got += end - next[p.Partition]
				next[p.Partition] = end
			}
		}
	}
}

// endOffset is where the last whole batch ends.
func endOffset(batches []byte, offset int64) int64 {
	for len(batches) >= headerBytes {
		size := 12 + int(binary.BigEndian.Uint32(batches[8:]))
		if len(batches) < size {
			break
		}
		offset = int64(binary.BigEndian.Uint64(batches)) + int64(binary.BigEndian.Uint32(batches[23:])) + 1
		batches = batches[size:]
	}
	return offset
}
