using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Approvals;

/// <summary>
/// The id of a person known to an identity provider: the same for an issuer URL and subject, with any credential (S34).
/// </summary>
internal static class PersonId
{
    private const string Prefix = "psn_01";

    public static string FromSubject(string issuerUrl, string subject) =>
        FromSubjectHash(issuerUrl, Sha256Text.ToBase64Url(subject));

    /// <param name="issuerUrl">The <c>iss</c> of the provider's tokens.</param>
    /// <param name="subjectHash">SHA-256 of the subject, base64url: access tokens carry only the hash.</param>
    public static string FromSubjectHash(string issuerUrl, string subjectHash) =>
        Prefix + Sha256Text.ToBase64Url($"{issuerUrl}\n{subjectHash}")[..22];

    public static bool IsKnownToProvider(string person) => person.StartsWith(Prefix, StringComparison.Ordinal);
}
