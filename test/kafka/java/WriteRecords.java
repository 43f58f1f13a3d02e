import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes what a reader can get wrong. Arguments: the brokers, a topic with six partitions, a topic
 * with one for numbers. Partitions 0 to 4 hold the same records in each codec, partition 5 those of
 * transactions.
 */
public class WriteRecords {
    private static final String[] CODECS = {"none", "gzip", "snappy", "lz4", "zstd"};
    private static final long TIME = 1_795_224_732_160L;

    private static final String[] TEXTS = {
        "", " ", "null", "true", "text", "\"text\"", "17", "-0", "1.10", "1e400", "007", "1.", "NaN",
        "9223372036854775807", "9007199254740993", "{}", "[]", "{\"id\":7}", "{ \"id\" : 7 }",
        "{\"a\":1,\"a\":2}", "{\"a\":1", "{\n  \"a b\" : [ 1.0 , \"x\\\" y \\\\\" ]\n}\n", "[1,\r\n2]",
        "\"\\ud800\"", "\"\\u00e4\\/\"", "\"\u007f\u2028\"", "\"tab\there\"", "äöü 😀", "{\"ä\":\"😀\"}",
        "\\ \" \b\f\n\r\t\0\u001f", "\ufeff{}", "{'a':1}", "[1 2]", "1,2", "[[[[[[[[]]]]]]]]"
    };

    private static final byte[][] BINARY = {
        {0}, {-1}, {0, 0, 0, 0, 0, 0, 0, 7}, {34, -1, 34}, {-19, -96, -128}, {-64, -128}, {-16, -97, -104}
    };

    public static void main(String[] arguments) throws Exception {
        String brokers = arguments[0];
        String topic = arguments[1];
        for (int partition = 0; partition < CODECS.length; partition++) {
            writeAll(brokers, topic, partition, CODECS[partition]);
        }
        writeTransactions(brokers, topic, CODECS.length);
        writeNumbers(brokers, arguments[2]);
    }

    private static KafkaProducer<byte[], byte[]> producer(String brokers, Map<String, Object> more) {
        Map<String, Object> config = new java.util.HashMap<>(more);
        config.put("bootstrap.servers", brokers);
        config.put("linger.ms", 5);
        config.put("batch.size", 20_000);
        ByteArraySerializer bytes = new ByteArraySerializer();
        return new KafkaProducer<>(config, bytes, bytes);
    }

    private static void writeAll(String brokers, String topic, int partition, String codec) {
        try (var producer = producer(brokers, Map.of("compression.type", codec))) {
            int number = 0;
            for (byte[] content : contents()) {
                List<Header> headers = headers(number, content);
                byte[] key = number % 3 == 0 ? null : content;
                byte[] value = number % 7 == 1 ? null : content;
                producer.send(new ProducerRecord<>(topic, partition, TIME + number, key, value, headers));
                number++;
            }
        }
    }

    /** In order, with duplicates and nulls. */
    private static List<Header> headers(int number, byte[] content) {
        List<Header> headers = new ArrayList<>();
        for (int i = 0; i < number % 4; i++) {
            headers.add(new RecordHeader(i == 1 ? "ä \"b\"" : "trace-id", i == 2 ? null : content));
        }
        return headers;
    }

    private static List<byte[]> contents() {
        List<byte[]> contents = new ArrayList<>();
        for (String text : TEXTS) contents.add(utf8(text));
        contents.addAll(List.of(BINARY));
        Random random = new Random(42);
        for (int i = 0; i < 600; i++) contents.add(changed(TEXTS[random.nextInt(TEXTS.length)], random));
        contents.add(utf8("{\"long\":\"" + "x".repeat(200_000) + "\"}"));
        contents.add(utf8("ä\n".repeat(50_000)));
        return contents;
    }

    /** A text in which a byte or two are other ones. */
    private static byte[] changed(String text, Random random) {
        byte[] bytes = utf8(text + text);
        String likely = "\"\\{}[],:0123456789.eE+-tfn \n";
        for (int i = random.nextInt(3); i > 0 && bytes.length > 0; i--) {
            boolean any = random.nextInt(4) == 0;
            int code = any ? random.nextInt(256) : likely.charAt(random.nextInt(likely.length()));
            bytes[random.nextInt(bytes.length)] = (byte) code;
        }
        return java.util.Arrays.copyOf(bytes, random.nextBoolean() ? bytes.length : bytes.length / 2);
    }

    private static void writeTransactions(String brokers, String topic, int partition) throws Exception {
        String id = topic + "-transactions";
        try (var plain = producer(brokers, Map.of());
                var producer = producer(brokers, Map.of("transactional.id", id, "compression.type", "lz4"))) {
            producer.initTransactions();
            for (int number = 0; number < 12; number++) {
                boolean commits = number % 3 != 0;
                producer.beginTransaction();
                for (int i = 0; i < 10; i++) {
                    byte[] value = utf8((commits ? "committed " : "aborted ") + number + "." + i);
                    producer.send(new ProducerRecord<>(topic, partition, TIME + i, utf8("t"), value));
                    if (i == 4) {
                        producer.flush();
                        plain.send(new ProducerRecord<>(topic, partition, TIME, null, utf8("plain " + number))).get();
                    }
                }
                if (commits) producer.commitTransaction();
                else {
                    producer.flush();
                    producer.abortTransaction();
                }
            }
        }
    }

    private static void writeNumbers(String brokers, String topic) {
        long[] numbers = {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, (1L << 53) + 1, -(1L << 53) - 1};
        try (var producer = producer(brokers, Map.of())) {
            for (long number : numbers) {
                byte[] bytes = ByteBuffer.allocate(8).putLong(number).array();
                producer.send(new ProducerRecord<>(topic, 0, TIME, bytes, bytes));
            }
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
