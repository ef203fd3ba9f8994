using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Edge.Routing;

/// <summary>Reads the client CAs of a tunnel from the feed. An unreadable CA admits no client.</summary>
internal static class ClientAuthorities
{
    public static IReadOnlyList<ClientAuthority> Read(IReadOnlyList<EdgeFeedClientAuthority> written)
    {
        var read = new List<ClientAuthority>();
        foreach (var authority in written)
        {
            var patterns = new List<ClientIdentityPattern>();
            foreach (var text in authority.Identities)
            {
                if (ClientIdentityPattern.TryParse(text, out var pattern))
                {
                    patterns.Add(pattern);
                }
            }

            if (patterns.Count > 0 && CertificatePem.TryRead(authority.CertificatePem, out var certificates))
            {
                read.Add(new ClientAuthority(authority.Id, certificates[0], patterns));
            }
        }

        return read;
    }
}
