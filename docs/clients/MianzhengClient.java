import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A client of the Mianzheng gateway in one file, with nothing but the Java 17 library. Copy it and change what you like.
 *
 * <pre>
 * java MianzhengClient.java FACT MATTER NUMBER         one question
 * java MianzhengClient.java FACT MATTER < numbers.txt  a batch: one number a line, a line of JSON for each
 * </pre>
 *
 * MIANZHENG_URL is the city's address. MIANZHENG_KEY is a key; or MIANZHENG_CLIENT and MIANZHENG_SECRET are a client's,
 * for which a token is fetched. The exit code is 0 where everything was answered, 1 where something was not. Answers are
 * printed as they come; in a program of your own, read them with your JSON library.
 */
public final class MianzhengClient {
    private static final int TRIES = 5;
    /** Seconds one waits at most: an allowance that begins anew at midnight is no reason to hang. */
    private static final long PATIENCE = 60;

    private final HttpClient http =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(10)).build();
    private final String url;
    private final String key;

    /** The gateway answered with a problem (RFC 9457). */
    public static final class Refused extends Exception {
        Refused(String problem) {
            super(problem);
        }
    }

    public MianzhengClient(String url, String key) {
        this.url = url.replaceAll("/+$", "");
        this.key = key;
    }

    /** Fetch an access token with client credentials (RFC 6749, 4.4) and use it as the key. */
    public static MianzhengClient withClient(String url, String client, String secret)
        throws IOException, InterruptedException, Refused {
        MianzhengClient none = new MianzhengClient(url, "");
        String pair = Base64.getEncoder().encodeToString((client + ":" + secret).getBytes(StandardCharsets.UTF_8));
        String scope = URLEncoder.encode("verify verify:batch", StandardCharsets.UTF_8);
        HttpRequest request = HttpRequest.newBuilder(URI.create(none.url + "/identity/token"))
            .header("Authorization", "Basic " + pair)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials&scope=" + scope))
            .build();
        HttpResponse<String> answer = none.http.send(request, HttpResponse.BodyHandlers.ofString());
        Matcher token = Pattern.compile("\"access_token\"\\s*:\\s*\"([^\"]+)\"").matcher(answer.body());
        if (answer.statusCode() != 200 || !token.find()) {
            throw new Refused(answer.body());
        }
        return new MianzhengClient(url, token.group(1));
    }

    /** Answer one question, as the gateway's JSON. */
    public String verify(String fact, String matter, String number) throws IOException, InterruptedException, Refused {
        String body = object(Map.of("fact", fact, "matter", matter, "number", number));
        try (InputStream answer = send("/api/v1/verifications", body, UUID.randomUUID().toString())) {
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /**
     * Hand each line of JSON to {@code take}, in the order of the numbers (10,000 at most), as they come. If the connection
     * breaks the request is sent again with its key: what was answered comes again, and nobody is looked up twice.
     */
    public void verifyAll(String fact, String matter, List<String> numbers, Consumer<String> take)
        throws IOException, InterruptedException, Refused {
        List<String> questions = new ArrayList<>();
        for (String number : numbers) {
            questions.add(object(Map.of("ref", String.valueOf(questions.size()), "number", number)));
        }
        String shared = object(Map.of("fact", fact, "matter", matter));
        String body = shared.substring(0, shared.length() - 1) + ",\"questions\":[" + String.join(",", questions) + "]}";
        String again = UUID.randomUUID().toString();
        int got = 0;
        for (int left = TRIES - 1; got < numbers.size(); left--) {
            try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(send("/api/v1/verifications/batch", body, again), StandardCharsets.UTF_8))) {
                int n = 0;
                for (String line = lines.readLine(); line != null; line = lines.readLine(), n++) {
                    if (n == got) {
                        take.accept(line);
                        got++;
                    }
                }
            } catch (IOException broken) {
                if (left <= 0) {
                    throw broken;
                }
                Thread.sleep(1000);
            }
            if (left <= 0 && got < numbers.size()) {
                throw new IOException(got + " of " + numbers.size() + " lines came");
            }
        }
    }

    /** Send a request, again where the gateway asks for it (429, 503), after the seconds in Retry-After. */
    private InputStream send(String path, String body, String again) throws IOException, InterruptedException, Refused {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
            .timeout(Duration.ofMinutes(2))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .header("Accept-Language", "en")
            .header("Idempotency-Key", again)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
        for (int left = TRIES - 1; ; left--) {
            HttpResponse<InputStream> answer = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            if (answer.statusCode() == 200) {
                return answer.body();
            }
            long wait = answer.headers().firstValueAsLong("Retry-After").orElse(1);
            boolean later = answer.statusCode() == 429 || answer.statusCode() == 503;
            if (!later || left <= 0 || wait > PATIENCE) {
                throw new Refused(new String(answer.body().readAllBytes(), StandardCharsets.UTF_8));
            }
            Thread.sleep(1000 * wait);
        }
    }

    private static String object(Map<String, String> fields) {
        List<String> pairs = new ArrayList<>();
        fields.forEach((name, value) -> pairs.add(text(name) + ":" + text(value)));
        return "{" + String.join(",", pairs) + "}";
    }

    private static String text(String value) {
        StringBuilder out = new StringBuilder("\"");
        for (char each : value.toCharArray()) {
            if (each == '"' || each == '\\') {
                out.append('\\').append(each);
            } else if (each < ' ') {
                out.append(String.format("\\u%04x", (int) each));
            } else {
                out.append(each);
            }
        }
        return out.append('"').toString();
    }

    public static void main(String[] words) throws Exception {
        Map<String, String> set = System.getenv();
        String url = set.get("MIANZHENG_URL");
        String key = set.get("MIANZHENG_KEY");
        boolean[] failed = {false};
        try {
            MianzhengClient gateway = key != null
                ? new MianzhengClient(url, key)
                : withClient(url, set.get("MIANZHENG_CLIENT"), set.get("MIANZHENG_SECRET"));
            if (words.length == 3) {
                System.out.println(gateway.verify(words[0], words[1], words[2]));
            } else {
                List<String> numbers = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                    .lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
                gateway.verifyAll(words[0], words[1], numbers, line -> {
                    failed[0] |= line.contains("\"error\"");
                    System.out.println(line);
                });
            }
        } catch (Refused refused) {
            System.err.println(refused.getMessage());
            failed[0] = true;
        } catch (IOException broken) {
            System.err.println("no answer from " + url + ": " + broken);
            failed[0] = true;
        }
        System.exit(failed[0] ? 1 : 0);
    }
}
