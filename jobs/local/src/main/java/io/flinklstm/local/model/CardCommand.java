package io.flinklstm.local.model;

import picocli.CommandLine.Command;

/** The commands about model cards. */
@Command(
    name = "card",
    description = "Writes model cards.",
    subcommands = CardInitCommand.class,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    mixinStandardHelpOptions = true)
public final class CardCommand {}
