import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Kafka's own consumer prints records as lines of JSON, in the order of partitions and offsets.
 * Arguments: the brokers, then for each thing to read a topic, an isolation level, a format of the
 * key and one of the value. Written after the specification alone; what is JSON is Jackson's say.
 */
public class PeekLines {
    private static final JsonFactory JSON = new JsonFactory();

    public static void main(String[] arguments) throws Exception {
        try (OutputStream out = new BufferedOutputStream(System.out, 1 << 16)) {
            for (int i = 1; i < arguments.length; i += 4) {
                String isolation = arguments[i + 1];
                for (var record : read(arguments[0], arguments[i], isolation)) {
                    String line = line(record, arguments[i + 2], arguments[i + 3]) + "\n";
                    out.write(line.getBytes(StandardCharsets.UTF_8));
                }
            }
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(String brokers, String topic, String isolation) {
        ByteArrayDeserializer bytes = new ByteArrayDeserializer();
        Map<String, Object> config =
                Map.of("bootstrap.servers", brokers, "isolation.level", isolation, "enable.auto.commit", false);
        try (var consumer = new KafkaConsumer<>(config, bytes, bytes)) {
            Map<Integer, List<ConsumerRecord<byte[], byte[]>>> records = new TreeMap<>();
            List<TopicPartition> partitions = new ArrayList<>();
            for (var info : consumer.partitionsFor(topic)) {
                partitions.add(new TopicPartition(topic, info.partition()));
                records.put(info.partition(), new ArrayList<>());
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    records.get(record.partition()).add(record);
                }
            }
            List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
            records.values().forEach(all::addAll);
            return all;
        }
    }

    private static String line(ConsumerRecord<byte[], byte[]> record, String keyFormat, String valueFormat)
            throws IOException {
        StringBuilder line = new StringBuilder("{\"topic\":").append(quoted(record.topic()));
        line.append(",\"partition\":").append(record.partition());
        line.append(",\"offset\":").append(record.offset());
        line.append(",\"timestamp\":").append(record.timestamp());
        line.append(",\"key\":").append(shown(record.key(), keyFormat));
        line.append(",\"value\":").append(shown(record.value(), valueFormat));
        line.append(",\"headers\":[");
        String comma = "";
        for (Header header : record.headers()) {
            line.append(comma).append('[').append(quoted(header.key())).append(',');
            line.append(shown(header.value(), "auto")).append(']');
            comma = ",";
        }
        return line.append("]}").toString();
    }

    private static String shown(byte[] bytes, String format) throws IOException {
        if (bytes == null) return "null";
        return switch (format) {
            case "auto" -> auto(bytes);
            case "long" -> Long.toString(ByteBuffer.wrap(bytes).getLong());
            case "bytes(hex)" -> quoted(HexFormat.of().formatHex(bytes));
            case "bytes(base64)" -> quoted(Base64.getEncoder().encodeToString(bytes));
            default -> throw new IllegalArgumentException(format);
        };
    }

    private static String auto(byte[] bytes) throws IOException {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException notUtf8) {
            return "{\"$base64\":\"" + Base64.getEncoder().encodeToString(bytes) + "\"}";
        }
        if (!isJson(text)) return quoted(text);
        return text.contains("\n") || text.contains("\r") ? compact(text) : text;
    }

    /** One value, and nothing after it. */
    private static boolean isJson(String text) throws IOException {
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() == null) return false;
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (com.fasterxml.jackson.core.JsonProcessingException notJson) {
            return false;
        }
    }

    /** Without the blanks between its tokens. */
    private static String compact(String json) {
        StringBuilder compact = new StringBuilder();
        boolean inString = false;
        boolean escaped = false;
        for (char letter : json.toCharArray()) {
            if (!inString && Character.isWhitespace(letter)) continue;
            compact.append(letter);
            if (!escaped && letter == '"') inString = !inString;
            escaped = !escaped && letter == '\\';
        }
        return compact.toString();
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char letter : text.toCharArray()) {
            switch (letter) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\b' -> quoted.append("\\b");
                case '\f' -> quoted.append("\\f");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (letter < ' ') quoted.append(String.format("\\u%04x", (int) letter));
                    else quoted.append(letter);
                }
            }
        }
        return quoted.append('"').toString();
    }
}
