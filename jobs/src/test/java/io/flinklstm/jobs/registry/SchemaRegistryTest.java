package io.flinklstm.jobs.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.flinklstm.jobs.registry.RegistrySettings.OnFailure;
import io.flinklstm.jobs.testing.StubRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaRegistryTest {

  private static final String SCHEMA = "{\"type\":\"record\",\"name\":\"Tick\",\"fields\":[]}";
  private static final String PREFIX = "lstm.source.schema-registry.";

  @TempDir private Path folder;
  private StubRegistry stub;

  @BeforeEach
  void start() throws IOException {
    stub = new StubRegistry();
  }

  @AfterEach
  void stop() {
    stub.close();
  }

  @Test
  void readsASchemaByItsId() throws Exception {
    stub.schema(7, SCHEMA);
    assertThat(registry().schema(7)).isEqualTo(new Schema.Parser().parse(SCHEMA));
    assertThat(stub.requests()).containsExactly("/schemas/ids/7");
  }

  @Test
  void readsTheSchemasThatASchemaUses() throws Exception {
    stub.answer(
        "/schemas/ids/7",
        200,
        "{\"schema\":"
            + StubRegistry.quoted(
                "{\"type\":\"record\",\"name\":\"T\",\"fields\":["
                    + "{\"name\":\"a\",\"type\":\"x.A\"},{\"name\":\"b\",\"type\":\"x.B\"}]}")
            + ",\"references\":[{\"name\":\"x.B\",\"subject\":\"x b\",\"version\":3},"
            + "{\"name\":\"x.A\",\"subject\":\"a\",\"version\":1}]}");
    stub.answer(
        "/subjects/x%20b/versions/3",
        200,
        "{\"id\":3,\"references\":[{\"name\":\"x.A\",\"subject\":\"a\",\"version\":1}],\"schema\":"
            + StubRegistry.quoted(
                "{\"type\":\"record\",\"name\":\"x.B\",\"fields\":["
                    + "{\"name\":\"a\",\"type\":\"x.A\"}]}")
            + "}");
    stub.answer(
        "/subjects/a/versions/1",
        200,
        "{\"schema\":"
            + StubRegistry.quoted("{\"type\":\"enum\",\"name\":\"x.A\",\"symbols\":[\"S\"]}")
            + "}");
    Schema schema = registry().schema(7);
    assertThat(schema.getField("b").schema().getField("a").schema().getEnumSymbols())
        .containsExactly("S");
    assertThat(stub.requests()).hasSize(3);
  }

  @Test
  void asksAgainWhenTheServerIsNotAble() throws Exception {
    stub.schema(7, SCHEMA);
    stub.failNext(2, 503);
    stub.failNext(1, 429);
    stub.failNext(1, 200); // not JSON
    assertThat(registry().schema(7).getName()).isEqualTo("Tick");
    assertThat(stub.requests()).hasSize(5);
  }

  @Test
  void givesUpAfterSomeTries() {
    stub.failNext(99, 500);
    assertThatThrownBy(() -> registry().schema(7))
        .isInstanceOf(RegistryException.class)
        .hasMessage(
            PREFIX
                + "url: expected a schema registry that answers at "
                + stub.url()
                + ", got: HTTP 500");
    assertThat(stub.requests()).hasSize(RegistryConnection.TRIES);
  }

  @Test
  void saysThatNobodyListens() throws Exception {
    String url = unusedUrl();
    assertThatThrownBy(() -> registry(StubRegistry.settings(List.of(url), OnFailure.FAIL)).check())
        .isInstanceOf(RegistryException.class)
        .hasMessage(
            PREFIX
                + "url: expected a schema registry that answers at "
                + url
                + ", got: connection refused");
  }

  private static String unusedUrl() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "http://localhost:" + socket.getLocalPort();
    }
  }

  @Test
  void asksTheNextServerAndStaysThere() throws Exception {
    stub.schema(7, SCHEMA);
    stub.answer("/schemas/types", 200, "[\"AVRO\"]");
    SchemaRegistry registry =
        registry(StubRegistry.settings(List.of(unusedUrl(), stub.url()), OnFailure.FAIL));
    registry.check();
    registry.schema(7);
    assertThat(stub.requests()).containsExactly("/schemas/types", "/schemas/ids/7");
  }

  @Test
  void anotherServerIsNoRegistry() {
    stub.answer("/schemas/types", 404, "<html>");
    assertThatThrownBy(() -> registry().check())
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining(
            "expected a schema registry that answers to /schemas/types at "
                + stub.url()
                + ", got HTTP 404");
    stub.answer("/schemas/ids/7", 404, "not here");
    assertThatThrownBy(() -> registry().schema(7)).isInstanceOf(RegistryException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 422})
  void anIdThatTheRegistryRefusesIsUnusable(int status) {
    stub.answer("/schemas/ids/7", status, "{\"error_code\":" + status + "}");
    assertThatThrownBy(() -> registry().schema(7))
        .isInstanceOf(UnusableSchemaException.class)
        .hasMessageContaining("schema id 7: expected a schema in the registry, got");
  }

  @Test
  void namesTheOptionOfWrongCredentialsAndNeverShowsThem() throws Exception {
    stub.schema(7, SCHEMA);
    stub.require(
        "Basic "
            + Base64.getEncoder().encodeToString("job:s3cret".getBytes(StandardCharsets.UTF_8)));
    assertThatThrownBy(() -> registry().schema(7))
        .isInstanceOf(RegistryException.class)
        .hasMessage(
            PREFIX
                + "basic-auth: expected credentials that "
                + stub.url()
                + " accepts, got none, and HTTP 401: Unauthorized");
    Path file = folder.resolve("secret.properties");
    RegistrySettings settings = withAuth("job:${file:" + file + ":pw}");
    Files.writeString(file, "pw=wr0ng\n");
    assertThatThrownBy(() -> registry(settings).schema(7))
        .isInstanceOf(RegistryException.class)
        .hasMessageEndingWith(" accepts, got HTTP 401: Unauthorized")
        .hasMessageNotContaining("wr0ng");
    // The secret may change while the job runs.
    SchemaRegistry registry = registry(settings);
    Files.writeString(file, "pw=s3cret\n");
    assertThat(registry.schema(7).getName()).isEqualTo("Tick");
    assertThat(stub.requests()).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource({"${env:NO_SUCH_VARIABLE}", "${file:/no/such/file:pw}", "${dir:/no/such:pw}"})
  void saysWhichReferenceLeadsNowhere(String reference) {
    assertThatThrownBy(() -> registry(withAuth("job:" + reference)).check())
        .isInstanceOf(RegistryException.class)
        .hasMessageStartingWith(
            PREFIX + "basic-auth: expected to resolve job:" + reference + ", got");
  }

  private RegistrySettings withAuth(String basicAuth) {
    return new RegistrySettings(PREFIX, List.of(stub.url()), basicAuth, null, null, OnFailure.FAIL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{'schema':'{}','schemaType':'JSON'}; schema id 7: expected an Avro schema, got JSON",
        "{'schema':'syntax','schemaType':'PROTOBUF'}; an Avro schema, got PROTOBUF",
        "{'schema':'{ }'}; schema id 7: expected an Avro schema, got: ",
        "{'other':[1,{}]}; schema id 7: expected an Avro schema, got none",
      })
  void refusesWhatIsNoAvroSchema(String body, String message) {
    stub.answer("/schemas/ids/7", 200, body.replace('\'', '"'));
    UnusableSchemaException refused =
        catchThrowableOfType(UnusableSchemaException.class, () -> registry().schema(7));
    assertThat(refused).hasMessageContaining(message);
    assertThat(refused.isUnavailable()).isFalse();
  }

  @Test
  void anUnknownIdMayBeKnownLater() throws Exception {
    UnusableSchemaException refused =
        catchThrowableOfType(UnusableSchemaException.class, () -> registry().schema(7));
    assertThat(refused)
        .hasMessage(
            "schema id 7: expected a schema in the registry, got HTTP 404: Schema not found");
    assertThat(refused.isUnavailable()).isTrue();
    assertThat(stub.requests()).hasSize(1);
  }

  @Test
  void registersASchema() {
    stub.answer("/subjects/a%2Fb-value/versions", 200, "{\"id\":12}");
    assertThat(registry().register("a/b-value", SCHEMA)).isEqualTo(12);
    assertThat(stub.requests())
        .containsExactly(
            "/subjects/a%2Fb-value/versions{\"schema\":" + StubRegistry.quoted(SCHEMA) + "}");
    stub.answer(
        "/subjects/a%2Fb-value/versions",
        409, "{\"error_code\":409,\"message\":\"too different\"}");
    assertThatThrownBy(() -> registry().register("a/b-value", SCHEMA))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("as subject a/b-value, got HTTP 409: too different");
  }

  @Test
  void trustsTheCertificatesOfAFile() throws Exception {
    Path store = folder.resolve("server.p12");
    Path pem = folder.resolve("ca.pem");
    TestCertificate.create(store, pem, "changeit");
    try (StubRegistry secured = new StubRegistry(TestCertificate.server(store, "changeit"))) {
      secured.schema(7, SCHEMA);
      Path secret = Files.writeString(folder.resolve("pw.properties"), "pw=changeit\n");
      assertThat(registry(secured, pem, null).schema(7).getName()).isEqualTo("Tick");
      assertThat(registry(secured, store, "${file:" + secret + ":pw}").schema(7).getName())
          .isEqualTo("Tick");
      assertThatThrownBy(() -> registry(secured.settings(OnFailure.FAIL)).check())
          .isInstanceOf(RegistryException.class)
          .hasMessageContaining("PKIX path building failed");
      assertThatThrownBy(() -> registry(secured, folder.resolve("none.pem"), null).check())
          .isInstanceOf(RegistryException.class)
          .hasMessageStartingWith(PREFIX + "truststore: expected certificates in ");
    }
  }

  private static SchemaRegistry registry(StubRegistry stub, Path truststore, String password) {
    return registry(
        new RegistrySettings(
            PREFIX, List.of(stub.url()), null, truststore.toString(), password, OnFailure.FAIL));
  }

  private SchemaRegistry registry() {
    return registry(stub.settings(OnFailure.FAIL));
  }

  private static SchemaRegistry registry(RegistrySettings settings) {
    return new SchemaRegistry(settings, new RegistryConnection(settings, Duration.ofMillis(1)));
  }
}
