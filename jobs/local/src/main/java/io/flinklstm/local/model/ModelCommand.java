package io.flinklstm.local.model;

import picocli.CommandLine.Command;

/** What can be done with a model file. */
@Command(
    name = "model",
    description = "Looks at model files, converts them, checks them against outputs of their own.",
    subcommands = {
      ModelInspectCommand.class,
      ModelConvertCommand.class,
      ModelCheckCommand.class,
    },
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    mixinStandardHelpOptions = true)
public final class ModelCommand {}
