using Culvert.Identity.Service.Storage.Postgres;
using Culvert.Identity.Service.Storage.Sqlite;

namespace Culvert.Identity.Service.Storage;

/// <summary>
/// A store in the making, under another name than the real one: <see cref="Publish"/> gives it that in one step, and
/// without it nothing remains.
/// </summary>
internal abstract class StoreDraft(Store store) : IDisposable
{
    public Store Store { get; } = store;

    /// <summary>Throws <see cref="StoreException"/> when there is an installation already.</summary>
    public static void RequireAbsent(StoreSettings options)
    {
        if (options.Storage.Postgres is { } postgres)
        {
            PostgresDraft.RequireAbsent(postgres);
        }
        else
        {
            SqliteDraft.RequireAbsent(options);
        }
    }

    public static StoreDraft Make(StoreSettings options, TimeProvider time, ILogger logger) =>
        Make(options, database => Store.Fill(database, options, time, logger));

    /// <param name="options">Where it will be.</param>
    /// <param name="fill">Makes the store in an empty database, which it then owns.</param>
    public static StoreDraft Make(StoreSettings options, Func<Database, Store> fill) =>
        options.Storage.Postgres is { } postgres ? PostgresDraft.Make(postgres, fill) : SqliteDraft.Make(options, fill);

    /// <summary>The store takes its real name, and is closed.</summary>
    public abstract void Publish();

    public abstract void Dispose();
}
