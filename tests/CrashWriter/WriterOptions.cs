using System.Net;
using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Postgres;
using Culvert.Identity.Service.Storage.Sealing;

namespace Culvert.CrashWriter;

/// <summary>The service's options in a crash test: the test and the program that it kills open the same store.</summary>
internal static class WriterOptions
{
    private static readonly RateLimit Plenty = new(10_000_000, TimeSpan.FromSeconds(1));

    /// <param name="connection">A PostgreSQL connection string; null = SQLite in the folder.</param>
    public static ServiceOptions For(string folder, string? connection) =>
        new()
        {
            PublicUrl = "https://identity.test:8443",
            MachineUrl = "https://identity.test:8444",
            TrustDomain = "identity.test",
            StateDirectory = folder,
            ApiListen = [new IPEndPoint(IPAddress.Loopback, 0)],
            MachineListen = [new IPEndPoint(IPAddress.Loopback, 0)],
            HealthListen = [new IPEndPoint(IPAddress.Loopback, 0)],
            SealingKey = new SealingKeyOptions(
                Path.Combine(folder, "sealing.key"),
                () => SealingKeyFile.Read(Path.Combine(folder, "sealing.key"))
            ),
            Limits = new LimitOptions
            {
                CertificatesPerIdentity = Plenty,
                CertificatesPerTunnel = Plenty,
                CertificatesPerAuthority = Plenty,
            },
            Certificates = new CertificateOptions { Propagation = TimeSpan.Zero },
            Storage = new StorageOptions
            {
                DiskReserveBytes = 0,
                Postgres = connection is null ? null : new PostgresOptions(() => connection),
            },
        };
}
