package io.flinklstm.local.model;

import picocli.CommandLine.Command;

/** The commands about model files. */
@Command(
    name = "model",
    description = "Inspects model files, converts them, and checks them against known outputs.",
    subcommands = {
      ModelInspectCommand.class,
      ModelConvertCommand.class,
      ModelCheckCommand.class,
    },
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    mixinStandardHelpOptions = true)
public final class ModelCommand {}
