using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.LongPoll;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.LongPollServing,
        LogLevel.Information,
        "Tunnel {Tunnel}: polls of the control plane at {Host} succeed."
    )]
    public static partial void LongPollServing(ILogger logger, string tunnel, string host);

    [LoggerMessage(
        EventIds.LongPollFailed,
        LogLevel.Warning,
        "Tunnel {Tunnel}: the agent gets no commands from the control plane: {Reason}"
    )]
    public static partial void LongPollFailed(ILogger logger, string tunnel, string reason);

    [LoggerMessage(
        EventIds.LongPollEnded,
        LogLevel.Information,
        "Tunnel {Tunnel}: the agent stopped polling; {UnderWay} commands are under way."
    )]
    public static partial void LongPollEnded(ILogger logger, string tunnel, int underWay);

    [LoggerMessage(
        EventIds.CommandDropped,
        LogLevel.Warning,
        "Tunnel {Tunnel}: a command was dropped, as it cannot be answered: {Reason}"
    )]
    public static partial void CommandDropped(ILogger logger, string tunnel, string reason);

    [LoggerMessage(
        EventIds.CommandRefused,
        LogLevel.Warning,
        "Tunnel {Tunnel}: command {Command} was answered with an error and not served: {Reason}"
    )]
    public static partial void CommandRefused(ILogger logger, string tunnel, string command, string reason);

    [LoggerMessage(
        EventIds.CommandExpired,
        LogLevel.Information,
        "Tunnel {Tunnel}: the deadline of command {Command} passed before it was answered."
    )]
    public static partial void CommandExpired(ILogger logger, string tunnel, string command);

    [LoggerMessage(
        EventIds.AnswerNotTaken,
        LogLevel.Warning,
        "Tunnel {Tunnel}: the control plane did not take an answer to command {Command}: {Reason}"
    )]
    public static partial void AnswerNotTaken(ILogger logger, string tunnel, string command, string reason);

    [LoggerMessage(EventIds.CommandFault, LogLevel.Error, "Tunnel {Tunnel}: handling command {Command} failed.")]
    public static partial void CommandFault(ILogger logger, string tunnel, string command, Exception exception);

    [LoggerMessage(EventIds.LongPollFault, LogLevel.Error, "Tunnel {Tunnel}: a poll failed with an internal error.")]
    public static partial void LongPollFault(ILogger logger, string tunnel, Exception exception);
}
