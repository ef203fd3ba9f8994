using System.Security.Cryptography;
using System.Text;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>Identifies a repeat of a request.</summary>
/// <param name="Id">Lower-case hex SHA-256 over the requester and the header: two requesters never share a key.</param>
/// <param name="RequestSha256">Lower-case hex SHA-256 of the request.</param>
internal sealed record IdempotencyKey(string Id, string RequestSha256)
{
    public const string Header = "Idempotency-Key";

    /// <summary>Maximum length of the header, all printable ASCII.</summary>
    public const int MaxLength = 255;

    /// <param name="header">Null = no key.</param>
    /// <param name="requester">Stable for as long as the requester may retry.</param>
    /// <param name="request">All inputs that decide the certificate.</param>
    public static IdempotencyKey? From(string? header, string requester, params string[] request) =>
        header is null ? null : new IdempotencyKey(Hash([requester, header]), Hash(request));

    // No part can contain a zero octet, so two different lists never have the same joined text.
    private static string Hash(string[] parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts))));
}
