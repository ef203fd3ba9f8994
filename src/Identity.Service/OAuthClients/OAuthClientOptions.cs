using Culvert.Platform.Addresses;

namespace Culvert.Identity.Service.OAuthClients;

internal sealed record OAuthClientOptions
{
    /// <summary>
    /// Hosts whose client ID metadata documents are accepted: exact names, <c>*.example.com</c> for all names below a domain, <c>*</c> for
    /// every host. Empty, the default: no client is identified by a document.
    /// </summary>
    public IReadOnlyList<string> DocumentHosts { get; init; } = [];

    /// <summary>
    /// Networks where these hosts may be, in addition to public addresses on port 443. Default: none.
    /// </summary>
    public AddressRanges DocumentNetworks { get; init; } = AddressRanges.Empty;

    public DynamicRegistrationOptions Registration { get; init; } = new();
}
