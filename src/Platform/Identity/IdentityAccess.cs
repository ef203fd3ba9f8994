using Culvert.Platform.Programs;

namespace Culvert.Platform.Identity;

/// <summary>
/// How a machine without a certificate reaches the service and proves itself, as the configuration has it at the moment.
/// </summary>
internal sealed class IdentityAccess
{
    private readonly Func<IdentityOptions, IdentityWay> open;
    private volatile IdentityWay current;

    private IdentityAccess(IdentityOptions options, Func<IdentityOptions, IdentityWay> open)
    {
        this.open = open;
        current = open(options);
    }

    /// <summary>Ask once for each attempt: its parts belong together.</summary>
    public IdentityWay Current => current;

    /// <summary>Opens the way that the configuration names.</summary>
    /// <exception cref="IOException">The folder of kept tokens cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static IdentityAccess Open(
        IdentityOptions options,
        StateDirectory state,
        TimeProvider time,
        TimeProvider networkTime
    ) => new(options, next => NewWay(next, state, time, networkTime));

    /// <summary>Makes ready, and changes nothing yet: the action puts it in force.</summary>
    /// <exception cref="IOException">As <see cref="Open"/>.</exception>
    /// <exception cref="UnauthorizedAccessException">As <see cref="Open"/>.</exception>
    public Action Prepare(IdentityOptions options)
    {
        var network = current.Options.NetworkInForce;
        var next = open(options.Under(network));
        return () =>
        {
            network.Swap(options.Network);
            current = next;
        };
    }

    private static IdentityWay NewWay(
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
