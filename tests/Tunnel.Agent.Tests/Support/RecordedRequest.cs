using System.Text;

namespace Culvert.Tunnel.Agent.Tests.Support;

/// <summary>One request as it came over the wire to a <see cref="RawUpstream"/>.</summary>
internal sealed record RecordedRequest(string Head, byte[] Body)
{
    public string RequestLine => Head[..Head.IndexOf("\r\n", StringComparison.Ordinal)];

    public string BodyText => Encoding.Latin1.GetString(Body);

    /// <summary>All values of a header, in order.</summary>
    public string[] Header(string name) =>
        [
            .. Head.Split("\r\n")
                .Skip(1)
                .Where(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
                .Select(l => l[(name.Length + 1)..].Trim()),
        ];
}
