using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.Rotation;

/// <summary>Leaves that live for seconds, under authorities that rotate by themselves through a signing connector.</summary>
public sealed class RotatingSystem : RunningSystem
{
    private readonly RotatingEnterprise enterprise;

    public RotatingSystem()
        : this(new RotatingEnterprise()) { }

    private RotatingSystem(RotatingEnterprise enterprise)
        : base(
            new InstallationOptions
            {
                ServerLife = TimeSpan.FromSeconds(6),
                SigningCommand = enterprise.Script,
                ExchangesPerSecond = 1000,
                ManualTunnel = false,
            }
        ) => this.enterprise = enterprise;

    internal string SigningCommand => enterprise.Script;

    protected override void Release() => enterprise.Dispose();
}
