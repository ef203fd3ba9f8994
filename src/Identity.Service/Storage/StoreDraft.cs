using Culvert.Identity.Service.Storage.Postgres;
using Culvert.Identity.Service.Storage.Sqlite;

namespace Culvert.Identity.Service.Storage;

/// <summary>
/// A store under a temporary name: <see cref="Publish"/> renames it in one step; without that, nothing remains.
/// </summary>
internal abstract class StoreDraft(Store store) : IDisposable
{
    public Store Store { get; } = store;

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

    /// <param name="fill">Creates the store in an empty database, which the store then owns.</param>
    public static StoreDraft Make(StoreSettings options, Func<Database, Store> fill) =>
        options.Storage.Postgres is { } postgres ? PostgresDraft.Make(postgres, fill) : SqliteDraft.Make(options, fill);

    /// <summary>Gives the store its real name and closes it.</summary>
    public abstract void Publish();

    public abstract void Dispose();
}
