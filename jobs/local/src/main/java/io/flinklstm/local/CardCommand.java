package io.flinklstm.local;

import picocli.CommandLine.Command;

/** What can be done with a model card. */
@Command(
    name = "card",
    description = "Writes model cards.",
    subcommands = CardInitCommand.class,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    mixinStandardHelpOptions = true)
final class CardCommand {}
