package io.flinklstm;

import static com.tngtech.archunit.base.DescribedPredicate.allElements;
import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.flinklstm.annotation.PublicEvolving;
import org.apache.flink.annotation.Internal;

/**
 * Who may know whom: {@code annotation <- math <- model <- forecast <- format <- stream}, and
 * {@code formula <- forecast}, where a package knows those to its left only; {@code train} knows
 * forecast and what is left of it. Within format: {@code weights <- card, onnx, keras <- pytorch <-
 * ModelFiles}; within train: {@code data, network <- train}, {@code data <- backtest}.
 */
@AnalyzeClasses(
    packages = "io.flinklstm",
    importOptions = {ImportOption.DoNotIncludeTests.class, ImportOption.DoNotIncludeJars.class})
class ArchitectureTest {

  private static final String JACKSON = "com.fasterxml.jackson..";
  private static final String ANNOTATION = "io.flinklstm.annotation..";
  private static final String MATH = "io.flinklstm.math..";
  private static final String MODEL = "io.flinklstm.model..";
  private static final String FORMULA = "io.flinklstm.formula..";
  private static final String FORECAST = "io.flinklstm.forecast..";
  private static final String FORMAT = "io.flinklstm.format";
  private static final String WEIGHTS = "io.flinklstm.format.weights";
  private static final String CARD = "io.flinklstm.format.card";
  private static final String ONNX = "io.flinklstm.format.onnx";
  private static final String KERAS = "io.flinklstm.format.keras";
  private static final String PYTORCH = "io.flinklstm.format.pytorch";
  private static final String TRAIN = "io.flinklstm.train";
  private static final String TRAIN_DATA = "io.flinklstm.train.data";
  private static final String TRAIN_NETWORK = "io.flinklstm.train.network";
  private static final String BACKTEST = "io.flinklstm.train.backtest";
  private static final String STREAM = "io.flinklstm.stream..";

  private static final DescribedPredicate<JavaClass> TO_BUILD_ON =
      describe(
          "types to build on, or not ours",
          type ->
              !type.getBaseComponentType().getPackageName().startsWith("io.flinklstm")
                  || isMarked(type.getBaseComponentType()));

  @ArchTest static final ArchRule annotationsKnowNobody = onlyKnows(ANNOTATION);

  @ArchTest
  static final ArchRule mathKnowsTheJdkAndEjmlOnly =
      onlyKnows(MATH, "javax.management..", "jdk.incubator.vector..", "org.ejml..", MATH);

  @ArchTest static final ArchRule modelKnowsMathOnly = onlyKnows(MODEL, MATH, MODEL);

  @ArchTest static final ArchRule formulasKnowNobody = onlyKnows(FORMULA, FORMULA);

  @ArchTest
  static final ArchRule forecastKnowsFormulasModelAndMathOnly =
      onlyKnows(FORECAST, FORMULA, MATH, MODEL, FORECAST);

  @ArchTest
  static final ArchRule weightsKnowNoFormatOfFiles =
      onlyKnows(WEIGHTS, JACKSON, MODEL, FORMULA, FORECAST, WEIGHTS);

  @ArchTest
  static final ArchRule cardsKnowWeightsJsonAndYaml =
      onlyKnows(CARD, JACKSON, "org.snakeyaml.engine..", MODEL, FORMULA, FORECAST, WEIGHTS, CARD);

  @ArchTest
  static final ArchRule onnxKnowsWeightsAndItsMessages =
      onlyKnows(ONNX, "ai.onnx.proto..", "com.google.protobuf..", MODEL, WEIGHTS, ONNX);

  @ArchTest
  static final ArchRule kerasKnowsWeightsAndJson = onlyKnows(KERAS, JACKSON, MODEL, WEIGHTS, KERAS);

  @ArchTest
  static final ArchRule pytorchKnowsWeightsAndCards =
      onlyKnows(PYTORCH, JACKSON, MODEL, FORECAST, WEIGHTS, CARD, PYTORCH);

  @ArchTest
  static final ArchRule formatKnowsForecastAndItsOwnRooms =
      onlyKnows(FORMAT, FORECAST, FORMAT, WEIGHTS, CARD, ONNX, KERAS, PYTORCH);

  @ArchTest
  static final ArchRule trainingDataKnowsForecastOnly =
      onlyKnows(TRAIN_DATA, MATH, MODEL, FORECAST, TRAIN_DATA);

  @ArchTest
  static final ArchRule trainedNetworkKnowsModelOnly =
      onlyKnows(TRAIN_NETWORK, MATH, MODEL, TRAIN_NETWORK);

  @ArchTest
  static final ArchRule trainKnowsItsDataAndNetwork =
      onlyKnows(TRAIN, MATH, MODEL, FORECAST, TRAIN_DATA, TRAIN_NETWORK, TRAIN);

  @ArchTest
  static final ArchRule backtestKnowsTrainingDataAndEjml =
      onlyKnows(BACKTEST, "org.ejml..", MATH, MODEL, FORMULA, FORECAST, TRAIN_DATA, BACKTEST);

  /**
   * Of the formats stream knows their door alone: a task has to read a model file at run time, and
   * only {@code ModelFiles} will do so.
   */
  @ArchTest
  static final ArchRule streamKnowsThoseLeftOfItAndFlink =
      onlyKnows(
          STREAM,
          "org.apache.flink..",
          "org.slf4j..",
          "org.xerial.snappy..",
          MATH,
          MODEL,
          FORECAST,
          FORMAT,
          STREAM);

  @ArchTest
  static final ArchRule packagesAreFreeOfCircles =
      slices().matching("io.flinklstm.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule flinkIsKnownToStreamOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage(STREAM)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.flink..");

  @ArchTest
  static final ArchRule ejmlIsKnownToItsKernelAndTheBacktestOnly =
      noClasses()
          .that()
          .haveNameNotMatching("io\\.flinklstm\\.math\\.EjmlKernel(\\$.*)?")
          .and()
          .resideOutsideOfPackage(BACKTEST)
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

  /** Whoever builds on a type builds on the types in its public signatures too. */
  @ArchTest
  static final ArchRule typesToBuildOnShowOnlyTheirLike =
      codeUnits()
          .that()
          .arePublic()
          .and()
          .areDeclaredInClassesThat(describe("are to build on", ArchitectureTest::isMarked))
          .and()
          .areNotAnnotatedWith(Internal.class)
          .should()
          .haveRawParameterTypes(allElements(TO_BUILD_ON))
          .andShould()
          .haveRawReturnType(TO_BUILD_ON);

  private static boolean isMarked(JavaClass type) {
    return type.isAnnotatedWith(PublicEvolving.class)
        || type.isAnnotatedWith(org.apache.flink.annotation.PublicEvolving.class)
        || type.getEnclosingClass().map(ArchitectureTest::isMarked).orElse(false);
  }

  /** The JDK and annotations are free to all. */
  private static ArchRule onlyKnows(String who, String... whom) {
    return classes()
        .that()
        .resideInAPackage(who)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage("java..", "org.jspecify.annotations..", ANNOTATION)
                .or(resideInAnyPackage(whom)));
  }
}
