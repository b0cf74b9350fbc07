// checker produces numbered records with franz-go through whatever happens to the broker, remembers the offset of each that was acknowledged,
// and, when its standard input ends, reads everything back and compares. It writes one JSON object a line.
//
//	checker -bootstrap 127.0.0.1:9092 -topics a,b -partitions 3
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

type place struct {
	topic     string
	partition int32
	offset    int64
}

type progress struct {
	Acknowledged int64            `json:"acknowledged"`
	ByTopic      map[string]int64 `json:"by_topic"`
	Failed       int64            `json:"failed"`
	LastError    string           `json:"last_error"`
}

type verdict struct {
	Verified     bool     `json:"verified"`
	Acknowledged int64    `json:"acknowledged"`
	Read         int64    `json:"read"`
	Complaints   []string `json:"complaints"`
}

type checker struct {
	mu     sync.Mutex
	acked  map[place]string
	state  progress
	stopAt chan struct{}
}

func die(err error, what string) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "checker:", what+":", err)
		os.Exit(1)
	}
}

func main() {
	bootstrap := flag.String("bootstrap", "", "host:port")
	topicList := flag.String("topics", "checked", "topics, separated by commas")
	partitions := flag.Int("partitions", 3, "partitions of each topic")
	size := flag.Int("size", 200, "least size of a value, bytes")
	inFlight := flag.Int("buffered", 500, "records that may wait for their acknowledgement")
	deliver := flag.Duration("give-up", 0, "how long a record is tried; for ever by default")
	flag.Parse()
	topics := strings.Split(*topicList, ",")
	ctx := context.Background()
	c := &checker{acked: map[place]string{}, stopAt: make(chan struct{})}
	c.state.ByTopic = map[string]int64{}
	options := []kgo.Opt{kgo.SeedBrokers(*bootstrap), kgo.MaxBufferedRecords(*inFlight), kgo.RecordPartitioner(kgo.RoundRobinPartitioner()),
		kgo.RetryBackoffFn(func(int) time.Duration { return 50 * time.Millisecond }), kgo.ProducerLinger(0), kgo.MetadataMinAge(50 * time.Millisecond)}
	if *deliver > 0 {
		options = append(options, kgo.RecordDeliveryTimeout(*deliver), kgo.DisableIdempotentWrite())
	}
	cl, err := kgo.NewClient(options...)
	die(err, "client")
	for _, topic := range topics {
		_, err = kadm.NewClient(cl).CreateTopic(ctx, int32(*partitions), 1, nil, topic)
		if err != nil && !strings.Contains(err.Error(), "already exists") {
			die(err, "create topic")
		}
	}
	enc := json.NewEncoder(os.Stdout)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(c.stopAt)
	}()
	go c.produce(ctx, cl, topics, *size)
	ticker := time.NewTicker(50 * time.Millisecond)
	for stopped := false; !stopped; {
		select {
		case <-c.stopAt:
			stopped = true
		case <-ticker.C:
			c.mu.Lock()
			die(enc.Encode(c.state), "output")
			c.mu.Unlock()
		}
	}
	flushing, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	die(cl.Flush(flushing), "flush")
	die(enc.Encode(c.verify(ctx, *bootstrap, topics, *deliver == 0)), "output")
}

func (c *checker) produce(ctx context.Context, cl *kgo.Client, topics []string, size int) {
	filler := strings.Repeat("x", size)
	for n := 0; ; n++ {
		select {
		case <-c.stopAt:
			return
		default:
		}
		value := fmt.Sprintf("%d %s", n, filler)
		// A few hundred microseconds between records: enough for thousands a second, and for the machine to do other things.
		if n%10 == 0 {
			time.Sleep(time.Millisecond)
		}
		cl.Produce(ctx, &kgo.Record{Topic: topics[n%len(topics)], Value: []byte(value)}, func(r *kgo.Record, err error) {
			c.mu.Lock()
			defer c.mu.Unlock()
			if err != nil {
				c.state.Failed++
				c.state.LastError = err.Error()
				return
			}
			c.state.Acknowledged++
			c.state.ByTopic[r.Topic]++
			c.acked[place{r.Topic, r.Partition, r.Offset}] = value
		})
	}
}

// verify reads all partitions from their beginning: each acknowledged record must be where its acknowledgement said, once, and
// offsets must follow each other without a gap.
func (c *checker) verify(ctx context.Context, bootstrap string, topics []string, isIdempotent bool) verdict {
	c.mu.Lock()
	defer c.mu.Unlock()
	v := verdict{Verified: true, Acknowledged: int64(len(c.acked)), Complaints: []string{}}
	complain := func(format string, what ...any) {
		if len(v.Complaints) < 20 {
			v.Complaints = append(v.Complaints, fmt.Sprintf(format, what...))
		}
	}
	cl, err := kgo.NewClient(kgo.SeedBrokers(bootstrap), kgo.ConsumeTopics(topics...), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	die(err, "consumer")
	defer cl.Close()
	ends, err := kadm.NewClient(cl).ListEndOffsets(ctx, topics...)
	die(err, "end offsets")
	left := int64(0)
	ends.Each(func(o kadm.ListedOffset) {
		if o.Err == nil {
			left += o.Offset
		} else {
			complain("%s-%d: %v", o.Topic, o.Partition, o.Err)
		}
	})
	next := map[string]int64{}
	seen := map[string]place{}
	reading, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for v.Read < left {
		fetches := cl.PollFetches(reading)
		if err := reading.Err(); err != nil {
			complain("only %d of %d records could be read: %v", v.Read, left, err)
			break
		}
		fetches.EachRecord(func(r *kgo.Record) {
			v.Read++
			at := place{r.Topic, r.Partition, r.Offset}
			name := fmt.Sprintf("%s-%d", r.Topic, r.Partition)
			if r.Offset != next[name] {
				complain("%s: offset %d where %d is expected", name, r.Offset, next[name])
			}
			next[name] = r.Offset + 1
			if before, is := seen[string(r.Value)]; is && isIdempotent {
				complain("%v has the record that is at %v already", at, before)
			}
			seen[string(r.Value)] = at
			if value, is := c.acked[at]; is && value != string(r.Value) {
				complain("%v holds another record than was acknowledged", at)
			}
			delete(c.acked, at)
		})
	}
	for at := range c.acked {
		complain("%v was acknowledged and is not there", at)
	}
	return v
}
