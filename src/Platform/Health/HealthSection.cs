using System.Net;
using Culvert.Platform.Configuration;

namespace Culvert.Platform.Health;

/// <summary>Reads the <c>health</c> section.</summary>
public static class HealthSection
{
    internal static readonly string[] LocalNames = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>The agent's: one address, for the machine it runs on.</summary>
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

    /// <summary>The edge's and the service's: a list of addresses.</summary>
    public static HealthOptions ReadServer(ConfigSection root, string defaultListen)
    {
        IReadOnlyList<IPEndPoint> listen = root.Section("health").EndPoints("listen", defaultListen);
        return new HealthOptions { Listen = listen };
    }
}
