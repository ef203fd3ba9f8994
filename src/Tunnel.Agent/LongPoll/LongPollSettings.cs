using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Tunnels;
using Culvert.Tunnel.Agent.Upstreams.Callouts;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>One validated entry of <c>tunnels</c> with kind <c>long_poll</c>: a tunnel of another provider.</summary>
internal sealed record LongPollSettings : IProviderSettings
{
    /// <summary>The channel of calls that name none.</summary>
    public const string MainChannel = "main";

    /// <summary>The channel whose calls are in the provider's form of callouts.</summary>
    public const string CalloutChannel = HarpoonSurface.Channel;

    /// <summary>More cannot be announced to the provider.</summary>
    public const int MostChannels = 32;

    /// <summary>All that the file says of it: a reload keeps a tunnel whose origin is the same.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Scheme, host and port of the control plane; https.</summary>
    public required Uri BaseUrl { get; init; }

    /// <summary>What precedes the paths of the protocol: empty, or a path that starts with "/" and does not end with it.</summary>
    public string UrlPath { get; init; } = "";

    /// <summary>The id that the provider gave the tunnel. It names the tunnel in logs and metrics too.</summary>
    public required string TunnelId { get; init; }

    /// <summary>The provider's id of the organization that owns the tunnel; empty = it is not sent.</summary>
    public string Organization { get; init; } = "";

    /// <summary>Read again at each request.</summary>
    public required SecretReference ApiKey { get; init; }

    /// <summary>Shown to the control plane in addition to the key; empty = none. With <see cref="ClientKeyFile"/>.</summary>
    public string ClientCertificateFile { get; init; } = "";

    public string ClientKeyFile { get; init; } = "";

    /// <summary>A PEM file with the only roots that count; empty = the system's and <c>network.ca_bundle</c>.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>Which route serves a channel.</summary>
    public required IReadOnlyList<LongPollChannel> Channels { get; init; }

    /// <summary>The channels whose commands this agent requests; empty = all of the tunnel.</summary>
    public IReadOnlyList<string> PollChannels { get; init; } = [];

    /// <summary>How long the control plane may hold a poll that has nothing to deliver.</summary>
    public TimeSpan PollTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How much longer the agent waits for the response than it asked the control plane to hold it.</summary>
    public TimeSpan PollGuard { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Commands that the agent handles at a time.</summary>
    public int MaxCommands { get; init; } = 20;

    /// <summary>The longest message that is sent to the control plane.</summary>
    public int MaxAnswerBytes { get; init; } = 4 << 20;

    /// <summary>How long a command may take that the control plane gives no deadline.</summary>
    public TimeSpan MaxCallTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the first poll waits for the upstreams of the channels to respond; zero = not at all.</summary>
    public TimeSpan StartupWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For commands under way when the agent stops, or the tunnel is removed from the file.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a poll that is under way may still deliver when the agent stops.</summary>
    public TimeSpan LastDelivery { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The route of a channel; null: the tunnel has no such channel.</summary>
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
