namespace Culvert.Identity.Service.Storage.Sqlite;

/// <summary>A temporary file next to the real one, renamed at the end.</summary>
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
        var file = Store.GetFile(options);
        if (File.Exists(file))
        {
            throw new AlreadyInitialisedException($"Initialised already: {file} exists.");
        }
    }

    public static new SqliteDraft Make(StoreSettings options, Func<Database, Store> fill)
    {
        var file = Store.GetFile(options);
        Delete(file);
        try
        {
            SqliteDatabase.Create(ToDraftFile(file));
            return new SqliteDraft(file, fill(new SqliteDatabase(ToDraftFile(file))));
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
        File.Move(ToDraftFile(file), file);
    }

    public override void Dispose()
    {
        Store.Dispose();
        Delete(file);
    }

    private static string ToDraftFile(string file) => file + ".init";

    private static void Delete(string file)
    {
        foreach (var suffix in new[] { "", "-wal", "-shm" })
        {
            File.Delete(ToDraftFile(file) + suffix);
        }
    }
}
