# confluent-kafka for Python (librdkafka). See ../README.md for the commands.
import hashlib
import json
import os
import sys
import threading
import time

import confluent_kafka
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

bootstrap = ''
admin = None
members = {}
background = None
broker_assigns = os.environ.get('GROUP_PROTOCOL') == 'consumer'
answer_lock = threading.Lock()


def value_of(prefix, index, size):
    name = f'{prefix}-{index}|'
    return (name * (size // len(name) + 1))[:size].encode()


def headers_of(index):
    return [('n', str(index).encode()), ('language', 'ünï'.encode())]


def producer(codec, idempotent):
    return Producer({
        'bootstrap.servers': bootstrap,
        'acks': 'all',
        'compression.type': codec,
        'enable.idempotence': idempotent,
        'linger.ms': 5,
        'message.max.bytes': 1040000,
        'message.timeout.ms': 120000,
        'reconnect.backoff.max.ms': 500,
    })


def configured(config):
    """Adds `key=value;key=value`; with the consumer protocol the brokers say how often to send heartbeats."""
    more = os.environ.get('CONSUMER_CONFIG')
    if more is not None:
        config.update(entry.split('=') for entry in more.split(';'))
    if config.get('group.protocol') == 'consumer':
        for key in ('session.timeout.ms', 'heartbeat.interval.ms'):
            config.pop(key, None)
    return config


def consumer(group, more=None):
    return Consumer(configured({
        'bootstrap.servers': bootstrap,
        'group.id': group,
        'enable.auto.commit': False,
        'auto.offset.reset': 'earliest',
        'session.timeout.ms': 10000,
        'heartbeat.interval.ms': 1000,
        **({'group.protocol': 'consumer'} if broker_assigns else {}),
        'fetch.wait.max.ms': 100,
        'reconnect.backoff.max.ms': 500,
        'check.crcs': True,
        **(more or {}),
    }))


def connect(request):
    global bootstrap, admin
    bootstrap = request['bootstrap']
    admin = AdminClient({'bootstrap.servers': bootstrap, 'reconnect.backoff.max.ms': 500})
    return f'confluent-kafka {confluent_kafka.version()[0]}, librdkafka {confluent_kafka.libversion()[0]}'


def create_topic(request):
    new = NewTopic(request['topic'], num_partitions=request['partitions'], replication_factor=1)
    admin.create_topics([new])[request['topic']].result(30)


def delete_topic(request):
    admin.delete_topics([request['topic']])[request['topic']].result(30)


def topics(_request):
    return list(admin.list_topics(timeout=30).topics)


def produce(request):
    results = [None] * request['count']
    errors = []
    client = producer(request['codec'], request['idempotent'])

    def send(index):
        def delivered(error, message):
            if error is not None:
                errors.append(str(error))
            else:
                results[index] = {'partition': message.partition(), 'offset': message.offset()}

        options = {}
        if request.get('timestampMs') is not None:
            options['timestamp'] = request['timestampMs'] + index
        key = f"{request['prefix']}-{index}"
        value = value_of(request['prefix'], index, request['valueBytes'])
        client.produce(request['topic'], value, key, headers=headers_of(index), on_delivery=delivered, **options)

    for index in range(request['count']):
        send(index)
        client.poll(0)
    client.flush(120)
    if errors:
        raise RuntimeError(f'{len(errors)} records failed: {errors[0]}')
    return results


def seen(message):
    value = message.value()
    return {
        'partition': message.partition(),
        'offset': message.offset(),
        'key': message.key().decode(),
        'sizeBytes': len(value),
        'sha256': hashlib.sha256(value).hexdigest(),
        'headers': {name: data.decode() for name, data in message.headers() or []},
        'timestampMs': message.timestamp()[1],
    }


def read_to_end(client, topic, starts):
    ends = {}
    for start in starts:
        low, high = client.get_watermark_offsets(TopicPartition(topic, start.partition), timeout=30)
        first = low if start.offset == confluent_kafka.OFFSET_BEGINNING else start.offset
        if 0 <= first < high:
            ends[start.partition] = high
    client.assign([start for start in starts if start.partition in ends])
    records = []
    deadline = time.monotonic() + 90
    while ends:
        if time.monotonic() > deadline:
            raise RuntimeError(f'{len(records)} records after 90 s; ends not reached: {ends}')
        for message in client.consume(1000, 0.2):
            if message.error() is not None:
                raise RuntimeError(str(message.error()))
            records.append(seen(message))
            if message.offset() + 1 >= ends.get(message.partition(), 0):
                ends.pop(message.partition(), None)
    client.close()
    return records


def partitions_of(client, topic):
    return sorted(client.list_topics(topic, timeout=30).topics[topic].partitions)


def consume(request):
    client = consumer('no-group')
    topic = request['topic']
    starts = [TopicPartition(topic, index, confluent_kafka.OFFSET_BEGINNING) for index in partitions_of(client, topic)]
    return read_to_end(client, topic, starts)


def consume_from_time(request):
    client = consumer('no-group')
    topic = request['topic']
    asked = [TopicPartition(topic, index, request['timestampMs']) for index in partitions_of(client, topic)]
    return read_to_end(client, topic, client.offsets_for_times(asked, timeout=30))


class Background:
    def __init__(self, request):
        self.request = request
        self.acknowledged = []
        self.failed = []
        self.running = True
        self.client = producer('none', True)
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        start = time.monotonic()
        index = 0
        while self.running:
            due = start + index / self.request['perSecond']
            self.client.poll(max(0, due - time.monotonic()))
            if time.monotonic() >= due:
                self.send(index)
                index += 1

    def send(self, index):
        def delivered(error, _message):
            (self.acknowledged if error is None else self.failed).append(index)

        value = value_of(self.request['prefix'], index, self.request['valueBytes'])
        self.client.produce(self.request['topic'], value, f"{self.request['prefix']}-{index}", on_delivery=delivered)

    def stop(self):
        self.running = False
        self.thread.join()
        self.client.flush(120)
        return {'acknowledged': self.acknowledged, 'failed': self.failed}


def producer_start(request):
    global background
    background = Background(request)


def producer_stop(_request):
    return background.stop()


class Member:
    def __init__(self, request):
        self.received = []
        self.assigned = 0
        self.running = True
        self.error = None
        self.client = consumer(request['group'])
        self.client.subscribe([request['topic']], on_assign=self.on_assign, on_revoke=self.on_revoke)
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def on_assign(self, _client, partitions):
        self.assigned = self.assigned + len(partitions) if broker_assigns else len(partitions)

    def on_revoke(self, _client, partitions):
        self.assigned = self.assigned - len(partitions) if broker_assigns else 0
        self.commit()

    def commit(self):
        try:
            self.client.commit(asynchronous=False)
        except confluent_kafka.KafkaException as error:
            if error.args[0].code() != confluent_kafka.KafkaError._NO_OFFSET:
                self.error = str(error)

    def run(self):
        while self.running:
            for message in self.client.consume(100, 0.1):
                if message.error() is not None:
                    print(message.error(), file=sys.stderr)
                else:
                    self.received.append([message.partition(), message.offset(), message.key().decode()])
        self.commit()
        self.client.close()

    def stop(self):
        self.running = False
        self.thread.join()
        if self.error is not None:
            raise RuntimeError(f'commit failed: {self.error}')
        return self.received


def member_start(request):
    members[request['name']] = Member(request)


def member_state(request):
    member = members[request['name']]
    return {'assigned': member.assigned, 'received': len(member.received)}


def member_stop(request):
    return members.pop(request['name']).stop()


operations = {
    'connect': connect,
    'createTopic': create_topic,
    'deleteTopic': delete_topic,
    'topics': topics,
    'produce': produce,
    'consume': consume,
    'consumeFromTime': consume_from_time,
    'producerStart': producer_start,
    'producerStop': producer_stop,
    'memberStart': member_start,
    'memberState': member_state,
    'memberStop': member_stop,
}


def handle(request):
    try:
        answer = {'id': request['id'], 'result': operations[request['op']](request)}
    except Exception as error:
        answer = {'id': request['id'], 'error': f'{type(error).__name__}: {error}'}
    with answer_lock:
        sys.stdout.write(json.dumps(answer) + '\n')
        sys.stdout.flush()


for line in sys.stdin:
    threading.Thread(target=handle, args=(json.loads(line),), daemon=True).start()
