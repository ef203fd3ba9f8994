using System.Text.Json;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tokens;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

/// <summary>
/// The organization's authorization server in the feeds of its agents. A key is published long before it signs, and raises
/// the feeds' revision, so that every agent has it in time.
/// </summary>
internal sealed class FeedAuthorization(SigningKeyRing keys, ServiceIdentity identity)
{
    private volatile Parsed? last;

    public Task RefreshAsync(CancellationToken cancellationToken) => keys.ReloadAsync(cancellationToken);

    public AgentFeedAuthorization Get(string organizationId) =>
        new(OrganizationIssuer.GetUrl(identity.PublicUrl, organizationId), Parse(keys.Current.Document));

    private JsonElement Parse(CachedDocument document)
    {
        if (last is not { } parsed || !ReferenceEquals(parsed.Document, document))
        {
            last = parsed = new Parsed(document, JsonElement.Parse(document.Body.Span));
        }

        return parsed.Keys;
    }

    private sealed record Parsed(CachedDocument Document, JsonElement Keys);
}
