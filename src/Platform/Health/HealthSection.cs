using System.Net;
using Culvert.Platform.Configuration;

namespace Culvert.Platform.Health;

public static class HealthSection
{
    internal static readonly string[] LocalNames = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>Reads the agent's section: one address, for local use.</summary>
    public static HealthOptions ReadAgent(ConfigSection root)
    {
        var section = root.Section("health");
        return new HealthOptions
        {
            Listen = [section.EndPoint("listen", "127.0.0.1:8081")],
            UnixSocket = section.Path("unix_socket"),
            UrlFile = section.Path("url_file"),
            Ui = section.Bool("ui", true),
            AllowedHosts = section.Strings("allowed_hosts", LocalNames),
        };
    }

    /// <summary>Reads the section of edge or service: a list of addresses.</summary>
    public static HealthOptions ReadServer(ConfigSection root, string defaultListen)
    {
        IReadOnlyList<IPEndPoint> listen = root.Section("health").EndPoints("listen", defaultListen);
        return new HealthOptions { Listen = listen };
    }
}
