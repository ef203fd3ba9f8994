using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Culvert.Ca.Certificates;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Addresses;
using Culvert.Platform.Certificates;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Certificates.Rotation.Est;

/// <summary>
/// An enterprise's EST server (RFC 7030): <c>/simpleenroll</c>, and <c>/cacerts</c> for missing certificates. Uses the
/// fetcher that checks addresses and follows no redirects (S27); the server's own text is never shown.
/// </summary>
internal sealed class EstConnector(
    Current<CertificateOptions> options,
    Current<OutboundOptions> outbound,
    TimeProvider time,
    IHostResolver resolver
) : ISigningConnector
{
    private const int MaxAnswerBytes = 64 * 1024;
    private const string CertsOnly = "application/pkcs7-mime";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly SafeFetcher fetcher = new(
        new SafeFetcherOptions
        {
            Timeout = Limit,
            MaxBytes = MaxAnswerBytes,
            PrivateNetworks = PrivateNetwork.WithEveryPort(options.Value.SigningEst?.Networks ?? AddressRanges.Empty),
            Network = outbound.Value.Network,
        },
        time,
        resolver
    );

    public bool IsConfigured => options.Value.SigningEst is not null;

    public async Task<SigningAnswer> SignAsync(string csrPem, CancellationToken cancellationToken)
    {
        var est = options.Value.SigningEst!;
        try
        {
            return await EnrolAsync(est, ReadFiles(est), csrPem, cancellationToken);
        }
        catch (Exception fault)
            when (fault
                    is IOException
                        or UnauthorizedAccessException
                        or SecretUnavailableException
                        or CertificateUnusableException
            )
        {
            return SigningAnswer.Failed($"a file of certificates.signing_connector.est is not usable: {fault.Message}");
        }
    }

    private async Task<SigningAnswer> EnrolAsync(
        EstOptions est,
        (X509Certificate2Collection Roots, SslStreamCertificateContext? Own, string? Authorization) files,
        string csrPem,
        CancellationToken cancellationToken
    )
    {
        var request = RequestTo(est, files, "simpleenroll") with
        {
            Post = new FetchPost(
                Encoding.ASCII.GetBytes(
                    Convert.ToBase64String(DecodePem(csrPem), Base64FormattingOptions.InsertLineBreaks) + "\r\n"
                ),
                "application/pkcs10",
                CreateHeaders(files.Authorization)
            )
            {
                WantsDocument = true,
            },
        };
        var enrolled = await fetcher.FetchAsync(request, cancellationToken);
        if (!enrolled.IsSuccess)
        {
            // A 200 whose body is refused: the server has probably signed.
            return enrolled.Refusal is FetchRefusal.ContentType or FetchRefusal.TooLarge
                ? SigningAnswer.Spoiled(enrolled.Detail)
                : Explain(enrolled);
        }

        // From here on the enterprise has signed.
        if (Read(enrolled.Body) is not { } issued)
        {
            return SigningAnswer.Spoiled("the enrolment server's response contains no readable certificates");
        }

        var key = CertificateRequest.LoadSigningRequestPem(csrPem, HashAlgorithmName.SHA256).PublicKey;
        if (EstChain.Find(issued, key.ExportSubjectPublicKeyInfo()) is not { } certificate)
        {
            return SigningAnswer.Spoiled("the enrolment server certified another key than the one in the request");
        }

        if (EstChain.Complete(certificate, issued) is { } whole)
        {
            return SigningAnswer.Signed(whole);
        }

        var authorities = await fetcher.FetchAsync(RequestTo(est, files, "cacerts"), cancellationToken);
        if (!authorities.IsSuccess)
        {
            return SigningAnswer.Spoiled($"its /cacerts, which should complete the chain: {authorities.Detail}");
        }

        if (Read(authorities.Body) is not { } known)
        {
            return SigningAnswer.Spoiled("the enrolment server's /cacerts contains no readable certificates");
        }

        return EstChain.Complete(certificate, [.. issued, .. known]) is { } completed
            ? SigningAnswer.Signed(completed)
            : SigningAnswer.Spoiled(
                "neither the enrolment server's response nor its /cacerts contains a chain to the root"
            );
    }

    // Says what to do, and never contains the server's text.
    private static SigningAnswer Explain(FetchResult refused) =>
        refused.Status switch
        {
            HttpStatusCode.Accepted => SigningAnswer.Failed(
                "the enrolment server accepted the request and has not decided yet (202)",
                refused.RetryAfter
            ),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => SigningAnswer.Failed(
                $"the enrolment server refused the authentication ({(int)refused.Status}): check username, password or certificate "
                    + "of certificates.signing_connector.est",
                refused.RetryAfter
            ),
            HttpStatusCode.NotFound or HttpStatusCode.NoContent => SigningAnswer.Failed(
                $"no enrolment server answers at that address ({(int)refused.Status}): check path and label of its url",
                refused.RetryAfter
            ),
            { } status => SigningAnswer.Failed(
                $"the enrolment server answered with status {(int)status}",
                refused.RetryAfter
            ),
            null => SigningAnswer.Failed(refused.Detail),
        };

    // Base64 with or without line breaks (RFC 8951 §3), regardless of the Content-Transfer-Encoding header.
    private static IReadOnlyList<ParsedCertificate>? Read(ReadOnlyMemory<byte> body)
    {
        var text = Encoding.ASCII.GetString(body.Span);
        var der = new byte[text.Length];
        return Convert.TryFromBase64String(text, der, out var length)
            ? CertsOnlyMessage.TryRead(der.AsMemory(0, length))
            : null;
    }

    private static FetchRequest RequestTo(
        EstOptions est,
        (X509Certificate2Collection Roots, SslStreamCertificateContext? Own, string? Authorization) files,
        string operation
    ) =>
        new()
        {
            Url = $"{est.Url.AbsoluteUri.TrimEnd('/')}/{operation}",
            Field = "certificates.signing_connector.est.url",
            Accept = CertsOnly,
            MediaType = CertsOnly,
            PinnedRoots = files.Roots,
            ClientCertificate = files.Own,
            AllowedTargets = [.. est.Networks.Ranges.Select(range => new FetchTarget(range, est.Url.Port))],
        };

    private static KeyValuePair<string, string>[] CreateHeaders(string? authorization) =>
        authorization is null
            ? [new("Content-Transfer-Encoding", "base64")]
            : [new("Content-Transfer-Encoding", "base64"), new("Authorization", authorization)];

    // Read at each call, so that a renewed credential needs no restart.
    private static (
        X509Certificate2Collection Roots,
        SslStreamCertificateContext? Own,
        string? Authorization
    ) ReadFiles(EstOptions est)
    {
        if (!CertificatePem.TryRead(File.ReadAllText(est.CaFile), out var roots))
        {
            throw new CertificateUnusableException($"{est.CaFile} contains no readable certificates.");
        }

        var own = est.Certificate is { } pair
            ? KeyAndCertificate
                .FromPem(File.ReadAllText(pair.CertificateFile), PrivateFile.ReadText(pair.KeyFile))
                .Context
            : null;
        var authorization = est.Password is { } password
            ? "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{est.Username}:{password.Read()}"))
            : null;
        return ([.. roots], own, authorization);
    }

    private static byte[] DecodePem(string pem) => Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]);
}
