package main

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

func names(topics int) []string {
	var all []string
	for i := 0; i < topics; i++ {
		all = append(all, fmt.Sprintf("many-%d", i))
	}
	return all
}

// fill makes topics and puts one record into each of their partitions.
func fill(ctx context.Context, addr string, topics, partitions int) {
	cl, err := kgo.NewClient(kgo.SeedBrokers(addr), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.MaxBufferedRecords(partitions),
		kgo.RequestTimeoutOverhead(time.Minute))
	die(err, "client")
	defer cl.Close()
	adm := kadm.NewClient(cl)
	adm.SetTimeoutMillis(120000)
	for _, name := range names(topics) {
		_, err := adm.CreateTopic(ctx, int32(partitions), 1, nil, name)
		die(err, "create topic")
	}
	for _, name := range names(topics) {
		for p := 0; p < partitions; p++ {
			r := &kgo.Record{Topic: name, Partition: int32(p), Value: []byte("one")}
			cl.Produce(ctx, r, func(_ *kgo.Record, err error) { die(err, "produce") })
		}
		die(cl.Flush(ctx), "flush")
	}
}

// ready returns when every partition answers where it ends, with the record that fill has put there.
func ready(ctx context.Context, addr string, topics, partitions int) {
	for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if isReady(ctx, addr, topics, partitions) {
			return
		}
	}
	die(fmt.Errorf("not all of %d partitions answered within 5 minutes", topics*partitions), "ready")
}

func isReady(ctx context.Context, addr string, topics, partitions int) bool {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	cl, err := kgo.NewClient(kgo.SeedBrokers(addr), kgo.RequestRetries(0))
	die(err, "client")
	defer cl.Close()
	ends, err := kadm.NewClient(cl).ListEndOffsets(ctx, names(topics)...)
	if err != nil || ends.Error() != nil {
		return false
	}
	count := 0
	ends.Each(func(o kadm.ListedOffset) {
		if o.Offset == 1 {
			count++
		}
	})
	return count == topics*partitions
}
