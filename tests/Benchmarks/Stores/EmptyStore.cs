using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Postgres;
using Culvert.Identity.Service.Storage.Sealing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Benchmarks.Stores;

/// <summary>The store of a service that never ran, for what is measured in this process.</summary>
internal static class EmptyStore
{
    /// <summary>Makes it.</summary>
    /// <param name="state">The state folder.</param>
    /// <param name="postgres">Null = SQLite in the folder.</param>
    /// <param name="time">The clock.</param>
    /// <returns>What opens it.</returns>
    public static ServiceOptions Make(string state, PostgresOptions? postgres, TimeProvider time)
    {
        Directory.CreateDirectory(state);
        var sealing = Path.Combine(state, "sealing.key");
        SealingKeyFile.Ensure(sealing);
        var options = new ServiceOptions
        {
            PublicUrl = "https://identity.test",
            MachineUrl = "https://identity.test:8444",
            TrustDomain = "identity.test",
            StateDirectory = state,
            SealingKey = new SealingKeyOptions(sealing, () => File.ReadAllText(sealing)),
            Storage = new StorageOptions { DiskReserveBytes = 0, Postgres = postgres },
        };
        using var draft = StoreDraft.Make(options.StoreSettings, time, NullLogger.Instance);
        draft.Publish();
        return options;
    }
}
