using Culvert.Ca.Certificates;

namespace Culvert.Identity.Service.Tunnels.ClientAuthorities;

/// <summary>Authorities that all machines trust by default, and that therefore authenticate no tunnel.</summary>
internal interface IPublicAnchors
{
    /// <summary>Whether the certificate's key is one of theirs, or one of theirs has certified it.</summary>
    bool Holds(ParsedCertificate certificate);
}
