using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Console.Sessions;

internal interface IConsoleSessionStore
{
    /// <summary>Null when unknown; ended ones are unknown, expired ones may still be there.</summary>
    ValueTask<ConsoleSession?> FindAsync(byte[] tokenHash, CancellationToken cancellationToken);

    Statement Insert(ConsoleSession session, byte[] tokenHash);

    /// <summary>Bookkeeping: when it was last used.</summary>
    Statement Used(string sessionId, DateTimeOffset at);

    /// <summary>Ends it; ending one that has ended changes nothing.</summary>
    Statement End(string sessionId);

    /// <summary>Drops what has expired.</summary>
    Statement DropExpired(DateTimeOffset now);
}
