using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Connections;

/// <summary>The person of a grant, at their identity provider.</summary>
/// <param name="Issuer">The identity provider's <c>iss</c>.</param>
internal sealed record ConnectionPerson(string Issuer, string Subject)
{
    public string SubjectHash => Sha256Text.ToBase64Url(Subject);
}
