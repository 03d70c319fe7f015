package io.flinklstm.jobs;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.flinklstm.math.KernelType;

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
}
