package io.flinklstm.local.model;

import picocli.CommandLine.Command;

/** What can be done with a model card. */
@Command(
    name = "card",
    description = "Writes model cards.",
    subcommands = CardInitCommand.class,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    mixinStandardHelpOptions = true)
public final class CardCommand {}
