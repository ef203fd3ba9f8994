using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Culvert.Benchmarks.Issuance;

/// <summary>Makes complete requests for certificates ahead of the measurement, each with a P-256 key of its own.</summary>
internal static class RequestMill
{
    /// <summary>Where a load puts the token of each request, when it is not the same in all.</summary>
    public const string TokenMark = "@TOKEN@";

    // DER signatures differ by a few octets; all requests of a load have one length.
    private const int SparePemCharacters = 16;

    /// <summary>A signing request as PEM.</summary>
    public static string Csr()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
    }

    /// <summary>HTTP/1.1 requests for server certificates of one tunnel.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Requests(int count, Uri service, string tunnelId, string token) =>
        Requests(count, service, $"Authorization: Bearer {token}\r\n", () => Body(tunnelId, ""));

    /// <summary>The same, each with an assertion of its own.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> AssertedRequests(
        int count,
        Uri service,
        (string Tunnel, string Organization, string Rule) ids,
        Func<string> assert
    ) =>
        Requests(
            count,
            service,
            "",
            () =>
                Body(
                    ids.Tunnel,
                    $"""
                    ,"organization_id":"{ids.Organization}","federation_rule_id":"{ids.Rule}","assertion":"{assert()}"
                    """
                )
        );

    private static ReadOnlyMemory<byte>[] Requests(int count, Uri service, string header, Func<string> body)
    {
        var bodyBytes = body().Length + SparePemCharacters;
        var head =
            $"POST /v1/certificates HTTP/1.1\r\nHost: {service.Authority}\r\n{header}"
            + $"Content-Type: application/json\r\nContent-Length: {bodyBytes}\r\n\r\n";
        var requests = new ReadOnlyMemory<byte>[count];
        Parallel.For(0, count, i => requests[i] = Encoding.ASCII.GetBytes(head + body().PadRight(bodyBytes)));
        return requests;
    }

    private static string Body(string tunnelId, string more) =>
        $$"""{"tunnel_id":"{{tunnelId}}","csr":"{{Csr().ReplaceLineEndings("\\n")}}"{{more}}}""";
}
