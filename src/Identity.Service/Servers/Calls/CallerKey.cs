using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Servers.Calls;

/// <summary>What counts as one caller for the limit of pending requests.</summary>
internal static class CallerKey
{
    // With lengths, so that no two callers have the same key. A person may register any number of clients: the client id
    // counts only if the token has no subject.
    public static string Compute(string issuer, string subject, string clientId) =>
        Sha256Text.ToBase64Url(
            string.Concat(
                new[] { issuer, subject, subject.Length > 0 ? "" : clientId }.Select(text => $"{text.Length} {text}")
            )
        );
}
