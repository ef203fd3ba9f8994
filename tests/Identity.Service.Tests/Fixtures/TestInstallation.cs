using System.Collections.Concurrent;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Commands;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Init;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>
/// What init makes, once per test process for the same values of everything that init reads, and copied for each test:
/// tests of one process so share their admin key, sealing key and platform CA, but no database.
/// </summary>
internal sealed record TestInstallation(StoreSnapshot Store, byte[] AdminKey)
{
    private static readonly ConcurrentDictionary<Origin, Lazy<Task<TestInstallation>>> Made = new();

    /// <summary>Puts an installation where the options say.</summary>
    /// <param name="options">Of the service that is to run on it.</param>
    /// <param name="adminKeyFile">Where its first admin key goes.</param>
    /// <param name="time">Of the service; not moved.</param>
    public static async Task PutAsync(ServiceOptions options, string adminKeyFile, TimeProvider time)
    {
        if (!IsCopy(options))
        {
            await InitialiseAsync(options, adminKeyFile, time);
            return;
        }

        var origin = new Origin(
            options.Storage.Postgres is null ? StorageBackend.Sqlite : StorageBackend.Postgres,
            options.PublicUrl,
            options.TrustDomain,
            options.StoreSettings.EffectiveNodeName,
            options.NodeId,
            options.PlatformCa,
            time.GetUtcNow()
        );
        var made = await Made.GetOrAdd(
            origin,
            static key => new Lazy<Task<TestInstallation>>(() => MakeAsync(key))
        ).Value;
        made.Store.PutTo(options);
        StoreSnapshot.WriteFile(adminKeyFile, made.AdminKey);
    }

    // What a test gives init from outside is its own.
    private static bool IsCopy(ServiceOptions options) =>
        options.TokenSigning.Custody == KeyCustody.Sealed
        && options.SealingKey.File is { } key
        && !File.Exists(key)
        && (options.Storage.Postgres is null || TestDatabase.Find(options) is not null);

    private static async Task<TestInstallation> MakeAsync(Origin origin)
    {
        var folder = Directory.CreateTempSubdirectory("culvert-installation-").FullName;
        try
        {
            var adminKeyFile = Path.Combine(folder, "admin.key");
            var options = ServiceUnderTest.OptionsIn(folder, origin.Backend) with
            {
                PublicUrl = origin.PublicUrl,
                TrustDomain = origin.TrustDomain,
                NodeName = origin.NodeName,
                NodeId = origin.NodeId,
                PlatformCa = origin.PlatformCa,
            };
            await InitialiseAsync(options, adminKeyFile, new FakeTimeProvider(origin.Now));
            return new TestInstallation(
                StoreSnapshot.Take(options),
                await File.ReadAllBytesAsync(adminKeyFile, CancellationToken.None)
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task InitialiseAsync(ServiceOptions options, string adminKeyFile, TimeProvider time) =>
        Initializer.RunAsync(
            options,
            new InitContext("Example", adminKeyFile),
            time,
            NullLoggerFactory.Instance,
            configure: null,
            CancellationToken.None
        );

    /// <summary>Everything that init reads, but for where it writes.</summary>
    private sealed record Origin(
        StorageBackend Backend,
        string PublicUrl,
        string TrustDomain,
        string NodeName,
        int NodeId,
        PlatformCaOptions PlatformCa,
        DateTimeOffset Now
    );
}
