using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Tunnels;
using Culvert.Tunnel.Agent.Upstreams.Callouts;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>A validated entry of <c>tunnels</c> with kind <c>long_poll</c>: a tunnel of another provider.</summary>
internal sealed record LongPollSettings : IProviderSettings
{
    /// <summary>The channel of calls that name none.</summary>
    public const string MainChannel = "main";

    /// <summary>The channel for calls in the provider's form of callouts.</summary>
    public const string CalloutChannel = HarpoonSurface.Channel;

    /// <summary>The most channels that can be announced to the provider.</summary>
    public const int MostChannels = 32;

    /// <summary>The complete text of the entry: a reload keeps a tunnel whose origin is unchanged.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Scheme, host and port of the control plane; https.</summary>
    public required Uri BaseUrl { get; init; }

    /// <summary>The prefix of the protocol's paths: empty, or a path that starts but does not end with "/".</summary>
    public string UrlPath { get; init; } = "";

    /// <summary>The id that the provider assigned to the tunnel; also its name in logs and metrics.</summary>
    public required string TunnelId { get; init; }

    /// <summary>The provider's id of the organization that owns the tunnel; empty if it is not sent.</summary>
    public string Organization { get; init; } = "";

    /// <summary>Read again for each request.</summary>
    public required SecretReference ApiKey { get; init; }

    /// <summary>The client certificate for the control plane, in addition to the key; empty for none.</summary>
    public string ClientCertificateFile { get; init; } = "";

    /// <summary>Set if and only if the certificate is.</summary>
    public SecretReference? ClientKeyFile { get; init; }

    /// <summary>A PEM file with the only trusted roots; empty for the system's and <c>network.ca_bundle</c>.</summary>
    public string CaFile { get; init; } = "";

    public required IReadOnlyList<LongPollChannel> Channels { get; init; }

    /// <summary>The channels whose commands this agent requests; empty for all of the tunnel.</summary>
    public IReadOnlyList<string> PollChannels { get; init; } = [];

    /// <summary>How long the control plane may hold a poll that has nothing to deliver.</summary>
    public TimeSpan PollTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How much longer the agent waits for the response of a poll.</summary>
    public TimeSpan PollGuard { get; init; } = TimeSpan.FromSeconds(5);

    public int MaxCommands { get; init; } = 20;

    /// <summary>The longest message that is sent to the control plane, in bytes.</summary>
    public int MaxAnswerBytes { get; init; } = 4 << 20;

    /// <summary>The time limit of a command without a deadline.</summary>
    public TimeSpan MaxCallTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the first poll waits for the upstreams of the channels to respond; zero for no wait.</summary>
    public TimeSpan StartupWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For running commands when the agent stops, or the tunnel is removed from the file.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a running poll may still deliver commands when the agent stops.</summary>
    public TimeSpan LastDelivery { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The route of a channel; null if the tunnel has no such channel.</summary>
    public string? FindRoute(string channel)
    {
        foreach (var known in Channels)
        {
            if (known.Name == channel)
            {
                return known.Route;
            }
        }

        return null;
    }
}
