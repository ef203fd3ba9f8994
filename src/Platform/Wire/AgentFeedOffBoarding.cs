namespace Culvert.Platform.Wire;

/// <summary>A person of an identity provider whose access has been withdrawn.</summary>
/// <param name="Issuer">The URL of the identity provider, as in the <c>iss</c> of its tokens.</param>
/// <param name="IssuerId">The service's record of the identity provider, <c>fdis_…</c>.</param>
/// <param name="SubjectHash">
/// SHA-256 of the person's <c>sub</c> at the identity provider, base64url; <see cref="Everybody"/> = all people there,
/// because more were off-boarded than a feed lists.
/// </param>
/// <param name="IssuedBefore">Seconds since 1970: tokens whose <c>iat</c> is not later are refused.</param>
public sealed record AgentFeedOffBoarding(string Issuer, string IssuerId, string SubjectHash, long IssuedBefore)
{
    /// <summary>No hash is empty.</summary>
    public const string Everybody = "";
}
