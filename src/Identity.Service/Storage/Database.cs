using System.Data.Common;

namespace Culvert.Identity.Service.Storage;

/// <summary>
/// Where everything is kept. Read connections are for everybody; all writes go through the <see cref="Journal"/>.
/// </summary>
internal abstract class Database : IDisposable
{
    /// <summary>The file whose disk may fill; null = the database is somewhere else.</summary>
    public abstract string? File { get; }

    /// <summary>A pooled connection that cannot write. Readers see the last commit and never block the writer.</summary>
    public abstract ValueTask<DbConnection> OpenReadAsync(CancellationToken cancellationToken);

    /// <summary>For migrations and the making of a store alone.</summary>
    public abstract DbConnection OpenWrite();

    /// <summary>The journal's own connection, as that node's writer.</summary>
    public abstract JournalSession OpenSession(StoreNode node, Ordinals ordinals);

    public abstract void Dispose();
}
