@echo off
rem The command line of flink-lstm on Windows: bin\lstm --help
rem
rem Uses the Java in JAVA_HOME, or else the one on the PATH. LSTM_OPTS adds JVM options.

setlocal
set "JAR=%~dp0..\jobs\target\flink-lstm-local.jar"
if not exist "%JAR%" echo Error: "%JAR%": expected the jar that the build makes, got none; build it with mvn -q -DskipTests package 1>&2 & exit /b 2

set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
"%JAVA%" --list-modules 2>nul | findstr /r /b "java.base@1[7-9] java.base@[2-9][0-9]" >nul
if errorlevel 1 echo Error: "%JAVA%": expected Java 17 or newer, got none; set JAVA_HOME to one 1>&2 & exit /b 2

set "VECTOR="
"%JAVA%" --list-modules 2>nul | findstr /b "jdk.incubator.vector@" >nul
if not errorlevel 1 set "VECTOR=--add-modules=jdk.incubator.vector"

"%JAVA%" %VECTOR% "-Dflink-lstm.command=%~0" %LSTM_OPTS% -jar "%JAR%" %*
exit /b %ERRORLEVEL%
