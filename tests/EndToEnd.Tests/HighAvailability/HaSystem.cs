using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using Culvert.Stage.Ports;

namespace Culvert.EndToEnd.Tests.HighAvailability;

/// <summary>
/// Two nodes of the service on PostgreSQL, two edges and three agents behind haproxy with checks every second, and an issuer
/// whose assertions the tests make themselves. Leaves live for seconds, so that both nodes issue all the time.
/// </summary>
public sealed class HaSystem()
    : RunningSystem(
        new InstallationOptions
        {
            HighAvailability = HaPorts.Of(PortProbe.FreeBlock()),
            Postgres = true,
            ManualTunnel = false,
            ExchangesPerSecond = 1000,
            CertificatesPerSecond = 1000,
            ClientsPerSecond = 10_000,
            ServerLife = LeafLife,
        }
    )
{
    public static readonly TimeSpan LeafLife = TimeSpan.FromSeconds(30);

    private readonly AssertionSource assertions = new();

    internal SeveralParts Several => Installation.Several!;

    internal Exchanger Exchanger { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Exchanger = await Exchanger.CreateAsync(Installation, assertions, CancellationToken.None);
    }

    protected override ValueTask ReleaseAsync()
    {
        assertions.Dispose();
        Database.Delete(Installation.Run);
        return ValueTask.CompletedTask;
    }
}
