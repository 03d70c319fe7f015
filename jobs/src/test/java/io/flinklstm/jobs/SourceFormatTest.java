package io.flinklstm.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

class SourceFormatTest {

  private static final List<String> FIELDS = List.of("price", "amount");

  @Test
  void jsonIsTheDefault() {
    assertThat(load().layout()).isEqualTo(ValueLayout.JSON);
  }

  @Test
  void csvHasTheWantedFieldsAsColumnsByDefault() {
    assertThat(load("--lstm.source.format=csv").layout().columns())
        .containsExactly("key", "event_time", "price", "amount");
    assertThat(
            load(
                    "--lstm.source.format=CSV",
                    "--lstm.source.key-field=",
                    "--lstm.source.time-field=ts",
                    "--lstm.source.sequence-field=amount")
                .layout()
                .columns())
        .containsExactly("ts", "amount", "price");
  }

  @Test
  void csvColumnsAreTheConfiguredOnes() {
    assertThat(
            load(
                    "--lstm.source.format=csv",
                    "--lstm.source.csv-columns=price, key,,amount,event_time,")
                .layout()
                .columns())
        .containsExactly("price", "key", "", "amount", "event_time", "");
  }

  @Test
  void aFieldWithoutColumnIsRefused() {
    assertThatThrownBy(
            () ->
                load("--lstm.source.format=csv", "--lstm.source.csv-columns=key,event_time,price"))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessage(
            "lstm.source.csv-columns: expected one column for the field amount, got none in"
                + " key,event_time,price");
  }

  @Test
  void columnsWithoutCsvAreRefused() {
    assertThatThrownBy(() -> load("--lstm.source.csv-columns=key,event_time,price,amount"))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessage(
            "lstm.source.csv-columns: expected it only with the format that it describes, got"
                + " lstm.source.format json");
  }

  @Test
  void travelsToTheTasks() throws Exception {
    RecordFormat format = load("--lstm.source.format=csv");
    assertThat(InstantiationUtil.clone(format)).isEqualTo(format);
  }

  private static RecordFormat load(String... arguments) {
    String[] all = new String[2 + arguments.length];
    all[0] = "--lstm.kafka.bootstrap-servers=localhost:9";
    all[1] = "--lstm.model.path=m";
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return SourceFormat.load(ForecastJobConfig.fromArguments(all), FIELDS);
  }
}
