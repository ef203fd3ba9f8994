using System.Net;

namespace Culvert.Platform.Dns;

/// <summary>The machine's list of resolvers, resolv.conf(5).</summary>
internal static class ResolvConf
{
    private const int MaxServers = 3; // MAXNS
    private const int DnsPort = 53;

    /// <summary>The listed resolvers; the local machine when the file names none or cannot be read.</summary>
    public static IReadOnlyList<IPEndPoint> Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            lines = [];
        }

        var servers = Parse(lines);
        return servers.Count > 0 ? servers : [new IPEndPoint(IPAddress.Loopback, DnsPort)];
    }

    public static IReadOnlyList<IPEndPoint> Parse(IEnumerable<string> lines) =>
        [
            .. lines
                .Select(line => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words is ["nameserver", _, ..])
                .Select(words => IPAddress.TryParse(words[1], out var address) ? address : null)
                .OfType<IPAddress>()
                .Take(MaxServers)
                .Select(address => new IPEndPoint(address, DnsPort)),
        ];
}
