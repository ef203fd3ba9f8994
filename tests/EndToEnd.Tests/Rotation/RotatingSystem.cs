using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.Rotation;

/// <summary>
/// Leaves that live for seconds, under authorities that rotate automatically through a signing connector; an HSM is
/// there for their keys.
/// </summary>
public sealed class RotatingSystem : RunningSystem
{
    private readonly RotatingEnterprise enterprise;

    public RotatingSystem()
        : this(new RotatingEnterprise(), new RotatingHsm()) { }

    private RotatingSystem(RotatingEnterprise enterprise, RotatingHsm hsm)
        : base(
            new InstallationOptions
            {
                ServerLife = TimeSpan.FromSeconds(6),
                SigningCommand = enterprise.Script,
                Pkcs11 = hsm.Settings,
                ExchangesPerSecond = 1000,
                ManualTunnel = false,
            }
        ) => (this.enterprise, Hsm) = (enterprise, hsm);

    internal string SigningCommand => enterprise.Script;

    internal RotatingHsm Hsm { get; }

    protected override ValueTask ReleaseAsync()
    {
        enterprise.Dispose();
        Hsm.Dispose();
        return ValueTask.CompletedTask;
    }
}
