namespace Culvert.Identity.Service.Storage.Sqlite;

/// <summary>A file next to the real one, renamed at the end.</summary>
internal sealed class SqliteDraft : StoreDraft
{
    private readonly string file;

    private SqliteDraft(string file, Store store)
        : base(store)
    {
        this.file = file;
    }

    public static new void RequireAbsent(StoreSettings options)
    {
        var file = Store.FileOf(options);
        if (File.Exists(file))
        {
            throw new AlreadyInitialisedException($"Initialised already: {file} exists.");
        }
    }

    public static new SqliteDraft Make(StoreSettings options, Func<Database, Store> fill)
    {
        var file = Store.FileOf(options);
        Delete(file);
        try
        {
            SqliteDatabase.Create(NameOf(file));
            return new SqliteDraft(file, fill(new SqliteDatabase(NameOf(file))));
        }
        catch
        {
            Delete(file);
            throw;
        }
    }

    public override void Publish()
    {
        Store.Dispose();
        File.Move(NameOf(file), file);
    }

    public override void Dispose()
    {
        Store.Dispose();
        Delete(file);
    }

    private static string NameOf(string file) => file + ".init";

    private static void Delete(string file)
    {
        foreach (var suffix in new[] { "", "-wal", "-shm" })
        {
            File.Delete(NameOf(file) + suffix);
        }
    }
}
