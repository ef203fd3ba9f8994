using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Storage;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.StoreFailed,
        LogLevel.Error,
        "A commit of {Decisions} decisions failed; the store accepts no writes until a test write succeeds"
    )]
    public static partial void StoreFailed(ILogger logger, Exception fault, int decisions);

    [LoggerMessage(EventIds.StoreProven, LogLevel.Warning, "A test write succeeded; the store accepts writes again")]
    public static partial void StoreProven(ILogger logger);

    [LoggerMessage(EventIds.StoreProbeFailed, LogLevel.Warning, "The store is still unusable: {Reason}")]
    public static partial void StoreProbeFailed(ILogger logger, string reason);

    [LoggerMessage(EventIds.MigrationApplied, LogLevel.Information, "Migration {Name} applied")]
    public static partial void MigrationApplied(ILogger logger, string name);

    [LoggerMessage(
        EventIds.DiskReserveReached,
        LogLevel.Error,
        "Free disk space fell below the reserve of {ReserveBytes} bytes: exchanges are refused"
    )]
    public static partial void DiskReserveReached(ILogger logger, long reserveBytes);

    [LoggerMessage(EventIds.ChangeNotHandled, LogLevel.Warning, "Reading a change of {Topics} failed; retrying")]
    public static partial void ChangeNotHandled(ILogger logger, ChangeTopics topics, Exception fault);

    [LoggerMessage(
        EventIds.ChangeWatchLost,
        LogLevel.Error,
        "Reading changes of other nodes failed; after five seconds the service grants nothing: {Reason}"
    )]
    public static partial void WatchLost(ILogger logger, string reason);

    [LoggerMessage(
        EventIds.SchemaNewer,
        LogLevel.Warning,
        "A newer version has added migrations that this version does not use: {Migrations}"
    )]
    public static partial void SchemaNewer(ILogger logger, string migrations);

    [LoggerMessage(
        EventIds.NodeExchangeFailed,
        LogLevel.Warning,
        "Announcing this node to the other nodes failed; it applies only its own share of the limits: {Reason}"
    )]
    public static partial void ExchangeFailed(ILogger logger, string reason);

    [LoggerMessage(EventIds.NodeExchangeRegained, LogLevel.Information, "The nodes share their limits again")]
    public static partial void ExchangeRegained(ILogger logger);

    [LoggerMessage(EventIds.ChangeWatchRegained, LogLevel.Warning, "Changes of other nodes are read again")]
    public static partial void WatchRegained(ILogger logger);
}
