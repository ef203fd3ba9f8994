using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy;

internal sealed class RoutePolicy
{
    public static readonly RoutePolicy Off = Create(PolicySettings.Off, name => name, [], TimeProvider.System);

    private RoutePolicy(PolicySettings settings, CompiledPolicy rules, CallLimits limits)
    {
        Settings = settings;
        Rules = rules;
        Limits = limits;
        Version = settings.Version;
    }

    public PolicySettings Settings { get; }

    public PolicyMode Mode => Settings.Mode;

    public CompiledPolicy Rules { get; }

    public CallLimits Limits { get; }

    public string Version { get; }

    /// <summary>The approved definitions of the route's server; null if definitions are not compared.</summary>
    public RoutePins? Pins => Rules.Pins;

    /// <summary>Why every call is refused, regardless of the rules; null if the rules decide.</summary>
    public Failure? Closure =>
        Settings.IsMissing ? PolicyFailures.NotReceived
        : Pins?.Closed is not null ? PolicyFailures.PinsUnavailable
        : null;

    /// <param name="issuerOf">Returns the <c>iss</c> of an entry of <c>issuers</c>.</param>
    /// <param name="before">The policy before a reload: its counts continue if the rules are the same.</param>
    public static RoutePolicy Create(
        PolicySettings settings,
        Func<string, string> issuerOf,
        IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> hierarchy,
        TimeProvider time,
        RoutePolicy? before = null,
        RoutePins? pins = null
    ) =>
        new(
            settings,
            new CompiledPolicy(settings, issuerOf, hierarchy, pins),
            before is not null && before.Version == settings.Version ? before.Limits : new CallLimits(time)
        );
}
