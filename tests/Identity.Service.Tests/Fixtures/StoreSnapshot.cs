using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>A closed store with its sealing key, to be put where a test's options say: a fraction of making one.</summary>
/// <param name="SealingKey">The key's file.</param>
/// <param name="Database">SQLite's file; null = PostgreSQL.</param>
/// <param name="Template">Connection string of a database that nothing uses; null = SQLite.</param>
internal sealed record StoreSnapshot(byte[] SealingKey, byte[]? Database, string? Template)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Of a store that is closed, and not opened again on PostgreSQL.</summary>
    public static StoreSnapshot Take(ServiceOptions options)
    {
        var key = File.ReadAllBytes(options.SealingKey.File!);
        return options.Storage.Postgres is { } postgres
            ? new StoreSnapshot(key, null, postgres.ReadConnection())
            : new StoreSnapshot(key, File.ReadAllBytes(Store.GetFile(options.StoreSettings)), null);
    }

    public void PutTo(ServiceOptions options)
    {
        WriteFile(options.SealingKey.File!, SealingKey);
        if (Database is null)
        {
            TestDatabase.Find(options)!.CopyFrom(Template!);
        }
        else
        {
            WriteFile(Store.GetFile(options.StoreSettings), Database);
        }
    }

    /// <summary>As the service writes its files: open to their owner alone.</summary>
    public static void WriteFile(string path, ReadOnlySpan<byte> content)
    {
        using var stream = new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = OwnerOnly,
            }
        );
        stream.Write(content);
    }
}
