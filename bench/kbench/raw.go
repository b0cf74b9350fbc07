package main

import (
	"bufio"
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

// chunkBytes is how much of an answer is taken from the socket at once: what stays in the processor's cache costs the machine that the brokers share least.
const chunkBytes = 128 << 10

// rawConsume fetches all that is in a topic over one connection, as a consumer does with its default limits (50 MiB a fetch, 1 MiB of a partition) and
// within a fetch session: after the first request only the partitions that gave something are named. It looks at the headers of batches only. Returns
// how many records it were.
func rawConsume(ctx context.Context, cl *kgo.Client, seeds []string, topic string, partitions int) (int64, float64) {
	ends, err := kadm.NewClient(cl).ListEndOffsets(ctx, topic)
	die(err, "end offsets")
	conn := dial(seeds)
	defer conn.Close()
	answers := &answerReader{from: bufio.NewReaderSize(conn, chunkBytes)}
	formatter := kmsg.NewRequestFormatter(kmsg.FormatterClientID("kbench"))
	next := make([]int64, partitions)
	end := make([]int64, partitions)
	changed := []int32{}
	left := 0
	for p := range end {
		at, _ := ends.Lookup(topic, int32(p))
		end[p] = at.Offset
		if at.Offset > 0 {
			changed = append(changed, int32(p))
			left++
		}
	}
	var got int64
	var sessionID, epoch int32
	var request []byte
	start := time.Now()
	for correlation := int32(0); left > 0; correlation++ {
		asked := kmsg.NewFetchRequestTopic()
		asked.Topic = topic
		over := kmsg.NewFetchRequestForgottenTopic()
		over.Topic = topic
		for _, p := range changed {
			if next[p] >= end[p] {
				over.Partitions = append(over.Partitions, p)
				continue
			}
			one := kmsg.NewFetchRequestTopicPartition()
			one.Partition = p
			one.FetchOffset = next[p]
			one.PartitionMaxBytes = 1 << 20
			asked.Partitions = append(asked.Partitions, one)
		}
		fetch := kmsg.NewPtrFetchRequest()
		fetch.Version = fetchVersion
		fetch.MaxWaitMillis = 500
		fetch.MinBytes = 1
		fetch.MaxBytes = 50 << 20
		fetch.SessionID = sessionID
		fetch.SessionEpoch = epoch
		if len(asked.Partitions) > 0 {
			fetch.Topics = append(fetch.Topics, asked)
		}
		if len(over.Partitions) > 0 {
			fetch.ForgottenTopics = append(fetch.ForgottenTopics, over)
		}
		request = formatter.AppendRequest(request[:0], fetch, correlation)
		_, err := conn.Write(request)
		die(err, "fetch request")
		changed = changed[:0]
		sessionID = answers.fetch(func(p int32, offset int64) {
			if offset <= next[p] {
				return
			}
			got += offset - next[p]
			next[p] = offset
			changed = append(changed, p)
			if offset >= end[p] {
				left--
			}
		})
		epoch++
	}
	return got, time.Since(start).Seconds()
}

// answerReader reads answers as they come, never a whole one at once.
type answerReader struct {
	from *bufio.Reader
	left int // bytes of this answer
}

func (r *answerReader) bytes(n int) []byte {
	r.left -= n
	bytes, err := r.from.Peek(n)
	die(err, "answer")
	_, _ = r.from.Discard(n)
	return bytes
}

func (r *answerReader) int16() int16 { return int16(binary.BigEndian.Uint16(r.bytes(2))) }
func (r *answerReader) int32() int32 { return int32(binary.BigEndian.Uint32(r.bytes(4))) }

func (r *answerReader) skip(n int) {
	r.left -= n
	_, err := r.from.Discard(n)
	die(err, "answer")
}

func (r *answerReader) mustBeFine(what string) {
	if code := r.int16(); code != 0 {
		die(fmt.Errorf("%s: error %d", what, code), "fetch answer")
	}
}

// fetch reads the answer to a Fetch request; tells each partition and where its last whole batch ends (0 where there is none). Returns the session.
func (r *answerReader) fetch(partition func(index int32, end int64)) int32 {
	r.left = 4
	r.left = int(r.int32())
	r.skip(4 + 4) // correlation, throttle time
	r.mustBeFine("request")
	sessionID := r.int32()
	for topics := r.int32(); topics > 0; topics-- {
		r.skip(int(r.int16()))
		for partitions := r.int32(); partitions > 0; partitions-- {
			index := r.int32()
			r.mustBeFine(fmt.Sprintf("partition %d", index))
			r.skip(8 + 8 + 8) // high watermark, last stable offset, start
			r.skip(16 * int(max(0, r.int32())))
			r.skip(4) // preferred replica
			partition(index, r.batches(int(r.int32())))
		}
	}
	if r.left != 0 {
		die(fmt.Errorf("%d bytes are left", r.left), "fetch answer")
	}
	return sessionID
}

// batches reads so many bytes of batches, the last of which may be cut off; where the last whole one ends.
func (r *answerReader) batches(size int) int64 {
	var end int64
	for size >= headerBytes {
		header := r.bytes(headerBytes)
		length := 12 + int(binary.BigEndian.Uint32(header[8:]))
		if length <= size {
			end = int64(binary.BigEndian.Uint64(header)) + int64(binary.BigEndian.Uint32(header[23:])) + 1
		}
		r.skip(min(length, size) - headerBytes)
		size -= min(length, size)
	}
	r.skip(max(0, size))
	return end
}
