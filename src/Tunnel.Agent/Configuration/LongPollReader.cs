using System.Text.RegularExpressions;
using Culvert.Platform.Configuration;
using Culvert.Platform.Net;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.LongPoll;
using Culvert.Tunnel.Agent.Upstreams;
using Culvert.Tunnel.Agent.Upstreams.Callouts;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads an entry of <c>tunnels</c> with the kind <c>long_poll</c>.</summary>
internal static partial class LongPollReader
{
    /// <summary>The keys that only this kind has.</summary>
    public static readonly IReadOnlyList<string> OwnKeys =
    [
        "base_url",
        "url_path",
        "tunnel_id",
        "organization",
        "api_key",
        "client_certificate_file",
        "client_key_file",
        "ca_file",
        "channels",
        "poll_channels",
        "poll_timeout",
        "poll_guard",
        "max_commands",
        "max_answer_bytes",
        "max_call_time",
        "startup_wait",
    ];

    private static readonly TimeSpan LongestPoll = TimeSpan.FromMinutes(10);

    public static LongPollSettings Read(
        ConfigSection section,
        AgentSettings agent,
        IReadOnlyList<LongPollSettings> before
    )
    {
        var tunnel = ReadTunnel(section, agent);
        if (tunnel.TunnelId.Length > 0 && before.Any(t => t.TunnelId == tunnel.TunnelId))
        {
            section.Error(
                "tunnel_id",
                "Another entry of tunnels has this id.",
                "Name all channels of one tunnel in one entry."
            );
        }

        return tunnel;
    }

    private static LongPollSettings ReadTunnel(ConfigSection section, AgentSettings agent)
    {
        var (certificate, key) = HttpUpstreamReader.ReadClientCertificate(section, isTls: true);
        var channels = ReadChannels(section, agent);
        var settings = new LongPollSettings
        {
            BaseUrl = ReadBaseUrl(section),
            UrlPath = ReadUrlPath(section),
            TunnelId = ReadId(section, "tunnel_id", section.RequiredString("tunnel_id")),
            Organization = ReadId(section, "organization", section.String("organization")),
            ApiKey = section.Secret("api_key", required: true) ?? NoKey,
            ClientCertificateFile = certificate,
            ClientKeyFile = key,
            CaFile = ReadCaFile(section),
            Channels = channels,
            PollChannels = ReadPollChannels(section, channels),
            PollTimeout = section.Duration(
                "poll_timeout",
                TimeSpan.FromSeconds(30),
                TimeSpan.FromSeconds(1),
                LongestPoll
            ),
            PollGuard = section.Duration(
                "poll_guard",
                TimeSpan.FromSeconds(5),
                TimeSpan.FromSeconds(1),
                TimeSpan.FromSeconds(59)
            ),
            MaxCommands = section.Int("max_commands", 20, 1, 10_000),
            MaxAnswerBytes = (int)section.Size("max_answer_bytes", 4 << 20, 64 << 10, 64 << 20),
            MaxCallTime = section.Duration(
                "max_call_time",
                TimeSpan.FromMinutes(10),
                TimeSpan.FromSeconds(1),
                UpstreamReader.Day
            ),
            StartupWait = section.Duration("startup_wait", TimeSpan.FromSeconds(30), null, TimeSpan.FromHours(1)),
            Drain = agent.Tunnel.DrainTimeout,
        };
        if (settings.PollTimeout + settings.PollGuard > LongestPoll)
        {
            section.Error("poll_timeout", "With poll_guard it is longer than 10m.", "Lower one of them.");
        }

        return settings with
        {
            Origin = DescribeOrigin(section, settings, agent),
        };
    }

    // Includes the settings outside of the section that the tunnel uses.
    private static string DescribeOrigin(ConfigSection section, LongPollSettings settings, AgentSettings agent) =>
        string.Join(
            '\n',
            [
                section.Digest(),
                settings.Drain.ToString(),
                agent.Identity.Network.CaBundle,
                .. settings.Channels.Select(c => $"{c.Name} {c.HasAffinity}"),
            ]
        );

    // A placeholder; the file is refused.
    private static Platform.Secrets.SecretReference NoKey => Platform.Secrets.SecretReference.ToFile("/dev/null");

    private static Uri ReadBaseUrl(ConfigSection section)
    {
        var url = section.Url("base_url", required: true, Uri.UriSchemeHttps);
        if (url is not null && url.AbsolutePath != "/")
        {
            section.Error("base_url", "It has a path.", "Write the path into url_path.");
        }

        return url ?? new Uri("https://unset.invalid");
    }

    private static string ReadUrlPath(ConfigSection section)
    {
        var path = section.String("url_path").TrimEnd('/');
        if (path.Length > 0 && (!PathText().IsMatch(path) || path.Split('/').Any(s => s is "." or "..")))
        {
            section.Error(
                "url_path",
                "This is not a path.",
                "Write what precedes /v1/tunnels in the provider's URLs, such as /api."
            );
            return "";
        }

        return path;
    }

    private static string ReadId(ConfigSection section, string key, string id)
    {
        if (id.Length == 0 || IdForm.IsWellFormed(id, "_-", 128))
        {
            return id;
        }

        section.Error(key, "This is not an id.", "Copy it from the provider: letters, digits, - and _.");
        return "";
    }

    private static List<LongPollChannel> ReadChannels(ConfigSection section, AgentSettings agent)
    {
        var written = section.Map("channels");
        var channels = written
            .Select(c => ReadChannel(section, c.Name, c.Section, agent))
            .OfType<LongPollChannel>()
            .ToList();
        if (written.Count == 0)
        {
            section.Error(
                "channels",
                "No channel is configured, so the tunnel would serve nothing.",
                "Write channels: {main: {route: NAME}}."
            );
        }
        else if (written.Count > LongPollSettings.MostChannels)
        {
            section.Error("channels", "A tunnel has at most 32 channels.", "Remove some, or use another tunnel.");
        }
        else if (ServerInfo.Format(channels).Length > ServerInfo.MostBytes)
        {
            section.Error("channels", "Their names are too long together.", "Use shorter names.");
        }

        return channels;
    }

    private static LongPollChannel? ReadChannel(
        ConfigSection section,
        string name,
        ConfigSection channel,
        AgentSettings agent
    )
    {
        var wanted = channel.RequiredString("route");
        if (CommandReader.ReadChannel(name) != name)
        {
            section.Error(
                "channels",
                $"{name} is not the name of a channel.",
                "Use 1 to 64 lower-case letters, digits, - and _."
            );
            return null;
        }

        if (agent.Routes.FirstOrDefault(r => r.Name == wanted) is { } route)
        {
            if (name == LongPollSettings.CalloutChannel && route.Upstream is not CalloutSettings)
            {
                channel.Error(
                    "route",
                    $"The channel {name} calls targets, and this route has none.",
                    "Write the name of a route with upstream.callouts, or use another channel."
                );
                return null;
            }

            if (!route.IsExposed)
            {
                channel.Error(
                    "route",
                    "Only composed tools may call this route.",
                    "Name a route without expose: false."
                );
            }

            return new LongPollChannel(name, route.Name, route.Upstream is not HttpUpstreamSettings);
        }

        if (wanted.Length > 0)
        {
            channel.Error("route", "There is no such route.", "Write the name of an entry of routes.");
        }

        return null;
    }

    private static IReadOnlyList<string> ReadPollChannels(ConfigSection section, List<LongPollChannel> channels)
    {
        var wanted = section.Strings("poll_channels");
        if (channels.Count == 0)
        {
            return wanted; // already reported
        }

        foreach (var channel in wanted.Where(w => !channels.Any(c => c.Name == w)))
        {
            section.Error("poll_channels", $"{channel} is not in channels.", "Add it there, or remove it here.");
        }

        if (wanted.Distinct(StringComparer.Ordinal).Count() < wanted.Count)
        {
            section.Error("poll_channels", "A channel is listed twice.", "Remove one of them.");
        }

        if (wanted.Count == 0 && !channels.Any(c => c.Name == LongPollSettings.MainChannel))
        {
            section.Error(
                "channels",
                "Calls that name no channel would be refused: there is no channel main.",
                "Add main, or list in poll_channels what this agent serves."
            );
        }

        return wanted;
    }

    private static string ReadCaFile(ConfigSection section)
    {
        var file = section.Path("ca_file");
        return
            file.Length > 0
            && section.ReadCertificates("ca_file", file, "Name a file with CA certificates.") is not null
            ? file
            : "";
    }

    [GeneratedRegex("^(/[A-Za-z0-9._~-]+)+\\z", RegexOptions.CultureInvariant)]
    private static partial Regex PathText();
}
