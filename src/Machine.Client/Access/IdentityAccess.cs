using Culvert.Platform.Programs;

namespace Culvert.Machine.Client.Access;

/// <summary>How a machine without a certificate reaches the service and proves its identity.</summary>
/// <exception cref="IOException">The token folder cannot be used.</exception>
/// <exception cref="UnauthorizedAccessException">The token folder cannot be used.</exception>
internal sealed class IdentityAccess(
    IdentityOptions options,
    StateDirectory state,
    TimeProvider time,
    TimeProvider networkTime
)
{
    private volatile IdentityWay current = Open(options, state, time, networkTime);

    /// <summary>Read this once for each attempt: its parts belong together.</summary>
    public IdentityWay Current => current;

    /// <summary>Prepares the change without applying it; the returned action applies it.</summary>
    /// <exception cref="IOException">The token folder cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The token folder cannot be used.</exception>
    public Action Prepare(IdentityOptions next)
    {
        var network = current.Options.NetworkInForce;
        var way = Open(next.Under(network), state, time, networkTime);
        return () =>
        {
            network.Swap(next.Network);
            current = way;
        };
    }

    private static IdentityWay Open(
        IdentityOptions options,
        StateDirectory state,
        TimeProvider time,
        TimeProvider networkTime
    )
    {
        var client = new IdentityClient(options, new FirstTrust(options, time, networkTime), time, networkTime);
        return new IdentityWay(
            options,
            client,
            options switch
            {
                { Mode: IdentityMode.Manual, TunnelToken: { } token } => new TunnelTokenProof(token),
                { Mode: IdentityMode.Manual } => throw new ArgumentException(
                    "Manual mode needs a tunnel token.",
                    nameof(options)
                ),
                _ => FederatedProof.Create(options, client, state.Path, time, networkTime),
            }
        );
    }
}
