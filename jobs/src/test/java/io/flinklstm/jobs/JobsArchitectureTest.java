package io.flinklstm.jobs;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.flinklstm.math.KernelType;

/**
 * The dependencies allowed within the job: {@code registry <- record <- record.json <- record.csv,
 * record.avro <- config <- kafka <- ForecastJob}, where a package may use only those to its left.
 */
@AnalyzeClasses(packages = "io.flinklstm", importOptions = ImportOption.DoNotIncludeTests.class)
class JobsArchitectureTest {

  @ArchTest
  static final ArchRule jobsLeaveTheArithmeticToTheOperator =
      noClasses()
          .that()
          .resideInAPackage("io.flinklstm.jobs..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("org.ejml..")
                  .or(
                      resideInAPackage("io.flinklstm.math..")
                          .and(not(equivalentTo(KernelType.class))))
                  .as("are EJML's or the kernels'"));

  @ArchTest
  static final ArchRule operatorDoesNotKnowTheJobs =
      noClasses()
          .that()
          .resideInAPackage("io.flinklstm..")
          .and()
          .resideOutsideOfPackages("io.flinklstm.jobs..", "io.flinklstm.local..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.flinklstm.jobs..",
              "io.flinklstm.local..",
              "org.apache.kafka..",
              "org.apache.flink.connector.kafka..");

  @ArchTest
  static final ArchRule recordsKnowNeitherFlinkNorKafka =
      noClasses()
          .that()
          .resideInAPackage("io.flinklstm.jobs.record..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.flink..",
              "org.apache.kafka..",
              "io.flinklstm.stream..",
              "io.flinklstm.jobs",
              "io.flinklstm.jobs.config..",
              "io.flinklstm.jobs.kafka..");

  @ArchTest
  static final ArchRule csvAndAvroKnowNothingOfEachOther =
      noClasses()
          .that()
          .resideInAPackage("io.flinklstm.jobs.record.csv..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.flinklstm.jobs.record.avro..");

  @ArchTest
  static final ArchRule registryKnowsNeitherFlinkNorRecords =
      noClasses()
          .that()
          .resideInAPackage("io.flinklstm.jobs.registry..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.flink..",
              "org.apache.kafka.clients..",
              "io.flinklstm.jobs",
              "io.flinklstm.jobs.record..",
              "io.flinklstm.jobs.config..",
              "io.flinklstm.jobs.kafka..");

  @ArchTest
  static final ArchRule configKnowsRecordsOnly =
      noClasses()
          .that()
          .resideInAPackage("io.flinklstm.jobs.config..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.flinklstm.jobs", "io.flinklstm.jobs.kafka..");

  @ArchTest
  static final ArchRule kafkaKnowsConfigAndRecordsOnly =
      noClasses()
          .that()
          .resideInAPackage("io.flinklstm.jobs.kafka..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.flinklstm.jobs");

  @ArchTest
  static final ArchRule packagesAreFreeOfCircles =
      slices().matching("io.flinklstm.jobs.(**)").should().beFreeOfCycles();
}
