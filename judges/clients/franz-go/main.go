// franz-go. See ../README.md for the commands.
package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

type request struct {
	ID          int    `json:"id"`
	Op          string `json:"op"`
	Bootstrap   string `json:"bootstrap"`
	Topic       string `json:"topic"`
	Partitions  int32  `json:"partitions"`
	Prefix      string `json:"prefix"`
	Count       int    `json:"count"`
	ValueBytes  int    `json:"valueBytes"`
	Codec       string `json:"codec"`
	Idempotent  bool   `json:"idempotent"`
	TimestampMs *int64 `json:"timestampMs"`
	PerSecond   int    `json:"perSecond"`
	Name        string `json:"name"`
	Group       string `json:"group"`
}

type position struct {
	Partition int32 `json:"partition"`
	Offset    int64 `json:"offset"`
}

type seenRecord struct {
	position
	Key         string            `json:"key"`
	SizeBytes   int               `json:"sizeBytes"`
	Sha256      string            `json:"sha256"`
	Headers     map[string]string `json:"headers"`
	TimestampMs int64             `json:"timestampMs"`
}

var (
	ctx       = context.Background()
	bootstrap string
	admin     *kadm.Client
	running   *background
	members   sync.Map
)

func options(more ...kgo.Opt) []kgo.Opt {
	return append([]kgo.Opt{kgo.SeedBrokers(bootstrap), kgo.MetadataMinAge(100 * time.Millisecond),
		kgo.RetryBackoffFn(func(int) time.Duration { return 200 * time.Millisecond }), kgo.FetchMaxWait(100 * time.Millisecond)}, more...)
}

func recordOf(r request, index int) *kgo.Record {
	name := fmt.Sprintf("%s-%d|", r.Prefix, index)
	value := strings.Repeat(name, r.ValueBytes/len(name)+1)[:r.ValueBytes]
	record := &kgo.Record{
		Topic: r.Topic, Key: []byte(fmt.Sprintf("%s-%d", r.Prefix, index)), Value: []byte(value),
		Headers: []kgo.RecordHeader{{Key: "n", Value: []byte(fmt.Sprint(index))}, {Key: "language", Value: []byte("ünï")}},
	}
	if r.TimestampMs != nil {
		record.Timestamp = time.UnixMilli(*r.TimestampMs + int64(index))
	}
	return record
}

func newProducer(codec string, idempotent bool) (*kgo.Client, error) {
	codecs := map[string]kgo.CompressionCodec{"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(),
		"snappy": kgo.SnappyCompression(), "lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression()}
	opts := options(kgo.ProducerBatchCompression(codecs[codec]), kgo.ProducerLinger(5*time.Millisecond), kgo.ProducerBatchMaxBytes(1040000))
	if !idempotent {
		opts = append(opts, kgo.DisableIdempotentWrite())
	}
	return kgo.NewClient(opts...)
}

func produce(r request) (any, error) {
	client, err := newProducer(r.Codec, r.Idempotent)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	results := make([]position, r.Count)
	var mutex sync.Mutex
	var failure error
	for index := 0; index < r.Count; index++ {
		client.Produce(ctx, recordOf(r, index), func(record *kgo.Record, err error) {
			mutex.Lock()
			defer mutex.Unlock()
			if err != nil {
				failure = err
			} else {
				results[index] = position{record.Partition, record.Offset}
			}
		})
	}
	if err := client.Flush(ctx); err != nil {
		return nil, err
	}
	return results, failure
}

func readToEnd(topic string, starts map[int32]int64) (any, error) {
	lows, err := admin.ListStartOffsets(ctx, topic)
	if err != nil {
		return nil, err
	}
	highs, err := admin.ListEndOffsets(ctx, topic)
	if err != nil {
		return nil, err
	}
	ends := map[int32]int64{}
	from := map[int32]kgo.Offset{}
	highs.Each(func(high kadm.ListedOffset) {
		low, _ := lows.Lookup(topic, high.Partition)
		first := low.Offset
		if start, ok := starts[high.Partition]; ok {
			first = start
		}
		if first < high.Offset {
			ends[high.Partition] = high.Offset
			from[high.Partition] = kgo.NewOffset().At(first)
		}
	})
	records := []seenRecord{}
	if len(ends) == 0 {
		return records, nil
	}
	client, err := kgo.NewClient(options(kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: from}))...)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	limited, cancel := context.WithTimeout(ctx, 90*time.Second)
	defer cancel()
	for len(ends) > 0 {
		fetches := client.PollFetches(limited)
		if err := fetches.Err(); err != nil {
			return nil, fmt.Errorf("%d records, ends not reached %v: %w", len(records), ends, err)
		}
		fetches.EachRecord(func(record *kgo.Record) {
			headers := map[string]string{}
			for _, header := range record.Headers {
				headers[header.Key] = string(header.Value)
			}
			sum := sha256.Sum256(record.Value)
			records = append(records, seenRecord{position{record.Partition, record.Offset}, string(record.Key), len(record.Value),
				hex.EncodeToString(sum[:]), headers, record.Timestamp.UnixMilli()})
			if record.Offset+1 >= ends[record.Partition] {
				delete(ends, record.Partition)
			}
		})
	}
	return records, nil
}

func consumeFromTime(r request) (any, error) {
	found, err := admin.ListOffsetsAfterMilli(ctx, *r.TimestampMs, r.Topic)
	if err != nil {
		return nil, err
	}
	starts := map[int32]int64{}
	found.Each(func(offset kadm.ListedOffset) { starts[offset.Partition] = offset.Offset })
	return readToEnd(r.Topic, starts)
}

type background struct {
	mutex        sync.Mutex
	acknowledged []int
	failed       []int
	stop         chan struct{}
	done         chan error
}

func producerStart(r request) (any, error) {
	client, err := newProducer("none", true)
	if err != nil {
		return nil, err
	}
	b := &background{acknowledged: []int{}, failed: []int{}, stop: make(chan struct{}), done: make(chan error, 1)}
	running = b
	go func() {
		defer client.Close()
		start := time.Now()
		for index := 0; ; index++ {
			select {
			case <-b.stop:
				b.done <- client.Flush(ctx)
				return
			case <-time.After(time.Until(start.Add(time.Duration(index) * time.Second / time.Duration(r.PerSecond)))):
			}
			client.Produce(ctx, recordOf(r, index), func(_ *kgo.Record, err error) {
				b.mutex.Lock()
				defer b.mutex.Unlock()
				if err == nil {
					b.acknowledged = append(b.acknowledged, index)
				} else {
					fmt.Fprintln(os.Stderr, err)
					b.failed = append(b.failed, index)
				}
			})
		}
	}()
	return nil, nil
}

func producerStop() (any, error) {
	close(running.stop)
	if err := <-running.done; err != nil {
		return nil, err
	}
	return map[string][]int{"acknowledged": running.acknowledged, "failed": running.failed}, nil
}

type member struct {
	client   *kgo.Client
	mutex    sync.Mutex
	received [][3]any
	assigned int
	done     chan struct{}
}

func memberStart(r request) (any, error) {
	m := &member{received: [][3]any{}, done: make(chan struct{})}
	count := func(change int) func(context.Context, *kgo.Client, map[string][]int32) {
		return func(_ context.Context, client *kgo.Client, partitions map[string][]int32) {
			if change < 0 {
				_ = client.CommitUncommittedOffsets(ctx)
			}
			m.mutex.Lock()
			defer m.mutex.Unlock()
			for _, list := range partitions {
				m.assigned += change * len(list)
			}
		}
	}
	client, err := kgo.NewClient(options(kgo.ConsumerGroup(r.Group), kgo.ConsumeTopics(r.Topic), kgo.DisableAutoCommit(),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.SessionTimeout(10*time.Second), kgo.HeartbeatInterval(time.Second),
		kgo.RebalanceTimeout(10*time.Second), kgo.BlockRebalanceOnPoll(),
		kgo.OnPartitionsAssigned(count(1)), kgo.OnPartitionsRevoked(count(-1)), kgo.OnPartitionsLost(count(-1)))...)
	if err != nil {
		return nil, err
	}
	m.client = client
	members.Store(r.Name, m)
	go func() {
		defer close(m.done)
		for {
			fetches := client.PollFetches(ctx)
			if fetches.IsClientClosed() {
				return
			}
			fetches.EachError(func(_ string, _ int32, err error) {
				if !errors.Is(err, kgo.ErrClientClosed) {
					fmt.Fprintln(os.Stderr, err)
				}
			})
			m.mutex.Lock()
			fetches.EachRecord(func(record *kgo.Record) {
				m.received = append(m.received, [3]any{record.Partition, record.Offset, string(record.Key)})
			})
			m.mutex.Unlock()
			client.AllowRebalance()
		}
	}()
	return nil, nil
}

func memberOf(name string) (*member, error) {
	found, ok := members.Load(name)
	if !ok {
		return nil, fmt.Errorf("no member %q", name)
	}
	return found.(*member), nil
}

func memberState(r request) (any, error) {
	m, err := memberOf(r.Name)
	if err != nil {
		return nil, err
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return map[string]int{"assigned": m.assigned, "received": len(m.received)}, nil
}

func memberStop(r request) (any, error) {
	m, err := memberOf(r.Name)
	if err != nil {
		return nil, err
	}
	if err := m.client.CommitUncommittedOffsets(ctx); err != nil {
		return nil, err
	}
	m.client.CloseAllowingRebalance()
	<-m.done
	return m.received, nil
}

func connect(r request) (any, error) {
	bootstrap = r.Bootstrap
	client, err := kgo.NewClient(options()...)
	if err != nil {
		return nil, err
	}
	admin = kadm.NewClient(client)
	version := "?"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/twmb/franz-go" {
				version = module.Version
			}
		}
	}
	return "franz-go " + version, nil
}

func run(r request) (any, error) {
	switch r.Op {
	case "connect":
		return connect(r)
	case "createTopic":
		_, err := admin.CreateTopic(ctx, r.Partitions, 1, nil, r.Topic)
		return nil, err
	case "deleteTopic":
		_, err := admin.DeleteTopic(ctx, r.Topic)
		return nil, err
	case "topics":
		topics, err := admin.ListTopics(ctx)
		return topics.Names(), err
	case "produce":
		return produce(r)
	case "consume":
		return readToEnd(r.Topic, nil)
	case "consumeFromTime":
		return consumeFromTime(r)
	case "producerStart":
		return producerStart(r)
	case "producerStop":
		return producerStop()
	case "memberStart":
		return memberStart(r)
	case "memberState":
		return memberState(r)
	case "memberStop":
		return memberStop(r)
	}
	return nil, fmt.Errorf("unknown op %q", r.Op)
}

func main() {
	var mutex sync.Mutex
	scanner := bufio.NewScanner(os.Stdin)
	for scanner.Scan() {
		var r request
		if err := json.Unmarshal(scanner.Bytes(), &r); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		go func() {
			answer := map[string]any{"id": r.ID}
			result, err := run(r)
			if err != nil {
				answer["error"] = err.Error()
			} else {
				answer["result"] = result
			}
			mutex.Lock()
			defer mutex.Unlock()
			_ = json.NewEncoder(os.Stdout).Encode(answer)
		}()
	}
}
