package io.flinklstm.local;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * Which packages of the command line may use which: {@code console, kafka <- ticks, embedded <-
 * history, demo, model, report <- train <- LocalCommand}, where a package may use only those to its
 * left.
 */
@AnalyzeClasses(
    packages = "io.flinklstm.local",
    importOptions = ImportOption.DoNotIncludeTests.class)
class LocalArchitectureTest {

  @ArchTest
  static final ArchRule everyRoomKnowsThoseLeftOfItOnly =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("LocalCommand")
          .definedBy("io.flinklstm.local")
          .layer("train")
          .definedBy("io.flinklstm.local.train")
          .layer("report")
          .definedBy("io.flinklstm.local.report")
          .layer("model")
          .definedBy("io.flinklstm.local.model")
          .layer("demo")
          .definedBy("io.flinklstm.local.demo")
          .layer("history")
          .definedBy("io.flinklstm.local.history")
          .layer("embedded")
          .definedBy("io.flinklstm.local.embedded")
          .layer("ticks")
          .definedBy("io.flinklstm.local.ticks")
          .layer("kafka")
          .definedBy("io.flinklstm.local.kafka")
          .layer("console")
          .definedBy("io.flinklstm.local.console")
          .whereLayer("LocalCommand")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("train")
          .mayOnlyBeAccessedByLayers("LocalCommand")
          .whereLayer("report")
          .mayOnlyBeAccessedByLayers("train", "LocalCommand")
          .whereLayer("model")
          .mayOnlyBeAccessedByLayers("train", "LocalCommand")
          .whereLayer("demo")
          .mayOnlyBeAccessedByLayers("LocalCommand")
          .whereLayer("history")
          .mayOnlyBeAccessedByLayers("train", "LocalCommand")
          .whereLayer("embedded")
          .mayOnlyBeAccessedByLayers("demo", "LocalCommand")
          .whereLayer("ticks")
          .mayOnlyBeAccessedByLayers("history", "demo", "model", "LocalCommand")
          .whereLayer("kafka")
          .mayOnlyBeAccessedByLayers("ticks", "embedded", "history", "demo")
          .whereLayer("console")
          .mayNotAccessAnyLayer()
          .ensureAllClassesAreContainedInArchitecture();

  @ArchTest
  static final ArchRule packagesAreFreeOfCircles =
      slices().matching("io.flinklstm.local.(**)").should().beFreeOfCycles();
}
