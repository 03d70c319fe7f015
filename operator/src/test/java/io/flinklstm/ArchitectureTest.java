package io.flinklstm;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * Who may know whom: {@code math <- model <- forecast <- format <- stream}, where a package knows
 * those to its left only; {@code train} knows forecast and what is left of it.
 */
@AnalyzeClasses(
    packages = "io.flinklstm",
    importOptions = {ImportOption.DoNotIncludeTests.class, ImportOption.DoNotIncludeJars.class})
class ArchitectureTest {

  private static final String JDK = "java..";
  private static final String MATH = "io.flinklstm.math..";
  private static final String MODEL = "io.flinklstm.model..";
  private static final String FORECAST = "io.flinklstm.forecast..";
  private static final String FORMAT = "io.flinklstm.format..";
  private static final String TRAIN = "io.flinklstm.train..";
  private static final String STREAM = "io.flinklstm.stream..";

  @ArchTest
  static final ArchRule mathKnowsTheJdkAndEjmlOnly =
      onlyKnows(MATH, JDK, "javax.management..", "jdk.incubator.vector..", "org.ejml..", MATH);

  @ArchTest static final ArchRule modelKnowsMathOnly = onlyKnows(MODEL, JDK, MATH, MODEL);

  @ArchTest
  static final ArchRule forecastKnowsModelAndMathOnly =
      onlyKnows(FORECAST, JDK, MATH, MODEL, FORECAST);

  @ArchTest
  static final ArchRule formatKnowsForecastModelAndTheLibrariesOfTheFormatsOnly =
      onlyKnows(
          FORMAT,
          JDK,
          "com.fasterxml.jackson..",
          "org.snakeyaml.engine..",
          "ai.onnx.proto..",
          "com.google.protobuf..",
          MODEL,
          FORECAST,
          FORMAT);

  @ArchTest
  static final ArchRule trainKnowsThoseLeftOfFormatAndEjmlOnly =
      onlyKnows(TRAIN, JDK, "org.ejml..", MATH, MODEL, FORECAST, TRAIN);

  @ArchTest
  static final ArchRule streamKnowsThoseLeftOfItAndFlink =
      onlyKnows(
          STREAM,
          JDK,
          "org.apache.flink..",
          "org.slf4j..",
          "org.xerial.snappy..",
          MATH,
          MODEL,
          FORECAST,
          FORMAT,
          STREAM);

  @ArchTest
  static final ArchRule flinkIsKnownToTheRightOfFormatOnly =
      noClasses()
          .that()
          .resideInAnyPackage(MATH, MODEL, FORECAST, FORMAT, TRAIN)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.flink..");

  @ArchTest
  static final ArchRule ejmlIsKnownToItsKernelAndToTrainingOnly =
      noClasses()
          .that()
          .haveNameNotMatching("io\\.flinklstm\\.math\\.EjmlKernel(\\$.*)?")
          .and()
          .resideOutsideOfPackage(TRAIN)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.ejml..");

  @ArchTest
  static final ArchRule vectorInstructionsAreKnownToMathOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage(MATH)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jdk.incubator..");

  @ArchTest
  static final ArchRule streamDoesNotKnowSql =
      noClasses()
          .that()
          .resideInAPackage(STREAM)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.flinklstm.sql..");

  @ArchTest
  static final ArchRule sqlDoesNotKnowStream =
      noClasses()
          .that()
          .resideInAPackage("io.flinklstm.sql..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(STREAM)
          .allowEmptyShould(true);

  private static ArchRule onlyKnows(String who, String... whom) {
    return classes()
        .that()
        .resideInAPackage(who)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(whom);
  }
}
